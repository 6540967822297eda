use std::sync::{Mutex, PoisonError};

/// Randomness that is the same at each run with the same seed.
#[derive(Debug)]
pub struct Noise(Mutex<fastrand::Rng>);

impl Noise {
    /// Randomness from this seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(fastrand::Rng::with_seed(seed)))
    }

    /// A number between `least` and `most`.
    pub fn between(&self, least: f64, most: f64) -> f64 {
        least + (most - least) * self.with(fastrand::Rng::f64)
    }

    /// A whole number between `least` and `most`, both included.
    pub fn whole(&self, least: u64, most: u64) -> u64 {
        self.with(|rng| rng.u64(least..=most.max(least)))
    }

    /// Letters and digits, for tokens and session ids.
    pub fn token(&self, length: usize) -> String {
        self.with(|rng| (0..length).map(|_| rng.alphanumeric()).collect())
    }

    fn with<T>(&self, draw: impl FnOnce(&mut fastrand::Rng) -> T) -> T {
        draw(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
