//! The world in our own names.

use std::sync::Arc;

use super::plan::{Gathered, PLAN, Place};
use super::point::{PointValue, in_base_unit};
use super::{BOX, Family, Label, Sample, label, label_of};
use crate::engine::{BoxView, Known, World};
use crate::model::{Item, Readings, Row, Subject, SubjectKind, Value};

/// The labels of all samples about one thing.
type Labels = Arc<[Label]>;

/// Everything that is known of all boxes, in families of our own names, sorted by name.
///
/// What was read of a box is there while the box can be read; what the bridge counts itself always is.
pub fn families(world: &World) -> Vec<Family> {
    of(&world.boxes().collect::<Vec<_>>())
}

/// Everything that is known of one box: see [`families`].
pub fn families_of(view: &BoxView) -> Vec<Family> {
    of(&[view])
}

fn of(boxes: &[&BoxView]) -> Vec<Family> {
    let mut gathered = Gathered::new();
    for view in boxes {
        Portrait::of(view, &mut gathered).paint();
    }
    gathered.into_families()
}

/// One box on its way into the families.
struct Portrait<'a> {
    view: &'a BoxView,
    /// What may be shown, in the order of precedence.
    readings: Vec<&'a Readings>,
    gathered: &'a mut Gathered,
}

impl<'a> Portrait<'a> {
    fn of(view: &'a BoxView, gathered: &'a mut Gathered) -> Self {
        let read = view.sections.values().filter(|_| view.availability.is_online());
        let readings = read.map(|section| &section.readings).chain([&view.usage]).collect();
        Self { view, readings, gathered }
    }

    fn paint(&mut self) {
        let view = self.view;
        if let Some(slot) = PLAN.info(SubjectKind::Router) {
            self.gathered.put(slot, Sample { labels: identity(view), value: 1.0 });
        }
        if let Some(problem) = &view.problem {
            let labels = [self.of_box(), label("class", problem.class.word())].into();
            self.gathered.put(PLAN.problem, Sample { labels, value: 1.0 });
        }
        for right in &view.missing_rights {
            let labels = [self.of_box(), label("right", right)].into();
            self.gathered.put(PLAN.missing_right, Sample { labels, value: 1.0 });
        }
        for (subject, known) in view.shape.iter() {
            self.subject(subject, known);
        }
    }

    fn of_box(&self) -> Label {
        label(BOX, self.view.about.id.as_str())
    }

    /// What is known of a subject, and its description if that is anything.
    fn subject(&mut self, subject: &Subject, known: &Known) {
        let id = label_of(subject.kind()).map(|name| label(name, printed(subject)));
        let labels: Labels = [self.of_box()].into_iter().chain(id).collect();
        let items: Vec<&Item> = self.readings.iter().filter_map(|readings| readings.get(subject)).collect();
        let mut words = Vec::new();
        let mut any = self.presence(subject, &labels);
        for (number, item) in items.iter().enumerate() {
            let earlier = items.get(..number).unwrap_or_default();
            any |= self.item(subject.kind(), item, earlier, &labels, &mut words);
        }
        if any && let Some(slot) = PLAN.info(subject.kind()).filter(|_| *subject != Subject::Router) {
            let name = label("name", name(subject, known));
            let labels = labels.iter().cloned().chain([name]).chain(words).collect();
            self.gathered.put(slot, Sample { labels, value: 1.0 });
        }
    }

    /// Whether a device of the household is at home, as long as the box tells.
    fn presence(&mut self, subject: &Subject, labels: &Labels) -> bool {
        let Subject::Client(mac) = subject else { return false };
        let presence = self.view.presence.get(mac).filter(|_| self.view.availability.is_online());
        let Some(home) = presence.and_then(|presence| presence.home) else { return false };
        let sample = Sample { labels: Arc::clone(labels), value: f64::from(home) };
        self.gathered.put(PLAN.home, sample);
        true
    }

    /// What one section says of a subject, unless an earlier one says so, too. Whether it says anything.
    fn item(
        &mut self,
        kind: SubjectKind,
        item: &Item,
        earlier: &[&Item],
        labels: &Labels,
        words: &mut Vec<Label>,
    ) -> bool {
        let mut any = false;
        // Both are in the order of the keys, so the whole item takes one walk through the plan.
        let mut plan = PLAN.rows(kind).iter();
        for (row, value) in item.iter() {
            let mut ahead = plan.clone();
            let Some((_, place)) = ahead.find(|(known, _)| *known == row) else { continue };
            plan = ahead;
            let Some(value) = value else { continue };
            if earlier.iter().any(|item| item.get(row).is_some()) {
                continue;
            }
            any = true;
            match (place, value) {
                (Place::Label, Value::Text(text)) => words.push(label(row.key, text)),
                (Place::Info(slot), Value::Text(text)) => {
                    let labels = with(labels, label(row.key, text));
                    self.gathered.put(*slot, Sample { labels, value: 1.0 });
                }
                (Place::States(slot), Value::Text(state)) => {
                    for word in row.options {
                        let value = f64::from(word == state);
                        let labels = with(labels, label("state", *word));
                        self.gathered.put(*slot, Sample { labels, value });
                    }
                }
                (Place::Number(slot), value) => {
                    if let Some(value) = number(row, value) {
                        self.gathered.put(*slot, Sample { labels: Arc::clone(labels), value });
                    }
                }
                (Place::Label | Place::Info(_) | Place::States(_), _) => {}
            }
        }
        any
    }
}

fn with(labels: &Labels, one_more: Label) -> Labels {
    labels.iter().cloned().chain([one_more]).collect()
}

/// What the box is; what it does not tell is not there.
fn identity(view: &BoxView) -> Labels {
    let (about, identity) = (&view.about, &view.identity);
    let all = [
        (BOX, Some(about.id.as_str())),
        ("name", Some(about.name.as_str())),
        ("family", Some(about.family)),
        ("manufacturer", view.manufacturer()),
        ("model", identity.model.as_deref()),
        ("hardware", identity.hardware.as_deref()),
        ("firmware", identity.firmware.as_deref()),
        ("serial", identity.serial.as_deref()),
    ];
    all.into_iter().filter_map(|(name, word)| Some(label(name, word?))).collect()
}

/// What tells a subject from others of its kind.
fn printed(subject: &Subject) -> String {
    match subject {
        Subject::Client(mac) => mac.to_string(),
        other => other.id(),
    }
}

/// What the box, or its owner, calls a subject.
fn name(subject: &Subject, known: &Known) -> String {
    match (&known.label, subject) {
        (Some(label), _) => label.clone(),
        (None, Subject::Person(id)) => id.as_str().to_owned(),
        (None, other) => format!("{} {}", other.kind().noun(), printed(other)),
    }
}

/// A value in its base unit; words are none.
fn number(row: &Row, value: &Value) -> Option<f64> {
    match in_base_unit(row, value) {
        PointValue::Number(number) => Some(number),
        #[expect(clippy::cast_precision_loss, reason = "exact up to 9 PB")]
        PointValue::Count(count) => Some(count as f64),
        PointValue::Text(_) => None,
    }
}

#[cfg(test)]
mod tests;
