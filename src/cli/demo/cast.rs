//! Which boxes a demo shows.

use anyhow::bail;

use super::pace::Pace;
use crate::routers;
use crate::simulators::{self, Options, Running};

/// The family whose boxes speak TLS, with a certificate that has to be pinned.
const WITH_TLS: &str = "hitron";

/// Why a box is left out.
pub(super) const TOO_FAST: &str = "at this speed its counters go around before it can be asked again";

/// The families of the boxes, which go by the names of their families.
#[derive(Debug)]
pub(super) struct Cast {
    pub shown: Vec<&'static str>,
    pub left_out: Vec<&'static str>,
}

/// Every family that there is a simulated box of.
pub(super) fn families() -> impl Iterator<Item = &'static str> {
    simulators::FAMILIES.iter().map(|family| family.name)
}

impl Cast {
    /// The wanted families, or all of them that can be shown at this pace.
    ///
    /// # Errors
    /// When one is wanted by name that cannot.
    pub fn chosen(only: &[String], pace: &Pace) -> anyhow::Result<Self> {
        let wanted = families().filter(|name| only.is_empty() || only.iter().any(|word| word == name));
        let can_follow = |name: &&str| routers::family(name).is_none_or(|family| pace.can_follow(family));
        let (shown, left_out) = wanted.partition::<Vec<_>, _>(can_follow);
        if let Some(name) = left_out.first().filter(|_| !only.is_empty()) {
            bail!("'{name}' cannot be shown: {TOO_FAST}; --speed 1000 is slow enough");
        }
        Ok(Self { shown, left_out })
    }

    /// Starts a box of each.
    pub async fn start(&self, pace: &Pace) -> anyhow::Result<Vec<(&'static str, Running)>> {
        let mut boxes = Vec::new();
        for family in &self.shown {
            let options = Options {
                tls: *family == WITH_TLS,
                clock: Some(pace.clock.clone()),
                habits: pace.habits(),
                reboot: pace.reboot(),
                ..Options::default()
            };
            boxes.push((*family, simulators::start(family, options).await?));
        }
        Ok(boxes)
    }
}
