//! What is sent when, on a stopped clock, to a Carbon that does as the test says.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::super::courier::{Pace, Shared};
use super::super::sender::Task;
use super::super::wire::{Dial, Wire};
use super::*;
use crate::engine::{About, Availability, BoxView, SectionView, World};
use crate::model::{Clock, Decibel, Readings, Section, Subject, SubjectKind, catalog};

/// How long a write is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Mood {
    Takes,
    /// It accepts connections, and reads nothing.
    Sleeps,
    Refuses,
}

#[derive(Clone, Debug)]
struct Carbon {
    mood: Arc<watch::Sender<(Mood, u64)>>,
    came: Arc<Mutex<Vec<String>>>,
    dialled: Arc<Mutex<Vec<Instant>>>,
}

impl Carbon {
    fn new(mood: Mood) -> Self {
        Self { mood: Arc::new(watch::Sender::new((mood, 0))), came: Arc::default(), dialled: Arc::default() }
    }

    /// Ends every connection; from now on it is like this.
    fn turn(&self, mood: Mood) {
        self.mood.send_modify(|(now, life)| (*now, *life) = (mood, *life + 1));
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.came.lock().unwrap())
    }
}

impl Dial for Carbon {
    type Wire = Connection;

    fn batch(&self) -> usize {
        100
    }

    async fn dial(&mut self) -> io::Result<Connection> {
        self.dialled.lock().unwrap().push(Instant::now());
        let (mood, life) = *self.mood.borrow();
        if mood == Mood::Refuses {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        Ok(Connection { life, carbon: self.clone() })
    }
}

struct Connection {
    life: u64,
    carbon: Carbon,
}

impl Wire for Connection {
    async fn write(&mut self, lines: &str) -> io::Result<()> {
        let (mood, life) = *self.carbon.mood.borrow();
        if life != self.life {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        if mood == Mood::Sleeps {
            sleep(PATIENCE).await;
            return Err(io::ErrorKind::TimedOut.into());
        }
        assert!(lines.ends_with('\n'));
        self.carbon.came.lock().unwrap().extend(lines.lines().map(str::to_owned));
        Ok(())
    }

    async fn ended(&mut self) -> io::Result<()> {
        let mut mood = self.carbon.mood.subscribe();
        mood.wait_for(|(_, life)| *life != self.life).await.map_err(io::Error::other)?;
        Ok(())
    }

    async fn finish(&mut self) -> io::Result<()> {
        if self.carbon.mood.borrow().0 == Mood::Sleeps { std::future::pending().await } else { Ok(()) }
    }
}

/// A bridge with one modem that was read at full minutes, and reports every minute.
struct House {
    world: watch::Sender<World>,
    carbon: Carbon,
    clock: Clock,
    shared: Shared,
    stop: CancellationToken,
    sender: JoinHandle<()>,
}

impl House {
    fn new(mood: Mood, buffer: usize) -> Self {
        let (world, seen) = watch::channel(World::default());
        let clock = Clock::starting_at("2027-01-15T08:00:00Z".parse().unwrap());
        let (carbon, stop) = (Carbon::new(mood), CancellationToken::new());
        let address = Address { protocol: Protocol::Tcp, host: "carbon".into(), port: 2003 };
        let task = Task::new(
            &settings(address, buffer, 60),
            carbon.clone(),
            Pace::default(),
            seen,
            clock.clone(),
            fastrand::Rng::with_seed(7),
        );
        let shared = task.shared.clone();
        let sender = tokio::spawn(task.run(stop.clone()));
        Self { world, carbon, clock, shared, stop, sender }
    }

    /// Reads one channel now.
    fn read(&self, snr: f64) -> Timestamp {
        let about = About {
            id: "modem".parse().unwrap(),
            name: "Modem".into(),
            family: "acme",
            manufacturer: "",
            url: String::new(),
            actions: Vec::new(),
        };
        let at = self.clock.now();
        let mut view = BoxView { availability: Availability::Online { since: at }, ..BoxView::new(about) };
        let mut readings = Readings::default();
        let channel = Subject::of(SubjectKind::Downstream, "9").unwrap();
        readings.subject(channel).set(catalog::SNR, Decibel(snr));
        view.sections.insert(Section::Line, SectionView { at, readings });
        self.world.send_modify(|world| world.put(view));
        at
    }

    /// A minute with a reading in its middle; says the line that it makes.
    async fn minute(&self, snr: f64) -> String {
        sleep(Duration::from_secs(30)).await;
        let at = self.read(snr);
        sleep(Duration::from_secs(30)).await;
        format!("router2mqtt.modem.downstream.9.snr_db {snr} {}", at.as_second())
    }

    /// As many minutes, and what they make.
    async fn minutes(&self, snrs: std::ops::Range<u32>) -> Vec<String> {
        let mut lines = Vec::new();
        for snr in snrs {
            lines.push(self.minute(snr.into()).await);
        }
        // The report on the last of them.
        sleep(Duration::from_secs(1)).await;
        lines
    }

    fn figures(&self) -> Figures {
        *self.shared.figures().borrow()
    }

    async fn stop(self) -> Duration {
        let began = Instant::now();
        self.stop.cancel();
        self.sender.await.unwrap();
        began.elapsed()
    }
}

#[tokio::test(start_paused = true)]
async fn each_interval_has_the_latest_reading_at_its_own_time() {
    let house = House::new(Mood::Takes, 1000);
    let mut expected = Vec::new();
    for minute in 0..3 {
        for quarter in 0..4 {
            sleep(Duration::from_secs(14)).await;
            let at = house.read(f64::from(minute * 4 + quarter));
            if quarter == 3 {
                let value = minute * 4 + 3;
                expected.push(format!("router2mqtt.modem.downstream.9.snr_db {value} {}", at.as_second()));
            }
        }
        sleep(Duration::from_secs(4)).await;
    }
    sleep(Duration::from_secs(1)).await;
    assert_eq!(house.carbon.take(), expected);
    sleep(Duration::from_secs(600)).await;
    assert!(house.carbon.take().is_empty(), "nothing new was read");
    assert_eq!(house.figures(), Figures { connected: true, sent: 3, lost: 0, waiting: 0 });
    assert_eq!(house.carbon.dialled.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn pauses_grow_and_nothing_is_lost_while_there_is_room() {
    let house = House::new(Mood::Refuses, 100_000);
    let lines = house.minutes(0..60).await;
    let dialled = house.carbon.dialled.lock().unwrap().clone();
    let pauses: Vec<_> = dialled.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect();
    for (pause, expected) in pauses.iter().zip([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]) {
        assert!((0.89..1.11).contains(&(pause / expected)), "{pause} is not about {expected}");
    }
    assert!(dialled.len() < 70, "{} times", dialled.len());
    assert_eq!(house.figures(), Figures { connected: false, sent: 0, lost: 0, waiting: 60 });
    house.carbon.turn(Mood::Takes);
    sleep(Duration::from_secs(67)).await;
    assert_eq!(house.carbon.take(), lines, "all of it, in order");
    sleep(Duration::from_secs(20)).await;
    assert_eq!(house.figures(), Figures { connected: true, sent: 60, lost: 0, waiting: 0 });
    house.carbon.turn(Mood::Refuses);
    let before = house.carbon.dialled.lock().unwrap().len();
    house.minutes(60..61).await;
    let dialled = house.carbon.dialled.lock().unwrap()[before..].to_vec();
    assert!(dialled[1] - dialled[0] < Duration::from_millis(1101), "pauses begin anew");
}

#[tokio::test(start_paused = true)]
async fn what_may_not_have_arrived_is_sent_again_and_only_that() {
    let house = House::new(Mood::Takes, 1000);
    let early = house.minutes(0..1).await;
    assert_eq!(house.carbon.take(), early);
    // This one was written a second ago: it may have been in nobody's memory but the system's.
    let late = house.minutes(1..2).await;
    assert_eq!(house.carbon.take(), late);
    house.carbon.turn(Mood::Takes);
    sleep(Duration::from_secs(10)).await;
    assert_eq!(house.carbon.take(), late);
    // Now it has arrived for sure, and who hangs up is not missed until there is something to say.
    sleep(Duration::from_secs(16)).await;
    house.carbon.turn(Mood::Takes);
    sleep(Duration::from_secs(10)).await;
    assert!(house.carbon.take().is_empty());
    assert_eq!(house.figures(), Figures { connected: false, sent: 2, lost: 0, waiting: 0 });
    let next = house.minutes(2..3).await;
    sleep(Duration::from_secs(60)).await;
    assert_eq!(house.carbon.take(), next);
}

#[tokio::test(start_paused = true)]
async fn a_carbon_that_does_not_read_costs_the_oldest_lines_and_nobody_waits() {
    // Room for three lines.
    let house = House::new(Mood::Sleeps, 160);
    let lines = house.minutes(0..10).await;
    let figures = house.figures();
    assert_eq!((figures.sent, figures.lost, figures.waiting), (0, 7, 3));
    house.carbon.turn(Mood::Takes);
    sleep(Duration::from_secs(67)).await;
    assert_eq!(house.carbon.take(), lines[7..], "the newest are kept");
    assert_eq!(house.figures().lost, 7);
}

#[tokio::test(start_paused = true)]
async fn at_the_end_the_last_reading_is_sent() {
    let house = House::new(Mood::Takes, 1000);
    house.minutes(0..2).await;
    house.carbon.take();
    house.read(7.0);
    let (carbon, shared) = (house.carbon.clone(), house.shared.clone());
    assert!(house.stop().await < Duration::from_millis(10));
    assert!(carbon.take()[0].contains("snr_db 7 "));
    assert_eq!(*shared.figures().borrow(), Figures { connected: false, sent: 3, lost: 0, waiting: 0 });
}

#[tokio::test(start_paused = true)]
async fn at_the_end_nobody_is_waited_for_longer_than_two_seconds() {
    for mood in [Mood::Sleeps, Mood::Refuses] {
        let house = House::new(mood, 1000);
        house.minutes(0..2).await;
        house.read(7.0);
        assert!(house.stop().await <= Duration::from_secs(2), "{mood:?}");
    }
    // One that is back just in time gets everything.
    let house = House::new(Mood::Refuses, 1000);
    house.minutes(0..2).await;
    house.carbon.turn(Mood::Takes);
    house.read(7.0);
    let carbon = house.carbon.clone();
    assert!(house.stop().await < Duration::from_millis(10));
    assert_eq!(carbon.take().len(), 3);
}
