//! The plaintext protocol of Graphite: `path value seconds`, a line for each number.

use jiff::Timestamp;

use super::{PREFIX, Point, PointValue, points_of};
use crate::engine::BoxView;

/// A box under our own names: a line for each number.
pub fn lines(view: &BoxView, at: Timestamp) -> String {
    points_of(view).iter().filter_map(|point| line(&path(PREFIX, point), &point.value, at)).collect()
}

/// One part of a path: what would end it, or what Graphite takes for a pattern or a tag, becomes `_`.
pub fn segment(text: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') { c } else { '_' };
    text.chars().map(safe).collect()
}

/// The path of a point below a prefix, which stands as it is.
pub fn path(prefix: &str, point: &Point) -> String {
    let own = point.path().iter().map(|part| segment(part)).collect::<Vec<_>>().join(".");
    if prefix.is_empty() { own } else { format!("{prefix}.{own}") }
}

/// A line, with its end; nothing for words, which Graphite cannot keep.
pub fn line(path: &str, value: &PointValue, at: Timestamp) -> Option<String> {
    let value = match value {
        PointValue::Number(number) => number.to_string(),
        PointValue::Count(count) => count.to_string(),
        PointValue::Text(_) => return None,
    };
    Some(format!("{path} {value} {}\n", at.as_second()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_digit_of_a_number_is_lost() {
        let at = Timestamp::UNIX_EPOCH;
        let value = |value| line("a.b", &value, at).unwrap();
        assert_eq!(value(PointValue::Count(u64::MAX)), "a.b 18446744073709551615 0\n");
        assert_eq!(value(PointValue::Number(-0.1)), "a.b -0.1 0\n");
        assert_eq!(value(PointValue::Number(1e15)), "a.b 1000000000000000 0\n");
        assert_eq!(line("a.b", &PointValue::Text("c".into()), at), None);
    }

    #[test]
    fn nothing_ends_a_segment_but_its_end() {
        assert_eq!(segment("Living room.2 {*}\n;é"), "Living_room_2_______");
    }
}
