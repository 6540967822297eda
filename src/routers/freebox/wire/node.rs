use serde_json::Value as Json;

/// A place in an answer: it may be missing, or hold something else than expected, and then simply has nothing to say.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a>(Option<&'a Json>);

/// The largest whole number up to which every whole number has a `f64` of its own.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl<'a> Node<'a> {
    /// The root of an answer.
    pub const fn of(json: &'a Json) -> Self {
        Self(Some(json))
    }

    /// The place below this key.
    pub fn at(self, key: &str) -> Self {
        Self(self.0.and_then(|json| json.get(key)))
    }

    /// Whether there is anything here, `null` included.
    pub const fn exists(self) -> bool {
        self.0.is_some()
    }

    /// The members of a list. The box writes an empty list as `{}`, or leaves it out.
    pub fn list(self) -> impl Iterator<Item = Self> {
        self.0.and_then(Json::as_array).into_iter().flatten().map(Self::of)
    }

    /// The names and values of an object.
    pub fn fields(self) -> impl Iterator<Item = (&'a str, Self)> {
        self.0
            .and_then(Json::as_object)
            .into_iter()
            .flatten()
            .map(|(key, json)| (key.as_str(), Self::of(json)))
    }

    /// Words that say something.
    pub fn text(self, key: &str) -> Option<&'a str> {
        self.at(key).as_text()
    }

    /// A number, also when the box writes it in quotes, as it does with port speeds and channel widths.
    pub fn number(self, key: &str) -> Option<f64> {
        self.at(key).as_number()
    }

    /// A number of whole things; the box writes −1 for what it does not know.
    pub fn count(self, key: &str) -> Option<u64> {
        self.at(key).as_count()
    }

    /// Yes or no.
    pub fn flag(self, key: &str) -> Option<bool> {
        self.at(key).0.and_then(Json::as_bool)
    }

    /// An identifier, which is a number on some endpoints and words on others.
    pub fn id(self, key: &str) -> Option<String> {
        self.text(key).map(str::to_owned).or_else(|| self.count(key).map(|id| id.to_string()))
    }

    fn as_text(self) -> Option<&'a str> {
        self.0.and_then(Json::as_str).map(str::trim).filter(|text| !text.is_empty())
    }

    /// The number at this very place.
    pub fn as_number(self) -> Option<f64> {
        let number = match self.0? {
            Json::Number(number) => number.as_f64(),
            Json::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.filter(|number| number.is_finite())
    }

    /// The number of whole things at this very place.
    pub fn as_count(self) -> Option<u64> {
        match self.0? {
            Json::Number(number) => number.as_u64().or_else(|| number.as_f64().and_then(whole)),
            Json::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }
}

fn whole(number: f64) -> Option<u64> {
    let fits = (0.0..=EXACT).contains(&number) && number.fract() == 0.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
    fits.then_some(number as u64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_may_stand_in_quotes() {
        let json = json!({"speed": "2500", "pwr": -18.5, "bytes": 6_081_198_020_471_u64, "float": 7.0});
        let node = Node::of(&json);
        assert_eq!(node.number("speed"), Some(2500.0));
        assert_eq!(node.number("pwr"), Some(-18.5));
        assert_eq!(node.count("bytes"), Some(6_081_198_020_471));
        assert_eq!(node.count("float"), Some(7));
    }

    #[test]
    fn what_is_not_a_number_is_none() {
        let json = json!({"a": null, "b": "", "c": {}, "d": [], "e": true, "f": "inf", "g": "NaN", "h": -1, "i": 1.5});
        let node = Node::of(&json);
        for key in ["a", "b", "c", "d", "e", "f", "g", "missing"] {
            assert_eq!(node.number(key), None, "{key}");
        }
        for key in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "missing"] {
            assert_eq!(node.count(key), None, "{key}");
        }
    }

    #[test]
    fn an_empty_list_has_three_spellings() {
        for json in [json!({"list": {}}), json!({"list": []}), json!({}), json!({"list": null})] {
            assert_eq!(Node::of(&json).at("list").list().count(), 0, "{json}");
        }
    }

    #[test]
    fn blanks_are_not_words() {
        let json = json!({"name": "  ", "other": " nas "});
        assert_eq!(Node::of(&json).text("name"), None);
        assert_eq!(Node::of(&json).text("other"), Some("nas"));
    }
}
