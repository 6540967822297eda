//! What the logger for the TP-Link Archer C20 left behind: a folder for each month with a file for each device.
//!
//! - `row`: the lines of its files
//! - [`UserMap`]: whose device is whose
//! - [`Folder`]: which files there are
//! - `merge`: the rows of many files in the order of their times
//! - [`import`]: from rows to usage

mod folder;
mod import;
mod merge;
mod row;
mod user_map;

pub use folder::{Device, Folder, Month};
pub use import::{Owner, import};
pub use user_map::UserMap;
