//! The access control: tables of hosts and of rules, and who is cut off by them.

use super::grammar::{Act, Code, Stack};
use super::objects::{Objects, Row};

pub(super) const FIREWALL: &str = "FIREWALL";
pub(super) const HOSTS: &str = "INTERNAL_HOST";
pub(super) const RULES: &str = "RULE";

/// The most entries of a table.
const MOST: usize = 16;

/// What an entry has, and what that is unless it is said.
const HOST: [(&str, &str); 8] = [
    ("type", "0"),
    ("entryName", ""),
    ("mac", "00:00:00:00:00:00"),
    ("IPStart", "0"),
    ("IPEnd", "0"),
    ("portStart", "0"),
    ("portEnd", "0"),
    ("isParentCtrl", "0"),
];
const RULE: [(&str, &str); 9] = [
    ("ruleName", ""),
    ("internalHostRef", ""),
    ("externalHostRef", ""),
    ("scheduleRef", ""),
    ("action", "0"),
    ("enable", "0"),
    ("direction", "0"),
    ("protocol", "3"),
    ("isParentCtrl", "0"),
];

/// Makes an entry, as far as the table takes it.
///
/// # Errors
/// The codes that boxes are known to give, or that their names promise.
pub(super) fn add(objects: &mut Objects, act: &Act) -> Result<Stack, Code> {
    let (template, name): (&[_], _) = match act.oid.as_str() {
        HOSTS => (&HOST, "entryName"),
        RULES => (&RULE, "ruleName"),
        _ => return Err(Code::METHOD_NOT_SUPPORTED),
    };
    let mut row = Row::new(&[], []);
    row.attrs.extend(template.iter().map(|(name, usual)| ((*name).to_owned(), usual.as_bytes().to_vec())));
    for (name, value) in &act.attrs {
        row.change(name, value.as_deref().ok_or(Code::INVALID_ARGUMENTS)?)?;
    }
    let rows = objects.rows(&act.oid).ok_or(Code::NO_OBJECT)?;
    let is_taken = |name: &str| rows.iter().any(|other| other.words(name) == row.words(name));
    if rows.len() >= MOST {
        return Err(Code::TABLE_FULL);
    } else if row.words(name).is_empty() {
        return Err(Code::INVALID_VALUE);
    } else if is_taken(name) {
        return Err(Code::NAME_TAKEN);
    } else if act.oid == HOSTS && row.words("type") == "1" && is_taken("mac") {
        return Err(Code::HOST_TAKEN);
    }
    if act.oid == RULES && host(objects, &row.words("internalHostRef")).is_none() {
        return Err(Code::INVALID_VALUE);
    }
    objects.append(&act.oid, row)
}

/// Removes an entry, unless another one needs it.
pub(super) fn remove(objects: &mut Objects, act: &Act) -> Result<(), Code> {
    if !matches!(act.oid.as_str(), HOSTS | RULES) {
        return Err(Code::METHOD_NOT_SUPPORTED);
    }
    let rows = objects.rows(&act.oid).ok_or(Code::NO_OBJECT)?;
    let row = rows.iter().find(|row| row.stack == act.stack).ok_or(Code::NO_INSTANCE)?;
    let name = row.words("entryName");
    let mut rules = objects.rows(RULES).unwrap_or_default().iter();
    if act.oid == HOSTS && rules.any(|rule| rule.words("internalHostRef") == name) {
        return Err(Code::REQUEST_DENIED);
    }
    objects.remove(&act.oid, act.stack);
    Ok(())
}

fn host<'a>(objects: &'a Objects, name: &str) -> Option<&'a Row> {
    objects.rows(HOSTS)?.iter().find(|host| host.words("entryName") == name)
}

/// Whether a device gets through to the internet.
pub(super) fn lets_through(objects: &Objects, mac: &str) -> bool {
    let says = |name| objects.text(FIREWALL, Stack::NONE, name) == Some("1");
    let names = |rule: &&Row| {
        let named = host(objects, &rule.words("internalHostRef"));
        named.is_some_and(|host| host.words("mac").eq_ignore_ascii_case(mac))
    };
    let rules = objects.rows(RULES).unwrap_or_default().iter().filter(|rule| rule.words("enable") == "1");
    // The first rule that is about somebody counts.
    let denied = rules.filter(names).map(|rule| rule.words("action") == "1").next();
    !says("enable") || !denied.unwrap_or(says("defaultAction"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::super::grammar::parse;
    use super::super::household::everybody;
    use super::super::profile::Profile;
    use super::super::state::{Manner, State};
    use super::*;
    use crate::simulators::Parts;

    const NAS: &str = "02:00:5E:20:00:01";

    fn said(state: &mut State, methods: &str, acts: &str) -> String {
        let acts = parse(methods, &acts.replace('\n', "\r\n")).unwrap();
        String::from_utf8(state.run(&acts, Manner { from: None, hollow: false }).0).unwrap()
    }

    fn act(oid: &str, stack: u32, index: u32, attrs: &[&str]) -> String {
        let lines: String = attrs.iter().map(|attr| format!("{attr}\n")).collect();
        format!("[{oid}#{stack},0,0,0,0,0#0,0,0,0,0,0]{index},{}\n{lines}", attrs.len())
    }

    fn block(state: &mut State, mac: &str) -> String {
        let host = act(HOSTS, 0, 0, &["type=1", "entryName=x", &format!("mac={mac}")]);
        let rule = act(RULES, 0, 1, &["ruleName=x", "internalHostRef=x", "action=1", "enable=1"]);
        said(state, "3&3", &(host + &rule))
    }

    /// What each device has received and sent.
    fn traffic(state: &mut State) -> BTreeMap<String, u64> {
        let said = said(state, "5", &act("STAT_ENTRY", 0, 0, &["macAddress", "totalBytes"]));
        let values: Vec<_> =
            said.lines().filter_map(|line| line.split_once('=')).map(|(_, value)| value).collect();
        let mut all = BTreeMap::new();
        for row in values.chunks(2) {
            *all.entry(row[0].to_owned()).or_default() += row[1].parse::<u64>().unwrap();
        }
        all
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_is_blocked_and_nobody_else_moves_nothing_until_let_in_again() {
        let mut state = State::new(Profile::of(None), &Parts::for_tests(""));
        assert_eq!(block(&mut state, NAS), "[1,0,0,0,0,0]0\n[1,0,0,0,0,0]1\n[error]0");
        let before = traffic(&mut state);
        tokio::time::advance(Duration::from_secs(20)).await;
        let off = traffic(&mut state);
        assert!(off[NAS] > before[NAS], "the access control is off");
        assert_eq!(said(&mut state, "2", &act(FIREWALL, 0, 0, &["enable=1", "defaultAction=0"])), "[error]0");
        let cut = traffic(&mut state);
        tokio::time::advance(Duration::from_secs(60)).await;
        let later = traffic(&mut state);
        for (mac, bytes) in &later {
            assert_eq!(*bytes == cut[mac], mac == NAS, "{mac}");
        }
        assert_eq!(said(&mut state, "4&4", &(act(RULES, 1, 0, &[]) + &act(HOSTS, 1, 1, &[]))), "[error]0");
        tokio::time::advance(Duration::from_secs(60)).await;
        let open = traffic(&mut state);
        assert!(open[NAS] > cut[NAS] && open[NAS] - cut[NAS] < 90_000 * 2 * 60);
    }

    #[tokio::test(start_paused = true)]
    async fn a_strict_default_cuts_off_everybody_who_is_not_named() {
        let mut state = State::new(Profile::of(None), &Parts::for_tests(""));
        said(&mut state, "2", &act(FIREWALL, 0, 0, &["enable=1", "defaultAction=1"]));
        let before = traffic(&mut state);
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(traffic(&mut state), before);
        assert!(everybody().count() > 5);
    }

    #[tokio::test(start_paused = true)]
    async fn tables_take_nothing_twice_and_nothing_that_hangs_in_the_air() {
        let mut state = State::new(Profile::of(None), &Parts::for_tests(""));
        block(&mut state, NAS);
        let host = |name: &str, mac: &str| {
            act(HOSTS, 0, 0, &["type=1", &format!("entryName={name}"), &format!("mac={mac}")])
        };
        for (methods, acts, code) in [
            ("3", host("x", "02:00:5E:20:00:02"), 1001),
            ("3", host("y", "02:00:5e:20:00:01".to_uppercase().as_str()), 4710),
            ("3", act(HOSTS, 0, 0, &["colour=red"]), 9005),
            ("3", act(HOSTS, 0, 0, &["type=1"]), 9007),
            ("3", act(RULES, 0, 0, &["ruleName=y", "internalHostRef=nobody"]), 9007),
            ("3", act("LAN_WLAN", 0, 0, &[]), 9000),
            ("4", act("LAN_WLAN", 1, 0, &[]), 9000),
            ("4", act(HOSTS, 1, 0, &[]), 9001),
            ("4", act(RULES, 7, 0, &[]), 9805),
        ] {
            assert_eq!(said(&mut state, methods, &acts), format!("[error]{code}"), "{acts}");
        }
    }
}
