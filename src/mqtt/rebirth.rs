use tokio::time::Instant;

use super::pace::Pace;

/// What to tell a reader that has just started, and when: first what there is, and a while later its values,
/// because the reader has to subscribe in between.
#[derive(Debug, Default)]
pub(super) struct Rebirth(Option<(Instant, Step)>);

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// What there is.
    Discovery,
    /// Its availability and values.
    Values,
}

impl Rebirth {
    /// A reader has started. Several births before the first answer are one.
    pub(super) fn heard(&mut self, pace: &Pace, random: &mut fastrand::Rng) {
        if !matches!(self.0, Some((_, Step::Discovery))) {
            let (least, most) = pace.birth;
            let wait = least + most.saturating_sub(least).mul_f64(random.f64());
            self.0 = Some((Instant::now() + wait, Step::Discovery));
        }
    }

    /// Waits until something is due; for ever when nothing is.
    pub(super) async fn due(&self) -> Step {
        match self.0 {
            Some((when, step)) => {
                tokio::time::sleep_until(when).await;
                step
            }
            None => std::future::pending().await,
        }
    }

    /// A step has been taken.
    pub(super) fn done(&mut self, step: Step, pace: &Pace) {
        self.0 = match step {
            Step::Discovery => Some((Instant::now() + pace.settle, Step::Values)),
            Step::Values => None,
        };
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn several_births_are_one_and_values_follow_discovery() {
        let (pace, mut random) = (Pace::default(), fastrand::Rng::with_seed(7));
        let mut rebirth = Rebirth::default();
        let began = Instant::now();
        rebirth.heard(&pace, &mut random);
        rebirth.heard(&pace, &mut random);
        assert_eq!(rebirth.due().await, Step::Discovery);
        let waited = began.elapsed();
        assert!((Duration::from_millis(500)..=Duration::from_secs(2)).contains(&waited), "{waited:?}");
        rebirth.done(Step::Discovery, &pace);
        assert_eq!(rebirth.due().await, Step::Values);
        assert!(began.elapsed() - waited >= Duration::from_secs(1));
        rebirth.done(Step::Values, &pace);
        assert!(tokio::time::timeout(Duration::from_secs(60), rebirth.due()).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_starts_again_in_between_hears_everything_again() {
        let (pace, mut random) = (Pace::default(), fastrand::Rng::with_seed(7));
        let mut rebirth = Rebirth::default();
        rebirth.heard(&pace, &mut random);
        rebirth.done(Step::Discovery, &pace);
        rebirth.heard(&pace, &mut random);
        assert_eq!(rebirth.due().await, Step::Discovery);
    }
}
