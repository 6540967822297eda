//! The exporters that this bridge succeeds, rebuilt here from what their documentation says of them, and fed with the very answers
//! that our driver read: under `compat`, both have to show the same.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

#[path = "../support/mod.rs"]
mod support;

mod altibox;
mod command;
mod freebox;
mod hitron;
mod page;
mod visit;

use std::collections::BTreeSet;

use router2mqtt::metrics::compat::{self, Compat};
use support::exported::EXPORTED;

use page::{Page, page};
use visit::Visit;

/// Every name is had of some box, and none is that the exporters did not have.
#[tokio::test(flavor = "multi_thread")]
async fn the_exporters_have_these_names_and_no_others() {
    for (exporter, known) in EXPORTED {
        let mut seen = BTreeSet::new();
        for Visit { view, .. } in Visit::to_all_of(*exporter).await {
            seen.extend(names(&page(*exporter, &view), *exporter));
            // Words are for InfluxDB only.
            let lines = compat::influx(*exporter, &view).unwrap_or_default();
            seen.extend(lines.lines().map(|line| generic(line.split([' ', '=']).nth(2).unwrap())));
        }
        assert_eq!(seen, known.iter().map(|name| (*name).to_owned()).collect(), "{exporter}");
    }
}

fn names(page: &Page, compat: Compat) -> BTreeSet<String> {
    let prefix = if compat == Compat::Freebox { "freebox_" } else { "" };
    page.names().into_iter().map(|name| generic(name.strip_prefix(prefix).unwrap())).collect()
}

/// The name of a port or a sensor, whichever it is: those of four ports and three sensors are written out where they are known.
fn generic(name: &str) -> String {
    let port = name.strip_prefix("switch_").and_then(|rest| rest.split_once('_'));
    match port {
        Some((_, what)) => format!("switch_<id>_{what}"),
        None if name.starts_with("sys_temp_") && !["sw", "cpub", "cpum"].contains(&&name[9..]) => {
            "sys_temp_<id>".into()
        }
        None => name.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_shown_under_the_names_of_another_family() {
    let visit = Visit::to("hitron", "cgnv4", false).await;
    assert!(page(Compat::Freebox, &visit.view).names().is_empty());
    assert!(page(Compat::Altibox, &visit.view).names().is_empty());
    let mut away = visit.view.clone();
    away.availability = router2mqtt::engine::Availability::Unknown;
    assert!(page(Compat::Hitron, &away).names().is_empty(), "what it said before it went is not said again");
}
