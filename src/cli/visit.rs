use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::signals;
use crate::bridge;
use crate::config::RouterConfig;
use crate::model::{Clock, Deadline, Fault, Sections, Snapshot};
use crate::transport::Recorder;

/// Longer than the slowest box takes for everything.
const LIMIT: Duration = Duration::from_secs(120);

/// Reads a box once, and leaves it as it was: the session is ended whatever happens, even at Ctrl-C and SIGTERM,
/// which are the outer error.
pub(super) async fn visit(
    router: &RouterConfig,
    wanted: &Sections,
    recorder: Option<Arc<dyn Recorder>>,
) -> anyhow::Result<Result<Snapshot, Fault>> {
    let mut driver = match bridge::driver(router, Clock::system(), recorder) {
        Ok(driver) => driver,
        Err(fault) => return Ok(Err(fault)),
    };
    let outcome = tokio::select! {
        outcome = timeout(LIMIT, driver.poll(wanted)) => {
            Ok(outcome.unwrap_or(Err(Fault::TimedOut(Deadline::Poll))))
        }
        stopped = signals::stop() => Err(stopped.err().unwrap_or_else(|| anyhow::anyhow!("interrupted"))),
    };
    driver.close().await;
    outcome
}

/// Everything that the family of a box can tell.
pub(super) fn everything(router: &RouterConfig) -> Sections {
    router.family.sections.iter().map(|(section, _)| *section).collect()
}

/// What is wrong with a box, and what to do about it, in one line.
pub(super) fn sentence(fault: &Fault) -> String {
    format!("{fault}; {}", fault.advice())
}
