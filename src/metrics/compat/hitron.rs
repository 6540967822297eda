//! As `hitron-exporter` shows a modem: its README and its code.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{Told, gauge};
use crate::engine::BoxView;
use crate::metrics::{Family, FamilyKind, Label, label};
use crate::model::{Bytes, Metric, Quantity, Section, SubjectKind, catalog};

/// The exporter gives no help to any family but one.
const NO_HELP: &str = "";

pub(super) fn families(view: &BoxView) -> Vec<Family> {
    let up = channels(view, SubjectKind::Upstream);
    let down = channels(view, SubjectKind::Downstream);
    vec![
        of_channels("hitron_channel_upstream_signal_strength_dbmv", &up, catalog::POWER),
        of_channels("hitron_channel_upstream_bandwidth", &up, catalog::CHANNEL_WIDTH),
        of_channels("hitron_channel_downstream_signal_strength_dbmv", &down, catalog::POWER),
        of_channels("hitron_channel_downstream_snr", &down, catalog::SNR),
        uptime(view),
        clock(view),
        traffic(view, "hitron_network_transmit_bytes", catalog::LAN_SENT, catalog::SENT),
        traffic(view, "hitron_network_receive_bytes", catalog::LAN_RECEIVED, catalog::RECEIVED),
        system(view),
        privacy(view),
    ]
}

/// The single carriers of one direction, in the order of the modem's receivers or transmitters, which is that of its page. The
/// exporter does not read the wide ones.
fn channels(view: &BoxView, kind: SubjectKind) -> Vec<Told<'_>> {
    let line = Told::in_section(view, Section::Line);
    let mut channels: Vec<_> = line.filter(|channel| channel.subject.kind() == kind).collect();
    let port = |channel: &Told<'_>| channel.number(catalog::PORT_ID).unwrap_or(f64::INFINITY);
    channels.sort_by(|one, other| port(one).total_cmp(&port(other)));
    channels
}

fn of_channels<Q: Quantity>(name: &'static str, channels: &[Told<'_>], metric: Metric<Q>) -> Family {
    let mut family = gauge(name, NO_HELP);
    for channel in channels {
        if let Some(value) = channel.number(metric) {
            family.push(labels(*channel), value);
        }
    }
    family
}

/// What the modem prints in these columns: whole numbers, all of them.
fn labels(channel: Told<'_>) -> Vec<Label> {
    let whole = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
    // Ours is the modem's own, unless that one is taken.
    let id = channel.number(catalog::CHANNEL_ID).map(|id| id.to_string());
    vec![
        label("channel", id.unwrap_or_else(|| channel.subject.id())),
        label("frequency", whole(channel.number(catalog::FREQUENCY))),
        label("port", whole(channel.number(catalog::PORT_ID))),
    ]
}

fn uptime(view: &BoxView) -> Family {
    let mut family = Family::new("hitron_system_uptime_seconds", FamilyKind::Counter, NO_HELP);
    if let Some(uptime) = Told::of_itself(view).number(catalog::UPTIME) {
        family.push(Vec::new(), uptime);
    }
    family
}

fn clock(view: &BoxView) -> Family {
    let mut family = gauge("hitron_system_clock_timestamp_seconds", NO_HELP);
    if let Some(seconds) = Told::of_itself(view).text(catalog::DEVICE_CLOCK).and_then(as_utc) {
        family.push(Vec::new(), seconds);
    }
    family
}

/// What the modem's clock shows, as if it showed UTC: it does not say what it shows.
///
/// `Fri Jun 17, 2022, 17:09:10`, `Wed, 29 May 2019 20:24:52 -050` or `2020-11-17 02:12:33`.
fn as_utc(clock: &str) -> Option<f64> {
    const FORMS: [&str; 3] = ["%b %d, %Y, %H:%M:%S", "%d %b %Y %H:%M:%S", "%Y-%m-%d %H:%M:%S"];
    let zoneless =
        clock.rsplit_once(" -").or_else(|| clock.rsplit_once(" +")).map_or(clock, |(time, _)| time);
    // A day of the week says nothing that the date does not.
    let date = zoneless.trim_start_matches(|c: char| !c.is_ascii_digit() && !c.is_whitespace()).trim_start();
    let read = FORMS.iter().find_map(|form| DateTime::strptime(form, date).ok())?;
    #[expect(clippy::cast_precision_loss, reason = "seconds are exact")]
    read.to_zoned(TimeZone::UTC).ok().map(|time| time.timestamp().as_second() as f64)
}

fn traffic(view: &BoxView, name: &'static str, lan: Metric<Bytes>, wan: Metric<Bytes>) -> Family {
    let mut family = Family::new(name, FamilyKind::Counter, NO_HELP);
    for (device, total) in [("lan", lan), ("wan", wan)] {
        if let Some(bytes) = Told::of_itself(view).number(total) {
            family.push(vec![label("device", device)], bytes);
        }
    }
    family
}

fn system(view: &BoxView) -> Family {
    let id = &view.identity;
    let said = [
        ("hardware_version", &id.hardware),
        ("model_name", &id.model),
        ("serial_number", &id.serial),
        ("software_version", &id.firmware),
    ];
    in_words("hitron_system", NO_HELP, said.map(|(name, said)| (name, said.as_deref())))
}

fn privacy(view: &BoxView) -> Family {
    let said = Told::of_itself(view);
    let parts = [("auth", said.text(catalog::BPI_AUTH)), ("tek", said.text(catalog::BPI_TEK))];
    in_words("hitron_cm_bpi", "Cable Modem Baseline Privacy Interface", parts)
}

/// One sample, if any of its labels says anything.
fn in_words<const N: usize>(
    name: &'static str,
    help: &'static str,
    said: [(&'static str, Option<&str>); N],
) -> Family {
    let mut family = Family::new(name, FamilyKind::Info, help);
    if said.iter().any(|(_, word)| word.is_some()) {
        family.push(said.map(|(name, word)| label(name, word.unwrap_or_default())).to_vec(), 1.0);
    }
    family
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_read_as_if_it_showed_utc() {
        for (clock, seconds) in [
            ("Fri Jun 17, 2022, 17:09:10", Some(1_655_485_750.0)),
            ("Tue Feb 01, 2011, 16:12:05", Some(1_296_576_725.0)),
            ("Mon Jun 17, 2022, 17:09:10", Some(1_655_485_750.0)),
            ("Thu Jan 01, 1970, 00:00:00", Some(0.0)),
            ("Wed, 29 May 2019 20:24:52 -050", Some(1_559_161_492.0)),
            ("2020-11-17 02:12:33", Some(1_605_579_153.0)),
            ("--", None),
            ("Fri Jun 31, 2022, 17:09:10", None),
        ] {
            assert_eq!(as_utc(clock), seconds, "{clock}");
        }
    }
}
