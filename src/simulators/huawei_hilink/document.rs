//! The documents of the box, and those it is sent.

/// A field of a document: a value, or more fields.
#[derive(Clone, Debug)]
pub(super) enum Field {
    Value(&'static str, String),
    List(&'static str, Vec<Self>),
}

/// A value under a name.
#[expect(clippy::needless_pass_by_value, reason = "most values are numbers, written where this is called")]
pub(super) fn value(name: &'static str, value: impl ToString) -> Field {
    Field::Value(name, value.to_string())
}

/// Fields without values.
pub(super) fn empty(names: &[&'static str]) -> Vec<Field> {
    names.iter().map(|name| value(name, "")).collect()
}

/// How a firmware prints.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// What stands between two elements.
    pub between: &'static str,
    /// Whether values are escaped twice, as one generation does.
    pub twice: bool,
    /// Whether fields come in the other order.
    pub reversed: bool,
}

impl Style {
    /// A document with this root.
    pub fn print(self, root: &str, mut fields: Vec<Field>) -> String {
        if self.reversed {
            fields.reverse();
        }
        let between = self.between;
        let mut text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{between}<{root}>{between}");
        for field in &fields {
            self.field(field, &mut text);
        }
        text.push_str(&format!("</{root}>{between}"));
        text
    }

    fn field(self, field: &Field, text: &mut String) {
        match field {
            Field::Value(name, value) => {
                let once = escaped(value);
                let value = if self.twice { escaped(&once) } else { once };
                text.push_str(&format!("<{name}>{value}</{name}>{}", self.between));
            }
            Field::List(name, fields) => {
                text.push_str(&format!("<{name}>"));
                fields.iter().for_each(|field| self.field(field, text));
                text.push_str(&format!("</{name}>{}", self.between));
            }
        }
    }
}

/// The firmware escapes more than it would have to.
fn escaped(value: &str) -> String {
    value
        .chars()
        .map(|c| match c {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '(' => "&#40;".to_owned(),
            ')' => "&#41;".to_owned(),
            '/' => "&#x2F;".to_owned(),
            '+' => "&#43;".to_owned(),
            c => c.to_string(),
        })
        .collect()
}

/// The fields of a box that knows nothing: empty, or missing. What tells one device from another stays.
pub(super) fn without_values(fields: Vec<Field>) -> Vec<Field> {
    let forgotten = |(place, field): (usize, Field)| match field {
        Field::List(name, fields) => Some(Field::List(name, without_values(fields))),
        Field::Value("MacAddress", mac) => Some(Field::Value("MacAddress", mac)),
        Field::Value(name, _) if place % 3 > 0 => Some(Field::Value(name, String::new())),
        Field::Value(..) => None,
    };
    fields.into_iter().enumerate().filter_map(forgotten).collect()
}

/// What stands between the tags of this name in a document that was sent.
pub(super) fn sent(body: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (said, _) = rest.split_once(&format!("</{name}>"))?;
    let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    Some(plain.iter().fold(said.trim().to_owned(), |said, (from, to)| said.replace(from, to)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Style = Style { between: "", twice: false, reversed: false };

    #[test]
    fn documents_are_printed_in_the_firmwares_ways() {
        let fields = || vec![value("a", "x/(1)"), Field::List("l", vec![value("b", ">=1")])];
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
        assert_eq!(
            PLAIN.print("response", fields()),
            format!("{head}<response><a>x&#x2F;&#40;1&#41;</a><l><b>&gt;=1</b></l></response>")
        );
        let odd = Style { between: "\r\n", twice: true, reversed: true };
        assert_eq!(
            odd.print("r", fields()),
            format!(
                "{head}\r\n<r>\r\n<l><b>&amp;gt;=1</b>\r\n</l>\r\n<a>x&amp;#x2F;&amp;#40;1&amp;#41;</a>\r\n</r>\r\n"
            )
        );
    }

    #[test]
    fn what_is_sent_is_read() {
        let body = b"<?xml version=\"1.0\"?>\n<request><Username>a&amp;&lt;b</Username><x></x></request>";
        assert_eq!(sent(body, "Username").as_deref(), Some("a&<b"));
        assert_eq!(sent(body, "x").as_deref(), Some(""));
        assert_eq!(sent(body, "y"), None);
    }
}
