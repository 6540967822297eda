//! What the owner wants: one file, overridden by the environment, turned into a checked [`Config`].
//!
//! Everything that is wrong is reported at once, with the place where it stands. No message repeats what the file
//! says but for key names and words from a list, so that no message can hold a secret.
//!
//! - `app`: the options of the Home Assistant app instead of a file
//! - `find`, `layers`, `yaml`, `toml`, `json`: from files and variables to one tree of values that know where they stand
//! - `read`, `time`, `problem`, `suggest`: from that tree to types, collecting problems
//! - `secret`: text that is given, or fetched from a file, a variable or a command
//! - `mqtt`, `routers`, `router`, `clients`, `line`, `quota`, `people`, `hours`, `timezone`, `history`, `notify`, `csv`, `graphite`,
//!   `web`, `metrics`, `log`:
//!   one group of keys each

mod app;
mod clients;
mod csv;
mod find;
mod graphite;
mod history;
mod hours;
mod json;
mod layers;
mod line;
mod log;
mod metrics;
mod mqtt;
mod notify;
mod people;
mod problem;
mod quota;
mod read;
mod router;
mod routers;
mod secret;
mod suggest;
mod time;
mod timezone;
mod toml;
mod web;
mod yaml;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use config::Value;
use jiff::tz::TimeZone;

pub use app::App;
pub use history::History;
pub use log::{Log, LogFormat, filter};
pub use problem::{ConfigError, Problem};
pub use router::RouterConfig;
pub use timezone::system_zone;

use crate::accounting::{Calendar, Hours, People};
use crate::homeassistant::Style;
use crate::mqtt::Guide;
use crate::routers::Family;
use crate::web::IngressSettings;
use read::{Group, Report};

/// What a configuration is made from.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// The file, when the owner named one; otherwise the usual places are tried.
    pub file: Option<PathBuf>,
    /// The variables of the environment.
    pub variables: BTreeMap<String, String>,
    /// The families that `type` can name.
    pub families: &'static [&'static Family],
    /// The machine's own time zone, if it says.
    pub zone: Option<TimeZone>,
}

impl Inputs {
    /// The inputs of this process: its environment, and every family there is.
    pub fn of_process(file: Option<PathBuf>) -> Self {
        // A variable that is not Unicode is nobody we know.
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self { file, variables, families: crate::routers::FAMILIES, zone: system_zone() }
    }
}

/// A configuration without mistakes.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the bridge keeps what it has to remember.
    pub data: PathBuf,
    /// Where readings and usage are kept, and how long.
    pub history: History,
    /// What to write into the log.
    pub log: Log,
    /// The broker.
    pub mqtt: crate::mqtt::Settings,
    /// How to announce things to Home Assistant.
    pub discovery: Style,
    /// The household's calendar.
    pub calendar: Calendar,
    /// When traffic is expensive.
    pub on_peak: Hours,
    /// Who has which devices.
    pub people: People,
    /// The running CSV log, if there is to be one.
    pub csv: Option<crate::csvlog::Settings>,
    /// What to send to Graphite, if anything.
    pub graphite: Option<crate::graphite::Settings>,
    /// The HTTP server, if there is to be one.
    pub web: Option<crate::web::Settings>,
    /// The page within Home Assistant, for the app.
    pub ingress: Option<IngressSettings>,
    /// The boxes, in the order of their ids; at least one.
    pub routers: Vec<RouterConfig>,
    /// What to tell people of, and when.
    pub notify: crate::notify::Settings,
    /// The file it came from; `None` when the environment said everything.
    pub source: Option<PathBuf>,
    /// What is not wrong, but unwise.
    pub warnings: Vec<Problem>,
}

/// Reads and checks the configuration.
///
/// # Errors
/// When there is no file, when it cannot be read, or with everything that is wrong in it.
pub fn load(inputs: &Inputs) -> Result<Config, ConfigError> {
    let report = Report::default();
    let (source, root) = tree(inputs, &report)?;
    checked(inputs, None, source, root, report)
}

/// The same for an app of Home Assistant: its options stand in the place of the file.
///
/// # Errors
/// When the options cannot be read, or with everything that is wrong in them.
pub fn load_app(inputs: &Inputs, app: &App) -> Result<Config, ConfigError> {
    let report = Report::default();
    let mut root = app.tree(&report)?;
    layers::environment(&inputs.variables, &mut root, &report);
    let config = checked(inputs, Some(app), Some(app.options()), root, report)?;
    Ok(Config { ingress: Some(app.ingress), ..config })
}

/// Where the bridge keeps what it has to remember, whatever else the configuration says.
///
/// # Errors
/// When there is no file, when it cannot be read, or says that wrongly.
pub fn data(inputs: &Inputs) -> Result<PathBuf, ConfigError> {
    let report = Report::default();
    let (source, root) = tree(inputs, &report)?;
    let data = data_in(&mut Group::root(root, &report), directory(source.as_deref()));
    let (problems, _) = report.into_parts();
    if problems.is_empty() { Ok(data) } else { Err(ConfigError::Problems(problems)) }
}

/// The file, if there is one, and all values, with those of the environment above them.
fn tree(inputs: &Inputs, report: &Report) -> Result<(Option<PathBuf>, Value), ConfigError> {
    let source = find::file(inputs)?;
    let mut root = match &source {
        Some(path) => layers::file(path)?,
        None => layers::nothing(),
    };
    layers::environment(&inputs.variables, &mut root, report);
    Ok((source, root))
}

fn checked(
    inputs: &Inputs,
    app: Option<&App>,
    source: Option<PathBuf>,
    root: Value,
    report: Report,
) -> Result<Config, ConfigError> {
    let context = Context {
        directory: app.map_or_else(|| directory(source.as_deref()), |app| &app.files),
        guide: app.map(|app| &app.guide),
        variables: &inputs.variables,
        families: inputs.families,
        zone: inputs.zone.as_ref(),
    };
    let config = root_group(Group::root(root, &report), &context);
    let (problems, warnings) = report.into_parts();
    match config {
        Some(config) if problems.is_empty() => Ok(Config { source, warnings, ..config }),
        _ => Err(ConfigError::Problems(problems)),
    }
}

/// Where relative paths start.
fn directory(source: Option<&Path>) -> &Path {
    source.and_then(Path::parent).unwrap_or(Path::new(""))
}

fn data_in(root: &mut Group<'_>, directory: &Path) -> PathBuf {
    let data = root.take("data").and_then(|entry| entry.text()).unwrap_or_else(|| "data".to_owned());
    directory.join(data)
}

/// What reading a key may need besides the key.
struct Context<'a> {
    /// Where relative paths start.
    directory: &'a Path,
    /// Who knows where the broker is, if the owner does not say.
    guide: Option<&'a Arc<dyn Guide>>,
    variables: &'a BTreeMap<String, String>,
    families: &'static [&'static Family],
    zone: Option<&'a TimeZone>,
}

/// The top level of the file. Values that were wrong are replaced, as the report keeps them from being used.
fn root_group(mut root: Group<'_>, context: &Context<'_>) -> Option<Config> {
    let mut broker = root.group("mqtt");
    let discovery = mqtt::discovery(&mut broker);
    let settings = mqtt::settings(&mut broker, context);
    broker.finish();
    let data = data_in(&mut root, context.directory);
    let history = history::read(&mut root, context, &data);
    let log = log::read(&mut root);
    let calendar = timezone::read(&mut root, context);
    let on_peak = hours::on_peak(&mut root);
    let people = people::read(&mut root);
    let csv = csv::read(&mut root, context);
    let routers = routers::read(&mut root, context);
    let graphite = graphite::read(&mut root, &routers);
    // Of boxes that could not be read nobody knows whether they are meant.
    let boxes: Option<Vec<_>> = root.is_right().then(|| routers.iter().map(|router| &router.id).collect());
    let web = web::read(&mut root);
    let names = metrics::read(&mut root, &routers, web.is_some());
    let web = web.map(|web| crate::web::Settings { names, ..web });
    let notify = notify::read(&mut root, boxes.as_deref(), calendar.zone().clone(), context);
    root.finish();
    Some(Config {
        data,
        history,
        log,
        mqtt: settings?,
        discovery,
        calendar,
        on_peak,
        people,
        notify,
        csv,
        graphite,
        web,
        ingress: None,
        routers,
        source: None,
        warnings: Vec::new(),
    })
}

#[cfg(test)]
mod tests;
