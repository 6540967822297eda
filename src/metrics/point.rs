use crate::engine::BoxView;
use crate::model::{BoxId, Item, Readings, Row, Subject, Value};

use super::Shown;
use super::names::{key, scale, shown, word};

/// One value, and what it is of: for whoever keeps numbers under paths instead of labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Which box.
    pub box_id: BoxId,
    /// What of the box.
    pub subject: Subject,
    /// What is told of it, with its unit, such as `snr_db`.
    pub key: String,
    /// The value.
    pub value: PointValue,
}

/// What a point holds.
#[derive(Clone, Debug, PartialEq)]
pub enum PointValue {
    /// A measure, in the base unit that the key names. Always finite.
    Number(f64),
    /// A number of whole things, exact to 64 bits; 1 and 0 for yes and no.
    Count(u64),
    /// Words, for those who can keep them.
    Text(String),
}

impl Point {
    /// The word for the kind of subject it is of, such as `downstream`; empty for the box itself.
    pub const fn word(&self) -> &'static str {
        word(self.subject.kind())
    }

    /// The way to it: the box, the word and the id of the subject, and the key. The box itself has neither word nor id.
    pub fn path(&self) -> Vec<String> {
        let (word, id) = (self.word().to_owned(), self.subject.id());
        let parts = [self.box_id.to_string(), word, id, self.key.clone()];
        parts.into_iter().filter(|part| !part.is_empty()).collect()
    }
}

/// Everything that is known of a box now, under our own names. What it told before it went away is not among it; what the bridge
/// counts itself is.
pub fn points_of(view: &BoxView) -> Vec<Point> {
    let read = view.sections.values().map(|section| &section.readings);
    let read = read.filter(|_| view.availability.is_online());
    let all = read.chain([&view.usage]).flat_map(Readings::iter);
    all.flat_map(|(subject, item)| told(view, subject, item)).collect()
}

/// Under which key the name of a subject stands.
const NAME: &str = "name";

fn told<'a>(view: &'a BoxView, subject: &'a Subject, item: &'a Item) -> impl Iterator<Item = Point> + 'a {
    let point = |key, value| Point { box_id: view.about.id.clone(), subject: subject.clone(), key, value };
    let name = item.label.iter().map(move |name| point(NAME.to_owned(), PointValue::Text(name.clone())));
    let values = item.iter().filter_map(move |(row, value)| {
        let is_told = !matches!(shown(subject.kind(), row), Shown::Nowhere);
        let value = value.filter(|_| is_told)?;
        Some(point(key(subject.kind(), row), in_base_unit(row, value)))
    });
    name.chain(values)
}

/// The value in the unit that the key names.
fn in_base_unit(row: &Row, value: &Value) -> PointValue {
    match value {
        Value::Number(number) => PointValue::Number(number / scale(row.unit)),
        Value::Count(count) => PointValue::Count(*count),
        Value::Flag(flag) => PointValue::Count(u64::from(*flag)),
        #[expect(clippy::cast_precision_loss, reason = "milliseconds are exact for 285,000 years")]
        Value::Moment(moment) => PointValue::Number(moment.as_millisecond() as f64 / 1e3),
        Value::Text(text) => PointValue::Text(text.clone()),
    }
}
