use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::model::{Fault, FaultClass};

/// How the polls of a box went since the bridge started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// How many there were, the failed ones included.
    pub polls: u64,
    /// When the last one ended that read something; nothing before the first of this run.
    pub last_success: Option<Timestamp>,
    /// How long that one took.
    pub took: Option<Duration>,
    /// How many failed, by the class of the fault. Faults of single sections count, too.
    pub faults: BTreeMap<FaultClass, u64>,
}

impl Record {
    /// A poll that read something.
    pub(super) const fn succeeded(&mut self, now: Timestamp, took: Duration) {
        self.polls += 1;
        self.last_success = Some(now);
        self.took = Some(took);
    }

    /// A poll that read nothing.
    pub(super) fn failed(&mut self, fault: &Fault) {
        self.polls += 1;
        self.count(fault);
    }

    /// A fault of a whole poll, or of one of its sections.
    pub(super) fn count(&mut self, fault: &Fault) {
        *self.faults.entry(fault.class()).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_since_does_not_change_when_it_last_went_well() {
        let mut record = Record::default();
        record.succeeded(Timestamp::UNIX_EPOCH, Duration::from_secs(2));
        record.failed(&Fault::CredentialsRejected);
        record.count(&Fault::NotSupported("tell".into()));
        assert_eq!((record.polls, record.last_success), (2, Some(Timestamp::UNIX_EPOCH)));
        assert_eq!(record.faults.values().sum::<u64>(), 2);
    }
}
