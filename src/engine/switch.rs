//! A switch is proven by the metric that shows how it stands.

use std::time::Duration;

use super::errand::{Course, Verdict};
use crate::model::Switch;

/// How long until the first look: what somebody has turned should follow at once on the screen in front of them.
pub(super) const FIRST_LOOK: Duration = Duration::from_secs(1);

/// How long a box that answers may take.
const TO_TURN: Duration = Duration::from_secs(60);

/// How long a box may be away. Some restart a part of their network; others were cut off from us for good.
pub(super) const TO_COME_BACK: Duration = Duration::from_secs(180);

/// What a box that answers shows of the switch.
pub(super) fn judge(course: Course, switch: Switch, ordered: bool, shown: Option<bool>) -> Verdict {
    let name = switch.metric().row().name;
    match shown {
        Some(shown) if shown == ordered => Verdict::Done,
        _ if course.sent.elapsed() <= TO_TURN => Verdict::Wait,
        Some(_) => {
            let still = if ordered { "off" } else { "on" };
            Verdict::Failed(format!("the box took the order, but still shows that {name} is {still}"))
        }
        None => {
            Verdict::Failed(format!("the box took the order, but does not show whether {name} is on or off"))
        }
    }
}

/// What may be the matter with a box that does not come back.
pub(super) const fn hint(on: bool) -> &'static str {
    if on { "" } else { "; maybe the way to it leads over what was turned off" }
}
