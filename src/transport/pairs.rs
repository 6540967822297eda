//! `application/x-www-form-urlencoded`: the fields of forms, and the parts of queries.

use reqwest::Url;

/// Writes fields.
pub(crate) fn encode<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    with_query("", |url| {
        url.query_pairs_mut().extend_pairs(fields);
    })
}

/// Reads fields. Total: what is no field is a name without a value.
pub(crate) fn decode(text: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    with_query(text, |url| {
        fields = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    });
    fields
}

/// The library offers its coding of fields as a part of addresses only.
fn with_query(query: &str, work: impl FnOnce(&mut Url)) -> String {
    let Ok(mut url) = Url::parse("http://fields/") else {
        return String::new();
    };
    url.set_query(Some(query));
    work(&mut url);
    url.query().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_survive_the_way() {
        let fields = [("name", "a b&c=d"), ("päss", "#ü%+?"), ("empty", "")];
        let text = encode(fields);
        assert_eq!(text, "name=a+b%26c%3Dd&p%C3%A4ss=%23%C3%BC%25%2B%3F&empty=");
        let back = decode(&text);
        assert_eq!(back, fields.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn whatever_comes_is_read() {
        assert_eq!(decode(""), []);
        assert_eq!(decode("a&=b&%zz=%ff#x").len(), 3);
    }
}
