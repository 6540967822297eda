//! Telephone lines: how much more noise each direction can bear. Neither direction stands for the other.

use super::evidence::{Evidence, Figure, Group, Row};
use super::policy::XdslScales;
use crate::model::{Readings, Subject, catalog};

pub(super) fn judge(readings: &Readings, scales: &XdslScales, margin: f64) -> Option<Evidence> {
    let directions = [("down", catalog::SNR_MARGIN_DOWN), ("up", catalog::SNR_MARGIN_UP)];
    let groups = directions.map(|(direction, metric)| {
        let scale = scales.snr_margin;
        let row = readings.number(&Subject::Router, metric.row()).and_then(|snr| {
            let says = format!("SNR margin {direction} {snr:.1} dB, {} is good", scale.aim());
            let figure = Figure { marks: scale.judge(snr, margin), kind: direction, says };
            Row::of(String::new(), [Some(figure)])
        });
        Group { rows: row.into_iter().collect(), alone: true }
    });
    Evidence::of(&groups, None)
}
