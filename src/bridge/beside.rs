//! The readers beside the publisher.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::accounting::{Hours, Timetable};
use crate::config::{Config, RouterConfig};
use crate::csvlog::{self, CsvLog, Household};
use crate::engine::Handle;
use crate::model::{BoxId, Clock, Section};

/// Tasks that end when they are told to, by what they do.
#[derive(Debug)]
pub(super) struct Beside {
    running: Vec<(&'static str, JoinHandle<()>)>,
    stop: CancellationToken,
}

impl Beside {
    /// Nobody yet; whoever comes ends with this.
    pub(super) const fn new(stop: CancellationToken) -> Self {
        Self { running: Vec::new(), stop }
    }

    /// Starts one, which is given the word to end.
    pub(super) fn start<F>(&mut self, what: &'static str, reader: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.running.push((what, tokio::spawn(reader(self.stop.clone()))));
    }

    /// All of them, to see whether they live.
    pub(super) fn living(&self) -> impl Iterator<Item = (String, AbortHandle)> + '_ {
        self.running.iter().map(|(what, reader)| ((*what).to_owned(), reader.abort_handle()))
    }

    /// Waits for their ends, which were asked for, but not for ever.
    pub(super) async fn end(&mut self, patience: Duration) {
        let ends = self.running.iter_mut().map(|(what, reader)| async move {
            if timeout(patience, &mut *reader).await.is_err() {
                tracing::warn!(
                    "{what} did not come to its end in time; what it had to do, it does the next time"
                );
                reader.abort();
            }
        });
        join_all(ends).await;
    }
}

/// The running CSV log, if there is to be one: of the boxes that tell of clients.
pub(super) fn csv_log(config: &Config, handle: &Handle, clock: &Clock) -> Option<CsvLog> {
    let settings = config.csv.clone()?;
    let tells_of_clients = |router: &&RouterConfig| {
        router.family.sections.iter().any(|(section, _)| *section == Section::Clients)
    };
    let boxes: Vec<BoxId> =
        config.routers.iter().filter(tells_of_clients).map(|router| router.id.clone()).collect();
    let on_peak = if config.on_peak.is_empty() {
        csvlog::USUAL_ON_PEAK.parse().unwrap_or_default()
    } else {
        config.on_peak.clone()
    };
    let timetable = Timetable::new(config.calendar.clone(), on_peak, Hours::default());
    let household = Household::new(config.people.clone(), timetable);
    Some(CsvLog::new(settings, &boxes, household, handle.world(), clock.clone()))
}
