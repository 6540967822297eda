//! A page of metrics as text, whoever made it: the lines that Python's client for Prometheus prints, and numbers as they are.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

use router2mqtt::engine::BoxView;
use router2mqtt::metrics::compat::{self, Compat};
use router2mqtt::metrics::{Family, FamilyKind};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page(String);

impl Page {
    /// Begins a family.
    pub fn family(&mut self, name: &str, kind: &str, help: &str) -> &mut Self {
        writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}").unwrap();
        self
    }

    /// Adds a sample to it.
    pub fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        let labels: Vec<_> = labels.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        writeln!(self.0, "{name}{labels} {value}").unwrap();
    }

    pub fn of(families: &[Family]) -> Self {
        let mut page = Self::default();
        for family in families {
            let name = family.sample_name();
            let kind = if family.kind == FamilyKind::Counter { "counter" } else { "gauge" };
            page.family(&name, kind, &family.help);
            for sample in &family.samples {
                let labels: Vec<_> =
                    sample.labels.iter().map(|(name, value)| (name.as_ref(), value.as_str())).collect();
                page.sample(&name, &labels, sample.value);
            }
        }
        page
    }

    /// The names of all families.
    pub fn names(&self) -> BTreeSet<&str> {
        self.0.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect()
    }
}

impl fmt::Display for Page {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What we make of a box under the names of an exporter.
pub fn page(compat: Compat, view: &BoxView) -> Page {
    Page::of(&compat::families(compat, view))
}

/// Says where two texts differ, line by line.
pub fn same(what: &str, ours: &str, theirs: &str) {
    for (ours, theirs) in ours.lines().zip(theirs.lines()) {
        assert_eq!(ours, theirs, "{what}");
    }
    assert_eq!(ours, theirs, "{what}");
}
