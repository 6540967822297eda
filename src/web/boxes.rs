use std::sync::{Arc, Mutex, PoisonError};

use super::Names;
use crate::engine::World;
use crate::metrics::{self, Family, Format, compat};

/// All boxes as text. It is another one only after a poll, however often somebody scrapes.
#[derive(Debug)]
pub(super) struct Boxes {
    names: Names,
    known: Mutex<Option<Known>>,
}

#[derive(Debug)]
struct Known {
    world: World,
    format: Format,
    text: Arc<str>,
}

impl Boxes {
    pub(super) const fn new(names: Names) -> Self {
        Self { names, known: Mutex::new(None) }
    }

    /// The names under which boxes are shown.
    pub(super) const fn names(&self) -> &Names {
        &self.names
    }

    /// Everything that is known of them.
    pub(super) fn families(&self, world: &World) -> Vec<Family> {
        let mut all = if self.names.own { metrics::families(world) } else { Vec::new() };
        for compat in self.names.of_all() {
            all.extend(world.boxes().flat_map(|view| compat::families(compat, view)));
        }
        all
    }

    /// The same as text, without an end.
    pub(super) fn text(&self, world: &World, format: Format) -> Arc<str> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*known()
            && known.format == format
            && known.world.is_as(world)
        {
            return Arc::clone(&known.text);
        }
        // Nobody waits for somebody else's text meanwhile; two who make the same one do no harm.
        let text: Arc<str> = metrics::part(&self.families(world), format).into();
        *known() = Some(Known { world: world.clone(), format, text: Arc::clone(&text) });
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{About, Availability, BoxView};
    use jiff::Timestamp;

    fn view(availability: Availability) -> BoxView {
        let about = About {
            id: "modem".parse().unwrap(),
            name: "Modem".into(),
            family: "acme",
            manufacturer: "",
            url: String::new(),
            actions: Vec::new(),
        };
        BoxView { availability, ..BoxView::new(about) }
    }

    #[test]
    fn the_text_is_made_again_when_a_box_says_something_new_or_another_format_is_wanted() {
        let boxes = Boxes::new(Names { own: true, ..Names::default() });
        let mut world = World::default();
        world.put(view(Availability::Unknown));
        let first = boxes.text(&world, Format::Classic);
        assert!(Arc::ptr_eq(&first, &boxes.text(&world.clone(), Format::Classic)));
        let open = boxes.text(&world, Format::OpenMetrics);
        assert!(
            open.contains("# TYPE router2mqtt_box info") && !first.contains("# TYPE router2mqtt_box info")
        );
        let first = boxes.text(&world, Format::Classic);
        world.put(view(Availability::Online { since: Timestamp::UNIX_EPOCH }));
        assert!(!Arc::ptr_eq(&first, &boxes.text(&world, Format::Classic)));
    }
}
