use std::collections::BTreeMap;
use std::io::BufRead;

use super::super::{Found, Lines, Report};
use crate::model::{ItemId, Mac, text};

/// Whose device is whose, from `user-map.csv`: `Name, MAC`, a row for each device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserMap {
    owners: BTreeMap<Mac, ItemId>,
    names: BTreeMap<ItemId, String>,
}

impl UserMap {
    /// Reads the file, and notes what cannot be used. Of a device with several names the last one counts, as in the logger.
    pub fn read(file: &str, reader: impl BufRead, report: &mut Report) -> Self {
        let mut map = Self::default();
        let mut lines = Lines::new(reader);
        loop {
            match lines.next_line() {
                Ok(Some((number, line))) => {
                    if let Err(found) = map.add(&line) {
                        report.note(found, file, number);
                    }
                }
                Ok(None) => return map,
                Err(_) => {
                    report.note_at(Found::StrangeFile, file);
                    return map;
                }
            }
        }
    }

    fn add(&mut self, line: &str) -> Result<(), Found> {
        if line.trim().is_empty() {
            return Ok(());
        }
        let (name, mac) = line.rsplit_once(',').ok_or(Found::Unreadable)?;
        if mac.trim().eq_ignore_ascii_case("mac") {
            return Ok(());
        }
        let mac: Mac = mac.parse().map_err(|_| Found::Unreadable)?;
        let name = text::name(name).ok_or(Found::StrangeName)?;
        let id = ItemId::new(&name).ok_or(Found::StrangeName)?;
        self.owners.insert(mac, id.clone());
        self.names.entry(id).or_insert(name);
        Ok(())
    }

    /// Whose device this is.
    pub fn owner(&self, mac: Mac) -> Option<&ItemId> {
        self.owners.get(&mac)
    }

    /// Everybody by their ids, with their names.
    pub fn people(&self) -> impl Iterator<Item = (&ItemId, &str)> {
        self.names.iter().map(|(id, name)| (id, name.as_str()))
    }

    /// The same for the configuration: the group `people`, as YAML.
    pub fn snippet(&self) -> String {
        let mut text = String::from("people:\n");
        for (id, name) in &self.names {
            let devices = self.owners.iter().filter(|(_, owner)| *owner == id);
            let devices: Vec<_> = devices.map(|(mac, _)| format!("\"{mac}\"")).collect();
            // JSON's quotes are YAML's, too.
            let name = serde_json::Value::from(name.as_str());
            text.push_str(&format!(
                "  {}: {{name: {name}, devices: [{}]}}\n",
                id.as_str(),
                devices.join(", ")
            ));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MAP: &str = "Name, MAC\nAlice, 02:00:5E:10:00:01\nAlice,02:00:5E:10:00:02\n\"Bob\" 日, 02-00-5e-10-00-03\n\nnobody\nEve, 12\n日, 02:00:5E:10:00:04\n";

    #[test]
    fn one_user_has_many_devices() {
        let mut report = Report::default();
        let map = UserMap::read("user-map.csv", MAP.as_bytes(), &mut report);
        let alice = map.owner("02:00:5e:10:00:02".parse().unwrap()).unwrap();
        assert_eq!(alice.as_str(), "alice");
        assert_eq!(map.people().count(), 2);
        assert_eq!((report.count(Found::Unreadable), report.count(Found::StrangeName)), (2, 1));
    }

    #[test]
    fn the_snippet_is_what_the_configuration_reads() {
        let map = UserMap::read("user-map.csv", MAP.as_bytes(), &mut Report::default());
        let expected = "people:\n  \
            alice: {name: \"Alice\", devices: [\"02:00:5e:10:00:01\", \"02:00:5e:10:00:02\"]}\n  \
            bob: {name: \"\\\"Bob\\\" 日\", devices: [\"02:00:5e:10:00:03\"]}\n";
        assert_eq!(map.snippet(), expected);
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_map(bytes: Vec<u8>) {
            UserMap::read("user-map.csv", bytes.as_slice(), &mut Report::default());
        }
    }
}
