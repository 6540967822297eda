//! A place at a box that has room for one, and gives it to whoever logs in last: it is lost without a word.

use std::time::Duration;

use tokio::time::Instant;

use crate::model::Fault;

/// A session that ends sooner than this after it was won back was ended by somebody who wants it.
const YOUNG: Duration = Duration::from_secs(10 * 60);

/// How we came to our place, and since when we have it.
#[derive(Debug, Default)]
pub(super) struct Tenure {
    since: Option<Instant>,
    /// Whether it was taken because the one before had been lost.
    is_second: bool,
    /// Whether the last one ended without our doing.
    lost_one: bool,
}

impl Tenure {
    /// We are in.
    pub fn begin(&mut self) {
        *self = Self { since: Some(Instant::now()), is_second: self.lost_one, lost_one: false };
    }

    /// Whether it is too early to take the place again without being in somebody's way.
    pub fn is_young(&self) -> bool {
        self.since.is_some_and(|since| since.elapsed() < YOUNG)
    }

    /// The box no longer knows us. Gives the fault to report: once is nothing, and a new login is in order; twice in a row
    /// is somebody else.
    pub fn lost(&mut self) -> Fault {
        let again = match self.since {
            Some(_) => self.is_second && self.is_young(),
            // Before the login was complete.
            None => self.lost_one,
        };
        *self = Self { lost_one: true, ..Self::default() };
        if again { Fault::BusyWithAnotherUser } else { Fault::SessionExpired }
    }

    /// We leave of our own will.
    pub fn end(&mut self) {
        self.since = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_is_thrown_out_twice_in_a_row_gives_way() {
        let mut tenure = Tenure::default();
        tenure.begin();
        assert_eq!(tenure.lost(), Fault::SessionExpired);
        tenure.begin();
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(tenure.lost(), Fault::BusyWithAnotherUser);
    }

    #[tokio::test(start_paused = true)]
    async fn sessions_that_grow_old_just_end() {
        let mut tenure = Tenure::default();
        for _ in 0..3 {
            tenure.begin();
            tokio::time::advance(YOUNG).await;
            assert_eq!(tenure.lost(), Fault::SessionExpired);
        }
    }

    #[test]
    fn who_leaves_has_lost_nothing() {
        let mut tenure = Tenure::default();
        for _ in 0..3 {
            tenure.begin();
            tenure.end();
        }
        tenure.begin();
        assert_eq!(tenure.lost(), Fault::SessionExpired);
    }
}
