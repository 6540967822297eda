//! The transport against servers that behave as badly as boxes do.

mod beside;
mod certificate;
mod deadlines;
mod manners;
mod pins;
mod postbox;
mod raw;
mod recording;
mod server;

use std::time::Duration;

use super::{Deadlines, Settings};

/// Settings for a server on this machine: nothing takes long, and no pause between requests.
fn settings(url: &str) -> Settings {
    let mut settings = Settings::new(url.parse().unwrap());
    settings.gap = Duration::ZERO;
    settings.deadlines = Deadlines {
        connect: Duration::from_secs(5),
        first_byte: Duration::from_secs(5),
        whole: Duration::from_secs(5),
    };
    settings
}
