use comfy_table::{CellAlignment, Table, presets};
use serde_json::Value as Json;

use crate::model::{Identity, Item, Readings, Snapshot, Subject};

/// What was seen, for people: what the box is, then a row per reading.
pub(super) fn of(seen: &Snapshot) -> String {
    let mut text = heading(&seen.identity);
    text.push_str(&readings(seen).to_string());
    for (section, outcome) in seen.sections() {
        if let Err(fault) = outcome {
            text.push_str(&format!("\n{} could not be read: {fault}", section.name()));
        }
    }
    for right in &seen.missing_rights {
        text.push_str(&format!("\nthe box does not grant the right '{right}'"));
    }
    text
}

fn heading(identity: &Identity) -> String {
    let mac = identity.mac.map(|mac| mac.to_string());
    let known = [
        ("manufacturer", &identity.manufacturer),
        ("model", &identity.model),
        ("serial", &identity.serial),
        ("firmware", &identity.firmware),
        ("hardware", &identity.hardware),
        ("mac", &mac),
    ];
    known.iter().filter_map(|(name, value)| Some(format!("{name}: {}\n", value.as_ref()?))).collect()
}

fn readings(seen: &Snapshot) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_BORDERS_ONLY).set_header(["Subject", "Metric", "Value", "Unit"]);
    for (subject, item) in seen.sections().filter_map(|(_, outcome)| outcome.ok()).flat_map(in_order) {
        let name = item.label.clone().unwrap_or_else(|| called(subject));
        for (row, value) in item.iter() {
            let shown = match row.show(value) {
                Json::Null => "unknown".to_owned(),
                Json::String(text) => text,
                other => other.to_string(),
            };
            let unit = row.unit.symbol().unwrap_or_default();
            table.add_row([name.as_str(), row.name, shown.as_str(), unit]);
        }
    }
    if let Some(column) = table.column_mut(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// As people count: the second channel comes before the tenth.
fn in_order(readings: &Readings) -> Vec<(&Subject, &Item)> {
    let mut all: Vec<_> = readings.iter().collect();
    all.sort_by_cached_key(|(subject, _)| {
        let id = subject.id();
        (subject.kind(), id.parse::<u64>().unwrap_or(u64::MAX), id)
    });
    all
}

fn called(subject: &Subject) -> String {
    format!("{} {}", subject.kind().noun(), subject.id()).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::probe::tests::seen;
    use super::*;
    use crate::model::{Bytes, Decibel, Fault, ItemId, Section, catalog};

    #[test]
    fn the_second_channel_comes_before_the_tenth() {
        let mut readings = Readings::default();
        for id in ["10", "2", "ofdm1", "1"] {
            readings.subject(Subject::Downstream(ItemId::new(id).unwrap())).set(catalog::SNR, Decibel(40.0));
        }
        readings.router().set(catalog::RECEIVED, Bytes(1));
        let order: Vec<_> = in_order(&readings).into_iter().map(|(subject, _)| subject.to_string()).collect();
        assert_eq!(order, ["router", "down_1", "down_2", "down_10", "down_ofdm1"]);
    }

    #[test]
    fn a_table_names_everything_as_people_do() {
        let mut seen = seen();
        seen.failed(Section::Wifi, Fault::MissingRight("wifi".into()));
        insta::assert_snapshot!(of(&seen), @r"
        model: Model 1
        firmware: 1.2
        ┌─────────────────────────────────────┐
        │ Subject   Metric       Value   Unit │
        ╞═════════════════════════════════════╡
        │ Router    Received       1.5   GB   │
        │ Router    WAN        unknown        │
        │ Nine      SNR           40.9   dB   │
        └─────────────────────────────────────┘
        wifi could not be read: the box does not grant the right 'wifi'
        ");
    }
}
