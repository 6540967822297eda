//! How fast it is, part by part: `cargo bench` for all of them, `cargo bench -- history polls` for some.
//!
//! One program, as linking it takes longer than running it. It prints figures, and asserts nothing.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout
)]
#![allow(clippy::cast_precision_loss)]
#![allow(clippy::disallowed_methods, reason = "it measures the machine, so it reads the machine's clock")]

#[path = "../../tests/support/configured.rs"]
mod configured;
mod counters;
mod discovery;
mod history;
mod hitron_poll;
mod metrics;
mod polls;

use std::time::Duration;

use criterion::Criterion;

type Measured = fn(&mut Criterion);

/// Those that are measured again and again until the figure stands.
const PARTS: [(&str, Measured); 4] = [
    ("counters", counters::run),
    ("discovery", discovery::run),
    ("hitron_poll", hitron_poll::run),
    ("metrics", metrics::run),
];

/// Those that measure something once, and print it their own way.
const REPORTS: [(&str, fn()); 2] = [("history", history::run), ("polls", polls::run)];

fn main() {
    // Cargo adds words of its own, which begin with a dash.
    let wanted: Vec<_> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_wanted = |part: &str| wanted.is_empty() || wanted.iter().any(|word| word == part);
    let mut criterion = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3));
    PARTS.iter().filter(|(part, _)| is_wanted(part)).for_each(|(_, run)| run(&mut criterion));
    REPORTS.iter().filter(|(part, _)| is_wanted(part)).for_each(|(_, run)| run());
}
