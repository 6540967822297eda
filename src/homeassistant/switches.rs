use super::config::Entity;
use super::entity::{named, value};
use super::names;
use crate::engine::BoxView;
use crate::model::{Action, Deed, Mac, Row, Subject, Switch, catalog};
use crate::mqtt::Topics;

/// The switches that may be turned, and that the box shows the state of. A switch takes the place of the sensor for the
/// same metric: with both, people would wonder which one is true.
pub(super) fn known(view: &BoxView) -> impl Iterator<Item = Switch> {
    Switch::ALL.into_iter().filter(move |switch| {
        can_do_both(view, [true, false].map(|on| Deed::Turn(*switch, on)))
            && shows(view, &Subject::Router, switch.metric().row())
    })
}

/// Whether this client may be kept from the internet, and the box shows how it stands.
pub(super) fn governs(view: &BoxView, client: &Mac) -> bool {
    can_do_both(view, [Deed::Block, Deed::Unblock])
        && shows(view, &Subject::Client(*client), catalog::BLOCKED.row())
}

fn can_do_both(view: &BoxView, deeds: [Deed; 2]) -> bool {
    deeds.into_iter().all(|deed| view.actions().any(|action| action == Action::Do(deed)))
}

fn shows(view: &BoxView, subject: &Subject, row: &Row) -> bool {
    view.shape.get(subject).is_some_and(|known| known.rows.contains_key(row.key))
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
        value_template: Some(value(row.key)),
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

/// The component id of a client's switch.
pub(super) const ACCESS: &str = "internet_access";

/// A switch on the client's own device: on as long as the client may pass.
pub(super) fn access(view: &BoxView, topics: &Topics, client: &Mac) -> Entity {
    let (id, subject, row) = (&view.about.id, Subject::Client(*client), catalog::BLOCKED.row());
    Entity {
        name: Some("Internet access".to_owned()),
        icon: Some("mdi:web"),
        category: Some("config"),
        state_topic: Some(topics.state(id, &subject)),
        value_template: Some(value(row.key)),
        state_on: Some("False"),
        state_off: Some("True"),
        command_topic: Some(topics.client_command(id, client)),
        payload_on: Some(Deed::Unblock.word()),
        payload_off: Some(Deed::Block.word()),
        ..named(view, "switch", &subject, ACCESS)
    }
}
