use std::time::Duration;

use sd_notify::NotifyState;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Progress;
use crate::engine::World;
use crate::mqtt::Broker;

/// How often the status is told where nothing asks for more.
const EVERY: Duration = Duration::from_secs(10);

/// Tells a service manager such as systemd that the bridge is up, how it is, and that it stops.
///
/// The watchdog is fed only while the bridge makes progress: one that hangs is started again.
#[derive(Debug)]
pub struct Manager {
    world: watch::Receiver<World>,
    broker: watch::Receiver<Broker>,
    progress: Progress,
    /// How long the manager waits for a sign of life, if it does.
    watchdog: Option<Duration>,
    /// The status that was told last.
    told: String,
}

impl Manager {
    /// The manager that started this process, if there is one.
    pub fn of_process(
        world: watch::Receiver<World>,
        broker: watch::Receiver<Broker>,
        progress: Progress,
    ) -> Option<Self> {
        std::env::var_os("NOTIFY_SOCKET")?;
        let watchdog = sd_notify::watchdog_enabled();
        Some(Self { world, broker, progress, watchdog, told: String::new() })
    }

    /// Keeps it informed until told to stop.
    pub async fn run(mut self, stop: CancellationToken) {
        let every = self.watchdog.map_or(EVERY, |limit| (limit / 2).min(EVERY));
        say(&[NotifyState::Ready]);
        loop {
            self.report();
            if stop.run_until_cancelled(tokio::time::sleep(every)).await.is_none() {
                break;
            }
        }
        say(&[NotifyState::Stopping, NotifyState::Status("stopping")]);
    }

    fn report(&mut self) {
        let verdict = self.progress.verdict();
        let status = match &verdict {
            Ok(()) => status(&self.world.borrow(), *self.broker.borrow()),
            Err(why) => why.clone(),
        };
        let life = (verdict.is_ok() && self.watchdog.is_some()).then_some(NotifyState::Watchdog);
        let news = (status != self.told).then_some(NotifyState::Status(&status));
        let words: Vec<_> = [life, news].into_iter().flatten().collect();
        if !words.is_empty() {
            say(&words);
        }
        self.told = status;
    }
}

fn status(world: &World, broker: Broker) -> String {
    let online = world.boxes().filter(|view| view.availability.is_online()).count();
    let all = world.boxes().count();
    let broker = match broker {
        Broker::Away => "no connection to the broker",
        Broker::Connected | Broker::Settled => "connected to the broker",
    };
    format!("{online} of {all} boxes online; {broker}")
}

/// What the manager does not hear is its own loss; it may have been restarted.
fn say(words: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(words) {
        tracing::debug!(%error, "the service manager does not listen");
    }
}
