//! The line protocol of InfluxDB: `measurement,tag=word field=value nanoseconds`.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{BOX, PREFIX, Point, PointValue, points_of};
use crate::engine::BoxView;

/// A box under our own names: a line for each subject, with the box, the kind of subject and its id as tags, and all that is known of
/// it as fields. Whole things are integers, everything else is a float or a string, and the same field is always the same.
pub fn lines(view: &BoxView, at: Timestamp) -> String {
    let points = points_of(view);
    let mut subjects = BTreeMap::<_, Vec<&Point>>::new();
    for point in &points {
        subjects.entry(&point.subject).or_default().push(point);
    }
    subjects.into_values().map(|points| line(&points, at)).collect()
}

/// Points of one subject, as a line with its end.
fn line(points: &[&Point], at: Timestamp) -> String {
    let tags = points.first().map(|first| {
        let known =
            [(BOX, first.box_id.to_string()), ("subject", first.word().into()), ("id", first.subject.id())];
        known
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!(",{name}={}", tag(&value)))
    });
    let tags: String = tags.into_iter().flatten().collect();
    let fields: Vec<_> =
        points.iter().map(|point| format!("{}={}", tag(&point.key), field(&point.value))).collect();
    format!("{PREFIX}{tags} {} {}\n", fields.join(","), at.as_nanosecond())
}

/// A tag, a key or a value of one: a line feed has no way to be told.
pub fn tag(text: &str) -> String {
    escaped(text, &[',', '=', ' '])
}

/// The value of a field.
pub fn field(value: &PointValue) -> String {
    match value {
        PointValue::Number(number) => number.to_string(),
        PointValue::Count(count) => format!("{}i", i64::try_from(*count).unwrap_or(i64::MAX)),
        PointValue::Text(text) => format!("\"{}\"", escaped(text, &['"', '\\'])),
    }
}

fn escaped(text: &str, special: &[char]) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_control()) {
        if special.contains(&c) {
            out.push('\\');
        }
        out.push(c);
    }
    // A backslash at the very end would take what follows for itself.
    if out.ends_with('\\') && !special.contains(&'\\') {
        out.push('_');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_words_cannot_break_a_line() {
        assert_eq!(tag("a b,c=d\n"), "a\\ b\\,c\\=d");
        assert_eq!(tag("C:\\"), "C:\\_");
        assert_eq!(field(&PointValue::Text("say \"a\\b\"\n".into())), r#""say \"a\\b\"""#);
        assert_eq!(field(&PointValue::Count(u64::MAX)), "9223372036854775807i");
        assert_eq!(field(&PointValue::Number(1e15)), "1000000000000000");
    }
}
