mod chart;
mod period;
mod quota;
mod report;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use self::period::Period;
use self::report::Report;
use super::exit::Exit;
use super::{Common, archive, chosen, log, print};
use crate::model::{BoxId, Clock};

/// Show who used how much
///
/// Reads what the bridge has written down, also while it runs. Without a period it is the billing cycle of each box.
///
/// Examples:
///   router2mqtt usage
///   router2mqtt usage --today --by client
///   router2mqtt usage --month --by person --box lte
///   router2mqtt usage --from 2026-11-01 --to 2026-11-15 --format json
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    #[command(flatten)]
    when: When,
    /// Whose usage to tell apart
    #[arg(long, value_enum, default_value_t = By::Box)]
    by: By,
    /// How to show it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Only this box
    #[arg(long, value_name = "ID")]
    r#box: Option<BoxId>,
}

#[derive(Debug, Args)]
struct When {
    /// The billing cycle that is running, of each box
    #[arg(long, group = "when")]
    cycle: bool,
    /// This month by the calendar
    #[arg(long, group = "when")]
    month: bool,
    /// Today
    #[arg(long, group = "when")]
    today: bool,
    /// One day, such as 2026-11-20
    #[arg(long, group = "when", value_name = "DATE")]
    day: Option<Date>,
    /// The first of several days
    #[arg(long, group = "when", value_name = "DATE")]
    from: Option<Date>,
    /// The last of several days; today, unless given
    #[arg(long, requires = "from", value_name = "DATE")]
    to: Option<Date>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    /// Each box as a whole
    Box,
    /// Each device
    Client,
    /// Each person of the household
    Person,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// For programs: amounts are bytes, and times seconds
    Json,
}

pub(super) fn run(common: &Common, arguments: &Arguments) -> anyhow::Result<Exit> {
    log::start_quiet(common.log.as_deref())?;
    let config = common.load()?;
    let only = arguments.r#box.as_ref().map(|id| chosen(&config, Some(id.as_str()))).transpose()?;
    let now = Clock::system().now();
    let period = match Period::chosen(&arguments.when, config.calendar.day_of(now)) {
        Ok(period) => period,
        Err(wrong) => {
            print::complaint(wrong);
            return Ok(Exit::Usage);
        }
    };
    let history = archive(&config)?;
    let report = Report::read(&history, &config, period, now, arguments.by, only.map(|router| &router.id))?;
    print::result(&match arguments.format {
        Format::Table => chart::of(&report, chart::width()),
        Format::Json => format!("{:#}", report.to_json()),
    })?;
    Ok(Exit::Success)
}

#[cfg(test)]
mod tests;
