//! The DOCSIS channels: single carriers, and the wide OFDM and OFDMA ones.

use std::collections::BTreeSet;

use super::pages::{Page, Pages};
use super::wide::counters_are_gone;
use super::wire::Row;
use crate::model::{
    Bytes, Count, Decibel, DecibelMillivolt, Frequency, Item, ItemId, Readings, State, Subject, Text,
    catalog, printed, text,
};

/// One millivolt is 60 dB above one microvolt.
const DBUV_PER_DBMV: f64 = 60.0;
/// Far beyond what a modem can bear to receive, in dBmV.
const TOO_MUCH_DOWN: f64 = 40.0;
/// Far beyond what a modem can send, in dBmV.
const TOO_MUCH_UP: f64 = 75.0;

pub(super) fn line(pages: &Pages, out: &mut Readings) {
    for (page, channels) in
        [(Page::Downstream, catalog::DOWN_CHANNELS), (Page::Upstream, catalog::UP_CHANNELS)]
    {
        // A page without a channel in use says so; one that could not be read says nothing.
        if pages.has(page) && !pages.rows(page).iter().any(is_in_use) {
            out.router().set(channels, Count(0));
        }
    }
    for (id, row) in identified(pages.rows(Page::Downstream)) {
        let channel = out.subject(Subject::Downstream(id.clone()));
        downstream(row, channel);
        own_id(row, &id, channel);
    }
    for (id, row) in identified(pages.rows(Page::Upstream)) {
        let channel = out.subject(Subject::Upstream(id.clone()));
        upstream(row, channel);
        own_id(row, &id, channel);
    }
}

pub(super) fn wide(pages: &Pages, out: &mut Readings) {
    for row in pages.rows(Page::WideDownstream) {
        if let Some(id) = wide_id("ofdm", row.count("receive")).filter(|_| receives(row)) {
            ofdm(row, out.subject(Subject::Downstream(id)));
        }
    }
    for row in pages.rows(Page::WideUpstream) {
        if let Some(id) = wide_id("ofdma", row.count("uschindex")).filter(|_| transmits(row)) {
            ofdma(row, out.subject(Subject::Upstream(id)));
        }
    }
}

/// Each row in use with its channel id, which stays when ports move after a registration. Where there is none, or it
/// is already taken, the port has to do if anything was measured there; `port7` cannot be mistaken for channel 7.
fn identified(rows: &[Row]) -> impl Iterator<Item = (ItemId, &Row)> {
    let mut taken = BTreeSet::new();
    rows.iter().filter(|row| is_in_use(row)).filter_map(move |row| {
        // No channel has the id 0; a row that has it and nothing else is a place without one.
        let is_real = |id: &u64| *id != 0 || was_measured(row);
        let channel = row.count("channelId").filter(is_real).filter(|id| taken.insert(*id));
        let port = || {
            row.count("portId")
                .filter(|_| was_measured(row))
                .and_then(|port| ItemId::new(format!("port{port}")))
        };
        Some((channel.and_then(ItemId::new).or_else(port)?, row))
    })
}

/// What the row calls its channel, where that is not what we call it.
fn own_id(row: &Row, id: &ItemId, channel: &mut Item) {
    if let Some(said) = row.count("channelId").filter(|said| ItemId::new(said).as_ref() != Some(id)) {
        channel.set(catalog::CHANNEL_ID, Count(said));
    }
}

fn is_in_use(row: &Row) -> bool {
    row.count("frequency") != Some(0)
}

fn was_measured(row: &Row) -> bool {
    ["frequency", "signalStrength", "snr"].iter().any(|key| row.number(key).is_some())
}

fn wide_id(kind: &str, index: Option<u64>) -> Option<ItemId> {
    ItemId::new(format!("{kind}{}", index?))
}

fn downstream(row: &Row, channel: &mut Item) {
    single_carrier(row, channel);
    channel
        .set(catalog::CHANNEL_TYPE, State::new("sc_qam"))
        .set(catalog::POWER, level(row, TOO_MUCH_DOWN))
        .set(catalog::MODULATION, row.read("modulation", modulation).map(Text))
        .set(catalog::SNR, row.number("snr").map(Decibel))
        .set(catalog::CHANNEL_RECEIVED, row.count("dsoctets").map(Bytes))
        .set(catalog::CORRECTED, row.count("correcteds").map(Count))
        .set(catalog::UNCORRECTED, row.count("uncorrect").map(Count));
}

fn upstream(row: &Row, channel: &mut Item) {
    single_carrier(row, channel);
    channel
        .set(catalog::CHANNEL_TYPE, row.text("scdmaMode").map(|mode| State::new(mode.to_ascii_lowercase())))
        .set(catalog::POWER, level(row, TOO_MUCH_UP))
        .set(catalog::MODULATION, row.read("modtype", modulation).map(Text))
        .set(catalog::CHANNEL_WIDTH, row.number("bandwidth").map(Frequency));
}

fn single_carrier(row: &Row, channel: &mut Item) {
    channel
        .set(catalog::FREQUENCY, row.number("frequency").map(hertz))
        .set(catalog::PORT_ID, row.count("portId").map(Count));
}

/// A frequency in Hz; the first generation prints MHz, and no channel is that low.
fn hertz(number: f64) -> Frequency {
    Frequency(if number < 10_000.0 { number * 1e6 } else { number })
}

/// A level in dBmV; the first generation prints dBµV. No line carries a level of `most` dBmV, so it tells itself.
fn level(row: &Row, most: f64) -> Option<DecibelMillivolt> {
    let number = row.number("signalStrength")?;
    Some(DecibelMillivolt(if number > most { number - DBUV_PER_DBMV } else { number }))
}

/// The modulation behind the firmware's number, or its text; `None` for numbers that nobody has explained. `QAM256` is
/// what others call `256QAM`.
fn modulation(said: &str) -> Option<String> {
    Some(match said {
        "0" => "16QAM".to_owned(),
        "1" => "64QAM".to_owned(),
        "2" => "256QAM".to_owned(),
        "3" => "1024QAM".to_owned(),
        "4" => "32QAM".to_owned(),
        "5" => "128QAM".to_owned(),
        "6" => "QPSK".to_owned(),
        "QAM_NONE" => return None,
        words if words.strip_prefix("QAM").is_some_and(|order| printed::count(order).is_some()) => {
            format!("{}QAM", words.trim_start_matches("QAM"))
        }
        words if words.contains(|c: char| c.is_ascii_alphabetic()) => text::name(words)?,
        _ => return None,
    })
}

/// What `dsoctets` of an OFDM channel counts is not certain, so it is not shown as bytes.
fn ofdm(row: &Row, channel: &mut Item) {
    let alive = !counters_are_gone(row);
    channel
        .set(catalog::CHANNEL_TYPE, State::new("ofdm"))
        .set(catalog::FREQUENCY, row.number("Subcarr0freqFreq").map(Frequency))
        .set(catalog::FFT, row.text("ffttype").map(Text))
        .set(catalog::POWER, row.number("plcpower").map(DecibelMillivolt))
        .set(catalog::SNR, row.number("SNR").map(Decibel))
        .set(catalog::CORRECTED, row.count("correcteds").filter(|_| alive).map(Count))
        .set(catalog::UNCORRECTED, row.count("uncorrect").filter(|_| alive).map(Count))
        .set(catalog::LOCKED, locked(row));
    if let Some(width) = row.read("occupiedbw", span) {
        channel.set(catalog::CHANNEL_WIDTH, Frequency(width * 1e6));
    }
}

/// How wide `283 ~ 472.95` is.
fn span(said: &str) -> Option<f64> {
    let (from, to) = said.split_once('~')?;
    Some(printed::number(to)? - printed::number(from)?).filter(|width| *width > 0.0)
}

/// An OFDM channel carries traffic only when all three of its parts are locked.
fn locked(row: &Row) -> Option<bool> {
    ["plclock", "ncplock", "mdc1lock"]
        .into_iter()
        .map(|part| row.read(part, printed::truth))
        .try_fold(true, |all, part| Some(all && part?))
}

/// The modem lists all its receivers; one that is not in use says so in every field.
fn receives(row: &Row) -> bool {
    ["ffttype", "Subcarr0freqFreq", "plcpower", "SNR"].iter().any(|key| row.text(key).is_some())
}

fn ofdma(row: &Row, channel: &mut Item) {
    let is_on = |state: &String| ["OPERATE", "ENABLED"].iter().any(|on| state.eq_ignore_ascii_case(on));
    let operates = row.text("state").filter(is_on);
    channel
        .set(catalog::CHANNEL_TYPE, State::new("ofdma"))
        .set(catalog::FREQUENCY, row.number("frequency").map(Frequency))
        .set(catalog::CHANNEL_WIDTH, row.number("channelBw").map(|megahertz| Frequency(megahertz * 1e6)))
        .set(catalog::POWER, row.number("repPower").map(DecibelMillivolt))
        .set(catalog::POWER_1_6, row.number("repPower1_6").map(DecibelMillivolt))
        .set(catalog::FFT, row.text("fftVal").map(Text))
        .set(catalog::LOCKED, operates.map(|_| true));
}

/// The modem lists all its transmitters; the zeros of a disabled one are not measurements.
fn transmits(row: &Row) -> bool {
    row.text("state").is_some_and(|state| !state.eq_ignore_ascii_case("DISABLED"))
        && row.number("channelBw").is_none_or(|width| width > 0.0)
}
