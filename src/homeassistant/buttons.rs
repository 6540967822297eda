use super::config::Entity;
use super::entity::{bridge_only, named};
use crate::engine::BoxView;
use crate::model::{Action, Deed, Subject};
use crate::mqtt::Topics;

/// A button for each thing that can be asked of the box in one word. What can be turned on and off, is done to a client, or
/// needs an amount, is no button.
pub(super) fn entities(view: &BoxView, topics: &Topics) -> impl Iterator<Item = (&'static str, Entity)> {
    view.actions().filter_map(|action| Some((action.word(), button(view, topics, action)?)))
}

fn button(view: &BoxView, topics: &Topics, action: Action) -> Option<Entity> {
    let (device_class, icon, availability) = match action {
        // A box that is away cannot be told to restart.
        Action::Do(Deed::Reboot) => (Some("restart"), None, None),
        Action::Refresh => (None, Some("mdi:refresh"), Some(bridge_only(topics))),
        Action::RetryLogin => (None, Some("mdi:login"), Some(bridge_only(topics))),
        Action::Pause => (None, Some("mdi:pause"), Some(bridge_only(topics))),
        Action::Resume => (None, Some("mdi:play"), Some(bridge_only(topics))),
        Action::TopUp | Action::SetUsed | Action::Do(_) => return None,
    };
    Some(Entity {
        name: Some(action.name().to_owned()),
        category: Some("config"),
        device_class,
        icon,
        command_topic: Some(topics.command_for(&view.about.id, action)),
        availability,
        ..named(view, "button", &Subject::Router, action.word())
    })
}
