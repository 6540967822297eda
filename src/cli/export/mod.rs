//! `export`: usage out of the history, as a table for other programs.

mod days;
mod hours;
mod line;
mod sink;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::ToSpan;
use jiff::civil::Date;

use super::exit::Exit;
use super::{Common, chosen, log, print};
use crate::config::Config;
use crate::model::text::counted;
use crate::model::{BoxId, Clock, Subject};
use sink::Sink;

/// Write usage out of the history, for a spreadsheet or a program
///
/// Works beside a running bridge. Each row is what one party used in one step: bytes, dates in the household's time zone.
///
/// Columns: start, box, party (box, client or person), id, name, received, sent, mixed (both directions, of boxes
/// that do not tell them apart), total, on_peak, off_peak, free, gap_seconds (how long something may have
/// passed uncounted). The three before the last come to the total.
///
/// Examples:
///   router2mqtt export
///   router2mqtt export --by person --step month --from 2026-01-01
///   router2mqtt export --by client --box router --step hour --from 2026-11-20 --format json
///   router2mqtt export --by client --out usage.csv
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// Whose usage
    #[arg(long, value_enum, default_value_t = By::Box)]
    by: By,
    /// The first day [default: 30 days before the last]
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// The last day [default: today]
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,
    /// What a row is of
    #[arg(long, value_enum, default_value_t = Step::Day)]
    step: Step,
    /// Of one box only
    #[arg(long, value_name = "ID")]
    r#box: Option<String>,
    /// Write into this file, which is replaced as a whole when all is written
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A table with commas and a header
    Csv,
    /// A list of objects
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum By {
    /// Each device of the household
    Client,
    /// Each person, as the configuration has them
    Person,
    /// Each box as a whole
    Box,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Step {
    /// Hours; as long as the history keeps them
    Hour,
    /// Days
    Day,
    /// Months of the calendar
    Month,
}

/// What is wanted of the history.
#[derive(Debug)]
struct Wanted<'a> {
    config: &'a Config,
    by: By,
    step: Step,
    box_id: Option<BoxId>,
    from: Date,
    to: Date,
}

impl By {
    fn includes(self, party: &Subject) -> bool {
        match self {
            Self::Client => matches!(party, Subject::Client(_)),
            Self::Person => matches!(party, Subject::Person(_)),
            Self::Box => *party == Subject::Router,
        }
    }
}

pub(super) fn run(common: &Common, arguments: &Arguments) -> anyhow::Result<Exit> {
    log::start_quiet(common.log.as_deref())?;
    let config = common.load()?;
    let to = arguments.to.unwrap_or_else(|| config.calendar.day_of(Clock::system().now()));
    let from = arguments.from.unwrap_or_else(|| to.saturating_sub(30.days()));
    if from > to {
        print::complaint("--from is later than --to");
        return Ok(Exit::Usage);
    }
    let box_id = arguments.r#box.as_deref().map(|id| chosen(&config, Some(id))).transpose()?;
    let box_id = box_id.map(|router| router.id.clone());
    let archive = super::archive(&config)?;
    let wanted = Wanted { config: &config, by: arguments.by, step: arguments.step, box_id, from, to };
    let mut sink = Sink::open(arguments.format, arguments.out.as_deref())?;
    match wanted.step {
        Step::Hour => hours::write(&archive, &wanted, &mut sink)?,
        Step::Day | Step::Month => days::write(&archive, &wanted, &mut sink)?,
    }
    let rows = sink.finish()?;
    match (rows, &arguments.out) {
        (0, _) => print::complaint(&format!("nothing is known of the time from {from} to {to}")),
        (rows, Some(out)) => print::complaint(&format!("{}: {}", out.display(), counted(rows, "row"))),
        _ => {}
    }
    Ok(Exit::Success)
}
