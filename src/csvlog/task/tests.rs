use std::fs;
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::time::sleep;

use super::*;
use crate::accounting::{Calendar, Hours, People, Timetable};
use crate::engine::{About, Availability, SectionView};
use crate::model::{Bytes, Mac, Readings, Section, Text};

fn about(id: &str) -> About {
    About {
        id: id.parse().unwrap(),
        name: id.into(),
        family: "test",
        manufacturer: "",
        url: "http://192.0.2.1".into(),
        actions: Vec::new(),
    }
}

/// A box that counts for two devices, one in each direction and one in both together, and for a third one not at all.
fn view(id: &str, total: u64, now: Timestamp) -> BoxView {
    let mut readings = Readings::default();
    let mut client = |last| readings.subject(Subject::Client(Mac::new([2, 0, 0x5e, 0x10, 0, last]))).clone();
    let (mut one, mut two, mut three) = (client(1), client(2), client(3));
    one.set(catalog::TRAFFIC, Bytes(total)).set(catalog::IPV4, Text("192.0.2.1".into()));
    two.set(catalog::RECEIVED, Bytes(total)).set(catalog::SENT, Bytes(1));
    three.set(catalog::RECEIVED, Bytes(total)).set(catalog::SENT, None);
    for (last, item) in [(1, one), (2, two), (3, three)] {
        *readings.subject(Subject::Client(Mac::new([2, 0, 0x5e, 0x10, 0, last]))) = item;
    }
    let mut view = BoxView::new(about(id));
    view.availability = Availability::Online { since: now };
    view.sections.insert(Section::Clients, SectionView { at: now, readings });
    view
}

struct Running {
    home: tempfile::TempDir,
    world: watch::Sender<World>,
    clock: Clock,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

fn start(boxes: &[&str]) -> Running {
    let home = tempfile::tempdir().unwrap();
    let settings = Settings {
        path: home.path().into(),
        every: Duration::from_secs(60),
        keep: Duration::from_secs(400 * 24 * 3600),
    };
    let calendar = Calendar::new(TimeZone::UTC);
    let household =
        Household::new(People::default(), Timetable::new(calendar, Hours::default(), Hours::default()));
    let boxes: Vec<BoxId> = boxes.iter().map(|id| id.parse().unwrap()).collect();
    let (world, seen) = watch::channel(World::default());
    let clock = Clock::starting_at("2026-11-20T12:00:00Z".parse().unwrap());
    let stop = CancellationToken::new();
    let log = CsvLog::new(settings, &boxes, household, seen, clock.clone());
    let task = tokio::spawn(log.run(stop.clone()));
    Running { home, world, clock, stop, task }
}

impl Running {
    async fn see(&self, id: &str, total: u64) {
        let view = view(id, total, self.clock.now());
        self.world.send_modify(|world| world.put(view));
        sleep(Duration::from_secs(60)).await;
    }

    async fn stop(self) -> tempfile::TempDir {
        self.stop.cancel();
        self.task.await.unwrap();
        self.home
    }
}

fn lines(home: &tempfile::TempDir, file: &str) -> Vec<String> {
    fs::read_to_string(home.path().join(file)).unwrap().lines().skip(1).map(str::to_owned).collect()
}

#[tokio::test(start_paused = true)]
async fn a_row_is_written_each_minute_and_at_the_end() {
    let running = start(&["home"]);
    sleep(Duration::from_secs(30)).await;
    running.see("home", 1000).await;
    running.see("home", 1500).await;
    let home = running.stop().await;
    let expected =
        ["1795176060, 1000, 0, 0, 0", "1795176120, 1500, 500, 0, 500", "1795176150, 1500, 0, 0, 500"];
    assert_eq!(lines(&home, "logs/2026-11/devices/02-00-5E-10-00-01_192.0.2.1.csv"), expected);
    assert_eq!(lines(&home, "logs/2026-11/users/UNKNOWN.csv")[1], "1795176120, 3001, 1000, 0, 1000");
    assert_eq!(fs::read_dir(home.path().join("logs/2026-11/devices")).unwrap().count(), 2);
    assert!(home.path().join("logs/2026-11/summary.txt").exists());
}

#[tokio::test(start_paused = true)]
async fn several_boxes_have_a_folder_each() {
    let running = start(&["one", "two"]);
    running.see("one", 1000).await;
    running.see("two", 1000).await;
    let home = running.stop().await;
    assert!(home.path().join("one/logs/2026-11/total.csv").exists());
    assert!(home.path().join("two/logs/2026-11/total.csv").exists());
    assert!(!home.path().join("logs").exists());
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_refuses_is_tried_again() {
    let running = start(&["home"]);
    fs::write(running.home.path().join("logs"), "in the way").unwrap();
    running.see("home", 1000).await;
    running.see("home", 1100).await;
    fs::remove_file(running.home.path().join("logs")).unwrap();
    running.see("home", 1200).await;
    running.see("home", 1300).await;
    let home = running.stop().await;
    let rows = lines(&home, "logs/2026-11/total.csv");
    assert!(rows.last().unwrap().ends_with(", 0, 200"), "{rows:?}");
}
