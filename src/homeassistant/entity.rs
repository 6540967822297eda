use super::class::Class;
use super::config::{Availability, Entity};
use super::names;
use crate::engine::{BoxView, Known};
use crate::model::{Kind, Row, Shows, Subject};
use crate::mqtt::Topics;

/// The entity that shows a metric of a subject; `None` for what is only published.
pub(super) fn of_metric(
    view: &BoxView,
    topics: &Topics,
    subject: &Subject,
    known: &Known,
    row: &'static Row,
) -> Option<Entity> {
    let (category, enabled) = match row.shows_on(subject.kind()) {
        Shows::Primary => (None, None),
        Shows::Diagnostic => (Some("diagnostic"), None),
        Shows::Hidden => (Some("diagnostic"), Some(false)),
        Shows::Attribute => return None,
    };
    let class = Class::of(row);
    let flag = row.kind == Kind::Flag;
    let state_topic = topics.state(&view.about.id, subject);
    Some(Entity {
        icon: row.icon,
        category,
        enabled_by_default: enabled,
        device_class: class.device_class,
        state_class: class.state_class,
        last_reset_template: row.since.map(moment),
        unit: class.unit,
        display_precision: class.precision,
        options: row.options,
        attributes_topic: row.reason.map(|_| state_topic.clone()),
        attributes_template: row.reason.map(reason),
        state_topic: Some(state_topic),
        value_template: Some(value(row.key)),
        // A template turns JSON's true into Python's True.
        payload_on: flag.then_some("True"),
        payload_off: flag.then_some("False"),
        name: Some(names::entity(&view.shape, subject, known, row.name)),
        ..named(view, class.platform, subject, row.key)
    })
}

/// The template that takes the value of a key out of a state. An entity that has just been announced may meet a state from before
/// there was the key.
pub(super) fn value(key: &str) -> String {
    format!("{{{{ value_json.{key} | default(none) }}}}")
}

/// For what can be known, or done, while the box is away.
pub(super) fn bridge_only(topics: &Topics) -> Vec<Availability> {
    vec![Availability { topic: topics.bridge_availability() }]
}

/// The template for the beginning of a total: Home Assistant passes over an empty one, and nothing else, in silence.
fn moment(key: &str) -> String {
    format!("{{{{ value_json.{key} | default('', true) }}}}")
}

/// The attribute that says why; null as long as there is nothing to say.
fn reason(key: &str) -> String {
    format!("{{{{ {{'reason': value_json.{key} | default(none)}} | to_json }}}}")
}

/// An entity of which only the identifiers are set.
pub(super) fn named(view: &BoxView, platform: &'static str, subject: &Subject, key: &str) -> Entity {
    let object_id = names::object_id(view, subject, key);
    Entity {
        platform,
        unique_id: format!("{}_{}", names::of_box(&view.about.id), names::key(subject, key)),
        default_entity_id: format!("{platform}.{object_id}"),
        object_id,
        ..Entity::default()
    }
}
