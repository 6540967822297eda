//! What it means that a box refuses a login in words that do not say why: the password may be wrong, somebody else may
//! be logged in, or the box may be unwell. The same for every box that we cannot ask.

use jiff::{SignedDuration, Timestamp};

use crate::model::{Clock, Fault};

/// How long credentials that were never accepted are not shown again: longer than a forgotten web page stays logged in.
const FIRST_REST: SignedDuration = SignedDuration::from_mins(15);

/// Nobody uses a web page for so long: accepted credentials that are refused all the time were changed at the box.
const TOO_LONG: SignedDuration = SignedDuration::from_hours(24);

/// What the box has shown of our credentials.
#[derive(Debug)]
pub(super) struct Trust {
    clock: Clock,
    /// Whether the box has ever accepted them.
    accepted: bool,
    /// Since when it refuses them.
    doubt: Option<Doubt>,
}

#[derive(Debug)]
struct Doubt {
    since: Timestamp,
    /// When they may be shown again.
    until: Timestamp,
    /// What it was taken for.
    fault: Fault,
}

impl Trust {
    pub const fn new(clock: Clock) -> Self {
        Self { clock, accepted: false, doubt: None }
    }

    /// Whether the box has ever accepted the credentials.
    pub const fn is_accepted(&self) -> bool {
        self.accepted
    }

    /// The box has let us in.
    pub fn confirm(&mut self) {
        self.accepted = true;
        self.doubt = None;
    }

    /// Whether the credentials may be shown to the box.
    ///
    /// # Errors
    /// What was wrong when they were shown last, while it is too early to show them again.
    pub fn check(&self) -> Result<(), Fault> {
        let now = self.clock.now();
        match &self.doubt {
            // A clock that was put back would make us wait for what is long past.
            Some(doubt) if (doubt.since..doubt.until).contains(&now) => Err(doubt.fault.clone()),
            _ => Ok(()),
        }
    }

    /// The box has refused them, without saying why; `fault` is what it is most likely to mean. Whoever was let in before
    /// has the right password, so it is taken for that, and the box is asked the more rarely the longer it lasts. All
    /// others get one more try, once somebody who had only left a page open would be out: it is not known whether tries
    /// count, and a third would be the beginning of many.
    pub fn refused(&mut self, fault: Fault) -> Fault {
        let now = self.clock.now();
        let lasted = self.doubt.as_ref().map(|doubt| now.duration_since(doubt.since));
        let rest = match (self.accepted, lasted) {
            (false, None) => FIRST_REST,
            (true, lasted) if lasted.unwrap_or_default() < TOO_LONG => lasted.unwrap_or_default() / 4,
            _ => return Fault::CredentialsRejected,
        };
        let since = self.doubt.take().map_or(now, |doubt| doubt.since);
        let until = now.checked_add(rest).unwrap_or(Timestamp::MAX);
        self.doubt = Some(Doubt { since, until, fault: fault.clone() });
        fault
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::FaultClass;

    const MINUTE: Duration = Duration::from_secs(60);

    fn trust() -> Trust {
        Trust::new(Clock::starting_at(Timestamp::UNIX_EPOCH))
    }

    /// Tries whenever it may, a minute apart, until the password is taken for wrong; gives how often it did.
    async fn tries(trust: &mut Trust, minutes: u32) -> (u32, bool) {
        let mut tries = 0;
        for _ in 0..minutes {
            if trust.check().is_ok() {
                tries += 1;
                if trust.refused(Fault::BusyWithAnotherUser).class() == FaultClass::CredentialsRejected {
                    return (tries, true);
                }
            }
            tokio::time::advance(MINUTE).await;
        }
        (tries, false)
    }

    #[tokio::test(start_paused = true)]
    async fn credentials_that_never_worked_get_two_tries() {
        let mut trust = trust();
        assert_eq!(tries(&mut trust, 15).await, (1, false), "somebody may have left a page open");
        assert_eq!(tries(&mut trust, 15).await, (1, true));
        assert_eq!(tries(&mut trust, 15).await, (1, true), "only when the owner asks for it");
    }

    #[tokio::test(start_paused = true)]
    async fn credentials_that_worked_are_doubted_after_a_day_only() {
        let mut trust = trust();
        trust.confirm();
        assert_eq!(tries(&mut trust, 2).await, (2, false), "a short visit is over soon");
        let (visit, _) = tries(&mut trust, 58).await;
        assert!((5..20).contains(&visit), "{visit} tries in an hour");
        let (day, rejected) = tries(&mut trust, 48 * 60).await;
        assert!(rejected && day < 30, "{day} tries in a day");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_is_let_in_is_trusted_again() {
        let mut trust = trust();
        assert_eq!(trust.refused(Fault::BusyWithAnotherUser).class(), FaultClass::BusyWithAnotherUser);
        trust.confirm();
        assert!(trust.check().is_ok() && trust.is_accepted());
        assert_eq!(trust.refused(Fault::BusyWithAnotherUser).class(), FaultClass::BusyWithAnotherUser);
        assert!(trust.check().is_ok(), "the first refusal costs no rest");
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_put_back_keeps_nobody_waiting() {
        let mut trust = trust();
        trust.refused(Fault::BusyWithAnotherUser);
        assert!(trust.check().is_err());
        trust.clock.leap(-7200);
        assert!(trust.check().is_ok());
    }
}
