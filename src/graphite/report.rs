use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Template;
use crate::engine::{BoxView, World};
use crate::metrics::compat::{self, Compat};
use crate::metrics::graphite::line;
use crate::metrics::{Point, points_in};
use crate::model::{BoxId, Section};

/// Which readings are new, as lines with the time of the reading.
///
/// A reading is sent once: Graphite keeps it where it belongs in time, and to say later what was true then would be to make it up.
/// Of several readings since the last report the latest is sent, and of a box that is away, nothing. What the bridge counts itself is
/// true at any time, and is sent with each report.
#[derive(Debug)]
pub(super) struct Report {
    template: Template,
    /// Whose names the numbers have besides.
    compat: BTreeSet<Compat>,
    /// When that was read which was sent last.
    sent: BTreeMap<(BoxId, Section), Timestamp>,
    /// The same, of what was sent under the names of others: they put together what is in several sections.
    sent_besides: BTreeMap<(BoxId, Compat), Timestamp>,
}

impl Report {
    pub(super) const fn new(template: Template, compat: BTreeSet<Compat>) -> Self {
        Self { template, compat, sent: BTreeMap::new(), sent_besides: BTreeMap::new() }
    }

    /// What is new.
    pub(super) fn lines(&mut self, world: &World, now: Timestamp) -> Vec<String> {
        world.boxes().flat_map(|view| [self.of_box(view, now), self.besides(view)].concat()).collect()
    }

    /// What is new, under the names of others, at the time of the last poll.
    fn besides(&mut self, view: &BoxView) -> Vec<String> {
        let Some(at) = view.record.last_success.filter(|_| view.availability.is_online()) else {
            return Vec::new();
        };
        let Self { compat, sent_besides, .. } = self;
        let known = compat.iter().filter(|compat| compat.knows(view));
        let new =
            known.filter(|compat| sent_besides.insert((view.about.id.clone(), **compat), at) != Some(at));
        let printed = new.filter_map(|compat| compat::graphite(*compat, view, at)).collect::<String>();
        printed.split_inclusive('\n').map(str::to_owned).collect()
    }

    fn of_box(&mut self, view: &BoxView, now: Timestamp) -> Vec<String> {
        let id = &view.about.id;
        // What two sections tell is what the first of them tells, as everywhere.
        let mut told = BTreeSet::new();
        let mut lines = Vec::new();
        for (section, read) in view.sections.iter().filter(|_| view.availability.is_online()) {
            let is_new = self.sent.insert((id.clone(), *section), read.at) != Some(read.at);
            for (path, point) in self.named(points_in(id, &read.readings)) {
                if told.insert(path.clone()) && is_new {
                    lines.extend(line(&path, &point.value, read.at));
                }
            }
        }
        for (path, point) in self.named(points_in(id, &view.usage)) {
            if told.insert(path.clone()) {
                lines.extend(line(&path, &point.value, now));
            }
        }
        lines
    }

    fn named<'a>(
        &'a self,
        points: impl Iterator<Item = Point> + 'a,
    ) -> impl Iterator<Item = (String, Point)> {
        points.map(|point| (self.template.path(&point), point))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{About, Availability, SectionView};
    use crate::model::{Bytes, Decibel, Readings, State, Subject, SubjectKind, catalog};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn modem() -> BoxView {
        let about = About {
            id: "modem".parse().unwrap(),
            name: "Modem".into(),
            family: "acme",
            manufacturer: "",
            url: String::new(),
            actions: Vec::new(),
        };
        BoxView { availability: Availability::Online { since: at(0) }, ..BoxView::new(about) }
    }

    fn snr(view: &mut BoxView, section: Section, second: i64, snr: impl Into<Option<Decibel>>) {
        let mut readings = Readings::default();
        let channel = Subject::of(SubjectKind::Downstream, "9").unwrap();
        readings.subject(channel).set(catalog::SNR, snr);
        view.sections.insert(section, SectionView { at: at(second), readings });
    }

    fn told(report: &mut Report, view: &BoxView, second: i64) -> Vec<String> {
        let mut world = World::default();
        world.put(view.clone());
        report.lines(&world, at(second))
    }

    #[test]
    fn a_reading_is_sent_once_with_its_own_time() {
        let (mut report, mut view) = (Report::new(Template::default(), BTreeSet::new()), modem());
        snr(&mut view, Section::Line, 3, Decibel(40.5));
        let line = "router2mqtt.modem.downstream.9.snr_db 40.5 1800000003\n";
        assert_eq!(told(&mut report, &view, 60), [line]);
        assert!(told(&mut report, &view, 120).is_empty(), "it is not read again");
        snr(&mut view, Section::Line, 121, Decibel(40.5));
        snr(&mut view, Section::Line, 122, Decibel(41.0));
        let line = "router2mqtt.modem.downstream.9.snr_db 41 1800000122\n";
        assert_eq!(told(&mut report, &view, 180), [line], "the latest of those since then");
        snr(&mut view, Section::Line, 50, Decibel(41.0));
        assert_eq!(told(&mut report, &view, 240).len(), 1, "the clock of the machine went back");
        snr(&mut view, Section::Line, 250, None);
        assert!(told(&mut report, &view, 300).is_empty(), "absent is not zero");
    }

    #[test]
    fn of_a_box_that_is_away_only_what_the_bridge_counts_is_sent() {
        let (mut report, mut view) = (Report::new(Template::default(), BTreeSet::new()), modem());
        snr(&mut view, Section::Line, 3, Decibel(40.5));
        view.usage.router().set(catalog::USAGE_TODAY, Bytes(u64::MAX));
        view.availability = Availability::Offline { since: at(10) };
        let usage = |second: i64| {
            format!("router2mqtt.modem.usage_today_bytes {} {}\n", u64::MAX, at(second).as_second())
        };
        assert_eq!(told(&mut report, &view, 60), [usage(60)]);
        assert_eq!(told(&mut report, &view, 120), [usage(120)]);
        view.availability = Availability::Online { since: at(130) };
        assert_eq!(told(&mut report, &view, 180).len(), 2, "what was not sent yet is sent");
    }

    #[test]
    fn the_names_of_others_are_sent_besides_once_for_each_poll() {
        let (mut report, mut view) = (Report::new(Template::default(), [Compat::Freebox].into()), modem());
        let mut readings = Readings::default();
        readings.router().set(catalog::RECEIVED, Bytes(7));
        view.sections.insert(Section::Connection, SectionView { at: at(3), readings });
        view.record.last_success = Some(at(4));
        assert_eq!(told(&mut report, &view, 60).len(), 1, "not of other boxes");
        view.about.family = "freebox";
        assert_eq!(told(&mut report, &view, 120), ["freebox.bytes_down 7 1800000004\n"]);
        assert!(told(&mut report, &view, 180).is_empty());
        view.record.last_success = Some(at(182));
        assert_eq!(told(&mut report, &view, 240), ["freebox.bytes_down 7 1800000182\n"]);
        view.availability = Availability::Offline { since: at(243) };
        view.record.last_success = Some(at(242));
        assert!(told(&mut report, &view, 300).is_empty());
    }

    #[test]
    fn words_are_not_sent_and_what_two_sections_tell_is_sent_once() {
        let (mut report, mut view) = (Report::new(Template::default(), BTreeSet::new()), modem());
        snr(&mut view, Section::Line, 3, Decibel(40.5));
        snr(&mut view, Section::WideChannels, 5, Decibel(1.0));
        view.usage.router().set(catalog::WAN_STATE, State::new("up"));
        let line = "router2mqtt.modem.downstream.9.snr_db 40.5 1800000003\n";
        assert_eq!(told(&mut report, &view, 60), [line]);
        snr(&mut view, Section::WideChannels, 65, Decibel(1.0));
        assert!(told(&mut report, &view, 120).is_empty(), "the first section has not said anything new");
    }
}
