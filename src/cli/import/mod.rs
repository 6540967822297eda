//! `import`: what other programs recorded, into the history.

mod book;

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::runtime::Runtime;

use super::exit::Exit;
use super::{Common, log, print};
use crate::accounting::{Hours, Timetable};
use crate::config::{Config, RouterConfig};
use crate::csvlog;
use crate::history::{Archive, Store};
use crate::importers::{Found, Portion, Report, b593, tplink};
use crate::model::text::counted;
use crate::model::{Clock, ItemId, Mac};
use book::{Book, Names};

/// Take over what another program has recorded
///
/// It goes into the history of one box: as a whole, or not at all. Importing the same record twice changes nothing, and a record that
/// has changed replaces what it gave before. Days on which the bridge itself has counted at that box are left as they are.
/// The bridge must not be running.
///
/// Examples:
///   router2mqtt import tplink ~/dalla-stats --box router --dry-run
///   router2mqtt import tplink ~/dalla-stats --people >> router2mqtt.yaml
///   router2mqtt import b593 samples.json --box modem --timezone Europe/Stockholm
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    #[command(subcommand)]
    source: Source,
}

#[derive(Debug, Subcommand)]
enum Source {
    /// The folders of dalla-stats, the logger for the TP-Link Archer C20
    Tplink {
        #[command(flatten)]
        target: Target,
        /// Only print who has which devices, for the configuration
        #[arg(long)]
        people: bool,
    },
    /// The samples of Traffic, the collector for the HUAWEI B593: JSON as mongoexport writes it, or the small variant's CSV
    B593 {
        #[command(flatten)]
        target: Target,
        /// Where the clock hung that wrote the local times [default: the household's time zone]
        #[arg(long, value_name = "ZONE", value_parser = zone)]
        timezone: Option<TimeZone>,
        /// What the volumes are counted in [default: as the rates show]
        #[arg(long, value_enum)]
        units: Option<Units>,
        /// What times that are numbers count from [default: utc in JSON, local in CSV]
        #[arg(long, value_enum)]
        clock: Option<WhichClock>,
    },
}

#[derive(Debug, Args)]
struct Target {
    /// The folder, or the file
    path: PathBuf,
    /// The box that it is of, by its id in the configuration; not needed when there is only one
    #[arg(long, value_name = "ID")]
    r#box: Option<String>,
    /// Show what would be imported, and change nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Units {
    /// Kilobytes of 1024 bytes, as firmware V100 counts
    Kilo,
    /// Bytes, as firmware V200 counts
    Base,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum WhichClock {
    /// 1970 in UTC
    Utc,
    /// 1970 in local time, as older collectors have it
    Local,
}

fn zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name).map_err(|_| "a time zone such as Europe/Oslo is expected".to_owned())
}

pub(super) fn run(common: &Common, arguments: &Arguments) -> anyhow::Result<Exit> {
    log::start_quiet(common.log.as_deref())?;
    if let Source::Tplink { target, people: true } = &arguments.source {
        return people(&target.path);
    }
    let config = common.load()?;
    let now = Clock::system().now();
    let target = arguments.source.target();
    let router = super::chosen(&config, target.r#box.as_deref())?;
    let mut report = Report::default();
    let read = arguments.source.read(&config, router, &mut report);
    let mut book = read.with_context(|| format!("cannot read {}", target.path.display()))?;
    let file = &config.history.path;
    // Holds the lock from before the look at what is known until the end.
    let store = if target.dry_run { None } else { Some(open(file, &config, now)?) };
    let own = if file.exists() { Archive::open(file)?.own_days(&router.id)? } else { Default::default() };
    let left_out = book.leave_out(&own, config.calendar.day_of(now));
    let summary = book.summary();
    if let Some(store) = store {
        let import = book.into_import(arguments.source.word(), router.id.clone());
        Runtime::new()?.block_on(store.import(import))?;
    }
    let verb = if target.dry_run { "would be imported; nothing was changed" } else { "imported" };
    let mut text = format!("{report}\n{}: {summary} {verb}", router.id);
    if left_out > 0 {
        let days = counted(left_out, "day");
        text.push_str(&format!(
            "\nrefused {days}: the bridge has counted at this box itself, or they are in the future"
        ));
    }
    print::result(&text)?;
    let is_in_vain = report.taken == 0 && report.refused() > 0;
    Ok(if is_in_vain { Exit::Failure } else { Exit::Success })
}

/// The history, to be written. Whoever imports has to know what was found there.
fn open(file: &Path, config: &Config, now: Timestamp) -> anyhow::Result<Store> {
    let (store, notes) = Store::open(file, config.history.retention.clone(), now)?;
    for note in notes {
        print::complaint(&note.to_string());
    }
    Ok(store)
}

/// The user map as the configuration has it.
fn people(path: &Path) -> anyhow::Result<Exit> {
    let mut report = Report::default();
    let folder = tplink::Folder::open(path, &mut report)?;
    let file = folder.user_map.with_context(|| format!("there is no user-map.csv in {}", path.display()))?;
    let mut report = Report::default();
    let map = tplink::UserMap::read(&file.display().to_string(), plain(&file)?, &mut report);
    print::result(map.snippet().trim_end())?;
    if report.refused() > 0 {
        print::complaint(&report.to_string());
    }
    Ok(Exit::Success)
}

fn plain(path: &Path) -> io::Result<BufReader<File>> {
    File::open(path).map(BufReader::new)
}

/// A bar for so many bytes; nothing is seen of it but on a terminal.
fn bar(bytes: u64) -> ProgressBar {
    let bar = ProgressBar::new(bytes);
    let style = ProgressStyle::with_template("{bar:40} {binary_bytes} of {binary_total_bytes}, {eta} to go");
    if let Ok(style) = style { bar.with_style(style) } else { bar }
}

impl Source {
    const fn target(&self) -> &Target {
        match self {
            Self::Tplink { target, .. } | Self::B593 { target, .. } => target,
        }
    }

    /// The word by which the history knows what it has from here.
    const fn word(&self) -> &'static str {
        match self {
            Self::Tplink { .. } => "dalla-stats",
            Self::B593 { .. } => "traffic-b593",
        }
    }

    fn read(&self, config: &Config, router: &RouterConfig, report: &mut Report) -> io::Result<Book> {
        let timetable = |usual: Hours| {
            let on_peak = if config.on_peak.is_empty() { usual } else { config.on_peak.clone() };
            Timetable::new(config.calendar.clone(), on_peak, router.quota.free.clone())
        };
        match self {
            Self::Tplink { target, .. } => {
                let usual = csvlog::USUAL_ON_PEAK.parse().unwrap_or_default();
                logger(&target.path, config, timetable(usual), report)
            }
            Self::B593 { target, timezone, units, clock } => {
                let settings = b593::Settings {
                    zone: timezone.clone().unwrap_or_else(|| config.calendar.zone().clone()),
                    units: units.map(Units::meant),
                    clock: clock.map(WhichClock::meant),
                };
                collector(&target.path, &settings, timetable(Hours::default()), report)
            }
        }
    }
}

impl Units {
    const fn meant(self) -> b593::Units {
        match self {
            Self::Kilo => b593::Units::Kilo,
            Self::Base => b593::Units::Base,
        }
    }
}

impl WhichClock {
    const fn meant(self) -> b593::Clock {
        match self {
            Self::Utc => b593::Clock::Utc,
            Self::Local => b593::Clock::Local,
        }
    }
}

/// The folders of the logger. People are those of the configuration, or else those of the user map.
fn logger(path: &Path, config: &Config, timetable: Timetable, report: &mut Report) -> io::Result<Book> {
    let folder = tplink::Folder::open(path, report)?;
    let map = match &folder.user_map {
        Some(file) => tplink::UserMap::read(&file.display().to_string(), plain(file)?, report),
        None => tplink::UserMap::default(),
    };
    let names = if config.people.is_empty() {
        map.people().map(|(id, name)| (id.clone(), name.to_owned())).collect()
    } else {
        config.people.iter().map(|person| (person.id.clone(), person.name.clone())).collect::<Names>()
    };
    let owner = |mac: Mac, at: Timestamp| -> Option<ItemId> {
        let owner = if config.people.is_empty() {
            map.owner(mac)
        } else {
            config.people.owner(mac, &config.calendar, at)
        };
        owner.cloned()
    };
    let bar = bar(folder.size());
    let open = |path: &Path| -> io::Result<Box<dyn BufRead>> {
        let file = File::open(path)?;
        Ok(Box::new(BufReader::new(bar.wrap_read(file))))
    };
    let mut book = Book::new(timetable, names);
    tplink::import(&folder, &owner, &open, report, &mut |portion: Portion| book.add(&portion))?;
    bar.finish_and_clear();
    if folder.months.is_empty() {
        report.note_at(Found::StrangeFile, format_args!("{}: no folder such as logs/2016-9", path.display()));
    }
    Ok(book)
}

/// A file of the collector.
fn collector(
    path: &Path,
    settings: &b593::Settings,
    timetable: Timetable,
    report: &mut Report,
) -> io::Result<Book> {
    let bar = bar(fs::metadata(path)?.len());
    let reader = BufReader::new(bar.wrap_read(File::open(path)?));
    let mut book = Book::new(timetable, Names::new());
    let name = path.display().to_string();
    let add = &mut |portion: Portion| book.add(&portion);
    let units = b593::import(&name, reader, settings, report, add)?;
    bar.finish_and_clear();
    if settings.units.is_none() {
        let words = match units {
            b593::Units::Kilo => "kilobytes; say --units base if these are bytes",
            b593::Units::Base => "bytes, as kilobytes would be too fast for the box",
        };
        print::complaint(&format!("the volumes are taken for {words}"));
    }
    Ok(book)
}
