//! What becomes of a whole when only a part of it could be read.

use crate::model::Fault;

/// Whether a fault says something of the one endpoint that was asked, and nothing of the way to the box or of the
/// session: others may fare better.
pub const fn concerns_one_endpoint(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Malformed { .. } | Fault::BoxError { .. } | Fault::MissingRight(_) | Fault::NotSupported(_)
    )
}

/// A section that is made of several endpoints: it is read when one of them was, and failed when none was.
#[derive(Debug, Default)]
pub struct Several {
    read: bool,
    fault: Option<Fault>,
}

impl Several {
    /// A section whose main part has been read, so that what follows can only add to it.
    pub const fn read() -> Self {
        Self { read: true, fault: None }
    }

    /// Takes note of how one endpoint went, and gives what it said. Its fault stays here, and its readings unknown.
    ///
    /// # Errors
    /// A fault that concerns more than this endpoint.
    pub fn note<T>(&mut self, outcome: Result<Option<T>, Fault>) -> Result<Option<T>, Fault> {
        match outcome {
            Ok(answer) => {
                self.read |= answer.is_some();
                Ok(answer)
            }
            Err(fault) if concerns_one_endpoint(&fault) => {
                tracing::debug!(%fault, "a part could not be read");
                self.fault.get_or_insert(fault);
                Ok(None)
            }
            Err(fault) => Err(fault),
        }
    }

    /// How the section went.
    ///
    /// # Errors
    /// The first fault, when nothing was read.
    pub fn end(self) -> Result<(), Fault> {
        match self.fault {
            Some(fault) if !self.read => Err(fault),
            _ => Ok(()),
        }
    }
}
