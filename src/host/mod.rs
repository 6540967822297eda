//! The machine that the bridge runs on, and whoever watches over it there: a service manager, or a container's.
//!
//! Both want to know the same: does the bridge still make progress? That a box or the broker cannot be reached is no reason to restart anything.

mod health;
mod manager;

pub use health::{Health, ask};
pub use manager::Manager;

use std::fmt;
use std::sync::Arc;

/// Says whether the bridge makes progress; if not, what does not.
#[derive(Clone)]
pub struct Progress(Arc<dyn Fn() -> Result<(), String> + Send + Sync>);

impl Progress {
    /// What this says of it, whenever it is asked.
    pub fn of(says: impl Fn() -> Result<(), String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(says))
    }

    fn verdict(&self) -> Result<(), String> {
        (self.0)()
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Progress").field(&self.verdict()).finish()
    }
}
