//! The mobile network: levels, cell, operator, SIM card.

use super::pages::{Page, Pages};
use super::sections::{battery, flag};
use super::xml::Element;
use crate::model::{Count, Decibel, DecibelMilliwatt, Item, State, Text, catalog, printed, text};

pub(super) fn line(pages: &Pages, out: &mut Item) {
    if let Some(signal) = pages.get(Page::Signal) {
        levels(signal, out);
        cell(signal, out);
    }
    let status = pages.get(Page::Status);
    let bars = status.and_then(|status| status.count("SignalIcon").or_else(|| status.count("SignalIconNr")));
    out.set(catalog::SIGNAL_LEVEL, bars.filter(|bars| *bars <= 5).map(Count))
        .set(catalog::NETWORK_TYPE, generation(pages).map(Text::new))
        .set(catalog::ROAMING, status.and_then(|status| flag(status, "RoamingStatus")))
        .set(catalog::SIM_STATE, sim(pages).map(State::new));
    if let Some(charge) = status.and_then(battery) {
        out.set(catalog::BATTERY, charge);
    }
    operator(pages, out);
}

/// With 5G beside LTE the plain fields are those of LTE; a box on 5G alone leaves them empty.
fn levels(signal: &Element, out: &mut Item) {
    let power = |name| signal.read_with(name, |said| level(said, "dBm")).filter(|power| *power < 0.0);
    let ratio = |name| signal.read_with(name, |said| level(said, "dB"));
    out.set(catalog::RSRP, power("rsrp").map(DecibelMilliwatt))
        .set(catalog::RSRQ, ratio("rsrq").map(Decibel))
        .set(catalog::RSSI, power("rssi").map(DecibelMilliwatt))
        .set(catalog::SINR, ratio("sinr").map(Decibel));
    if signal.all("nrrsrp").next().is_some() {
        out.set(catalog::NR_RSRP, power("nrrsrp").map(DecibelMilliwatt))
            .set(catalog::NR_RSRQ, ratio("nrrsrq").map(Decibel))
            .set(catalog::NR_RSSI, power("nrrssi").map(DecibelMilliwatt))
            .set(catalog::NR_SINR, ratio("nrsinr").map(Decibel));
    }
}

/// A level, or the end of its scale. A bare zero is what some firmwares print when they measured nothing.
fn level(said: &str, unit: &str) -> Option<f64> {
    printed::clamped(said, unit).filter(|_| said.trim() != "0")
}

fn cell(signal: &Element, out: &mut Item) {
    let cell = signal.text("cell_id").map(|id| id.trim_start_matches('0')).filter(|id| !id.is_empty());
    out.set(catalog::CELL_ID, cell.map(Text::new))
        .set(catalog::PCI, signal.text("pci").map(Text::new))
        .set(catalog::BAND, band(signal));
}

/// LTE bands come as a bare number, those of 5G with their letter, or within a description.
fn band(signal: &Element) -> Option<Text> {
    let band = signal.text("bandInfo").or_else(|| signal.text("band"))?;
    let is_number = band.bytes().all(|b| b.is_ascii_digit());
    Some(if is_number { Text(format!("B{band}")) } else { Text::new(band) })
}

/// What the status says of a modem that a network serves.
const IN_SERVICE: i64 = 2;

/// What the status says, or else what the modem measures.
fn generation(pages: &Pages) -> Option<&'static str> {
    let measured = || match pages.get(Page::Signal)?.integer("mode")? {
        0 => Some("2G"),
        2 => Some("3G"),
        7 => Some("4G"),
        12 => Some("5G"),
        _ => None,
    };
    pages.get(Page::Status).and_then(network_type).or_else(measured)
}

/// The generation, with the steps of 3G by their names. Two fields say it; the newer one is finer.
pub(super) fn network_type(status: &Element) -> Option<&'static str> {
    // Without service, the last network is still there.
    if status.integer("ServiceStatus").is_some_and(|service| service != IN_SERVICE) {
        return None;
    }
    let newer = status.integer("CurrentNetworkTypeEx").and_then(|code| {
        Some(match code {
            1 => "GSM",
            2 => "GPRS",
            3 => "EDGE",
            41 => "WCDMA",
            42 => "HSDPA",
            43 => "HSUPA",
            44 => "HSPA",
            45 => "HSPA+",
            46 => "DC-HSPA+",
            101 => "4G",
            1011 => "4G+",
            111 => "5G",
            _ => return None,
        })
    });
    newer.or_else(|| {
        Some(match status.integer("CurrentNetworkType")? {
            1 => "GSM",
            2 => "GPRS",
            3 => "EDGE",
            4 => "WCDMA",
            5 => "HSDPA",
            6 => "HSUPA",
            7 => "HSPA",
            8 => "TD-SCDMA",
            9 | 17 | 18 => "HSPA+",
            19 => "4G",
            _ => return None,
        })
    })
}

/// One endpoint tells whether the card waits for its PIN, the other only whether it works.
fn sim(pages: &Pages) -> Option<&'static str> {
    let exact = pages.get(Page::Sim).and_then(|said| said.integer("SimState"));
    let exact = exact.and_then(|state| match state {
        255 => Some("absent"),
        256 => Some("error"),
        257 | 258 => Some("ready"),
        260 => Some("pin_required"),
        261 => Some("puk_required"),
        _ => None,
    });
    exact.or_else(|| match pages.get(Page::Status)?.integer("SimStatus")? {
        0 | 255 => Some("absent"),
        1..=3 => Some("ready"),
        4 => Some("error"),
        _ => None,
    })
}

fn operator(pages: &Pages, out: &mut Item) {
    let plmn = pages.get(Page::Plmn);
    let names = ["FullName", "ShortName", "Spn"];
    let name = plmn.and_then(|plmn| names.iter().find_map(|name| plmn.read_with(name, text::name)));
    let number = plmn.and_then(|plmn| plmn.text("Numeric"));
    let number = number.or_else(|| pages.get(Page::Signal)?.text("plmn"));
    out.set(catalog::OPERATOR, name.map(Text)).set(catalog::PLMN, number.map(Text::new));
}
