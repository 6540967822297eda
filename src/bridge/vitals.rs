use jiff::Timestamp;
use tokio::sync::watch;

use crate::metrics::{Figures, Mqtt, Process};
use crate::mqtt::{Broker, Publisher, Traffic};

/// How the bridge itself is doing, to be asked at any time.
#[derive(Clone, Debug)]
pub struct Vitals {
    started: Timestamp,
    broker: watch::Receiver<Broker>,
    traffic: Traffic,
}

impl Vitals {
    pub(super) fn of(publisher: &Publisher, started: Timestamp) -> Self {
        Self { started, broker: publisher.broker(), traffic: publisher.traffic() }
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
        Figures { started: self.started, mqtt: Some(mqtt), process: Process::now() }
    }
}
