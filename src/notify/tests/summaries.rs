use std::sync::Arc;
use std::time::Duration;

use jiff::civil::time;
use jiff::tz::TimeZone;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::engine::{About, Availability, BoxView, Events, Listener, Memory, World};
use crate::model::{Clock, EventKind};
use crate::notify::{Language, Summarist, Summary, Template};

struct House {
    clock: Clock,
    memory: Arc<Memory>,
    world: watch::Sender<World>,
    events: Events,
    listener: Listener,
    summary: Summary,
    running: Option<(JoinHandle<()>, CancellationToken)>,
}

impl House {
    fn at(now: &str) -> Self {
        let events = Events::new();
        let house = Self {
            clock: Clock::starting_at(now.parse().unwrap()),
            memory: Arc::new(Memory::fleeting()),
            world: watch::Sender::new(World::default()),
            listener: events.listen(),
            events,
            summary: Summary { at: time(7, 30, 0, 0), text: None },
            running: None,
        };
        house.put(Availability::Online { since: house.clock.now() });
        house
    }

    fn put(&self, availability: Availability) {
        let about = About {
            id: "box".parse().unwrap(),
            name: "Box".into(),
            family: "any",
            manufacturer: "Anybody",
            url: "http://192.0.2.1".into(),
            actions: Vec::new(),
        };
        let view = BoxView { availability, ..BoxView::new(about) };
        self.world.send_modify(|world| world.put(view));
    }

    fn start(&mut self) {
        let stop = CancellationToken::new();
        let summarist = Summarist::new(
            self.summary.clone(),
            TimeZone::get("Europe/Oslo").unwrap(),
            self.world.subscribe(),
            self.events.clone(),
            Arc::clone(&self.memory),
            self.clock.clone(),
        );
        self.running = Some((tokio::spawn(summarist.run(stop.clone())), stop));
    }

    async fn stop(&mut self) {
        if let Some((running, stop)) = self.running.take() {
            stop.cancel();
            running.await.unwrap();
        }
    }

    /// Lets hours pass; gives when something was told, and of which day.
    async fn told_within(&mut self, hours: u64) -> Vec<String> {
        tokio::time::sleep(Duration::from_secs(hours * 3600)).await;
        let told = std::iter::from_fn(|| self.listener.waiting());
        told.map(|event| {
            let EventKind::DailySummary { text, .. } = event.kind else { panic!("{event:?}") };
            let at = event.at.in_tz("Europe/Oslo").unwrap().strftime("%H:%M").to_string();
            format!("{at} {text}")
        })
        .collect()
    }
}

#[tokio::test(start_paused = true)]
async fn each_day_is_told_once_at_its_time_over_restarts_and_a_change_of_clocks() {
    // On 25 October clocks go back.
    let mut house = House::at("2026-10-23T22:00:00Z");
    house.start();
    assert_eq!(house.told_within(10).await, ["07:30 Friday 23 October 2026"]);
    house.stop().await;
    house.start();
    assert_eq!(house.told_within(2).await, Vec::<String>::new(), "not again after a restart");
    assert_eq!(
        house.told_within(60).await,
        ["07:30 Saturday 24 October 2026", "07:30 Sunday 25 October 2026"]
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_missed_is_told_at_the_next_start_unless_it_is_stale() {
    let mut house = House::at("2026-11-18T06:00:00Z");
    house.start();
    assert_eq!(house.told_within(1).await.len(), 1);
    house.stop().await;
    tokio::time::sleep(Duration::from_secs(29 * 3600)).await;
    house.start();
    assert_eq!(house.told_within(1).await, ["13:00 Wednesday 18 November 2026"]);
    house.stop().await;
    tokio::time::sleep(Duration::from_secs(31 * 3600)).await;
    house.start();
    assert_eq!(house.told_within(8).await, Vec::<String>::new(), "13 hours are too late");
}

#[tokio::test(start_paused = true)]
async fn boxes_are_read_first() {
    let mut house = House::at("2026-11-20T06:29:00Z");
    house.put(Availability::Unknown);
    house.start();
    assert_eq!(house.told_within(2).await, Vec::<String>::new());
    house.put(Availability::Offline { since: house.clock.now() });
    let told = house.told_within(1).await;
    assert_eq!(told, ["09:29 Thursday 19 November 2026\nCannot be read for 0s."]);
}

#[tokio::test(start_paused = true)]
async fn the_owner_may_have_other_words() {
    let mut house = House::at("2026-11-20T06:00:00Z");
    let language = Language::new(TimeZone::UTC);
    house.summary.text =
        Some(Template::new("{{ box_name }} {{ date }}: {{ usage_yesterday | bytes }}", &language));
    house.start();
    assert_eq!(house.told_within(1).await, ["07:30 Box 2026-11-19: unknown"]);
}
