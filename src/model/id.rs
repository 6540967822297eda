use std::fmt;
use std::str::FromStr;

/// The name a box has in the configuration: a topic segment, and the root of every unique id.
///
/// Lower-case letters, digits, `_` and `-`; at most 32 of them. `bridge` is taken by the bridge itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BoxId(String);

/// The text cannot be used as an identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Empty, too long, or with a character that a topic or an entity id cannot hold.
    #[error("'{0}' cannot be a box id: use 1 to 32 of a-z, 0-9, '_' and '-'")]
    Malformed(String),
    /// A word the bridge uses for itself.
    #[error("'{0}' is the bridge's own topic: choose another id")]
    Reserved(String),
}

impl BoxId {
    /// The id as it stands in topics.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BoxId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let fits = (1..=32).contains(&text.len())
            && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'));
        match text {
            "bridge" => Err(IdError::Reserved(text.to_owned())),
            _ if fits => Ok(Self(text.to_owned())),
            _ => Err(IdError::Malformed(text.to_owned())),
        }
    }
}

impl fmt::Display for BoxId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What tells one port, channel, radio, sensor or disk of a box from the next: lower-case letters, digits and `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(String);

impl ItemId {
    /// Makes an identifier of whatever the box calls the thing; `None` when nothing usable is left.
    pub fn new(name: impl fmt::Display) -> Option<Self> {
        let slug = super::text::slug(&name.to_string());
        (!slug.is_empty()).then_some(Self(slug))
    }

    /// The id as it stands in topics.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn box_ids_are_safe_in_topics() {
        assert!("modem-2_a".parse::<BoxId>().is_ok());
        for bad in ["", "Modem", "a/b", "a+", "#", "ä", "a b", &"x".repeat(33)] {
            assert!(matches!(bad.parse::<BoxId>(), Err(IdError::Malformed(_))), "{bad}");
        }
        assert_eq!("bridge".parse::<BoxId>(), Err(IdError::Reserved("bridge".into())));
    }

    #[test]
    fn item_ids_come_from_any_name() {
        assert_eq!(ItemId::new("Sfp lan").unwrap().as_str(), "sfp_lan");
        assert_eq!(ItemId::new(9999).unwrap().as_str(), "9999");
        assert_eq!(ItemId::new("  "), None);
    }
}
