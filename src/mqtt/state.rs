use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{Declare, Retained, Topics};
use crate::engine::{BoxView, World};
use crate::history::StoreHealth;
use crate::model::{Mac, Metric, Quantity, Subject, Value, catalog, text};

/// Declares what boxes are and say: identity, availability, states, presence, problems, firmware.
#[derive(Debug)]
pub struct States {
    topics: Topics,
}

/// Home Assistant takes states and attributes of this many characters.
const MAX_TEXT: usize = 255;

/// `<prefix>/<box>/problem`.
#[derive(Debug, Serialize)]
struct ProblemReport<'a> {
    /// Whether anything is wrong.
    problem: bool,
    /// What is wrong; empty when nothing is.
    error: String,
    /// What to do about it; empty when nothing is wrong.
    advice: String,
    /// The class of the fault.
    class: Option<&'static str>,
    /// Since when.
    since: Option<Timestamp>,
    /// The rights that the box withholds from us.
    missing_rights: Vec<&'a str>,
    /// Until when polling rests.
    paused_until: Option<Timestamp>,
}

/// `<prefix>/bridge/history`.
#[derive(Debug, Serialize)]
struct HistoryReport {
    /// Whether it cannot be written, or was found damaged when the bridge started.
    problem: bool,
    /// What is wrong; empty when nothing is.
    error: String,
    /// What to do about it.
    advice: String,
    /// How much the file takes, in MB.
    size: f64,
    /// How many samples were given up, as they could not be written for too long.
    given_up: u64,
}

/// `<prefix>/<box>/firmware`. Home Assistant knows these keys and drops a message with any other, or with a
/// null.
#[derive(Debug, Serialize)]
struct Firmware<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    installed_version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_version: Option<&'a str>,
}

/// `<prefix>/<box>/info`.
#[derive(Debug, Serialize)]
struct Info<'a> {
    /// The family, as `type` has it in the configuration.
    family: &'static str,
    manufacturer: Option<&'a str>,
    model: Option<&'a str>,
    model_id: Option<&'a str>,
    serial: Option<&'a str>,
    firmware: Option<&'a str>,
    hardware: Option<&'a str>,
    mac: Option<String>,
}

impl States {
    /// Declares on these topics.
    pub const fn new(topics: Topics) -> Self {
        Self { topics }
    }

    fn declare_box(&self, view: &BoxView, all: &mut Retained) {
        let id = &view.about.id;
        let word = if view.availability.is_online() { "online" } else { "offline" };
        all.put(self.topics.availability(id), word);
        all.put_json(self.topics.problem(id), &report(view));
        all.put_json(self.topics.info(id), &info(view));
        if view.sections.is_empty() {
            // Nothing has been read in this run: what an earlier one left is not worse than nothing.
            all.spare(self.topics.below(id));
            return;
        }
        for (subject, _) in view.shape.iter() {
            all.put_json(self.topics.state(id, subject), &view.state(subject));
            if let Subject::Client(mac) = subject {
                self.declare_client(view, mac, all);
            }
        }
        if has(view, catalog::LATEST_FIRMWARE) {
            all.put_json(self.topics.firmware(id), &firmware(view));
        }
    }

    fn declare_client(&self, view: &BoxView, mac: &Mac, all: &mut Retained) {
        let id = &view.about.id;
        let home = view.presence.get(mac).and_then(|presence| presence.home);
        let word = match home {
            Some(true) => "home",
            Some(false) => "not_home",
            None => "None",
        };
        all.put(self.topics.presence(id, mac), word);
        if view.has_readings(&Subject::Client(*mac)) {
            all.put_json(self.topics.attributes(id, mac), &attributes(view, mac));
        } else {
            all.spare(self.topics.attributes(id, mac));
        }
    }
}

impl Declare for States {
    fn declare(&self, world: &World) -> Retained {
        let mut all = Retained::default();
        all.put_json(self.topics.bridge_info(), &serde_json::json!({ "version": env!("CARGO_PKG_VERSION") }));
        if let Some(health) = world.history() {
            all.put_json(self.topics.bridge_history(), &history(health));
        }
        for view in world.boxes() {
            self.declare_box(view, &mut all);
        }
        all
    }

    fn filters(&self) -> Vec<String> {
        self.topics.retained_filters()
    }
}

fn has<Q: Quantity>(view: &BoxView, metric: Metric<Q>) -> bool {
    view.shape.get(&Subject::Router).is_some_and(|known| known.rows.contains_key(metric.row().key))
}

fn info(view: &BoxView) -> Info<'_> {
    let (about, identity) = (&view.about, &view.identity);
    Info {
        family: about.family,
        manufacturer: view.manufacturer(),
        model: identity.model.as_deref(),
        model_id: identity.model_id.as_deref(),
        serial: identity.serial.as_deref(),
        firmware: identity.firmware.as_deref(),
        hardware: identity.hardware.as_deref(),
        mac: identity.mac.map(|mac| mac.to_string()),
    }
}

fn report(view: &BoxView) -> ProblemReport<'_> {
    let problem = view.problem.as_ref();
    let words =
        |words: Option<&String>| words.map(|words| text::shorten(words, MAX_TEXT)).unwrap_or_default();
    ProblemReport {
        problem: problem.is_some(),
        error: words(problem.map(|problem| &problem.summary)),
        advice: words(problem.map(|problem| &problem.advice)),
        class: problem.map(|problem| problem.class.word()),
        since: problem.map(|problem| problem.since),
        missing_rights: view.missing_rights.iter().map(String::as_str).collect(),
        paused_until: view.paused_until,
    }
}

fn history(health: &StoreHealth) -> HistoryReport {
    let damaged = health
        .set_aside
        .as_ref()
        .map(|aside| format!("it was damaged; it is now {}, and a new one was begun", aside.display()));
    let trouble = health.trouble.as_ref();
    let error = trouble.map(ToString::to_string).or(damaged);
    let advice = match (trouble, &health.set_aside) {
        (Some(trouble), _) => trouble.advice(),
        (None, Some(_)) => "keep the damaged file if you need it; this goes with the next start",
        (None, None) => "",
    };
    #[expect(clippy::cast_precision_loss, reason = "shown in MB")]
    let size = (health.size as f64 / 1e5).round() / 10.0;
    HistoryReport {
        problem: error.is_some(),
        error: text::shorten(&error.unwrap_or_default(), MAX_TEXT),
        advice: advice.to_owned(),
        size,
        given_up: health.given_up,
    }
}

fn firmware(view: &BoxView) -> Firmware<'_> {
    let read = |row| match view.value(&Subject::Router, row) {
        Some(Value::Text(text)) => Some(text.as_str()),
        _ => None,
    };
    Firmware {
        installed_version: read(catalog::FIRMWARE.row()).or(view.identity.firmware.as_deref()),
        latest_version: read(catalog::LATEST_FIRMWARE.row()),
    }
}

/// What rarely changes of a client. Numbers that move have no place here: each change of an attribute is a
/// line in the reader's database.
fn attributes(view: &BoxView, mac: &Mac) -> Map<String, Json> {
    let rows = [
        ("ip", catalog::IPV4.row()),
        ("host_name", catalog::HOST_NAME.row()),
        ("ssid", catalog::SSID.row()),
        ("band", catalog::BAND.row()),
        ("connection", catalog::CONNECTION.row()),
        ("access_point", catalog::ACCESS_POINT.row()),
        ("port", catalog::CLIENT_PORT.row()),
        ("vendor", catalog::VENDOR.row()),
        ("network", catalog::NETWORK.row()),
        ("host_type", catalog::HOST_TYPE.row()),
    ];
    let client = Subject::Client(*mac);
    let known = rows.into_iter().filter_map(|(name, row)| {
        let value = view.value(&client, row)?;
        Some((name.to_owned(), row.show(Some(value))))
    });
    std::iter::once(("mac".to_owned(), Json::from(mac.to_string()))).chain(known).collect()
}
