//! The text in which every dialect is asked and answers: numbered acts on numbered objects. Pure.

use std::fmt;
use std::str::FromStr;

use crate::model::{Mac, printed};

/// What is done with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Reads one instance.
    Get = 1,
    /// Changes one instance.
    Set = 2,
    /// Makes an instance, whose number the box chooses.
    Add = 3,
    /// Removes one instance.
    Delete = 4,
    /// Reads every instance. [`Kind::Get`] does not: on a table without a stack it fails, or gives one row.
    List = 5,
    /// Reads every instance below a parent.
    Below = 6,
    /// Does something.
    Operate = 7,
    /// Calls a script of the web server.
    Call = 8,
}

/// Which instance of an object: six numbers, zeros where it is of no concern.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stack(pub [u32; 6]);

impl fmt::Display for Stack {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, f] = self.0;
        write!(out, "{a},{b},{c},{d},{e},{f}")
    }
}

impl FromStr for Stack {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut numbers = [0; 6];
        let mut parts = text.split(',');
        for number in &mut numbers {
            *number = parts.next().and_then(|part| part.trim().parse().ok()).ok_or(())?;
        }
        if parts.next().is_some() { Err(()) } else { Ok(Self(numbers)) }
    }
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Act {
    pub kind: Kind,
    pub object: &'static str,
    pub stack: Stack,
    pub parent: Stack,
    /// The attributes to read, or `name=value` to write. Reading none means all.
    pub attributes: Vec<String>,
}

impl Act {
    /// Does this with an object, and no instance in particular.
    pub fn new(kind: Kind, object: &'static str) -> Self {
        Self { kind, object, stack: Stack::default(), parent: Stack::default(), attributes: Vec::new() }
    }

    /// With one instance.
    pub const fn at(mut self, stack: Stack) -> Self {
        self.stack = stack;
        self
    }

    /// With what is below this instance of another object.
    pub const fn below(mut self, parent: Stack) -> Self {
        self.parent = parent;
        self
    }

    /// With these attributes.
    pub fn with(mut self, attributes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.attributes.extend(attributes.into_iter().map(Into::into));
        self
    }
}

/// The kinds of the acts, as the address or the first line has them: `1&5`.
pub(super) fn kinds(acts: &[Act]) -> String {
    acts.iter().map(|act| (act.kind as u8).to_string()).collect::<Vec<_>>().join("&")
}

/// The acts themselves. Every line ends with CRLF, the last one, too: boxes refuse anything else.
pub(super) fn blocks(acts: &[Act]) -> String {
    let mut text = String::new();
    for (number, act) in acts.iter().enumerate() {
        let count = act.attributes.len();
        text.push_str(&format!("[{}#{}#{}]{number},{count}\r\n", act.object, act.stack, act.parent));
        for attribute in &act.attributes {
            // A line break would begin another attribute.
            text.extend(attribute.chars().filter(|c| !c.is_control()));
            text.push_str("\r\n");
        }
    }
    text
}

/// What a box answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// What each act gave, in the order of the answer: the number of the act, and a row.
    pub rows: Vec<(usize, Row)>,
    /// 0, or why the act behind the last rows failed. What comes behind that was not done.
    pub code: u32,
}

impl Answer {
    /// Reads an answer; `None` when it is something else, or was cut off.
    pub fn parse(text: &str) -> Option<Self> {
        let mut answer = Self::default();
        let mut current = None;
        for line in text.split('\n').map(|line| line.trim_end_matches('\r')).filter(|line| !line.is_empty()) {
            let header = line.strip_prefix('[').and_then(|rest| rest.split_once(']'));
            match (header, current.and_then(|at: usize| answer.rows.get_mut(at))) {
                (Some(("error", code)), _) => {
                    answer.code = code.trim().parse().ok()?;
                    return Some(answer);
                }
                (Some((stack, number)), _) => {
                    current = begun(stack, number).map(|row| {
                        answer.rows.push(row);
                        answer.rows.len() - 1
                    });
                }
                (None, Some((_, row))) => row.learn(line),
                (None, None) => {}
            }
        }
        None
    }

    /// The rows that an act gave.
    pub fn of(&self, act: usize) -> Vec<Row> {
        self.rows.iter().filter(|(number, _)| *number == act).map(|(_, row)| row.clone()).collect()
    }

    /// The last act of which there is anything.
    pub fn last(&self) -> Option<usize> {
        self.rows.iter().map(|(number, _)| *number).max()
    }
}

fn begun(stack: &str, number: &str) -> Option<(usize, Row)> {
    let number = number.trim().parse().ok()?;
    // What a script says has no attributes; it is read from the text itself.
    let stack = if stack == "cgi" { Stack::default() } else { stack.parse().ok()? };
    Some((number, Row { stack, fields: Vec::new() }))
}

/// One instance, with what was told of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub stack: Stack,
    fields: Vec<(String, String)>,
}

/// Parts of names of attributes whose values are not for us: boxes show them all the same.
const NOT_FOR_US: [&str; 6] = ["password", "passwd", "presharedkey", "passphrase", "wepkey", "username"];

impl Row {
    fn learn(&mut self, line: &str) {
        if let Some((name, value)) = line.split_once('=') {
            let name = name.trim().to_ascii_lowercase();
            if !NOT_FOR_US.iter().any(|part| name.contains(part)) {
                self.fields.push((name, value.to_owned()));
            }
        }
    }

    /// What is printed behind this name, as it is. Firmwares differ in the case of names.
    pub fn raw(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim())
    }

    /// What is printed behind this name, if it says anything.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.raw(name).and_then(printed::clean)
    }

    pub fn number(&self, name: &str) -> Option<f64> {
        self.read(name, printed::number)
    }

    pub fn count(&self, name: &str) -> Option<u64> {
        self.read(name, printed::count)
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        self.read(name, printed::truth)
    }

    pub fn mac(&self, name: &str) -> Option<Mac> {
        self.read(name, printed::mac)
    }

    /// What a parser makes of the text behind this name.
    pub fn read<T>(&self, name: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        parse(self.text(name)?)
    }
}

/// The value that a script gives a variable: `var name="value";`, wherever in the text.
pub(super) fn variable<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.match_indices("var ").find_map(|(at, var)| {
        let rest = text.get(at + var.len()..)?.trim_start().strip_prefix(name)?.trim_start();
        let value = rest.strip_prefix('=')?.trim_start();
        let quoted = ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.split(quote).next());
        quoted.or_else(|| value.split([';', '\r', '\n', '<']).next().map(str::trim))
    })
}

/// What a script returned: `$.ret=0;`; without that, the code at the end of the answer.
pub(super) fn returned(text: &str) -> Option<u32> {
    let number = |rest: &str| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok();
    let behind = |mark: &str| text.split_once(mark).and_then(|(_, rest)| number(rest.trim_start()));
    behind("$.ret=").or_else(|| behind("[error]"))
}

#[cfg(test)]
mod tests;
