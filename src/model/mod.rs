//! The words everything else speaks: metrics, subjects, readings, faults, commands.
//!
//! Pure: no I/O, no async, no knowledge of any router, broker or reader.

mod action;
pub mod catalog;
mod clock;
mod command;
mod counting;
mod event;
mod fault;
mod id;
mod log;
mod mac;
mod metric;
mod pattern;
pub mod printed;
mod quantity;
mod section;
mod size;
mod snapshot;
mod subject;
pub mod text;

pub use action::{Action, Deed, Switch};
pub use clock::Clock;
pub use command::{Command, MAX_COMMAND_BYTES, Progress, Refusal, Refused, Stage};
pub use counting::{Counting, Overflow, Renewal};
pub use event::{Event, EventKind, Whose};
pub use fault::{Deadline, Fault, FaultClass};
pub use id::{BoxId, IdError, ItemId};
pub use log::{LogEntry, Severity};
pub use mac::{Mac, MacError};
pub use metric::{Kind, Metric, Row, Shows};
pub use pattern::{Pattern, PatternError};
pub use quantity::{
    BitRate, Bytes, Celsius, Count, Days, Decibel, DecibelMillivolt, DecibelMilliwatt, Frequency, Moment,
    Percent, Quantity, Rpm, Seconds, Share, State, Text, Unit, Value,
};
pub use section::{Section, Sections};
pub use size::SizeError;
pub use snapshot::{Identity, Item, Part, Readings, Snapshot};
pub use subject::{Subject, SubjectKind};
