use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use config::ValueKind;

use super::read::{Entry, Group};
use super::time::FRESH;
use crate::web::{Allowed, Names, Settings, Who};

/// Where the server listens unless its owner says otherwise.
const PORT: u16 = 8099;
const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// How old the answer of a probe may be: about as long as a scraper waits between two.
const FRESH_FOR: Duration = Duration::from_secs(15);

/// `web`: on, off, or a group of keys. There is no server unless it is asked for.
pub(super) fn read(root: &mut Group<'_>) -> Option<Settings> {
    let entry = root.take("web")?;
    let usual = Settings {
        listen: SocketAddr::new(LOOPBACK, PORT),
        fresh_for: FRESH_FOR,
        adhoc: None,
        names: Names::default(),
    };
    if !matches!(entry.kind(), ValueKind::Table(_) | ValueKind::Nil) {
        let is_on = entry.choice(&[("on", true), ("off", false)])?;
        return is_on.then_some(usual);
    }
    let mut group = entry.group()?;
    let listen = group.take("listen").and_then(|entry| entry.parsed(address)).unwrap_or(usual.listen);
    let fresh_for = group.take("fresh_for").and_then(|entry| FRESH.read(&entry)).unwrap_or(usual.fresh_for);
    let adhoc = group.take("adhoc_probes").and_then(|entry| adhoc(entry, listen));
    group.finish();
    Some(Settings { listen, fresh_for, adhoc, ..usual })
}

/// Where to listen. What does not name another address means this machine.
fn address(text: &str) -> Result<SocketAddr, &'static str> {
    const FORM: &str =
        "a port such as 8099, or an address such as 192.0.2.10:8099, [::1]:8099 or 0.0.0.0:8099 is expected";
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    if let Ok(ip) = bare.parse() {
        return Ok(SocketAddr::new(ip, PORT));
    }
    if text == "localhost" {
        return Ok(SocketAddr::new(LOOPBACK, PORT));
    }
    let port = text.strip_prefix("localhost").unwrap_or(text);
    let port = port.strip_prefix(':').unwrap_or(port);
    let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    match port.parse() {
        Ok(port) if digits => Ok(SocketAddr::new(LOOPBACK, port)),
        _ => Err(FORM),
    }
}

/// Whom requests may name that bring their own credentials.
fn adhoc(entry: Entry<'_>, listen: SocketAddr) -> Option<Allowed> {
    if !listen.ip().is_loopback() {
        entry.unwise("passwords come with these requests, and everybody between the scraper and this machine can read them");
    }
    let mut group = entry.group()?;
    let list = group.take("allow");
    let allowed = list
        .as_ref()
        .and_then(Entry::items)
        .map(|items| items.iter().filter_map(|item| item.parsed(str::parse::<Who>)).collect::<Allowed>());
    match &list {
        None => group
            .missing("allow", "is missing; list the addresses that may be probed, such as [192.168.100.1]"),
        Some(list) if group.is_right() && allowed.as_ref().is_some_and(Allowed::is_empty) => {
            list.wrong("names alone allow nothing: list the address or the network that they stand for, too");
        }
        Some(_) => {}
    }
    group.finish();
    allowed
}
