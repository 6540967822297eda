//! The growing pause between two attempts, behind one small type so that the library can be exchanged in one file.

use std::time::Duration;

use backoff::ExponentialBackoff;
use backoff::backoff::Backoff;

/// Pauses that double from one attempt to the next up to a longest one, each a little longer or shorter by chance.
#[derive(Debug)]
pub(crate) struct Pauses {
    policy: ExponentialBackoff,
    rng: fastrand::Rng,
}

impl Pauses {
    /// Pauses that begin with the first of these, and grow to the second.
    pub(crate) fn between(first: Duration, longest: Duration, rng: fastrand::Rng) -> Self {
        let policy = ExponentialBackoff {
            current_interval: first,
            initial_interval: first,
            max_interval: longest,
            multiplier: 2.0,
            // Chance is ours, so that tests can repeat it.
            randomization_factor: 0.0,
            max_elapsed_time: None,
            ..ExponentialBackoff::default()
        };
        Self { policy, rng }
    }

    /// The pause before the next attempt.
    pub(crate) fn next(&mut self) -> Duration {
        let pause = self.policy.next_backoff().unwrap_or(self.policy.max_interval);
        pause.mul_f64(0.9 + 0.2 * self.rng.f64())
    }

    /// The longest pause from now on: what went wrong will not mend itself soon.
    pub(crate) const fn at_the_longest(&mut self) {
        self.policy.current_interval = self.policy.max_interval;
    }

    /// Begins anew, after an attempt that went well.
    pub(crate) fn reset(&mut self) {
        self.policy.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_begin_anew() {
        let mut pauses =
            Pauses::between(Duration::from_secs(5), Duration::from_secs(300), fastrand::Rng::with_seed(1));
        let all: Vec<f64> = (0..9).map(|_| pauses.next().as_secs_f64()).collect();
        for (pause, expected) in all.iter().zip([5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0, 300.0, 300.0]) {
            assert!((0.9..=1.1).contains(&(pause / expected)), "{pause} is not about {expected}");
        }
        pauses.reset();
        assert!(pauses.next().as_secs_f64() < 6.0);
        pauses.at_the_longest();
        assert!(pauses.next().as_secs_f64() > 200.0);
    }
}
