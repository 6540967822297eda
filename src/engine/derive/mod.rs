//! What the bridge concludes from a snapshot before it becomes part of the world.
//!
//! Lifetime counters and rates will have their place here, too: between the driver and the world.

mod boot;
mod household;
mod summary;
mod verdict;

pub(crate) use boot::BootTime;
pub(crate) use verdict::{Circumstances, LineQuality};
pub use verdict::{DocsisScales, Grade, LinePolicy, LteScales, Patience, Scale, XdslScales};

use crate::model::{Section, Snapshot};

/// Adds what follows from the snapshot alone: summaries over channels and clients.
pub fn summarise(seen: &mut Snapshot) {
    let sections: Vec<Section> =
        seen.sections().filter_map(|(section, outcome)| outcome.is_ok().then_some(section)).collect();
    for section in sections {
        match section {
            Section::Line => summary::channels(seen.section(section)),
            Section::Clients => household::count(seen.section(section)),
            _ => {}
        }
    }
}
