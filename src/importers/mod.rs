//! Readings that other programs have kept, made into usage.
//!
//! A parser gives rows, an importer makes what was counted between two rows into [`Portion`]s, and tells in a [`Report`] what it
//! took, repaired and refused. Both are total: any bytes give rows or refusals. Nothing here knows of a database.
//!
//! - [`tplink`]: the folders of the logger for the TP-Link Archer C20
//! - [`b593`]: the samples that the collector for the HUAWEI B593 kept

pub mod b593;
mod lines;
mod portion;
mod report;
mod span;
pub mod tplink;

use std::io::{self, BufRead};
use std::path::Path;

pub use lines::Lines;
pub use portion::Portion;
pub use report::{Found, Report};

/// How a file is opened: whoever imports may want to watch how far the reading is.
pub type Open<'a> = dyn Fn(&Path) -> io::Result<Box<dyn BufRead>> + 'a;
