use jiff::Timestamp;
use tokio::sync::watch;

use crate::graphite;
use crate::metrics::{Figures, Graphite, Mqtt, Process};
use crate::mqtt::{Broker, Publisher, Traffic};

/// How the bridge itself is doing, to be asked at any time.
#[derive(Clone, Debug)]
pub struct Vitals {
    started: Timestamp,
    broker: watch::Receiver<Broker>,
    traffic: Traffic,
    graphite: Option<watch::Receiver<graphite::Figures>>,
}

impl Vitals {
    pub(super) fn of(publisher: &Publisher, started: Timestamp) -> Self {
        Self { started, broker: publisher.broker(), traffic: publisher.traffic(), graphite: None }
    }

    /// Also tells what the sender to Graphite says of itself.
    pub(super) fn watch_graphite(&mut self, figures: watch::Receiver<graphite::Figures>) {
        self.graphite = Some(figures);
    }

    /// What there is to say at this moment.
    pub fn now(&self) -> Figures {
        let broker = *self.broker.borrow();
        let mqtt = Mqtt {
            connected: broker != Broker::Away,
            settled: broker == Broker::Settled,
            published: self.traffic.published(),
            reconnections: self.traffic.reconnections(),
        };
        let graphite = self.graphite.as_ref().map(|figures| of_graphite(*figures.borrow()));
        Figures { started: self.started, mqtt: Some(mqtt), graphite, process: Process::now() }
    }
}

const fn of_graphite(figures: graphite::Figures) -> Graphite {
    let graphite::Figures { connected, sent, lost, waiting } = figures;
    Graphite { connected, sent, lost, waiting }
}
