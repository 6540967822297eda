use std::net::SocketAddr;
use std::time::Duration;

use super::Allowed;
use crate::metrics::Compat;

/// What the server offers, and to whom.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// So old may be what `/probe` answers with.
    pub fresh_for: Duration,
    /// Which boxes that are not configured may be read with the credentials of a request; `None` for none.
    pub adhoc: Option<Allowed>,
    /// Under which names.
    pub names: Names,
}

/// The names under which boxes are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// Our own.
    pub own: bool,
    /// Those of these exporters, besides or instead.
    pub compat: Vec<Compat>,
    /// Those of them that do not tell one box from another, though there are several: they are shown of one box at a time.
    pub ambiguous: Vec<Compat>,
}

impl Default for Names {
    fn default() -> Self {
        Self { own: true, compat: Vec::new(), ambiguous: Vec::new() }
    }
}

impl Names {
    /// The exporters whose names can stand beside each other for all boxes.
    pub fn of_all(&self) -> impl Iterator<Item = Compat> + '_ {
        self.compat.iter().copied().filter(|compat| !self.ambiguous.contains(compat))
    }
}
