//! A house with one box that does what the test says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::accounting::{Device, People, Person};
use crate::engine::{
    About, BoxView, Charge, ClientPolicy, Events, Handle, Keeper, LinePolicy, Listener, Memory, Order, Pulse,
    Rules, Scope, Shared, World,
};
use crate::history::Store;
use crate::model::{
    Action, BitRate, BoxId, Bytes, Clock, Command, Decibel, Deed, EventKind, Fault, LogEntry, Mac, Progress,
    Seconds, Section, Sections, Snapshot, Subject, Task, Text, Whose, catalog,
};
use crate::routers::{Cadence, Driver, Session};

const PLAN: &[(Section, Cadence)] = &[
    (Section::System, Cadence::Every),
    (Section::Connection, Cadence::Every),
    (Section::Wifi, Cadence::AtMostEvery(60)),
    (Section::Clients, Cadence::AtMostEvery(60)),
    (Section::Log, Cadence::AtMostEvery(60)),
];

/// What is read of a box.
pub(super) const SECTIONS: usize = PLAN.len();

/// What the box does, and what it counted.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) fault: Option<Fault>,
    pub(super) section_faults: Vec<(Section, Fault)>,
    /// What goes wrong at the next polls, one each.
    pub(super) mishaps: Vec<Fault>,
    pub(super) takes: Duration,
    pub(super) booted: Instant,
    pub(super) connected: Vec<Mac>,
    /// Who is kept from the internet, and what it was told of whom.
    pub(super) blocked: BTreeSet<Mac>,
    pub(super) access_orders: Vec<(Mac, bool)>,
    /// Whether it does what it is told of clients.
    pub(super) obeys_access: bool,
    /// The address at which it has everybody.
    pub(super) client_address: &'static str,
    /// The SNR margin of its line, in both directions.
    pub(super) snr_margin: f64,
    /// How long the box takes to be back after a reboot; `None` ignores the order.
    pub(super) reboot_takes: Option<Duration>,
    pub(super) shows_uptime: bool,
    /// Since when its connection has been up, where it shows that.
    pub(super) connected_since: Option<Instant>,
    /// Whether that goes on while the box is away.
    pub(super) keeps_connection: bool,
    /// How its Wi-Fi stands.
    pub(super) wifi: bool,
    pub(super) shows_wifi: bool,
    /// How long the box takes to turn its Wi-Fi on or off; `None` ignores the order.
    pub(super) turn_takes: Option<Duration>,
    /// Its public addresses, its firmware, and the number on its back.
    pub(super) ipv4: Option<&'static str>,
    pub(super) ipv6: Option<&'static str>,
    pub(super) firmware: Option<&'static str>,
    pub(super) serial: Option<&'static str>,
    /// What its own log holds, if it has one.
    pub(super) log: Option<Vec<LogEntry>>,
    /// What the box itself has received, where it counts that.
    pub(super) received: Option<u64>,
    /// What each device has used, where the box counts that.
    pub(super) traffic: Option<u64>,
    pub(super) missing_rights: BTreeSet<String>,
    /// How long the box takes to answer an order, and what it answers unless it takes it.
    pub(super) order_takes: Duration,
    pub(super) order_fault: Option<Fault>,
    /// What goes wrong at the next orders, one each.
    pub(super) order_mishaps: Vec<Fault>,
    pub(super) polls: u32,
    pub(super) logins: u32,
    pub(super) closes: u32,
    pub(super) reboots: u32,
    pub(super) turns: u32,
    pub(super) wanted: Vec<Sections>,
    turning: Option<(Instant, bool)>,
    pub(super) away: Option<(Instant, Instant)>,
}

impl Script {
    fn new() -> Self {
        Self {
            fault: None,
            section_faults: Vec::new(),
            mishaps: Vec::new(),
            takes: Duration::from_millis(100),
            booted: Instant::now(),
            connected: Vec::new(),
            blocked: BTreeSet::new(),
            access_orders: Vec::new(),
            obeys_access: true,
            client_address: "192.0.2.100",
            snr_margin: 10.0,
            reboot_takes: Some(Duration::from_secs(90)),
            shows_uptime: true,
            connected_since: None,
            keeps_connection: false,
            wifi: true,
            shows_wifi: true,
            turn_takes: Some(Duration::ZERO),
            ipv4: None,
            ipv6: None,
            firmware: None,
            serial: None,
            log: None,
            received: None,
            traffic: None,
            missing_rights: BTreeSet::new(),
            order_takes: Duration::ZERO,
            order_fault: None,
            order_mishaps: Vec::new(),
            polls: 0,
            logins: 0,
            closes: 0,
            reboots: 0,
            turns: 0,
            wanted: Vec::new(),
            turning: None,
            away: None,
        }
    }

    fn poll(&mut self, wanted: &Sections, now: Timestamp) -> Result<Snapshot, Fault> {
        self.polls += 1;
        self.wanted.push(wanted.clone());
        if let Some((from, to)) = self.away {
            if (from..to).contains(&Instant::now()) {
                return Err(Fault::Unreachable("connection refused".into()));
            }
            if Instant::now() >= to {
                self.booted = if self.reboots > 0 { to } else { self.booted };
                if self.reboots > 0 && !self.keeps_connection {
                    self.connected_since = self.connected_since.map(|_| to);
                }
                self.away = None;
            }
        }
        if let Some((_, on)) = self.turning.take_if(|(when, _)| *when <= Instant::now()) {
            self.wifi = on;
        }
        if let Some(mishap) = self.mishaps.pop() {
            return Err(mishap);
        }
        if matches!(self.fault, None | Some(Fault::CredentialsRejected)) {
            self.logins += 1;
        }
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        Ok(self.snapshot(wanted, now))
    }

    fn obey(&mut self, task: Task) {
        match task {
            Task::Access { client, blocked } => {
                self.access_orders.push((client, blocked));
                match (self.obeys_access, blocked) {
                    (true, true) => drop(self.blocked.insert(client)),
                    (true, false) => drop(self.blocked.remove(&client)),
                    (false, _) => {}
                }
            }
            Task::Reboot => {
                self.reboots += 1;
                if let Some(takes) = self.reboot_takes {
                    let gone = Instant::now() + Duration::from_secs(5);
                    self.away = Some((gone, gone + takes));
                }
            }
            Task::Turn(_, on) => {
                self.turns += 1;
                self.turning = self.turn_takes.map(|takes| (Instant::now() + takes, on));
            }
        }
    }

    fn snapshot(&self, wanted: &Sections, now: Timestamp) -> Snapshot {
        let mut seen = Snapshot::new(now);
        seen.missing_rights.clone_from(&self.missing_rights);
        seen.identity.firmware = self.firmware.map(str::to_owned);
        seen.identity.serial = self.serial.map(str::to_owned);
        for section in wanted.iter() {
            if let Some((_, fault)) = self.section_faults.iter().find(|(failing, _)| *failing == section) {
                seen.failed(section, fault.clone());
                continue;
            }
            if section == Section::Log && self.log.is_none() {
                continue;
            }
            let readings = seen.section(section);
            match section {
                Section::Wifi if self.shows_wifi => {
                    readings.router().set(catalog::WIFI, self.wifi);
                }
                Section::Log => readings.log.extend(self.log.iter().flatten().cloned()),
                Section::System if self.shows_uptime => {
                    readings
                        .router()
                        .set(catalog::UPTIME, Seconds(self.booted.elapsed().as_secs_f64().floor()));
                }
                Section::Connection => {
                    let connected = self.connected_since.map(|since| Seconds(since.elapsed().as_secs_f64()));
                    readings
                        .router()
                        .set(catalog::DOWNLOAD_RATE, BitRate::megabits(f64::from(self.polls)))
                        .set(catalog::WAN_UPTIME, connected)
                        .set(catalog::IPV4, self.ipv4.map(Text::new))
                        .set(catalog::IPV6, self.ipv6.map(Text::new));
                    if let Some(received) = self.received {
                        readings.router().set(catalog::RECEIVED, Bytes(received));
                    }
                }
                Section::Line => {
                    readings.router().set(catalog::SNR_MARGIN_DOWN, Decibel(self.snr_margin));
                }
                Section::Clients => {
                    for mac in &self.connected {
                        let client = readings.subject(Subject::Client(*mac));
                        client
                            .set(catalog::CONNECTED, true)
                            .set(catalog::BLOCKED, self.blocked.contains(mac));
                        client.set(catalog::IPV4, Text::new(self.client_address));
                        client.set(catalog::TRAFFIC, self.traffic.map(Bytes));
                    }
                }
                _ => {}
            }
        }
        seen
    }
}

#[derive(Debug)]
struct ScriptedDriver {
    script: Arc<Mutex<Script>>,
    clock: Clock,
}

#[async_trait]
impl Driver for ScriptedDriver {
    async fn poll(&mut self, wanted: &Sections) -> Result<Snapshot, Fault> {
        let takes = self.script.lock().unwrap().takes;
        tokio::time::sleep(takes).await;
        self.script.lock().unwrap().poll(wanted, self.clock.now())
    }

    async fn act(&mut self, task: Task) -> Result<(), Fault> {
        let takes = self.script.lock().unwrap().order_takes;
        tokio::time::sleep(takes).await;
        let mut script = self.script.lock().unwrap();
        if let Some(mishap) = script.order_mishaps.pop() {
            return Err(mishap);
        }
        let fault = script.order_fault.clone();
        if fault.as_ref().is_some_and(|fault| !matches!(fault, Fault::TimedOut(_))) {
            return fault.map_or(Ok(()), Err);
        }
        script.obey(task);
        // A box that restarts at once obeys without an answer.
        fault.map_or(Ok(()), Err)
    }

    async fn close(&mut self) {
        self.script.lock().unwrap().closes += 1;
    }
}

/// A house: one box, its keeper, and a memory that outlives restarts of the bridge.
pub(super) struct Home {
    pub(super) box_: Arc<Mutex<Script>>,
    pub(super) password: &'static str,
    pub(super) every: Duration,
    pub(super) session: Session,
    pub(super) allow: BTreeSet<Deed>,
    pub(super) clients: ClientPolicy,
    pub(super) plan: &'static [(Section, Cadence)],
    pub(super) url: &'static str,
    /// Whom the bridge is to keep from the internet by itself, when it starts.
    pub(super) withheld: Option<BTreeMap<Mac, Whose>>,
    pub(super) rules: Rules,
    memory: Arc<Memory>,
    store: Store,
    events: Events,
    listener: Listener,
    pub(super) clock: Clock,
    bridge: Option<Bridge>,
}

struct Bridge {
    handle: Handle,
    task: JoinHandle<()>,
    stop: CancellationToken,
}

impl Home {
    pub(super) fn new() -> Self {
        let events = Events::new();
        Self {
            listener: events.listen(),
            events,
            box_: Arc::new(Mutex::new(Script::new())),
            password: "first",
            every: Duration::from_secs(10),
            session: Session::Held,
            allow: Deed::ALL.into_iter().collect(),
            plan: PLAN,
            url: "http://192.0.2.1",
            withheld: None,
            rules: Rules::plain(),
            clients: ClientPolicy { randomised: true, ..ClientPolicy::default() },
            memory: Arc::new(Memory::fleeting()),
            store: Store::fleeting().unwrap(),
            clock: Clock::starting_at("2026-11-01T00:00:00Z".parse().unwrap()),
            bridge: None,
        }
    }

    pub(super) fn script<T>(&self, change: impl FnOnce(&mut Script) -> T) -> T {
        change(&mut self.box_.lock().unwrap())
    }

    pub(super) fn start(&mut self) {
        let stop = CancellationToken::new();
        let (world, seen) = watch::channel(World::default());
        let about = About {
            id: id(),
            name: "Box".into(),
            family: "scripted",
            manufacturer: "Nobody",
            url: self.url.into(),
            actions: Action::all().collect(),
        };
        let charge = Charge {
            about,
            every: self.every,
            plan: self.plan,
            session: self.session,
            allow: self.allow.clone(),
            clients: self.clients.clone(),
            counting: |_, _| crate::model::Counting::USUAL,
            line: LinePolicy::default(),
            rules: self.rules(),
            digest: self.password.to_owned(),
        };
        let driver = Box::new(ScriptedDriver { script: Arc::clone(&self.box_), clock: self.clock.clone() });
        let shared = Shared {
            world,
            events: self.events.clone(),
            memory: Arc::clone(&self.memory),
            store: self.store.clone(),
            clock: self.clock.clone(),
            pulse: Pulse::default(),
            stop: stop.clone(),
        };
        let (keeper, orders) = Keeper::new(charge, driver, shared, fastrand::Rng::with_seed(7));
        let handle = Handle::new(seen, self.events.clone(), [(id(), orders)].into_iter().collect());
        self.bridge = Some(Bridge { handle, task: tokio::spawn(keeper.run()), stop });
    }

    /// The rules, by which the quota of whoever is to be kept from the internet is used up from the start.
    fn rules(&self) -> Rules {
        let mut people = People::clone(&self.rules.people);
        for (mac, whose) in self.withheld.iter().flatten() {
            let Subject::Person(id) = &whose.subject else { continue };
            let device = |mac: &Mac| Device { mac: *mac, hours: None };
            let person = Person { id: id.clone(), name: whose.name.clone(), quota: Some(0), block: true };
            let devices = self.withheld.iter().flatten().filter(|(_, other)| *other == whose);
            let devices = devices.map(|(mac, _)| device(mac)).collect();
            if people.get(id).is_none() {
                people.add(person, devices).unwrap_or_else(|error| panic!("{mac}: {error}"));
            }
        }
        Rules { people: Arc::new(people), ..self.rules.clone() }
    }

    pub(super) async fn stop(&mut self) {
        if let Some(bridge) = self.bridge.take() {
            bridge.stop.cancel();
            bridge.task.await.unwrap();
        }
    }

    pub(super) async fn restart(&mut self) {
        self.stop().await;
        self.start();
    }

    /// Lets time pass.
    pub(super) async fn run_for(&mut self, time: Duration) {
        if self.bridge.is_none() {
            self.start();
        }
        tokio::time::sleep(time).await;
    }

    pub(super) fn view(&self) -> BoxView {
        self.bridge.as_ref().unwrap().handle.world().borrow().get(&id()).unwrap().clone()
    }

    /// What has happened since the last time.
    pub(super) fn events(&mut self) -> Vec<EventKind> {
        std::iter::from_fn(|| self.listener.waiting()).map(|event| event.kind).collect()
    }

    pub(super) fn send(&self, command: Command) -> mpsc::Receiver<Progress> {
        self.ask(command, Scope::Everything)
    }

    pub(super) fn ask(&self, command: Command, scope: Scope) -> mpsc::Receiver<Progress> {
        let (replies, story) = mpsc::channel(16);
        let order = Order { command, scope, replies };
        self.bridge.as_ref().unwrap().handle.order(&id(), order).unwrap().unwrap();
        story
    }

    /// The whole story of a command, up to its end.
    pub(super) async fn story(&self, action: Action) -> Vec<Progress> {
        told(self.send(Command::new(action))).await
    }
}

/// Everything that is told of a command.
pub(super) async fn told(mut story: mpsc::Receiver<Progress>) -> Vec<Progress> {
    let mut all = Vec::new();
    while let Some(progress) = story.recv().await {
        all.push(progress);
    }
    all
}

pub(super) fn id() -> BoxId {
    "box".parse().unwrap()
}

pub(super) const fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

pub(super) const fn days(days: u64) -> Duration {
    Duration::from_secs(days * 86_400)
}
