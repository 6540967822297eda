//! Which figure gets which word, by modulation and direction; and that a better figure never makes a worse verdict.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::evidence::Evidence;
use super::super::grade::Grade::{self, Critical, Good, Marginal, Tolerable};
use super::super::{LinePolicy, docsis, lte, xdsl};
use crate::model::{
    Decibel, DecibelMillivolt, DecibelMilliwatt, Frequency, Item, ItemId, Readings, State, Subject, Text,
    catalog,
};

/// The margin of the firm grade in these tests.
const MARGIN: f64 = 0.5;

pub(super) fn down(id: u32) -> Subject {
    Subject::Downstream(ItemId::new(id).unwrap())
}

fn up(id: u32) -> Subject {
    Subject::Upstream(ItemId::new(id).unwrap())
}

pub(super) fn channel(item: &mut Item, kind: &str, modulation: &str) {
    item.set(catalog::CHANNEL_TYPE, State::new(kind)).set(catalog::MODULATION, Text::new(modulation));
}

fn cable(readings: &Readings, lost: &BTreeMap<Subject, f64>) -> Option<Evidence> {
    let scales = &LinePolicy::default().docsis;
    docsis::Judge { scales, margin: MARGIN, lost, in_company: false }.judge(readings)
}

fn grade(readings: &Readings) -> Option<Grade> {
    cable(readings, &BTreeMap::new()).map(|evidence| evidence.marks.plain)
}

fn one(subject: Subject, fill: impl FnOnce(&mut Item)) -> Option<Grade> {
    let mut readings = Readings::default();
    fill(readings.subject(subject));
    grade(&readings)
}

#[test]
fn snr_is_judged_by_modulation() {
    let table: [(&str, &str, [f64; 4]); 5] = [
        ("sc_qam", "64QAM", [27.0, 25.0, 23.0, 22.9]),
        ("sc_qam", "256QAM", [33.0, 31.0, 30.0, 29.9]),
        ("sc_qam", "1024QAM", [39.0, 37.0, 36.0, 35.9]),
        ("sc_qam", "4096QAM", [40.0, 38.0, 36.0, 35.9]),
        ("ofdm", "4096QAM", [27.0, 25.5, 24.5, 24.4]),
    ];
    for (kind, modulation, figures) in table {
        for (snr, word) in figures.into_iter().zip([Good, Tolerable, Marginal, Critical]) {
            let judged = one(down(1), |item| {
                channel(item, kind, modulation);
                item.set(catalog::SNR, Decibel(snr));
            });
            assert_eq!(judged, Some(word), "{modulation} at {snr} dB");
        }
    }
}

#[test]
fn the_snr_of_a_modulation_that_nobody_knows_is_no_evidence() {
    for modulation in ["16QAM", "QPSK", "something"] {
        let judged = one(down(1), |item| {
            channel(item, "sc_qam", modulation);
            item.set(catalog::SNR, Decibel(10.0));
        });
        assert_eq!(judged, None, "{modulation}");
    }
}

#[test]
fn levels_are_judged_by_direction_and_kind() {
    let downstream = [
        ("sc_qam", 7.0, Good),
        ("sc_qam", -7.0, Good),
        ("sc_qam", 7.1, Tolerable),
        ("sc_qam", -10.1, Marginal),
        ("sc_qam", 15.1, Critical),
        ("sc_qam", -15.1, Critical),
        ("ofdm", 12.0, Good),
        ("ofdm", -15.0, Tolerable),
        ("ofdm", 15.1, Critical),
    ];
    for (kind, level, word) in downstream {
        let judged = one(down(1), |item| {
            channel(item, kind, "256QAM");
            item.set(catalog::POWER, DecibelMillivolt(level));
        });
        assert_eq!(judged, Some(word), "{kind} down at {level}");
    }
    let upstream = [
        ("atdma", 49.0, Good),
        ("atdma", 51.0, Tolerable),
        ("atdma", 53.0, Marginal),
        ("tdma", 53.1, Critical),
        ("atdma", 20.0, Good),
        ("ofdma", 47.0, Good),
        ("ofdma", 48.0, Tolerable),
        ("ofdma", 50.0, Marginal),
        ("ofdma", 50.1, Critical),
    ];
    for (kind, level, word) in upstream {
        let judged = one(up(1), |item| {
            item.set(catalog::CHANNEL_TYPE, State::new(kind));
            let metric = if kind == "ofdma" { catalog::POWER_1_6 } else { catalog::POWER };
            item.set(metric, DecibelMillivolt(level));
        });
        assert_eq!(judged, Some(word), "{kind} up at {level}");
    }
}

#[test]
fn the_level_of_a_whole_ofdma_channel_compares_with_nothing() {
    let judged = one(up(1), |item| {
        item.set(catalog::CHANNEL_TYPE, State::new("ofdma")).set(catalog::POWER, DecibelMillivolt(58.0));
    });
    assert_eq!(judged, None);
}

#[test]
fn an_upstream_modulation_that_fell_back_shows_noise() {
    let table = [
        ("atdma", "128QAM", Some(Good)),
        ("atdma", "64QAM", Some(Good)),
        ("atdma", "32QAM", Some(Tolerable)),
        ("scdma", "16QAM", Some(Marginal)),
        ("atdma", "QPSK", Some(Critical)),
        ("tdma", "QPSK", None),
        ("ofdma", "QPSK", None),
    ];
    for (kind, modulation, word) in table {
        assert_eq!(one(up(1), |item| channel(item, kind, modulation)), word, "{kind} {modulation}");
    }
}

#[test]
fn a_level_outside_every_table_is_not_critical_while_the_snr_is_good() {
    let judged = |snr: f64| {
        one(down(1), |item| {
            channel(item, "sc_qam", "256QAM");
            item.set(catalog::POWER, DecibelMillivolt(17.4)).set(catalog::SNR, Decibel(snr));
        })
    };
    assert_eq!((judged(40.0), judged(32.9)), (Some(Marginal), Some(Critical)));
}

#[test]
fn lost_codewords_are_judged_by_their_share() {
    for (share, word) in [(1.0, Good), (3.0, Tolerable), (10.0, Marginal), (10.1, Critical)] {
        let mut readings = Readings::default();
        readings.subject(down(1));
        let judged = cable(&readings, &[(down(1), share)].into());
        assert_eq!(judged.map(|evidence| evidence.marks.plain), Some(word), "{share} %");
    }
}

#[test]
fn one_bad_channel_among_many_is_tolerable_and_two_are_not() {
    let line = |bad: u32| {
        let mut readings = Readings::default();
        for id in 1..=24 {
            let item = readings.subject(down(id));
            channel(item, "sc_qam", "256QAM");
            item.set(catalog::SNR, Decibel(if id <= bad { 20.0 } else { 38.0 }));
        }
        grade(&readings)
    };
    assert_eq!([line(0), line(1), line(2)], [Some(Good), Some(Tolerable), Some(Critical)]);
}

#[test]
fn a_channel_that_says_nothing_or_is_not_locked_is_no_evidence_but_it_is_there() {
    let mut readings = Readings::default();
    readings.subject(down(1)).set(catalog::SNR, None).set(catalog::MODULATION, Text::new("256QAM"));
    assert_eq!(grade(&readings), None);
    let item = readings.subject(down(2));
    channel(item, "ofdm", "4096QAM");
    item.set(catalog::SNR, Decibel(1.0)).set(catalog::LOCKED, false);
    assert_eq!(grade(&readings), None);
    let item = readings.subject(down(3));
    channel(item, "sc_qam", "256QAM");
    item.set(catalog::SNR, Decibel(1.0));
    assert_eq!(grade(&readings), Some(Tolerable));
}

#[test]
fn the_reason_names_the_worst_and_counts_them() {
    let mut readings = Readings::default();
    for (id, snr) in (1..=24).map(|id| (id, if id == 14 { 29.1 } else { 38.0 })).chain([(20, 32.0)]) {
        let item = readings.subject(down(id));
        channel(item, "sc_qam", "256QAM");
        item.set(catalog::FREQUENCY, Frequency(449e6 + 8e6 * f64::from(id))).set(catalog::SNR, Decibel(snr));
    }
    let reason = cable(&readings, &BTreeMap::new()).unwrap().reason.unwrap();
    assert_eq!(
        reason.text,
        "downstream 14 at 561 MHz: SNR 29.1 dB, 256QAM needs 33 dB; \
         downstream 20 at 609 MHz: SNR 32.0 dB, 256QAM needs 33 dB; 2 of 24 channels"
    );
    for id in 1..=24 {
        readings.subject(down(id)).set(catalog::SNR, Decibel(10.0));
    }
    let reason = cable(&readings, &BTreeMap::new()).unwrap().reason.unwrap();
    assert!(
        reason.text.chars().count() <= 255 && reason.text.ends_with("24 of 24 channels"),
        "{}",
        reason.text
    );
}

pub(super) fn mobile([rsrp, rsrq, sinr]: [Option<f64>; 3]) -> Readings {
    let mut readings = Readings::default();
    readings
        .router()
        .set(catalog::RSRP, rsrp.map(DecibelMilliwatt))
        .set(catalog::RSRQ, rsrq.map(Decibel))
        .set(catalog::SINR, sinr.map(Decibel));
    readings
}

fn received(figures: [Option<f64>; 3]) -> Option<Evidence> {
    lte::judge(&mobile(figures), &LinePolicy::default().lte, MARGIN)
}

#[test]
fn mobile_figures_have_their_bounds() {
    let words = [Good, Tolerable, Marginal, Critical];
    let table = [[-90.0, -100.0, -110.0, -110.1], [-10.0, -15.0, -20.0, -20.1], [10.0, 5.0, 0.0, -0.1]];
    for (place, figures) in table.into_iter().enumerate() {
        for (figure, word) in figures.into_iter().zip(words) {
            let mut alone = [None; 3];
            alone[place] = Some(figure);
            assert_eq!(received(alone).unwrap().marks.plain, word, "{alone:?}");
        }
    }
    assert_eq!(received([None; 3]), None);
}

#[test]
fn mobile_figures_stand_for_each_other() {
    let grade = |rsrp, rsrq, sinr| received([Some(rsrp), Some(rsrq), Some(sinr)]).unwrap().marks.plain;
    assert_eq!(grade(-115.0, -9.0, 15.0), Tolerable, "weak, but clean");
    assert_eq!(grade(-115.0, -9.0, 2.0), Marginal);
    let said = received([Some(-105.0), Some(-9.0), Some(6.0)]).unwrap().reason.unwrap().text;
    assert_eq!(said, "RSRP -105.0 dBm, -90 dBm is good; SINR 6.0 dB, 10 dB is good");
}

fn telephone(margins: [Option<f64>; 2]) -> Option<Evidence> {
    let mut readings = Readings::default();
    let [down, up] = margins.map(|margin| margin.map(Decibel));
    readings.router().set(catalog::SNR_MARGIN_DOWN, down).set(catalog::SNR_MARGIN_UP, up);
    xdsl::judge(&readings, &LinePolicy::default().xdsl, MARGIN)
}

#[test]
fn each_direction_of_a_telephone_line_counts() {
    for (margin, word) in [(6.0, Good), (4.0, Tolerable), (2.0, Marginal), (1.9, Critical)] {
        for margins in [[Some(margin), Some(12.0)], [Some(12.0), Some(margin)], [Some(margin), None]] {
            assert_eq!(telephone(margins).unwrap().marks.plain, word, "{margins:?}");
        }
    }
    assert_eq!(telephone([None; 2]), None);
    let said = telephone([Some(3.5), Some(12.0)]).unwrap().reason.unwrap().text;
    assert_eq!(said, "SNR margin down 3.5 dB, 6 dB is good");
}

fn is_no_better(worse: Option<Evidence>, better: Option<Evidence>) -> Result<(), TestCaseError> {
    let (worse, better) = (worse.unwrap().marks, better.unwrap().marks);
    prop_assert!(better.plain <= worse.plain && better.firm <= worse.firm, "{better:?} after {worse:?}");
    prop_assert!(worse.plain <= worse.firm, "{worse:?}");
    Ok(())
}

/// Channels as SNR, level and share of lost codewords.
fn cable_of(channels: &[(f64, f64, f64)]) -> Option<Evidence> {
    let (mut readings, mut lost) = (Readings::default(), BTreeMap::new());
    for (id, (snr, level, share)) in (1..).zip(channels) {
        let item = readings.subject(down(id));
        channel(item, "sc_qam", "256QAM");
        item.set(catalog::SNR, Decibel(*snr)).set(catalog::POWER, DecibelMillivolt(*level));
        readings.subject(up(id)).set(catalog::POWER, DecibelMillivolt(level.abs() * 3.0));
        lost.insert(down(id), *share);
    }
    cable(&readings, &lost)
}

proptest! {
    #[test]
    fn a_better_channel_never_makes_a_worse_line(
        channels in proptest::collection::vec((20.0..45.0_f64, -20.0..20.0_f64, 0.0..20.0_f64), 1..6),
        which: proptest::sample::Index,
        snr in 0.0..10.0_f64, nearer in 0.0..1.0_f64, fewer in 0.0..1.0_f64,
    ) {
        let mut better = channels.clone();
        let one = &mut better[which.index(channels.len())];
        *one = (one.0 + snr, one.1 * nearer, one.2 * fewer);
        is_no_better(cable_of(&channels), cable_of(&better))?;
    }

    #[test]
    fn a_better_signal_never_makes_a_worse_network(
        figures in [-130.0..-60.0_f64, -30.0..0.0_f64, -10.0..30.0_f64], which in 0..3_usize, by in 0.0..30.0_f64,
    ) {
        let mut better = figures;
        better[which] += by;
        is_no_better(received(figures.map(Some)), received(better.map(Some)))?;
    }

    #[test]
    fn a_wider_margin_never_makes_a_worse_telephone_line(
        margins in [-5.0..20.0_f64, -5.0..20.0_f64], which in 0..2_usize, by in 0.0..10.0_f64,
    ) {
        let mut better = margins;
        better[which] += by;
        is_no_better(telephone(margins.map(Some)), telephone(better.map(Some)))?;
    }
}
