//! What can be turned, and who may pass, is proven by the flag that shows how it stands.

use std::time::Duration;

use super::errand::{Course, Verdict};
use crate::model::{Proof, Subject, Task};

/// How long until the first look: what somebody has turned should follow at once on the screen in front of them.
pub(super) const FIRST_LOOK: Duration = Duration::from_secs(1);

/// How long a box that answers may take.
const TO_TURN: Duration = Duration::from_secs(60);

/// How long a box may be away. Some restart a part of their network; others were cut off from us for good.
pub(super) const TO_COME_BACK: Duration = Duration::from_secs(180);

/// What a box that answers shows of it.
pub(super) fn judge(course: &Course, proof: &Proof, shown: Option<bool>) -> Verdict {
    let name = proof.metric.row().name;
    match shown {
        Some(shown) if shown == proof.wanted => Verdict::Done,
        _ if course.sent.elapsed() <= TO_TURN => Verdict::Wait,
        Some(_) => {
            let still = match (&proof.subject, proof.wanted) {
                (Subject::Client(client), true) => format!("{client} is not blocked"),
                (Subject::Client(client), false) => format!("{client} is blocked"),
                (_, true) => format!("{name} is off"),
                (_, false) => format!("{name} is on"),
            };
            Verdict::Failed(format!("the box took the order, but still shows that {still}"))
        }
        None => {
            let whether = match &proof.subject {
                Subject::Client(client) => format!("{client} is blocked"),
                _ => format!("{name} is on or off"),
            };
            Verdict::Failed(format!("the box took the order, but does not show whether {whether}"))
        }
    }
}

/// What may be the matter with a box that does not come back.
pub(super) const fn hint(task: Task) -> &'static str {
    match task {
        Task::Turn(_, false) => "; maybe the way to it leads over what was turned off",
        Task::Access { blocked: true, .. } => "; maybe the way to it leads over the client that was blocked",
        _ => "",
    }
}
