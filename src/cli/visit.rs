use std::time::Duration;

use tokio::signal::ctrl_c;
use tokio::time::timeout;

use crate::bridge;
use crate::config::RouterConfig;
use crate::model::{Clock, Deadline, Fault, Sections, Snapshot};

/// Longer than the slowest box takes for everything.
const LIMIT: Duration = Duration::from_secs(120);

/// Reads a box once, and leaves it as it was: the session is ended whatever happens, even at Ctrl-C.
pub(super) async fn visit(router: &RouterConfig, wanted: &Sections) -> Result<Snapshot, Fault> {
    let mut driver = bridge::driver(router, Clock::system(), None)?;
    let outcome = tokio::select! {
        outcome = timeout(LIMIT, driver.poll(wanted)) => {
            outcome.unwrap_or(Err(Fault::TimedOut(Deadline::Poll)))
        }
        _ = ctrl_c() => Err(Fault::Unreachable("interrupted".to_owned())),
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
