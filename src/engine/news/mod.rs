//! What is told as it happens: each thing once, also over a restart of the bridge.
//!
//! What is absent is no news: a value that is missing for a while and comes back as it was has not changed.

mod met;

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

pub(crate) use self::met::Met;
use super::Availability;
use super::keeper::Keeper;
use crate::model::{Clock, EventKind, Identity, Mac, Metric, Readings, Subject, Text, Value, catalog};

/// How much of an uptime may be missing before the box has restarted, which costs it all of it: some boxes show whole
/// minutes only, answers take time, and clocks drift.
const JITTER: SignedDuration = SignedDuration::from_secs(120);

/// What was last told of a box, or known when there was nothing to tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Told {
    /// Since when it cannot be read, if that was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    down: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ipv4: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ipv6: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<String>,
    /// Who was met; nothing before the list was read for the first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    met: Option<Met>,
}

/// The uptime that was read last, in seconds, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Uptime {
    seconds: f64,
    read: Instant,
}

impl Uptime {
    /// Whether the box has gone on running since the last reading, by a clock that nobody puts right; answers took so long.
    fn goes_on(self, last: Self, clock: &Clock, took: Duration) -> bool {
        let between = clock.shown(self.read.duration_since(last.read));
        let tolerance = JITTER.as_secs_f64() + took.as_secs_f64();
        self.seconds + tolerance >= last.seconds + between.as_secs_f64()
    }
}

impl Keeper {
    /// The box cannot be read any more. What was never there cannot go: a bridge that starts does not know it yet.
    pub(super) fn tell_down(&mut self, reason: &str, now: Timestamp) {
        if self.view.availability.is_online() {
            self.told.down = Some(now);
            self.news.push(EventKind::Down { reason: reason.to_owned() });
            self.note();
        }
    }

    /// The box can be read again, if it was told that it could not.
    pub(super) fn tell_up(&mut self) {
        let since = self.told.down.take();
        self.news.extend(since.map(|since| EventKind::Up { since }));
    }

    /// Takes in what the box says it is. Another box in its place is not another firmware.
    pub(super) fn take_identity(&mut self, newer: Identity) {
        let known = self.view.identity.clone();
        self.view.identity.update(newer);
        let is_same_box = known.serial.is_none() || known.serial == self.view.identity.serial;
        if let (Some(before), Some(now)) = (known.firmware, &self.view.identity.firmware)
            && before != *now
            && is_same_box
        {
            tracing::info!(r#box = %self.charge.about.id, %before, %now, "it runs another firmware");
            self.news.push(EventKind::Firmware { before, now: now.clone() });
        }
    }

    /// Takes in an uptime; gives when the box started. A clock that is put right moves that moment, too, but restarts
    /// nothing; before the first reading there is only that moment to go by.
    pub(super) fn take_uptime(&mut self, seconds: f64, now: Timestamp, took: Duration) -> Option<Timestamp> {
        let before = self.boot.get();
        let boot = self.boot.observe(seconds, now, took)?;
        let uptime = Uptime { seconds, read: Instant::now() };
        let restarted = match self.uptime.replace(uptime) {
            Some(last) => !uptime.goes_on(last, self.clock(), took),
            None => before.is_some_and(|before| boot.duration_since(before) > JITTER),
        };
        if restarted {
            if self.errand.is_none() {
                tracing::info!(r#box = %self.charge.about.id, %boot, "it has restarted");
            }
            self.news.push(EventKind::Rebooted { boot });
        }
        Some(boot)
    }

    /// Takes in the list of devices. At the first reading of it nobody is new, and neither is whoever has a place in the
    /// memory already. Made-up addresses fill the memory only where they are tracked.
    pub(super) fn meet_clients(&mut self, clients: &Readings) {
        let policy = &self.charge.clients;
        let worth_knowing = |mac: &Mac| policy.tracks(mac) || !mac.is_locally_administered();
        let listed: BTreeSet<_> = clients.iter().filter_map(|(subject, _)| mac(subject)).collect();
        let listed = listed.into_iter().filter(worth_knowing).collect();
        let Some(met) = &mut self.told.met else {
            let mut met = Met::default();
            met.meet(&self.view.shape.iter().filter_map(|(subject, _)| mac(subject)).collect());
            met.meet(&listed);
            self.told.met = Some(met);
            return;
        };
        for mac in met.meet(&listed).into_iter().filter(|mac| policy.tracks(mac)) {
            let client = Subject::Client(mac);
            let item = clients.get(&client);
            let text = |metric: Metric<Text>| item.and_then(|item| words(item.get(metric.row())));
            let name = item.and_then(|item| item.label.clone()).or_else(|| text(catalog::HOST_NAME));
            let named = name.as_deref().unwrap_or_default();
            tracing::info!(r#box = %self.charge.about.id, client = %mac, name = named, "a device that was never seen before");
            let (vendor, ip) = (text(catalog::VENDOR), text(catalog::IPV4));
            self.news.push(EventKind::NewClient { client, name, vendor, ip });
        }
    }

    /// Compares what is known of the connection and the line with what was told of it.
    pub(super) fn notice_changes(&mut self) {
        self.notice_address(catalog::IPV4, str::to_owned, |told| &mut told.ipv4);
        self.notice_address(catalog::IPV6, prefix, |told| &mut told.ipv6);
        let word = words(self.view.value(&Subject::Router, catalog::LINE_QUALITY.row()));
        if let Some((before, now)) = word.and_then(|word| change(&mut self.told.line, word)) {
            let reason = words(self.view.value(&Subject::Router, catalog::LINE_QUALITY_REASON.row()));
            let why = reason.as_deref().unwrap_or_default();
            tracing::info!(r#box = %self.charge.about.id, %before, %now, reason = why, "the line runs differently");
            self.news.push(EventKind::LineQuality { before, now, reason });
        }
    }

    fn notice_address(
        &mut self,
        metric: Metric<Text>,
        told_as: fn(&str) -> String,
        slot: fn(&mut Told) -> &mut Option<String>,
    ) {
        let address = words(self.view.value(&Subject::Router, metric.row()));
        let address = address.map(|address| told_as(&address));
        if let Some((before, now)) = address.and_then(|address| change(slot(&mut self.told), address)) {
            tracing::info!(r#box = %self.charge.about.id, %before, %now, "the public address changed");
            self.news.push(EventKind::WanAddress { before, now });
        }
    }

    /// No longer readable, as far as the availability says; tells why.
    pub(super) fn go_offline(&mut self, reason: &str, now: Timestamp) {
        if !matches!(self.view.availability, Availability::Offline { .. }) {
            self.tell_down(reason, now);
            self.view.availability = Availability::Offline { since: now };
            self.health.end_stretch();
        }
    }
}

/// Takes note of what is so now. Gives what was before, if that was something else.
fn change(told: &mut Option<String>, now: String) -> Option<(String, String)> {
    let before = told.replace(now.clone())?;
    (before != now).then_some((before, now))
}

fn words(value: Option<&Value>) -> Option<String> {
    match value {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    }
}

const fn mac(subject: &Subject) -> Option<Mac> {
    match subject {
        Subject::Client(mac) => Some(*mac),
        _ => None,
    }
}

/// The part of an IPv6 address that the provider gives: a box may change the rest of it by itself.
fn prefix(address: &str) -> String {
    let Ok(IpAddr::V6(address)) = address.parse() else {
        return address.to_owned();
    };
    let network = Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64));
    format!("{network}/64")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_half_of_an_address_that_a_box_makes_up_is_no_matter() {
        assert_eq!(prefix("2001:db8:1:2:aaaa::1"), "2001:db8:1:2::/64");
        assert_eq!(prefix("2001:db8:1:2:bbbb::2"), "2001:db8:1:2::/64");
        assert_eq!(prefix("something else"), "something else");
    }

    #[tokio::test(start_paused = true)]
    async fn an_uptime_goes_on_or_it_does_not() {
        let now = Instant::now();
        let at = |seconds: f64, after: u64| Uptime { seconds, read: now + Duration::from_secs(after) };
        let (last, clock) = (at(1000.0, 0), Clock::system());
        let goes_on = |uptime: Uptime| uptime.goes_on(last, &clock, Duration::ZERO);
        assert!(goes_on(at(1100.0, 100)) && goes_on(at(990.0, 100)));
        assert!(!goes_on(at(970.0, 100)), "too much of it is missing");
        assert!(!goes_on(at(5000.0, 9000)), "it is longer than before, and still too short");
    }
}
