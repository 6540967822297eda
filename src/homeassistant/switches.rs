use super::config::Entity;
use super::entity::named;
use super::names;
use crate::engine::BoxView;
use crate::model::{Action, Deed, Subject, Switch};
use crate::mqtt::Topics;

/// The switches that may be turned, and that the box shows the state of. A switch takes the place of the sensor for the
/// same metric: with both, people would wonder which one is true.
pub(super) fn known(view: &BoxView) -> impl Iterator<Item = Switch> {
    let shown = view.shape.get(&Subject::Router);
    Switch::ALL.into_iter().filter(move |switch| {
        let both = [true, false].map(|on| Action::Do(Deed::Turn(*switch, on)));
        both.iter().all(|wanted| view.actions().any(|action| action == *wanted))
            && shown.is_some_and(|known| known.rows.contains_key(switch.metric().key()))
    })
}

/// The component id: another one than that of the sensor, since an entity keeps its platform for life.
pub(super) fn key(switch: Switch) -> String {
    format!("{}_switch", switch.word())
}

/// A switch that shows what the box says, and moves when the box does.
pub(super) fn entity(view: &BoxView, topics: &Topics, switch: Switch) -> Entity {
    let row = switch.metric().row();
    let id = &view.about.id;
    let object_id = names::object_id(view, &Subject::Router, switch.word());
    Entity {
        name: Some(row.name.to_owned()),
        icon: row.icon,
        category: Some("config"),
        state_topic: Some(topics.state(id, &Subject::Router)),
        value_template: Some(format!("{{{{ value_json.{} }}}}", row.key)),
        // A template turns JSON's true into Python's True.
        state_on: Some("True"),
        state_off: Some("False"),
        command_topic: Some(topics.command(id)),
        payload_on: Some(Deed::Turn(switch, true).word()),
        payload_off: Some(Deed::Turn(switch, false).word()),
        default_entity_id: format!("switch.{object_id}"),
        object_id,
        ..named(view, "switch", &Subject::Router, &key(switch))
    }
}
