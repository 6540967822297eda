//! What arrives on the cable: levels that drift through the day, and counters that only grow.

use std::f64::consts::TAU;
use std::time::Duration;

use crate::simulators::flow::total;
use crate::simulators::{Noise, Parts, Trouble};

/// The register behind the SNR has few steps: real boxes show these values again and again.
const SNR_STEPS: [f64; 9] = [36.387, 36.610, 37.356, 37.636, 38.605, 38.983, 40.366, 40.946, 43.376];

/// What noise on the cable takes from the SNR, in dB.
const NOISE: f64 = 6.0;

/// One channel's signal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signal {
    /// Its place among the channels; makes it differ from its neighbours.
    pub place: u32,
    /// The level around which it drifts, in dBmV.
    pub level: f64,
}

impl Signal {
    /// The received level: a slow wave through the day, and a little noise, in steps of 0.1 dB.
    pub fn received(self, uptime: Duration, noise: &Noise) -> String {
        let level = self.level + 1.2 * self.wave(uptime, 86_400.0) + noise.between(-0.1, 0.1);
        format!("{:.3}", (level * 10.0).round() / 10.0)
    }

    /// The transmitted level, in steps of 0.25 dB.
    pub fn transmitted(self, uptime: Duration) -> String {
        let level = self.level + 0.8 * self.wave(uptime, 43_200.0);
        format!("{:.3}", (level * 4.0).round() / 4.0)
    }

    /// The SNR in the register's steps, or what noise on the cable leaves of it.
    pub fn snr(self, parts: &Parts) -> String {
        let steps = SNR_STEPS.len() as u64;
        let step = (u64::from(self.place) * 5 + 3) % steps + parts.noise.whole(0, 1);
        let step = usize::try_from(step.min(steps - 1)).ok();
        let snr = step.and_then(|step| SNR_STEPS.get(step)).copied().unwrap_or(38.605);
        let drowned = parts.troubles.has(Trouble::DegradedLine) && self.place.is_multiple_of(3);
        format!("{:.3}", if drowned { snr - NOISE } else { snr })
    }

    /// Bytes received on the channel since the box started; beyond 32 bits in the firmware's own words.
    pub fn octets(self, uptime: Duration) -> String {
        let octets = total(uptime, 45_000.0 + 100.0 * f64::from(self.place));
        match octets >> 32 {
            0 => octets.to_string(),
            wraps => format!("{wraps} * 2e32 + {}", octets & u64::from(u32::MAX)),
        }
    }

    /// Codewords repaired since the box started: up to five a minute.
    pub fn corrected(self, uptime: Duration) -> String {
        (uptime.as_secs() / 60 * u64::from(self.place % 6)).to_string()
    }

    fn wave(self, uptime: Duration, period: f64) -> f64 {
        (TAU * uptime.as_secs_f64() / period + f64::from(self.place)).sin()
    }
}

/// A total as `40.25M Bytes`, in powers of 1000.
pub(super) fn in_bytes(total: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "two decimals are printed")]
    let total = total as f64;
    let (scale, letter) = match total {
        t if t >= 1e12 => (1e12, "T"),
        t if t >= 1e9 => (1e9, "G"),
        t if t >= 1e6 => (1e6, "M"),
        t if t >= 1e3 => (1e3, "K"),
        _ => return format!("{total} Bytes"),
    };
    format!("{:.2}{letter} Bytes", total / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_beyond_32_bits_are_printed_as_the_firmware_does() {
        let signal = Signal { place: 0, level: 0.0 };
        assert_eq!(signal.octets(Duration::from_secs(900)), "40500000");
        assert!(signal.octets(Duration::from_secs(1_726_838)).starts_with("18 * 2e32 + "));
    }

    #[test]
    fn totals_never_run_backwards() {
        let totals: Vec<_> = (0..3600).map(|s| total(Duration::from_secs(s), 60_000.0)).collect();
        assert!(totals.is_sorted());
        assert_eq!(in_bytes(40_250_000), "40.25M Bytes");
        assert_eq!(in_bytes(123), "123 Bytes");
    }

    #[test]
    fn levels_move_but_stay_near_home() {
        let noise = Noise::new(1);
        let signal = Signal { place: 3, level: 16.0 };
        for hour in 0..48 {
            let level: f64 = signal.received(Duration::from_secs(hour * 3600), &noise).parse().unwrap();
            assert!((14.0..18.0).contains(&level), "{level}");
        }
    }
}
