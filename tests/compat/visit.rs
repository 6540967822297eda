//! A visit of our driver, and everything that the box answered to it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use router2mqtt::engine::BoxView;
use router2mqtt::metrics::compat::Compat;
use router2mqtt::model::Clock;
use router2mqtt::simulators::{Options, Running, replay, start};
use router2mqtt::transport::har::Har;
use router2mqtt::transport::{Exchange, Recorder, Trust};
use router2mqtt::{bridge, routers};
use serde_json::{Value as Json, json};

use crate::support::configured::configured;

/// The boxes that each exporter could read, or could have read but for its mistakes: model, and whether it speaks TLS.
type Known = &'static [(&'static str, bool)];

const HITRON: Known = &[("cgnv4", false), ("cgnv4", true), ("coda", false)];
const ALTIBOX: Known = &[("fibre", false), ("several-sites", false)];
const FREEBOX: Known = &[
    ("ultra", false),
    ("bridge", false),
    ("revolution", false),
    ("revolution-v3", false),
    ("delta", true),
    ("pop-4g", false),
];

/// What the box answered, by path; the last answer counts.
#[derive(Debug, Default)]
pub struct Answers(Mutex<BTreeMap<String, Json>>);

impl Answers {
    /// The answer at the first path that ends so.
    pub fn at(&self, end: &str) -> Option<Json> {
        let all = self.0.lock().unwrap();
        all.iter().find(|(path, _)| path.ends_with(end)).map(|(_, answer)| answer.clone())
    }
}

impl Recorder for Answers {
    fn record(&self, exchange: Exchange<'_>) {
        if let Ok(answer) = serde_json::from_slice(&exchange.reply.body) {
            self.0.lock().unwrap().insert(exchange.url.path().to_owned(), answer);
        }
    }

    fn conceal(&self, _: &str) {}
}

pub struct Visit {
    pub name: String,
    pub view: BoxView,
    pub answers: Arc<Answers>,
}

impl Visit {
    /// A visit to a simulated box.
    pub async fn to(family: &str, model: &str, tls: bool) -> Self {
        let options = Options { tls, model: Some(model.to_owned()), ..Options::default() };
        Self::of(format!("{family} {model}"), &start(family, options).await.unwrap()).await
    }

    /// A visit to a recorded box.
    pub async fn to_recording(name: &str) -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name).with_extension("har");
        let running = replay(&Har::read(&file).unwrap(), Options::default()).await.unwrap();
        Self::of(name.to_owned(), &running).await
    }

    /// A visit to each simulated box that an exporter knew.
    pub async fn to_all_of(exporter: Compat) -> Vec<Self> {
        let known = match exporter {
            Compat::Hitron => HITRON,
            Compat::Altibox => ALTIBOX,
            Compat::Freebox => FREEBOX,
        };
        let mut all = Vec::new();
        for (model, tls) in known {
            all.push(Self::to(exporter.word(), model, *tls).await);
        }
        all
    }

    async fn of(name: String, running: &Running) -> Self {
        let mut keys = running.configuration();
        let family = routers::family(keys["type"].as_str().unwrap()).unwrap();
        for key in family.needs.iter().chain(family.may_need) {
            // A recording has no credentials of its own, and takes any.
            keys.as_object_mut().unwrap().entry(*key).or_insert_with(|| json!("something"));
        }
        let mut router = configured("box", &keys);
        if let Some(pin) = running.pin() {
            router.transport.trust = Trust::Pinned(vec![pin]);
        }
        let answers = Arc::<Answers>::default();
        let recorder = Arc::clone(&answers) as Arc<dyn Recorder>;
        let mut driver = bridge::driver(&router, Clock::system(), Some(recorder)).unwrap();
        let everything = family.sections.iter().map(|(section, _)| *section).collect();
        let seen = driver.poll(&everything).await.unwrap_or_else(|fault| panic!("{name}: {fault}"));
        driver.close().await;
        Self { name, view: BoxView::visited(bridge::about(&router), seen), answers }
    }
}
