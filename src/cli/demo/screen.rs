use std::io::{self, IsTerminal as _};

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{ContentArrangement, Table};

use super::pace::Pace;
use crate::cli::print;
use crate::engine::{Availability, BoxView, World};
use crate::model::{Row, Subject, catalog};

/// What the living table shows of each box, where it has it.
static ROWS: [fn() -> &'static Row; 23] = [
    || catalog::WAN.row(),
    || catalog::DOWNLOAD_RATE.row(),
    || catalog::UPLOAD_RATE.row(),
    || catalog::RECEIVED.row(),
    || catalog::SENT.row(),
    || catalog::USAGE_TODAY.row(),
    || catalog::USAGE_CYCLE.row(),
    || catalog::QUOTA_LEFT.row(),
    || catalog::QUOTA_PERCENT.row(),
    || catalog::OPTICAL_RX.row(),
    || catalog::OPERATOR.row(),
    || catalog::NETWORK_TYPE.row(),
    || catalog::RSRP.row(),
    || catalog::SINR.row(),
    || catalog::MONTH_RECEIVED.row(),
    || catalog::DOWN_CHANNELS.row(),
    || catalog::DOWN_SNR_MIN.row(),
    || catalog::DOWN_POWER_MAX.row(),
    || catalog::UP_POWER_MAX.row(),
    || catalog::WORST_CHANNEL.row(),
    || catalog::CLIENTS.row(),
    || catalog::FIRMWARE.row(),
    || catalog::LAST_BOOT.row(),
];

/// Moves the cursor up this many lines and clears what was there.
fn erase(lines: usize) -> String {
    if lines == 0 { String::new() } else { format!("\u{1b}[{lines}A\u{1b}[0J") }
}

/// A table that is drawn over itself in a terminal, and printed once at the end elsewhere.
pub(super) struct Screen {
    pace: Pace,
    living: bool,
    drawn: usize,
}

impl Screen {
    pub(super) fn new(pace: Pace) -> Self {
        Self { pace, living: io::stdout().is_terminal(), drawn: 0 }
    }

    /// Shows the present state, in a terminal.
    pub(super) fn show(&mut self, world: &World) -> io::Result<()> {
        if !self.living {
            return Ok(());
        }
        let table = self.table(world);
        print::result(&format!("{}{table}", erase(self.drawn)))?;
        self.drawn = table.lines().count();
        Ok(())
    }

    /// Shows the last state, wherever it goes.
    pub(super) fn last(&mut self, world: &World) -> io::Result<()> {
        if self.living { self.show(world) } else { print::result(&self.table(world)) }
    }
}

impl Screen {
    fn table(&self, world: &World) -> String {
        let table = table(world);
        if self.pace.is_fast() { format!("{}\n{table}", self.pace.date()) } else { table }
    }
}

fn table(world: &World) -> String {
    let mut table = Table::new();
    table.load_preset(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    let names = world.boxes().map(|view| view.about.name.clone());
    table.set_header(std::iter::once(String::new()).chain(names));
    table.add_row(std::iter::once("Box".to_owned()).chain(world.boxes().map(availability)));
    for row in ROWS.iter().map(|row| row()) {
        let cells: Vec<String> = world.boxes().map(|view| cell(view, row)).collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            table.add_row(std::iter::once(row.name.to_owned()).chain(cells));
        }
    }
    table.to_string()
}

fn availability(view: &BoxView) -> String {
    match (view.availability, &view.problem) {
        (Availability::Online { .. }, None) => "online".to_owned(),
        (Availability::Online { .. }, Some(problem)) => format!("online, but {}", problem.summary),
        (Availability::Unknown, _) => "…".to_owned(),
        (Availability::Offline { .. }, problem) => {
            problem.as_ref().map_or("offline".to_owned(), |problem| problem.summary.clone())
        }
    }
}

fn cell(view: &BoxView, row: &'static Row) -> String {
    let Some(value) = view.value(&Subject::Router, row) else {
        return String::new();
    };
    let shown = match row.show(Some(value)) {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    match row.unit.symbol() {
        Some(symbol) => format!("{shown} {symbol}"),
        None => shown,
    }
}
