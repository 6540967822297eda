//! The story of a fault: all is well, trouble comes, trouble goes, all is well.

use std::time::Duration;

use futures_util::future::join_all;
use router2mqtt::simulators::{Options, Running, Trouble, start};
use serde_json::{Value as Json, json};

use crate::support::bridge::Bridge;
use crate::support::broker::Embedded;
use crate::support::eventually;
use crate::support::observer::Observer;
use crate::table::{Ends, Model, Row};
use crate::watch::Watch;

/// How long a trouble goes on after it was noticed: long enough for another attempt or two, which must not be noticed.
const LASTS: Duration = Duration::from_secs(3);

/// A bridge between a broker and boxes of one model, one for each fault, so that all stories are told at once.
pub struct House {
    _broker: Embedded,
    observer: Observer,
    bridge: Bridge,
    model: &'static Model,
    boxes: Vec<(&'static Row, Running)>,
}

pub async fn simulated(model: &Model) -> Running {
    let options = Options { tls: model.tls, model: model.model.map(str::to_owned), ..Options::default() };
    start(model.family, options).await.unwrap()
}

/// Whether the trouble is about patience.
const fn tries_patience(trouble: Trouble) -> bool {
    matches!(trouble, Trouble::Slow | Trouble::Stalled | Trouble::NeverEnds)
}

/// Impatient where patience is what the trouble is about.
pub fn keys(trouble: Trouble) -> Json {
    if tries_patience(trouble) { json!({"timeout": "2s"}) } else { json!({}) }
}

impl House {
    pub async fn with_a_box_for_each_fault(model: &'static Model) -> Self {
        let broker = Embedded::start().await;
        let observer = Observer::connect(broker.port);
        let mut bridge = Bridge::new(broker.port);
        let mut boxes = Vec::new();
        for row in model.faults {
            let running = simulated(model).await;
            bridge.add(row.trouble.name(), &running, &keys(row.trouble));
            boxes.push((row, running));
        }
        bridge.start();
        Self { _broker: broker, observer, bridge, model, boxes }
    }

    pub async fn lives_through_all(&self) {
        let stories = self
            .boxes
            .iter()
            .map(|(row, simulated)| Story { house: self, row, simulated, id: row.trouble.name() }.unfold());
        let wrong: Vec<_> = join_all(stories).await.into_iter().flatten().collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

struct Story<'a> {
    house: &'a House,
    row: &'static Row,
    simulated: &'a Running,
    id: &'static str,
}

impl Story<'_> {
    /// Gives what went wrong.
    async fn unfold(self) -> Vec<String> {
        let observer = &self.house.observer;
        self.is_well().await;
        let mut watch = Watch::new(self.id, observer.latest());
        let (heard, logins) = (observer.count(), self.simulated.tally().logins());

        let before = self.payload("state");
        self.begins().await;
        self.is_noticed(&before).await;
        tokio::time::sleep(LASTS).await;
        let during = self.simulated.tally().logins() - logins;
        let mut wrong = self.lines_are_wrong(0);
        self.ends().await;

        self.is_over().await;
        wrong.extend(self.lines_are_wrong(1));
        for message in observer.heard_since(heard) {
            watch.see(message);
        }
        wrong.append(&mut watch.wrong);
        if during > self.row.logins {
            wrong.push(format!("{during} logins instead of {}", self.row.logins));
        }
        let most = self.simulated.tally().most_in_flight();
        // A box that still thinks about the answer notices a little late that its client has given up.
        if most != 1 && !tries_patience(self.row.trouble) {
            wrong.push(format!("{most} requests at once"));
        }
        let title = self.house.model.title;
        wrong.into_iter().map(|why| format!("{title}, {}: {why}", self.id)).collect()
    }

    fn topic(&self, rest: &str) -> String {
        format!("router2mqtt/{}/{rest}", self.id)
    }

    async fn is_well(&self) {
        self.house.observer.wait_for(&self.topic("availability"), |payload| payload == "online").await;
        // The second state comes after everything that belongs to the first one.
        self.says_something_new(2).await;
        assert_eq!(self.payload("problem")["problem"], false, "{}", self.id);
    }

    /// Waits for so many states of the box.
    async fn says_something_new(&self, states: usize) {
        let (topic, observer) = (self.topic("state"), &self.house.observer);
        let mut last = None;
        for _ in 0..states {
            last = Some(
                eventually(&format!("another state of {}", self.id), || {
                    observer.payload(&topic).filter(|payload| last.as_ref() != Some(payload))
                })
                .await,
            );
        }
    }

    fn payload(&self, rest: &str) -> Json {
        serde_json::from_str(&self.house.observer.payload(&self.topic(rest)).unwrap()).unwrap()
    }

    fn troubles(&self) -> impl Iterator<Item = Trouble> {
        let trouble = self.row.trouble;
        let is_of_login =
            matches!(trouble, Trouble::WrongPassword | Trouble::LockOut | Trouble::LoginChanged);
        let end_of_session =
            (is_of_login && self.house.model.keeps_its_session()).then_some(Trouble::SessionExpires);
        [trouble].into_iter().chain(end_of_session)
    }

    async fn begins(&self) {
        self.troubles().for_each(|trouble| self.simulated.troubles().begin(trouble));
        if self.row.trouble == Trouble::MissingFields {
            // Everything has to be asked for, also what is usually read once in five minutes.
            self.house.observer.publish(&self.topic("command"), "refresh", false).await;
        }
    }

    async fn is_noticed(&self, before: &Json) {
        let observer = &self.house.observer;
        let Some(class) = self.row.class else {
            match self.row.trouble {
                Trouble::MissingFields => {
                    let known = |state: &Json| {
                        state.as_object().unwrap().values().filter(|value| !value.is_null()).count()
                    };
                    observer.wait_json(&self.topic("state"), |state| known(state) < known(before)).await;
                }
                Trouble::DegradedLine => {
                    let state = observer
                        .wait_json(&self.topic("state"), |state| state["line_quality"] == "marginal")
                        .await;
                    let why = state["line_quality_reason"].as_str().unwrap();
                    assert!(why.contains("256QAM needs 33 dB"), "{}: {why}", self.id);
                }
                other => panic!("nobody can tell that there is {other}"),
            }
            return;
        };
        let problem =
            observer.wait_json(&self.topic("problem"), |problem| problem["class"] == class.word()).await;
        let words = ["error", "advice"].map(|key| problem[key].as_str().unwrap().to_owned());
        assert!(words.iter().all(|words| !words.is_empty()), "{}: {problem}", self.id);
        if self.row.trouble == Trouble::CertificateChange {
            let pin = self.simulated.pin().unwrap().to_string();
            assert!(words[0].contains(&pin) && words[0].contains("the box shows"), "{}", words[0]);
        }
        let word = if self.row.online { "online" } else { "offline" };
        observer.wait_for(&self.topic("availability"), |payload| payload == word).await;
    }

    async fn ends(&self) {
        self.troubles().for_each(|trouble| self.simulated.troubles().end(trouble));
        let command = match self.row.ends {
            Ends::ByItself => return,
            Ends::Refresh => "refresh",
            Ends::RetryLogin => "retry_login",
        };
        self.house.observer.publish(&self.topic("command"), command, false).await;
    }

    async fn is_over(&self) {
        let observer = &self.house.observer;
        observer.wait_json(&self.topic("problem"), |problem| problem["problem"] == false).await;
        observer.wait_for(&self.topic("availability"), |payload| payload == "online").await;
        self.says_something_new(3).await;
    }

    /// One line for the trouble, and so many for its end; none at all when nobody has to notice.
    fn lines_are_wrong(&self, recoveries: usize) -> Vec<String> {
        let told = usize::from(self.row.class.is_some());
        let warnings = self.house.bridge.lines("WARN", self.id);
        let mut good_news = self.house.bridge.lines("INFO", self.id);
        good_news.retain(|line| line.contains("again"));
        let errors = self.house.bridge.lines("ERROR", self.id);
        let mut wrong = Vec::new();
        if warnings.len() != told || good_news.len() != told * recoveries || !errors.is_empty() {
            wrong.push(format!("the log says {warnings:#?}, then {good_news:#?} {errors:#?}"));
        }
        wrong
    }
}
