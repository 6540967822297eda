//! What the bridge says of itself. These names are no rows of the catalog; `main` looks whether the bridge has them.

use super::series::CHOSEN;

/// A figure of a box, by what stands behind `router2mqtt_`.
pub fn of_box(word: &str) -> String {
    format!("router2mqtt_{word}{{{CHOSEN}}}")
}

/// A figure of the bridge itself.
pub fn of_bridge(word: &str) -> String {
    format!("router2mqtt_{word}")
}

/// A figure of the process, which has the names of every exporter; other jobs have them, too.
pub fn of_process(word: &str) -> String {
    format!("process_{word} * on (job, instance) group_left () router2mqtt_info")
}
