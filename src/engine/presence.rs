//! Who is at home: there at once, away only after a while, unknown when the box has not said.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{ClientPolicy, Presence};
use crate::model::{Item, Mac, Readings, Subject, Value, catalog};

/// Takes in what the box said of the household's devices.
///
/// A box that has just started has not met everybody yet: for as long as a device may sleep, nobody leaves.
pub(crate) fn observe(
    presence: &mut BTreeMap<Mac, Presence>,
    clients: &Readings,
    policy: &ClientPolicy,
    boot: Option<Timestamp>,
    now: Timestamp,
) {
    let settled = boot.is_none_or(|boot| now.duration_since(boot) > policy.away_after);
    let mut seen = BTreeMap::new();
    for (subject, item) in clients.iter() {
        // Of a client who is on no list, other things may be told.
        if let Subject::Client(mac) = subject
            && policy.tracks(mac)
            && item.iter().any(|(row, _)| row == catalog::CONNECTED.row())
        {
            seen.insert(*mac, item);
        }
    }
    for (mac, item) in &seen {
        let known = presence.entry(*mac).or_insert(Presence { home: None, last_seen: None });
        known.last_seen = known.last_seen.max(last_seen(item, now));
    }
    for (mac, known) in presence.iter_mut() {
        let said = seen.get(mac).map(|item| connected(item));
        known.home = match said {
            Some(Some(true)) => Some(true),
            // The box knows the device, but does not say where it is.
            Some(None) if is_long_gone(known, policy, now) => None,
            Some(None) => known.home,
            _ if !settled => known.home,
            _ => away(known, policy, now),
        };
    }
    presence.retain(|_, known| {
        known.home == Some(true)
            || known.last_seen.is_some_and(|seen| now.duration_since(seen) <= policy.forget_after)
    });
}

/// Nobody has looked for too long to say where anybody is.
pub(crate) fn lose_sight(presence: &mut BTreeMap<Mac, Presence>) {
    for known in presence.values_mut() {
        known.home = None;
    }
}

fn is_long_gone(known: &Presence, policy: &ClientPolicy, now: Timestamp) -> bool {
    known.last_seen.is_none_or(|seen| now.duration_since(seen) > policy.away_after)
}

fn away(known: &Presence, policy: &ClientPolicy, now: Timestamp) -> Option<bool> {
    if is_long_gone(known, policy, now) { Some(false) } else { known.home.or(Some(true)) }
}

fn connected(item: &Item) -> Option<bool> {
    match item.get(catalog::CONNECTED.row()) {
        Some(Value::Flag(connected)) => Some(*connected),
        _ => None,
    }
}

/// When the device was last there: now, or when the box says, but never in the future.
pub(crate) fn last_seen(item: &Item, now: Timestamp) -> Option<Timestamp> {
    match (connected(item), item.get(catalog::LAST_SEEN.row())) {
        (Some(true), _) => Some(now),
        (_, Some(Value::Moment(seen))) => Some((*seen).min(now)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Moment;

    const PHONE: Mac = Mac::new([0, 0, 0x5e, 0, 0x53, 1]);

    struct House {
        presence: BTreeMap<Mac, Presence>,
        policy: ClientPolicy,
        boot: Option<Timestamp>,
    }

    impl House {
        fn new() -> Self {
            Self { presence: BTreeMap::new(), policy: ClientPolicy::default(), boot: None }
        }

        /// What the box says at this second; `None` when it does not list the phone at all.
        fn hears(&mut self, second: i64, connected: Option<bool>) -> Option<bool> {
            let mut clients = Readings::default();
            if let Some(connected) = connected {
                clients.subject(Subject::Client(PHONE)).set(catalog::CONNECTED, connected);
            }
            observe(&mut self.presence, &clients, &self.policy, self.boot, at(second));
            self.presence.get(&PHONE).and_then(|phone| phone.home)
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn home_at_once_away_after_three_minutes() {
        let mut house = House::new();
        assert_eq!(house.hears(0, Some(true)), Some(true));
        assert_eq!(house.hears(60, Some(false)), Some(true));
        assert_eq!(house.hears(179, None), Some(true));
        assert_eq!(house.hears(181, Some(false)), Some(false));
        assert_eq!(house.hears(182, Some(true)), Some(true));
    }

    #[test]
    fn nobody_leaves_while_the_box_has_just_started() {
        let mut house = House::new();
        house.hears(0, Some(true));
        house.boot = Some(at(300));
        assert_eq!(house.hears(400, None), Some(true));
        assert_eq!(house.hears(481, None), Some(false));
    }

    #[test]
    fn a_device_that_is_listed_without_a_word_of_where_it_is_may_be_anywhere() {
        let mut house = House::new();
        house.hears(0, Some(true));
        let mut silent = Readings::default();
        silent.subject(Subject::Client(PHONE)).set(catalog::CONNECTED, None);
        for (second, home) in [(60, Some(true)), (181, None)] {
            observe(&mut house.presence, &silent, &house.policy, None, at(second));
            assert_eq!(house.presence[&PHONE].home, home, "{second}");
        }
    }

    #[test]
    fn a_device_of_which_other_things_are_told_is_on_no_list_for_that() {
        let mut house = House::new();
        house.hears(0, Some(true));
        let mut blocked = Readings::default();
        blocked.subject(Subject::Client(PHONE)).set(catalog::BLOCKED, true);
        observe(&mut house.presence, &blocked, &house.policy, None, at(181));
        assert_eq!(house.presence[&PHONE].home, Some(false));
    }

    #[test]
    fn a_device_that_was_gone_for_a_month_is_forgotten() {
        let mut house = House::new();
        house.hears(0, Some(true));
        assert_eq!(house.hears(29 * 86_400, None), Some(false));
        assert_eq!(house.hears(31 * 86_400, None), None);
    }

    #[test]
    fn a_box_with_its_clock_ahead_does_not_keep_devices_at_home() {
        let mut clients = Readings::default();
        let item = clients.subject(Subject::Client(PHONE));
        item.set(catalog::CONNECTED, false).set(catalog::LAST_SEEN, Moment(at(99_999)));
        assert_eq!(last_seen(item, at(0)), Some(at(0)));
    }
}
