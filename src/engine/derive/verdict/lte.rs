//! Mobile networks: strength, quality and noise. They stand for each other: a weak signal may be a clean one.

use super::evidence::{Evidence, Figure, Group, Row};
use super::policy::LteScales;
use crate::model::{Readings, Row as MetricRow, Subject, catalog};

pub(super) fn judge(readings: &Readings, scales: &LteScales, margin: f64) -> Option<Evidence> {
    let figures = [
        (catalog::RSRP.row(), scales.rsrp),
        (catalog::RSRQ.row(), scales.rsrq),
        (catalog::SINR.row(), scales.sinr),
    ];
    let row = |(metric, scale): (&'static MetricRow, super::Scale)| {
        let figure = readings.number(&Subject::Router, metric)?;
        let unit = scale.unit();
        let says = format!("{} {figure:.1} {unit}, {} is good", metric.name, scale.aim());
        let figure = Figure { marks: scale.judge(figure, margin), kind: metric.name, says };
        Row::of(String::new(), [Some(figure)])
    };
    let rows: Vec<_> = figures.into_iter().filter_map(row).collect();
    let alone = rows.len() == 1;
    Evidence::of(&[Group { rows, alone }], None)
}
