use std::time::Duration;

/// How long things may take, and how long to wait between them. One set of values in use; tests hurry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// The pause before the first try to connect again; it doubles with each failure.
    pub(super) retry_least: Duration,
    /// The longest pause, and the one after a refused login.
    pub(super) retry_most: Duration,
    /// A connection that lasted this long was a good one: the next pause is the shortest.
    pub(super) good_after: Duration,
    /// How long the broker may take to confirm anything.
    pub(super) confirm: Duration,
    /// How long the broker may take to tell what it holds.
    pub(super) read_back: Duration,
    /// How long after a reader's birth everything is announced again: a random time between these two.
    pub(super) birth: (Duration, Duration),
    /// How long after the announcement the values follow: the reader has to subscribe first.
    pub(super) settle: Duration,
    /// How long a farewell waits for the ends of commands.
    pub(super) last_words: Duration,
    /// How long a farewell may take.
    pub(super) farewell: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            retry_least: Duration::from_secs(1),
            retry_most: Duration::from_secs(30),
            good_after: Duration::from_secs(10),
            confirm: Duration::from_secs(15),
            read_back: Duration::from_secs(2),
            birth: (Duration::from_millis(500), Duration::from_secs(2)),
            settle: Duration::from_millis(1100),
            last_words: Duration::from_millis(200),
            farewell: Duration::from_secs(2),
        }
    }
}
