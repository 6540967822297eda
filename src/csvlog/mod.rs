//! The running CSV log: a folder for each month with a file for each device, each person and the household, in the layout of the
//! logger for the TP-Link Archer C20, so that whatever reads that logger's files reads these.
//!
//! - `row`, `name`, `place`: lines, names of files, and where the files are
//! - `file`: appending whole lines, and only those
//! - `journal`: what was to be written last, so that a restart goes on where it was
//! - `meter`: from totals to rows
//! - `summary`, `purge`: what stays of a month, and what goes
//! - `record`: the log of one box
//! - `task`: when all that happens

mod file;
mod journal;
mod meter;
mod name;
mod place;
mod purge;
mod record;
mod row;
mod summary;
mod task;

use std::path::PathBuf;
use std::time::Duration;

pub use meter::Household;
pub use task::CsvLog;

/// What is on-peak where the household has no timetable: as in the logger, all but the hours from midnight to six.
pub const USUAL_ON_PEAK: &str = "06:00-24:00";

/// What the owner wants of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where it is.
    pub path: PathBuf,
    /// How often a row is written.
    pub every: Duration,
    /// How long the rows of a month are kept after its end; its summary stays.
    pub keep: Duration,
}
