//! What boxes do about wrong passwords: they count them, and after too many take no logins for a while.

use std::time::Duration;

use tokio::time::Instant;

use super::{Trouble, Troubles};

/// The wrong passwords in a row, and the lock that too many of them close.
#[derive(Debug)]
pub(super) struct Lock {
    strikes: u32,
    penalty: Duration,
    failed: u32,
    until: Option<Instant>,
    /// Whether it was closed by the trouble, and opens with it.
    is_trouble: bool,
}

impl Lock {
    /// A lock that closes at so many wrong passwords, for so long.
    pub(super) const fn after(strikes: u32, penalty: Duration) -> Self {
        Self { strikes, penalty, failed: 0, until: None, is_trouble: false }
    }

    /// One more wrong password.
    pub(super) fn strike(&mut self) {
        self.failed += 1;
        if self.failed >= self.strikes {
            self.until.get_or_insert_with(|| Instant::now() + self.penalty);
        }
    }

    /// Forgets what was wrong: somebody was let in, or the box has restarted.
    pub(super) const fn open(&mut self) {
        self.failed = 0;
        self.until = None;
    }

    /// How many wrong passwords there were.
    pub(super) fn failed(&mut self, troubles: &Troubles) -> u32 {
        self.wait(troubles);
        self.failed
    }

    /// How much longer logins are refused; `None` when they are taken.
    pub(super) fn wait(&mut self, troubles: &Troubles) -> Option<Duration> {
        let is_trouble = troubles.has(Trouble::LockOut);
        if is_trouble != std::mem::replace(&mut self.is_trouble, is_trouble) {
            self.failed = if is_trouble { self.strikes } else { 0 };
            self.until = is_trouble.then(|| Instant::now() + self.penalty);
        }
        let left = self.until?.saturating_duration_since(Instant::now());
        if left.is_zero() {
            self.open();
            return None;
        }
        Some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn too_many_wrong_passwords_close_it_for_its_time() {
        let (mut lock, troubles) = (Lock::after(2, MINUTE), Troubles::default());
        lock.strike();
        assert_eq!((lock.failed(&troubles), lock.wait(&troubles)), (1, None));
        lock.strike();
        assert_eq!((lock.failed(&troubles), lock.wait(&troubles)), (2, Some(MINUTE)));
        tokio::time::advance(MINUTE).await;
        assert_eq!((lock.wait(&troubles), lock.failed(&troubles)), (None, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_trouble_closed_opens_with_it() {
        let (mut lock, troubles) = (Lock::after(2, MINUTE), Troubles::default());
        troubles.begin(Trouble::LockOut);
        assert_eq!(lock.wait(&troubles), Some(MINUTE));
        troubles.end(Trouble::LockOut);
        assert_eq!((lock.wait(&troubles), lock.failed(&troubles)), (None, 0));
    }
}
