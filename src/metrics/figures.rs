//! How the bridge itself is doing.

use jiff::Timestamp;

use super::{BOX, Family, FamilyKind, PREFIX, Process, label};
use crate::engine::{BoxView, World};
use crate::history::StoreHealth;
use crate::model::FaultClass;

/// What the bridge knows of itself. Plain figures: the bridge fills them in.
#[derive(Clone, Debug)]
pub struct Figures {
    /// When it started.
    pub started: Timestamp,
    /// How it gets on with the broker; nothing where there is none.
    pub mqtt: Option<Mqtt>,
    /// How readings get to Graphite; nothing where none are sent.
    pub graphite: Option<Graphite>,
    /// What the system says of the process.
    pub process: Process,
}

/// How readings get to Graphite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Graphite {
    /// Whether Carbon is connected.
    pub connected: bool,
    /// How many lines were sent.
    pub sent: u64,
    /// How many were given up.
    pub lost: u64,
    /// How many wait.
    pub waiting: u64,
}

/// How the bridge gets on with the broker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mqtt {
    /// Whether it is connected.
    pub connected: bool,
    /// Whether the broker has confirmed everything that was to be said.
    pub settled: bool,
    /// How many messages it sent.
    pub published: u64,
    /// How often it connected again.
    pub reconnections: u64,
}

/// How the bridge itself, and its polls of all boxes, are doing: sorted by name.
pub fn of_the_bridge(world: &World, figures: &Figures) -> Vec<Family> {
    let mut all = of_polls(&world.boxes().collect::<Vec<_>>());
    let mut version = named("", FamilyKind::Info, "The bridge.");
    version.push(vec![label("version", env!("CARGO_PKG_VERSION"))], 1.0);
    let started = seconds(figures.started);
    all.extend([version, gauge("start_time_seconds", "When the bridge started.", started)]);
    all.extend(figures.mqtt.iter().flat_map(of_mqtt));
    all.extend(figures.graphite.iter().flat_map(of_graphite));
    all.extend(world.history().into_iter().flat_map(of_history));
    all.extend(of_process(&figures.process));
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}

/// How polls of these boxes went since the bridge started; a word on a box that was never polled, too.
pub fn of_polls(boxes: &[&BoxView]) -> Vec<Family> {
    let gauge = |name, help| named(name, FamilyKind::Gauge, help);
    let counter = |name, help| named(name, FamilyKind::Counter, help);
    let mut up = gauge("_up", "Whether the box can be read.");
    let mut last = gauge("_last_success_timestamp_seconds", "When a poll last read something.");
    let mut took = gauge("_poll_duration_seconds", "How long the last poll took that read something.");
    let mut polls = counter("_polls", "Polls since the bridge started, the failed ones included.");
    let mut faults = counter(
        "_faults",
        "Faults of polls since the bridge started, by their class; those of single sections count, too.",
    );
    for view in boxes {
        let record = &view.record;
        let labels = || vec![label(BOX, view.about.id.as_str())];
        up.push(labels(), f64::from(view.availability.is_online()));
        polls.push(labels(), float(record.polls));
        if let Some(moment) = record.last_success {
            last.push(labels(), seconds(moment));
        }
        if let Some(span) = record.took {
            took.push(labels(), span.as_secs_f64());
        }
        // Also those that have not come up: the first of a class is an increase only when there was a 0 before.
        for class in FaultClass::ALL {
            let count = record.faults.get(&class).copied().unwrap_or_default();
            let class = label("class", class.word());
            faults.push(labels().into_iter().chain([class]).collect(), float(count));
        }
    }
    let mut all = vec![faults, last, took, polls, up];
    all.retain(|family| !family.samples.is_empty());
    all
}

fn of_mqtt(mqtt: &Mqtt) -> [Family; 4] {
    [
        gauge("mqtt_connected", "Whether the broker is connected.", f64::from(mqtt.connected)),
        gauge(
            "mqtt_settled",
            "Whether the broker has confirmed everything that was to be said.",
            f64::from(mqtt.settled),
        ),
        counter(
            "mqtt_published_messages",
            "Messages sent to the broker since the bridge started.",
            float(mqtt.published),
        ),
        counter(
            "mqtt_reconnections",
            "How often the broker was connected again since the bridge started.",
            float(mqtt.reconnections),
        ),
    ]
}

fn of_graphite(graphite: &Graphite) -> [Family; 4] {
    [
        gauge("graphite_connected", "Whether Carbon is connected.", f64::from(graphite.connected)),
        counter(
            "graphite_sent_lines",
            "Lines sent to Carbon since the bridge started, as far as can be known.",
            float(graphite.sent),
        ),
        counter(
            "graphite_lost_lines",
            "Lines that were given up since the bridge started, as there was no room for them.",
            float(graphite.lost),
        ),
        gauge(
            "graphite_waiting_lines",
            "Lines that wait for Carbon, or are on their way.",
            float(graphite.waiting),
        ),
    ]
}

fn of_history(health: &StoreHealth) -> [Family; 3] {
    [
        gauge("history_size_bytes", "What the file of the history takes.", float(health.size)),
        gauge(
            "history_trouble",
            "Whether the history cannot be written.",
            f64::from(health.trouble.is_some()),
        ),
        counter(
            "history_given_up_samples",
            "Samples that were given up since the bridge started, as they could not be written for too long.",
            float(health.given_up),
        ),
    ]
}

/// The names that all programs with such figures use.
fn of_process(process: &Process) -> impl Iterator<Item = Family> {
    use FamilyKind::{Counter, Gauge};
    let processor = process.processor.map(|span| span.as_secs_f64());
    let all = [
        ("process_resident_memory_bytes", Gauge, "The memory in use.", process.resident.map(float)),
        ("process_virtual_memory_bytes", Gauge, "The addresses in use.", process.virtual_memory.map(float)),
        ("process_cpu_seconds", Counter, "How long the process had a processor.", processor),
        ("process_open_fds", Gauge, "Files and connections that are open.", process.open_files.map(float)),
        ("process_max_fds", Gauge, "How many may be open.", process.most_files.map(float)),
        ("process_threads", Gauge, "The threads of the process.", process.threads.map(float)),
        ("process_start_time_seconds", Gauge, "When the process started.", process.started),
    ];
    all.into_iter().filter_map(|(name, kind, help, value)| {
        let mut family = Family::new(name, kind, help);
        family.push(Vec::new(), value?);
        Some(family)
    })
}

fn named(rest: &str, kind: FamilyKind, help: &'static str) -> Family {
    Family::new(format!("{PREFIX}{rest}"), kind, help)
}

fn gauge(name: &str, help: &'static str, value: f64) -> Family {
    alone(name, FamilyKind::Gauge, help, value)
}

fn counter(name: &str, help: &'static str, value: f64) -> Family {
    alone(name, FamilyKind::Counter, help, value)
}

/// A family with one sample, which needs no labels.
fn alone(name: &str, kind: FamilyKind, help: &'static str, value: f64) -> Family {
    let mut family = named(&format!("_{name}"), kind, help);
    family.push(Vec::new(), value);
    family
}

#[expect(clippy::cast_precision_loss, reason = "exact up to 9 quadrillion")]
const fn float(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "exact for 285 thousand years")]
pub(super) fn seconds(moment: Timestamp) -> f64 {
    moment.as_millisecond() as f64 / 1e3
}

#[cfg(test)]
mod tests;
