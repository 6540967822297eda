//! YAML, read so that every scalar stays the text that was written.
//!
//! Other readers make numbers of `0123` and `1e5` and a flag of `no`; all three are passwords that people have. What
//! only surprises is refused: keys that stand twice, anchors, tags, several documents, unquoted text over several
//! lines. No message repeats the text.

use std::collections::BTreeMap;

use config::{Map, Value, ValueKind};
use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput};

use super::Problem;

/// Deeper than any configuration, and shallow enough for any stack.
const MAX_DEPTH: usize = 16;

/// The tree in a YAML document; every value knows the line that its key stands in.
pub(super) fn parse(name: &str, text: &str) -> Result<Value, Problem> {
    let mut document = Document { name, parser: Parser::new_from_str(text), line: 1 };
    let mut root = Value::new(Some(&name.to_owned()), ValueKind::Nil);
    let mut seen = false;
    while let Some((event, span)) = document.next()? {
        match event {
            Event::Nothing | Event::StreamStart | Event::DocumentEnd | Event::StreamEnd => {}
            Event::DocumentStart(_) if seen => {
                return Err(document.problem("a second document begins here; there can be one only"));
            }
            Event::DocumentStart(_) => seen = true,
            event => root.kind = document.node(event, span, MAX_DEPTH)?,
        }
    }
    Ok(root)
}

struct Document<'text> {
    name: &'text str,
    parser: Parser<'text, StrInput<'text>>,
    /// The line of the last event, from 1.
    line: usize,
}

impl<'text> Document<'text> {
    fn next(&mut self) -> Result<Option<(Event<'text>, Span)>, Problem> {
        match self.parser.next_event() {
            None => Ok(None),
            Some(Ok((event, span))) => {
                self.line = span.start.line();
                Ok(Some((event, span)))
            }
            Some(Err(error)) => {
                self.line = error.marker().line();
                Err(self.problem(&format!("this is not YAML: {}", error.info())))
            }
        }
    }

    /// The next event inside a list or a group, which the parser never ends without their end.
    fn inside(&mut self) -> Result<(Event<'text>, Span), Problem> {
        self.next()?.ok_or_else(|| self.problem("the file ends too early"))
    }

    fn node(&mut self, event: Event<'text>, span: Span, depth: usize) -> Result<ValueKind, Problem> {
        let (anchor, tag) = match &event {
            Event::Scalar(_, _, anchor, tag) => (*anchor, tag.is_some()),
            Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag) => (*anchor, tag.is_some()),
            _ => (0, false),
        };
        if anchor != 0 || matches!(event, Event::Alias(_)) {
            return Err(self.problem("'&' and '*' have no meaning here; put the value in quotes"));
        }
        if tag {
            return Err(self.problem(
                "'!' has no meaning here; put the value in quotes, or use {file: …} or {env: …} for a secret",
            ));
        }
        match event {
            Event::Scalar(text, style, _, _) => self.scalar(&text, style, span),
            Event::SequenceStart(..) => self.list(self.deeper(depth)?),
            Event::MappingStart(..) => self.group(self.deeper(depth)?),
            _ => Err(self.problem("a value is expected here")),
        }
    }

    fn scalar(&self, text: &str, style: ScalarStyle, span: Span) -> Result<ValueKind, Problem> {
        let plain = style == ScalarStyle::Plain;
        if plain && span.end.line() > span.start.line() {
            return Err(self.problem("text over several lines needs quotes; is a ': ' missing below?"));
        }
        if plain && matches!(text, "" | "~" | "null") {
            return Ok(ValueKind::Nil);
        }
        Ok(ValueKind::String(text.to_owned()))
    }

    fn list(&mut self, depth: usize) -> Result<ValueKind, Problem> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.inside()?;
            if event == Event::SequenceEnd {
                return Ok(ValueKind::Array(items));
            }
            let origin = self.place();
            items.push(Value::new(Some(&origin), self.node(event, span, depth)?));
        }
    }

    fn group(&mut self, depth: usize) -> Result<ValueKind, Problem> {
        let mut entries = Map::new();
        let mut lines = BTreeMap::new();
        loop {
            let (event, span) = self.inside()?;
            if event == Event::MappingEnd {
                return Ok(ValueKind::Table(entries));
            }
            let (line, origin) = (self.line, self.place());
            let ValueKind::String(key) = self.node(event, span, depth)? else {
                return Err(self.problem("a key is expected here"));
            };
            if let Some(first) = lines.insert(key.clone(), line) {
                self.line = line;
                return Err(self.problem(&format!("this key stands here twice, first in line {first}")));
            }
            let (event, span) = self.inside()?;
            let value = self.node(event, span, depth)?;
            entries.insert(key, Value::new(Some(&origin), value));
        }
    }

    fn deeper(&self, depth: usize) -> Result<usize, Problem> {
        depth.checked_sub(1).ok_or_else(|| self.problem("the nesting is too deep"))
    }

    fn place(&self) -> String {
        format!("{}:{}", self.name, self.line)
    }

    fn problem(&self, text: &str) -> Problem {
        Problem { place: self.place(), key: String::new(), text: text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(yaml: &str) -> ValueKind {
        let Ok(Value { kind: ValueKind::Table(mut table), .. }) = parse("f.yaml", yaml) else {
            panic!("{:?}", parse("f.yaml", yaml));
        };
        table.remove("a").unwrap().kind
    }

    fn problem_of(yaml: &str) -> String {
        parse("f.yaml", yaml).unwrap_err().to_string()
    }

    #[test]
    fn scalars_stay_what_was_written() {
        for text in ["0123", "1e5", "no", "true", "0x1F", "1_000", "12:30:45", "=", "2026-01-01", ".5", "a#b"]
        {
            assert_eq!(text_of(&format!("a: {text}")), ValueKind::String(text.into()), "{text}");
            assert_eq!(text_of(&format!("a: '{text}' # note")), ValueKind::String(text.into()), "{text}");
        }
        assert_eq!(text_of("a: \"~\""), ValueKind::String("~".into()));
        for nothing in ["", "~", "null"] {
            assert_eq!(text_of(&format!("a: {nothing}")), ValueKind::Nil, "{nothing}");
        }
    }

    #[test]
    fn values_know_their_line() {
        let root = parse("f.yaml", "# one\na:\n  b:\n    - c\n    - d\n").unwrap();
        let a = &root.into_table().unwrap()["a"];
        assert_eq!(a.origin(), Some("f.yaml:2"));
        let b = &a.clone().into_table().unwrap()["b"];
        assert_eq!(b.origin(), Some("f.yaml:3"));
        assert_eq!(b.clone().into_array().unwrap()[1].origin(), Some("f.yaml:5"));
    }

    #[test]
    fn what_surprises_is_refused() {
        assert_eq!(problem_of("a: 1\nb: 2\na: 3"), "f.yaml:3: this key stands here twice, first in line 1");
        assert!(problem_of("a: &x 1\nb: *x").starts_with("f.yaml:1: '&' and '*'"));
        assert!(problem_of("a: !secret x").starts_with("f.yaml:1: '!' has no meaning"));
        assert!(problem_of("a: 1\n---\na: 2").starts_with("f.yaml:2: a second document"));
        assert!(problem_of("a: x\n  password:hunter2").starts_with("f.yaml:1: text over several lines"));
        assert!(problem_of("a: [1, 2").starts_with("f.yaml:"));
        assert!(problem_of("? [a]\n: b").contains("a key is expected"));
        assert!(problem_of(&"[".repeat(40)).contains("nesting is too deep"));
    }

    #[test]
    fn an_empty_file_holds_nothing() {
        for empty in ["", "# only words\n", "---\n"] {
            assert_eq!(parse("f.yaml", empty).unwrap().kind, ValueKind::Nil, "{empty:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_brings_the_reader_down(text in r"([a-z:\-\[\]{}&*!|>'#%@,? \n\t\x22\\~]|\PC){0,60}") {
            drop(parse("f.yaml", &text));
        }
    }
}
