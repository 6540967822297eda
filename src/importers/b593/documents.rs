use std::io::{self, BufRead};

use super::super::Lines;

/// A sample has some hundred characters; a document of this many is none, and not waited for.
const MOST: usize = 64 * 1024;

/// The JSON documents of a file with the lines they begin in, however they are laid out: one to a line, in a list, or indented.
///
/// A line that begins with a brace begins a document, as inside a document none does. What was begun before and has not
/// ended is given as it is, and is no JSON.
#[derive(Debug)]
pub struct Documents<R> {
    lines: Lines<R>,
    open: Option<Open>,
    ready: std::collections::VecDeque<(u64, String)>,
}

#[derive(Debug)]
struct Open {
    line: u64,
    text: String,
    depth: usize,
}

impl<R: BufRead> Documents<R> {
    /// Reads documents from here.
    pub const fn new(lines: Lines<R>) -> Self {
        Self { lines, open: None, ready: std::collections::VecDeque::new() }
    }

    /// The next document; `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub fn next(&mut self) -> io::Result<Option<(u64, String)>> {
        while self.ready.is_empty() {
            match self.lines.next_line()? {
                Some((number, line)) => self.read(number, &line),
                None => return Ok(self.open.take().map(|open| (open.line, open.text))),
            }
        }
        Ok(self.ready.pop_front())
    }

    fn read(&mut self, number: u64, line: &str) {
        if self.open.as_ref().is_some_and(|open| line.starts_with('{') || open.text.len() > MOST) {
            self.end();
        }
        let mut between = String::new();
        let (mut quoted, mut escaped) = (false, false);
        for c in line.chars() {
            let Some(open) = &mut self.open else {
                if c == '{' {
                    self.open = Some(Open { line: number, text: "{".to_owned(), depth: 1 });
                    (quoted, escaped) = (false, false);
                } else {
                    between.push(c);
                }
                continue;
            };
            open.text.push(c);
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                '{' if !quoted => open.depth += 1,
                '}' if !quoted => open.depth -= 1,
                _ => {}
            }
            if open.depth == 0 {
                self.end();
            }
        }
        if let Some(open) = &mut self.open {
            open.text.push('\n');
        }
        if !between.chars().all(|c| c.is_whitespace() || matches!(c, '[' | ']' | ',')) {
            self.ready.push_back((number, between));
        }
    }

    fn end(&mut self) {
        self.ready.extend(self.open.take().map(|open| (open.line, open.text)));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn documents(text: &[u8]) -> Vec<(u64, String)> {
        let mut documents = Documents::new(Lines::new(text));
        std::iter::from_fn(|| documents.next().unwrap()).collect()
    }

    #[test]
    fn every_layout_gives_the_same_documents() {
        let lines = "{\"a\": {\"b\": \"}\\\"\"}}\n\n{\"c\": 1}\n";
        let list = "[{\"a\": {\"b\": \"}\\\"\"}},\n {\"c\": 1}]";
        let indented = "[\n{\n  \"a\": {\n    \"b\": \"}\\\"\"\n  }\n},\n{\n  \"c\": 1\n}\n]\n";
        for (text, at) in [(lines, [1, 3]), (list, [1, 2]), (indented, [2, 7])] {
            let found = documents(text.as_bytes());
            let parsed: Vec<serde_json::Value> =
                found.iter().map(|(_, text)| serde_json::from_str(text).unwrap()).collect();
            assert_eq!(
                parsed,
                [serde_json::json!({"a": {"b": "}\""}}), serde_json::json!({"c": 1})],
                "{text}"
            );
            assert_eq!(found.iter().map(|(line, _)| *line).collect::<Vec<_>>(), at);
        }
    }

    #[test]
    fn a_torn_document_does_not_take_the_next_one_with_it() {
        let found = documents(b"{\"a\": {\"b\": 1\n{\"c\": \"x\nnonsense\n{\"d\": 2}\n{\"e\"");
        let texts: Vec<_> = found.iter().map(|(line, text)| (*line, text.trim_end())).collect();
        assert_eq!(
            texts,
            [(1, "{\"a\": {\"b\": 1"), (2, "{\"c\": \"x\nnonsense"), (4, "{\"d\": 2}"), (5, "{\"e\"")]
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_documents(bytes: Vec<u8>) {
            documents(&bytes);
        }

        #[test]
        fn any_braces_are_documents(text in "[{}\\[\\]\"\\\\,a\n]{0,200}") {
            documents(text.as_bytes());
        }
    }
}
