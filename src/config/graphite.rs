use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::Url;

use super::RouterConfig;
use super::read::{Entry, Group};
use super::time::EVERY;
use crate::graphite::{Address, Protocol, Settings, Template};
use crate::metrics::compat::Compat;
use crate::model::Bytes;

const MINUTE: Duration = Duration::from_secs(60);
/// About three hours of a large household.
const BUFFER: usize = 4_000_000;
/// The least that can wait, and the most: it waits in memory.
const ROOM: std::ops::RangeInclusive<usize> = 100_000..=1_000_000_000;
/// Where Carbon takes lines, unless it was told otherwise.
const PORT: u16 = 2003;

/// What is sent to Graphite: `graphite`. Nothing is unless it is asked for. `routers` are the boxes there are.
pub(super) fn read(root: &mut Group<'_>, routers: &[RouterConfig]) -> Option<Settings> {
    let mut group = root.take("graphite")?.group()?;
    let address = group.take("address");
    if address.is_none() {
        group.missing("address", format!("is missing; {FORM}"));
    }
    let address = address.and_then(|entry| entry.parsed(address_of));
    let every = group.take("every").and_then(|entry| EVERY.read(&entry));
    let template = group.take("template").and_then(|entry| {
        let template = entry.parsed(str::parse::<Template>)?;
        if routers.len() > 1 && !template.tells_boxes_apart() {
            entry.wrong("{box} is missing; without it the numbers of several boxes would have one path");
        }
        Some(template)
    });
    let compat = group.take("compat").map(|entry| compat(&entry, routers));
    let buffer = group.take("buffer").and_then(|entry| room(&entry));
    group.finish();
    Some(Settings {
        address: address?,
        every: every.unwrap_or(MINUTE),
        template: template.unwrap_or_default(),
        compat: compat.unwrap_or_default(),
        buffer: buffer.unwrap_or(BUFFER),
    })
}

const FORM: &str =
    "an address such as carbon.lan:2003, tcp://192.0.2.10 or udp://[2001:db8::1]:2003 is expected";

fn address_of(text: &str) -> Result<Address, &'static str> {
    let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("tcp://{text}")) };
    let url = url.map_err(|_| FORM)?;
    let protocol =
        [Protocol::Tcp, Protocol::Udp].into_iter().find(|known| known.word() == url.scheme()).ok_or(FORM)?;
    let rest = !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some();
    let user = !url.username().is_empty() || url.password().is_some();
    let host = url.host_str().filter(|host| !host.is_empty() && !rest && !user).ok_or(FORM)?;
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let port = url.port().unwrap_or(PORT);
    if port == 0 { Err(FORM) } else { Ok(Address { protocol, host, port }) }
}

/// The programs whose names are wanted, of those that sent to Graphite. Their names do not tell one box from another.
fn compat(entry: &Entry<'_>, routers: &[RouterConfig]) -> BTreeSet<Compat> {
    let mut wanted = BTreeSet::new();
    for item in entry.items().into_iter().flatten() {
        let Some(compat) = item.choice(&[(Compat::Freebox.word(), Compat::Freebox)]) else { continue };
        if routers.iter().filter(|router| router.family.name == compat.word()).count() > 1 {
            item.wrong("is for a single box of its kind: with several, their numbers would have one path; leave it out");
        }
        wanted.insert(compat);
    }
    wanted
}

fn room(entry: &Entry<'_>) -> Option<usize> {
    let size = usize::try_from(entry.parsed(str::parse::<Bytes>)?.0).unwrap_or(usize::MAX);
    if ROOM.contains(&size) {
        return Some(size);
    }
    entry.wrong("100 kB to 1 GB are expected");
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_as_people_do() {
        for (text, shown) in [
            ("carbon.lan:2003", "tcp://carbon.lan:2003"),
            ("carbon_1", "tcp://carbon_1:2003"),
            ("192.0.2.10", "tcp://192.0.2.10:2003"),
            ("tcp://192.0.2.10:9109/", "tcp://192.0.2.10:9109"),
            ("[2001:db8::1]:2103", "tcp://[2001:db8::1]:2103"),
            ("udp://[2001:db8::1]", "udp://[2001:db8::1]:2003"),
        ] {
            assert_eq!(address_of(text).unwrap().to_string(), shown, "{text}");
        }
        for text in [
            "http://carbon.lan",
            "tcp://",
            "carbon.lan:none",
            "carbon.lan:0",
            "carbon.lan:99999",
            "carbon.lan/metrics",
            "user:word@carbon.lan",
            "2001:db8::1",
        ] {
            assert_eq!(address_of(text), Err(FORM), "{text}");
        }
    }
}
