//! From values to types, collecting everything that is wrong on the way.

use std::cell::RefCell;
use std::collections::BTreeMap;

use config::{Value, ValueKind};

use super::{Problem, layers, suggest};

/// Everything that is wrong, and everything that is unwise.
#[derive(Debug, Default)]
pub(super) struct Report {
    problems: RefCell<Vec<Problem>>,
    warnings: RefCell<Vec<Problem>>,
}

impl Report {
    pub(super) fn problem(&self, place: &str, key: &str, text: impl Into<String>) {
        self.problems.borrow_mut().push(note(place, key, text));
    }

    pub(super) fn warning(&self, place: &str, key: &str, text: impl Into<String>) {
        self.warnings.borrow_mut().push(note(place, key, text));
    }

    /// The problems and the warnings, each in the order of the file.
    pub(super) fn into_parts(self) -> (Vec<Problem>, Vec<Problem>) {
        let (mut problems, mut warnings) = (self.problems.into_inner(), self.warnings.into_inner());
        problems.sort_by_key(Problem::line);
        warnings.sort_by_key(Problem::line);
        (problems, warnings)
    }
}

fn note(place: &str, key: &str, text: impl Into<String>) -> Problem {
    Problem { place: place.to_owned(), key: key.to_owned(), text: text.into() }
}

/// A value, with the path to it.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    path: String,
    value: Value,
    report: &'a Report,
}

/// A group of keys, some of which have been taken.
#[derive(Debug)]
pub(super) struct Group<'a> {
    path: String,
    place: String,
    entries: BTreeMap<String, Value>,
    known: Vec<&'static str>,
    report: &'a Report,
}

impl<'a> Entry<'a> {
    /// Says that the value is wrong.
    pub(super) fn wrong(&self, text: impl Into<String>) {
        self.report.problem(&place(&self.value, &self.path), &self.path, text);
    }

    /// Says that the value is unwise.
    pub(super) fn unwise(&self, text: impl Into<String>) {
        self.report.warning(&place(&self.value, &self.path), &self.path, text);
    }

    /// The value as it is, for those who know better than the functions below.
    pub(super) const fn kind(&self) -> &ValueKind {
        &self.value.kind
    }

    /// The text, if it is one and not empty.
    pub(super) fn text(&self) -> Option<String> {
        match &self.value.kind {
            ValueKind::String(text) if !text.is_empty() => return Some(text.clone()),
            ValueKind::String(_) | ValueKind::Nil => {
                self.wrong("there is no value; fill it in, or leave it out");
            }
            ValueKind::Table(_) => self.wrong("text is expected, not a group of keys"),
            ValueKind::Array(_) => self.wrong("text is expected, not a list"),
            _ => self.wrong("text is expected: put the value in quotes"),
        }
        None
    }

    /// The text, made into something by `parse`, whose error says what is wrong without repeating the text.
    pub(super) fn parsed<T, E: ToString>(&self, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        let text = self.text()?;
        parse(&text).map_err(|error| self.wrong(error.to_string())).ok()
    }

    /// Whether there is nothing: no value, or an empty group or list.
    pub(super) fn is_empty(&self) -> bool {
        match &self.value.kind {
            ValueKind::Nil => true,
            ValueKind::Table(entries) => entries.is_empty(),
            ValueKind::Array(items) => items.is_empty(),
            _ => false,
        }
    }

    /// Yes or no.
    pub(super) fn flag(&self) -> Option<bool> {
        match &self.value.kind {
            ValueKind::Boolean(flag) => return Some(*flag),
            ValueKind::String(text) if text == "true" => return Some(true),
            ValueKind::String(text) if text == "false" => return Some(false),
            _ => self.wrong("true or false is expected"),
        }
        None
    }

    /// The number, if it is one. In YAML and in variables, numbers are text.
    pub(super) fn number(&self) -> Option<f64> {
        let number = match &self.value.kind {
            #[expect(clippy::cast_precision_loss, reason = "nobody configures numbers beyond 2^53")]
            ValueKind::I64(number) => Some(*number as f64),
            ValueKind::Float(number) => Some(*number),
            ValueKind::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let number = number.filter(|number: &f64| number.is_finite());
        if number.is_none() {
            self.wrong("a number is expected");
        }
        number
    }

    /// One of these words, and what it stands for.
    pub(super) fn choice<T: Copy>(&self, words: &[(&str, T)]) -> Option<T> {
        let text = self.text()?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            let hint = if known.len() > 1 { suggest::hint(&text, &known) } else { String::new() };
            self.wrong(format!("{} is expected{hint}", either(&known)));
        }
        found
    }

    /// The items of a list. Text is a list, too, with commas: variables have no other.
    pub(super) fn items(&self) -> Option<Vec<Self>> {
        match &self.value.kind {
            ValueKind::Array(items) => Some(items.iter().map(|item| self.part(item.clone())).collect()),
            ValueKind::String(text) if !text.is_empty() => {
                let origin = self.value.origin().map(str::to_owned);
                let item = |text: &str| self.part(Value::new(origin.as_ref(), text.trim()));
                Some(text.split(',').map(item).collect())
            }
            _ => {
                self.wrong("a list is expected");
                None
            }
        }
    }

    fn part(&self, value: Value) -> Self {
        Self { path: self.path.clone(), value, report: self.report }
    }

    /// The keys below; none when there is no value.
    pub(super) fn group(mut self) -> Option<Group<'a>> {
        let place = place(&self.value, &self.path);
        let entries = match std::mem::take(&mut self.value.kind) {
            ValueKind::Table(entries) => entries.into_iter().collect(),
            ValueKind::Nil => BTreeMap::new(),
            _ => {
                self.wrong("a group of keys is expected");
                return None;
            }
        };
        Some(Group { path: self.path, place, entries, known: Vec::new(), report: self.report })
    }
}

impl<'a> Group<'a> {
    /// The top level.
    pub(super) fn root(value: Value, report: &'a Report) -> Self {
        let place = value.origin().unwrap_or_default().to_owned();
        let entry = Entry { path: String::new(), value, report };
        entry.group().unwrap_or_else(|| Self::empty(String::new(), place, report))
    }

    const fn empty(path: String, place: String, report: &'a Report) -> Self {
        Self { path, place, entries: BTreeMap::new(), known: Vec::new(), report }
    }

    /// The value of a key. From now on the key is a known one.
    pub(super) fn take(&mut self, key: &'static str) -> Option<Entry<'a>> {
        self.known.push(key);
        let value = self.entries.remove(key)?;
        Some(Entry { path: self.join(key), value, report: self.report })
    }

    /// The group below a key; an empty one when there is none.
    pub(super) fn group(&mut self, key: &'static str) -> Self {
        let group = self.take(key).and_then(Entry::group);
        group.unwrap_or_else(|| Self::empty(self.join(key), self.place.clone(), self.report))
    }

    /// Every key with its value, where the keys are the owner's choice.
    pub(super) fn into_entries(self) -> impl Iterator<Item = (String, Entry<'a>)> {
        let Self { path, entries, report, .. } = self;
        entries.into_iter().map(move |(key, value)| {
            let path = join(&path, &key);
            (key, Entry { path, value, report })
        })
    }

    /// Says that a key is missing.
    pub(super) fn missing(&self, key: &str, text: impl Into<String>) {
        self.report.problem(&self.place, &self.join(key), text);
    }

    /// Says that it is unwise to leave out a key.
    pub(super) fn unwise(&self, key: &str, text: impl Into<String>) {
        self.report.warning(&self.place, &self.join(key), text);
    }

    /// Says that the group as a whole is wrong.
    pub(super) fn wrong(&self, text: impl Into<String>) {
        self.report.problem(&self.place, &self.path, text);
    }

    /// Says that every key that nobody took is a mistake.
    pub(super) fn finish(self) {
        for (key, value) in &self.entries {
            // What does not look like a key may be a password in the wrong place.
            let (path, hint) = if is_key(key) {
                (self.join(key), suggest::hint(key, &self.known))
            } else {
                (self.path.clone(), String::new())
            };
            self.report.problem(&place(value, &self.join(key)), &path, format!("there is no such key{hint}"));
        }
    }

    fn join(&self, key: &str) -> String {
        join(&self.path, key)
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn is_key(text: &str) -> bool {
    text.len() <= 32 && text.bytes().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-'))
}

/// Where a value stands: its line, its variable, or for a group of variables the first of them.
fn place(value: &Value, path: &str) -> String {
    match (value.origin(), &value.kind) {
        (Some(layers::ENVIRONMENT), _) if !path.is_empty() => layers::variable(path),
        (Some(origin), _) => origin.to_owned(),
        (None, ValueKind::Table(entries)) => entries
            .iter()
            .min_by_key(|(key, _)| *key)
            .map_or_else(|| layers::ENVIRONMENT.to_owned(), |(key, inner)| place(inner, &join(path, key))),
        (None, _) => layers::ENVIRONMENT.to_owned(),
    }
}

/// `device, component or off`.
pub(super) fn either(words: &[&str]) -> String {
    match words {
        [] => "nothing".to_owned(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
