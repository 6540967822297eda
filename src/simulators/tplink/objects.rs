//! The objects of a box, read from files that are written the way the box itself would answer.

use std::collections::BTreeMap;

use super::grammar::{Act, Code, Method, Stack};

/// One instance of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// Which one.
    pub stack: Stack,
    /// Its attributes, in the order in which the box tells them.
    pub attrs: Vec<(String, Vec<u8>)>,
}

impl Row {
    /// An instance with these attributes.
    pub fn new<const N: usize>(path: &[u32], attrs: [(&str, Vec<u8>); N]) -> Self {
        Self { stack: Stack::of(path), attrs: attrs.map(|(name, value)| (name.to_owned(), value)).into() }
    }

    /// An attribute; the case of its name does not matter.
    pub fn get(&self, name: &str) -> Option<&(String, Vec<u8>)> {
        self.attrs.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    fn get_mut(&mut self, name: &str) -> Option<&mut Vec<u8>> {
        self.attrs.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// An attribute as text; empty when there is none.
    pub fn words(&self, name: &str) -> String {
        self.get(name).map_or_else(String::new, |(_, value)| String::from_utf8_lossy(value).into_owned())
    }

    /// Changes an attribute that there is.
    ///
    /// # Errors
    /// When it does not exist.
    pub fn change(&mut self, name: &str, value: &str) -> Result<(), Code> {
        *self.get_mut(name).ok_or(Code::INVALID_NAME)? = value.into();
        Ok(())
    }

    fn put(&mut self, name: &str, value: &str) {
        match self.get_mut(name) {
            Some(known) => *known = value.into(),
            None => self.attrs.push((name.to_owned(), value.into())),
        }
    }
}

/// The objects, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Objects(BTreeMap<String, Vec<Row>>);

impl Objects {
    /// Reads files; a later one adds to what an earlier one says, or changes it.
    pub fn read(files: &[&str]) -> Self {
        let mut objects = Self::default();
        for file in files {
            objects.add(file);
        }
        objects
    }

    fn add(&mut self, file: &str) {
        let (mut oid, mut stack) = (String::new(), Stack::NONE);
        for line in file.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(path) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                stack = Stack::parse(path).unwrap_or_default();
                self.row(&oid, stack);
            } else if let Some((name, value)) = line.split_once('=') {
                self.row(&oid, stack).put(name, value);
            } else {
                (oid, stack) = (line.to_owned(), Stack::NONE);
                self.0.entry(oid.clone()).or_default();
            }
        }
    }

    fn row(&mut self, oid: &str, stack: Stack) -> &mut Row {
        let rows = self.0.entry(oid.to_owned()).or_default();
        let place = rows.iter().position(|row| row.stack == stack).unwrap_or_else(|| {
            rows.push(Row { stack, attrs: Vec::new() });
            rows.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "the place was found, or made, just now")]
        &mut rows[place]
    }

    /// The instances of an object; `None` when there is no such object.
    pub fn rows(&self, oid: &str) -> Option<&[Row]> {
        self.0.get(oid).map(Vec::as_slice)
    }

    /// The text of one attribute of one instance.
    pub fn text(&self, oid: &str, stack: Stack, name: &str) -> Option<&str> {
        let row = self.rows(oid)?.iter().find(|row| row.stack == stack)?;
        std::str::from_utf8(&row.get(name)?.1).ok()
    }

    /// Adds an instance, under the next number that was not used.
    ///
    /// # Errors
    /// When there is no such object.
    pub fn append(&mut self, oid: &str, row: Row) -> Result<Stack, Code> {
        let rows = self.0.get_mut(oid).ok_or(Code::NO_OBJECT)?;
        let stack =
            (1..).map(|number| Stack::of(&[number])).find(|stack| rows.iter().all(|row| row.stack < *stack));
        let stack = stack.unwrap_or_default();
        rows.push(Row { stack, ..row });
        Ok(stack)
    }

    /// Removes an instance.
    pub fn remove(&mut self, oid: &str, stack: Stack) {
        if let Some(rows) = self.0.get_mut(oid) {
            rows.retain(|row| row.stack != stack);
        }
    }

    /// Changes one attribute of one instance.
    ///
    /// # Errors
    /// When it does not exist, cannot be changed, or not to that.
    pub fn set(&mut self, oid: &str, stack: Stack, name: &str, value: &str) -> Result<(), Code> {
        let rows = self.0.get_mut(oid).ok_or(Code::NO_OBJECT)?;
        let row = rows.iter_mut().find(|row| row.stack == stack).ok_or(Code::NO_INSTANCE)?;
        let known = row.get_mut(name).ok_or(Code::INVALID_NAME)?;
        match known.as_slice() {
            [b'@', ..] => Err(Code::REQUEST_DENIED),
            b"0" | b"1" if !matches!(value, "0" | "1") => Err(Code::INVALID_VALUE),
            _ => {
                *known = value.into();
                Ok(())
            }
        }
    }
}

/// The instances that an act asks for.
///
/// # Errors
/// When there are none, or when it does not say which.
pub(super) fn chosen<'a>(rows: &'a [Row], act: &Act) -> Result<Vec<&'a Row>, Code> {
    let that = |stack: Stack| rows.iter().find(|row| row.stack == stack);
    match act.method {
        Method::List => Ok(rows.iter().collect()),
        Method::ListUnder => Ok(rows.iter().filter(|row| row.stack.is_under(act.parent)).collect()),
        Method::Get => match (that(act.stack), rows.first()) {
            (Some(row), _) => Ok(vec![row]),
            // Boxes tell the first of the leases then, but of no other table. Seen on a legacy box.
            (None, Some(first)) if act.stack == Stack::NONE && act.oid == "LAN_HOST_ENTRY" => Ok(vec![first]),
            (None, _) if act.stack == Stack::NONE => Err(Code::INVALID_ARGUMENTS),
            (None, _) => Err(Code::NO_INSTANCE),
        },
        _ => Err(Code::METHOD_NOT_SUPPORTED),
    }
}

#[cfg(test)]
mod tests {
    use super::super::grammar::parse;
    use super::*;

    const FILE: &str = "# two objects\nSYS_MODE\nmode=ETH\nLAN_WLAN\n[1,1,0,0,0,0]\nenable=1\nSSID=A=B\n\
                        [1,2,0,0,0,0]\nenable=@uptime\nSTAT_ENTRY\n";

    fn ask(method: &str, oid: &str, stack: &str, parent: &str) -> Result<Vec<Stack>, Code> {
        let objects = Objects::read(&[FILE]);
        let act = parse(method, &format!("[{oid}#{stack}#{parent}]0,0\r\n")).unwrap().remove(0);
        let rows = objects.rows(oid).ok_or(Code::NO_OBJECT)?;
        chosen(rows, &act).map(|rows| rows.iter().map(|row| row.stack).collect())
    }

    const NONE: &str = "0,0,0,0,0,0";

    #[test]
    fn a_file_is_read_as_it_is_written() {
        let objects = Objects::read(&[FILE, "LAN_WLAN\n[1,1,0,0,0,0]\nenable=0\nname=wlan0\n"]);
        let row = &objects.rows("LAN_WLAN").unwrap()[0];
        let names: Vec<_> = row.attrs.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["enable", "SSID", "name"]);
        assert_eq!(objects.text("LAN_WLAN", Stack::of(&[1, 1]), "ssid"), Some("A=B"));
        assert_eq!(objects.text("LAN_WLAN", Stack::of(&[1, 1]), "Enable"), Some("0"));
        assert_eq!(objects.rows("STAT_ENTRY"), Some(&[][..]));
        assert_eq!(objects.rows("CPU_MEM"), None);
    }

    #[test]
    fn tables_are_listed_and_the_others_are_asked_for() {
        let (first, second) = (Stack::of(&[1, 1]), Stack::of(&[1, 2]));
        assert_eq!(ask("1", "SYS_MODE", NONE, NONE), Ok(vec![Stack::NONE]));
        assert_eq!(ask("5", "LAN_WLAN", NONE, NONE), Ok(vec![first, second]));
        assert_eq!(ask("6", "LAN_WLAN", NONE, NONE), Ok(vec![first, second]), "below nothing in particular");
        assert_eq!(ask("6", "LAN_WLAN", NONE, "1,2,0,0,0,0"), Ok(vec![second]));
        assert_eq!(ask("1", "LAN_WLAN", "1,2,0,0,0,0", NONE), Ok(vec![second]));
        assert_eq!(ask("1", "LAN_WLAN", NONE, NONE), Err(Code::INVALID_ARGUMENTS));
        assert_eq!(ask("1", "LAN_WLAN", "1,3,0,0,0,0", NONE), Err(Code::NO_INSTANCE));
        assert_eq!(ask("5", "STAT_ENTRY", NONE, NONE), Ok(vec![]));
        assert_eq!(ask("5", "CPU_MEM", NONE, NONE), Err(Code::NO_OBJECT));
        assert_eq!(ask("3", "LAN_WLAN", NONE, NONE), Err(Code::METHOD_NOT_SUPPORTED));
    }

    #[test]
    fn what_can_be_set_is_set_and_nothing_else() {
        let mut objects = Objects::read(&[FILE]);
        let (first, second) = (Stack::of(&[1, 1]), Stack::of(&[1, 2]));
        assert_eq!(objects.set("LAN_WLAN", first, "Enable", "0"), Ok(()));
        assert_eq!(objects.text("LAN_WLAN", first, "enable"), Some("0"));
        assert_eq!(objects.set("LAN_WLAN", first, "enable", "2"), Err(Code::INVALID_VALUE));
        assert_eq!(objects.set("LAN_WLAN", first, "colour", "red"), Err(Code::INVALID_NAME));
        assert_eq!(objects.set("LAN_WLAN", second, "enable", "0"), Err(Code::REQUEST_DENIED));
        assert_eq!(objects.set("LAN_WLAN", Stack::NONE, "enable", "0"), Err(Code::NO_INSTANCE));
        assert_eq!(objects.set("CPU_MEM", first, "enable", "0"), Err(Code::NO_OBJECT));
    }
}
