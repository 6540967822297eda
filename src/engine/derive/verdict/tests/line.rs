//! From snapshots to what is told.

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::super::{Circumstances, Grade, LinePolicy, LineQuality};
use super::figures::{channel, down, mobile};
use crate::model::{Count, Decibel, Metric, Section, Snapshot, Subject, catalog};

#[derive(Default)]
struct Line {
    quality: LineQuality,
    media: Option<&'static str>,
}

impl Line {
    /// What is told after these sections were read.
    fn sees(&mut self, fill: impl FnOnce(&mut Snapshot)) -> Snapshot {
        let mut seen = Snapshot::new(Timestamp::UNIX_EPOCH);
        fill(&mut seen);
        let about = Circumstances { media: self.media, booted: None };
        self.quality.observe(&mut seen, about, &LinePolicy::default());
        seen
    }
}

fn told<Q>(seen: &Snapshot, metric: Metric<Q>) -> Json {
    metric.row().show(seen.get(&Subject::Router, metric))
}

fn cable(snr: f64, uncorrected: u64) -> impl Fn(&mut Snapshot) {
    move |seen| {
        for id in 1..=4 {
            let item = seen.section(Section::Line).subject(down(id));
            channel(item, "sc_qam", "256QAM");
            item.set(catalog::SNR, Decibel(snr));
            item.set(catalog::CORRECTED, Count(uncorrected)).set(catalog::UNCORRECTED, Count(uncorrected));
        }
    }
}

fn wide(snr: f64) -> impl Fn(&mut Snapshot) {
    move |seen| {
        let item = seen.section(Section::WideChannels).subject(down(100));
        channel(item, "ofdm", "");
        item.set(catalog::SNR, Decibel(snr));
    }
}

fn lte(seen: &mut Snapshot) {
    *seen.section(Section::Line) = mobile([Some(-125.0), Some(-21.0), Some(-3.0)]);
}

#[test]
fn the_words_are_those_of_the_catalog() {
    let words = [Grade::Good, Grade::Tolerable, Grade::Marginal, Grade::Critical].map(Grade::word);
    for metric in
        [catalog::LINE_QUALITY, catalog::DOCSIS_QUALITY, catalog::LTE_QUALITY, catalog::XDSL_QUALITY]
    {
        assert_eq!(metric.row().options, words);
    }
}

#[test]
fn a_line_without_figures_has_no_verdict() {
    let seen = Line::default().sees(|seen| {
        seen.section(Section::Line).router().set(catalog::OPTICAL_LINK, true);
    });
    assert_eq!(told(&seen, catalog::LINE_QUALITY), Json::Null);
    assert_eq!(
        Line::default().sees(|_| {}),
        Snapshot::new(Timestamp::UNIX_EPOCH),
        "nothing read, nothing said"
    );
}

#[test]
fn a_bad_line_is_told_with_its_reason() {
    let mut line = Line::default();
    assert_eq!(told(&line.sees(cable(38.0, 0)), catalog::LINE_QUALITY), json!("good"));
    line.sees(cable(20.0, 0));
    line.sees(cable(20.0, 0));
    let seen = line.sees(cable(20.0, 0));
    assert_eq!(told(&seen, catalog::LINE_QUALITY), json!("critical"));
    assert_eq!(told(&seen, catalog::DOCSIS_QUALITY), json!("critical"));
    let why = told(&seen, catalog::LINE_QUALITY_REASON);
    assert!(why.as_str().unwrap().ends_with("; 4 of 4 channels"), "{why}");
    line.quality.forget(Section::Line);
    assert_eq!(
        told(&line.sees(cable(20.0, 0)), catalog::LINE_QUALITY),
        Json::Null,
        "all that is left is one reading"
    );
}

#[test]
fn codewords_that_are_lost_again_and_again_make_a_bad_line() {
    let mut line = Line::default();
    for reading in 0..=4 {
        let seen = line.sees(cable(38.0, 1000 * reading));
        let expected = if reading < 3 { "good" } else { "critical" };
        assert_eq!(told(&seen, catalog::LINE_QUALITY), json!(expected), "reading {reading}");
    }
}

#[test]
fn wide_channels_are_judged_when_they_are_read_and_never_alone() {
    let mut line = Line::default();
    let both = |seen: &mut Snapshot| {
        cable(38.0, 0)(seen);
        wide(5.0)(seen);
    };
    line.sees(both);
    for _ in 0..10 {
        let seen = line.sees(cable(38.0, 0));
        assert_eq!(told(&seen, catalog::LINE_QUALITY), json!("good"), "one reading, however long ago");
    }
    line.sees(both);
    let seen = line.sees(both);
    assert_eq!(told(&seen, catalog::LINE_QUALITY), json!("tolerable"));
    assert!(told(&seen, catalog::LINE_QUALITY_REASON).as_str().unwrap().contains("OFDM needs 27 dB"));
}

#[test]
fn only_the_technology_in_use_decides() {
    for (media, expected) in
        [(Some("xdsl"), Json::Null), (Some("backup_4g"), json!("critical")), (None, json!("critical"))]
    {
        let mut line = Line { media, ..Line::default() };
        line.sees(lte);
        line.sees(lte);
        let seen = line.sees(lte);
        assert_eq!(told(&seen, catalog::LINE_QUALITY), expected, "{media:?}");
        assert_eq!(told(&seen, catalog::LTE_QUALITY), json!("critical"));
    }
}
