//! TOML, read so that every value knows its line, and that no message prints a line.

use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};
use config::{Map, Value, ValueKind};

use super::Problem;

/// The tree in a TOML document.
pub(super) fn parse(name: &str, text: &str) -> Result<Value, Problem> {
    let document = Document { name, text };
    let table = DeTable::parse(text).map_err(|error| Problem {
        place: document.place(error.span().map_or(0, |span| span.start)),
        key: String::new(),
        text: "this is not TOML; text needs quotes, and each key stands once".to_owned(),
    })?;
    Ok(Value::new(Some(&name.to_owned()), document.table(table.get_ref())))
}

struct Document<'text> {
    name: &'text str,
    text: &'text str,
}

impl Document<'_> {
    fn table(&self, table: &DeTable<'_>) -> Map<String, Value> {
        let entry = |(key, value): (&Spanned<_>, &_)| {
            let key: &Spanned<std::borrow::Cow<'_, str>> = key;
            (key.get_ref().to_string(), self.value(value, key.span().start))
        };
        table.iter().map(entry).collect()
    }

    fn value(&self, value: &Spanned<DeValue<'_>>, offset: usize) -> Value {
        let kind = match value.get_ref() {
            DeValue::String(text) => ValueKind::String(text.to_string()),
            DeValue::Boolean(flag) => ValueKind::Boolean(*flag),
            // Nothing in the configuration is a bare number: what is read from it must be in quotes.
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_) => ValueKind::I64(0),
            DeValue::Array(items) => {
                ValueKind::Array(items.iter().map(|item| self.value(item, item.span().start)).collect())
            }
            DeValue::Table(table) => ValueKind::Table(self.table(table)),
        };
        Value::new(Some(&self.place(offset)), kind)
    }

    fn place(&self, offset: usize) -> String {
        let line = self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
        format!("{}:{line}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_line() {
        let root = parse("f.toml", "# one\n[a]\nb = [\n'c',\n'd']\n[a.e]\nf = 1\n").unwrap();
        let a = root.into_table().unwrap()["a"].clone();
        assert_eq!(a.origin(), Some("f.toml:2"));
        let a = a.into_table().unwrap();
        assert_eq!(a["b"].origin(), Some("f.toml:3"));
        assert_eq!(a["b"].clone().into_array().unwrap()[1].origin(), Some("f.toml:5"));
        assert_eq!(a["e"].clone().into_table().unwrap()["f"].origin(), Some("f.toml:7"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_brings_the_reader_down(text in r"([a-z=.\-\[\]{}'#, \n\t\x22\\0-9]|\PC){0,60}") {
            drop(parse("f.toml", &text));
        }
    }
}
