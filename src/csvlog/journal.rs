use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::name::is_safe;
use super::place::Whose;
use super::row::Row;
use crate::engine;
use crate::model::Mac;

/// How everybody stood last. It is on the disk before the rows are, as a whole: what a kill keeps from the files is added to them
/// at the next start, and nothing is counted twice.
pub(super) type Standings = BTreeMap<Whose, Row>;

fn place(root: &Path) -> PathBuf {
    root.join("logs").join("state.csv")
}

/// What was noted last. Lines that say nothing are passed over.
pub(super) fn load(root: &Path) -> Standings {
    let text = fs::read(place(root)).unwrap_or_default();
    String::from_utf8_lossy(&text).lines().filter_map(entry).collect()
}

/// Notes how everybody stands.
///
/// # Errors
/// When the disk refuses; the last note is still there then.
pub(super) fn save(root: &Path, standings: &Standings) -> io::Result<()> {
    let path = place(root);
    fs::create_dir_all(root.join("logs"))?;
    let text: String = standings.iter().map(|(whose, row)| format!("{}, {row}\n", words(whose))).collect();
    engine::replace(&path, text.as_bytes())
}

/// No name of a file has a comma in it.
fn words(whose: &Whose) -> String {
    match whose {
        Whose::Device(mac, address) => format!("device, {mac}, {address}"),
        Whose::Person(name) => format!("person, {name}"),
        Whose::Unknown => "unknown".to_owned(),
        Whose::Total => "total".to_owned(),
    }
}

fn entry(line: &str) -> Option<(Whose, Row)> {
    let (kind, rest) = line.split_once(", ")?;
    let (whose, row) = match kind {
        "device" => {
            let (mac, rest) = rest.split_once(", ")?;
            let (address, row) = rest.split_once(", ")?;
            (Whose::device(mac.parse::<Mac>().ok()?, Some(address)), row)
        }
        "person" => {
            let (name, row) = rest.split_once(", ")?;
            (Whose::Person(Some(name).filter(|name| is_safe(name))?.to_owned()), row)
        }
        "unknown" => (Whose::Unknown, rest),
        "total" => (Whose::Total, rest),
        _ => return None,
    };
    Some((whose, Row::parse(row)?))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn standings_read_back_what_was_noted() {
        let home = tempfile::tempdir().unwrap();
        let time = Timestamp::from_second(1_474_000_000).unwrap();
        let row = Row { time, total: 5, delta: 4, on_peak: 3, off_peak: 2 };
        let device = Whose::device("02:00:5e:10:00:0a".parse().unwrap(), Some("192.168.1.100"));
        let all = [device, Whose::Person("Zoë O'Neil".into()), Whose::Unknown, Whose::Total];
        let standings: Standings = all.into_iter().map(|whose| (whose, row)).collect();
        save(home.path(), &standings).unwrap();
        assert_eq!(load(home.path()), standings);
    }

    proptest! {
        #[test]
        fn any_line_is_an_entry_or_none(line: String) {
            entry(&line);
        }
    }
}
