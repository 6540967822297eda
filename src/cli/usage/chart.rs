//! Who used how much, for people: tables with bars.

use comfy_table::{CellAlignment, Table, presets};
use jiff::SignedDuration;
use terminal_size::{Width, terminal_size};

use super::By;
use super::report::{BoxUsage, Report, Share, Used};
use crate::accounting::Amounts;

/// How wide it is where nobody says.
const USUAL_WIDTH: usize = 80;
/// How long a bar is at least and at most.
const BARS: std::ops::RangeInclusive<usize> = 8..=40;
/// A cell from empty to full.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// The columns of the terminal.
pub(super) fn width() -> usize {
    terminal_size().map_or(USUAL_WIDTH, |(Width(columns), _)| columns.into())
}

/// The report, in lines of this width where that is possible.
pub(super) fn of(report: &Report, width: usize) -> String {
    let texts: Vec<String> = match report.by {
        By::Box => in_one(report, width),
        _ => report.boxes.iter().map(|usage| alone(usage, report, width)).collect(),
    };
    texts.join("\n\n")
}

/// A row of a table before it is one.
struct Line {
    name: String,
    used: Used,
}

/// Boxes that are looked at over the same days share a table.
fn in_one(report: &Report, width: usize) -> Vec<String> {
    let mut groups: Vec<Vec<&BoxUsage>> = Vec::new();
    for usage in &report.boxes {
        match groups.iter_mut().find(|group| group.iter().all(|other| days(other) == days(usage))) {
            Some(group) => group.push(usage),
            None => groups.push(vec![usage]),
        }
    }
    let text = |group: Vec<&BoxUsage>| {
        let lines = group.iter().map(|usage| Line { name: usage.name.clone(), used: usage.used });
        let heading = group.first().map(|usage| days(usage)).unwrap_or_default();
        let mut text = format!("{heading}\n{}", table(lines.collect(), None, report.has_peak, width));
        for usage in group {
            let notes = notes(usage, width);
            text.push_str(
                &notes.into_iter().map(|note| format!("\n{}: {note}", usage.name)).collect::<String>(),
            );
        }
        text
    };
    groups.into_iter().map(text).collect()
}

/// A box with its clients or people.
fn alone(usage: &BoxUsage, report: &Report, width: usize) -> String {
    let heading = format!("{}, {}", usage.name, days(usage));
    if usage.parties.is_empty() {
        let whom = if report.by == By::Person { "people" } else { "clients" };
        return format!("{heading}\nnothing is counted by {whom} here");
    }
    let lines = usage.parties.iter().map(|party| Line { name: party.name.clone(), used: party.used });
    let whole = Line { name: "the box".to_owned(), used: usage.used };
    let mut text = format!("{heading}\n{}", table(lines.collect(), Some(whole), report.has_peak, width));
    text.extend(notes(usage, width).into_iter().map(|note| format!("\n{note}")));
    for party in &usage.parties {
        let width = width.saturating_sub(party.name.chars().count() + 2);
        text.extend(party.quota.map(|share| format!("\n{}: {}", party.name, used_share(share, width))));
    }
    text
}

fn days(usage: &BoxUsage) -> String {
    if usage.from == usage.to { usage.from.to_string() } else { format!("{} to {}", usage.from, usage.to) }
}

fn table(mut lines: Vec<Line>, whole: Option<Line>, has_peak: bool, width: usize) -> Table {
    let most = lines.iter().map(|line| line.used.all().total()).max().unwrap_or_default();
    let bars = lines.len();
    lines.extend(whole);
    let columns = fitting(&lines, has_peak, width);
    let mut rows: Vec<Vec<String>> = vec![columns.iter().map(|column| column.title.to_owned()).collect()];
    rows.extend(lines.iter().map(|line| columns.iter().map(|column| (column.cell)(line)).collect()));
    let room = width.saturating_sub(taken(&columns, &lines)).clamp(*BARS.start(), *BARS.end());
    for (place, (row, line)) in rows.iter_mut().skip(1).zip(&lines).enumerate() {
        let total = line.used.all().total();
        row.push(if place < bars { bar(total, most, room) } else { String::new() });
    }
    let mut table = Table::new();
    table.load_preset(presets::UTF8_BORDERS_ONLY);
    let mut rows = rows.into_iter();
    if let Some(mut titles) = rows.next() {
        titles.push(String::new());
        table.set_header(titles);
    }
    table.add_rows(rows);
    for place in 1..columns.len() {
        if let Some(column) = table.column_mut(place) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// What a column shows of a line.
type Cell = fn(&Line) -> String;

/// A column of figures.
struct Column {
    title: &'static str,
    cell: Cell,
}

/// The columns that there is room for beside the shortest bar: all that say something, or the more important ones.
fn fitting(lines: &[Line], has_peak: bool, width: usize) -> Vec<Column> {
    let has_directions = lines.iter().any(|line| line.used.all().received + line.used.all().sent > 0);
    let has_free = lines.iter().any(|line| line.used.free.total() > 0);
    let all = columns(has_directions, has_peak, has_free);
    let choices = [all, columns(false, has_peak, has_free)];
    let fits = |columns: &Vec<Column>| taken(columns, lines) + BARS.start() <= width;
    choices.into_iter().find(fits).unwrap_or_else(|| columns(false, false, false))
}

/// How wide a table is without its bars: the columns, the borders, what is between them, and the blanks around the bar.
fn taken(columns: &[Column], lines: &[Line]) -> usize {
    let widest = |column: &Column| {
        let cells = lines.iter().map(|line| (column.cell)(line).chars().count());
        cells.chain([column.title.chars().count()]).max().unwrap_or_default() + 2
    };
    columns.iter().map(widest).sum::<usize>() + columns.len() + 4
}

fn columns(has_directions: bool, has_peak: bool, has_free: bool) -> Vec<Column> {
    let all: [(bool, &'static str, Cell); 7] = [
        (true, "", |line| line.name.clone()),
        (has_directions, "Received", |line| one_way(line, |all| all.received)),
        (has_directions, "Sent", |line| one_way(line, |all| all.sent)),
        (has_peak, "On-peak", |line| size(line.used.on_peak.total())),
        (has_peak, "Off-peak", |line| size(line.used.off_peak.total())),
        (has_free, "Free", |line| size(line.used.free.total())),
        (true, "Total", |line| size(line.used.all().total())),
    ];
    all.into_iter().filter(|(shown, ..)| *shown).map(|(_, title, cell)| Column { title, cell }).collect()
}

/// One direction, of those that can be told apart.
fn one_way(line: &Line, way: fn(Amounts) -> u64) -> String {
    let all = line.used.all();
    if all.mixed > 0 && all.received + all.sent == 0 { String::new() } else { size(way(all)) }
}

/// What is to be said besides the figures.
fn notes(usage: &BoxUsage, width: usize) -> Vec<String> {
    let quota = usage.quota.map(|share| used_share(share, width));
    let unaccounted = (usage.used.unaccounted > 0).then(|| {
        let seconds = SignedDuration::from_secs(usage.used.unaccounted.try_into().unwrap_or(i64::MAX));
        format!("for {seconds:#} something may have passed that nobody counted")
    });
    quota.into_iter().chain(unaccounted).collect()
}

fn used_share(share: Share, width: usize) -> String {
    let words = format!("{} of {} used, {:.1} %", size(share.used), size(share.limit), share.percent());
    let room = width.saturating_sub(words.chars().count() + 3).clamp(*BARS.start(), *BARS.end());
    let bar = bar(share.used.min(share.limit), share.limit, room);
    format!("▕{bar:<room$}▏ {words}")
}

/// A bar that is as long as `room` for the most.
fn bar(amount: u64, most: u64, room: usize) -> String {
    if most == 0 {
        return String::new();
    }
    let eighths = u128::from(amount) * 8 * room as u128 / u128::from(most);
    let eighths = usize::try_from(eighths).unwrap_or(usize::MAX);
    // What was used at all is not nothing.
    let eighths = eighths.max(usize::from(amount > 0));
    let rest = EIGHTHS.get(eighths % 8).copied().unwrap_or_default();
    "█".repeat(eighths / 8) + rest
}

/// An amount of data, in the unit that fits.
#[expect(clippy::cast_precision_loss, reason = "two decimals are shown")]
fn size(bytes: u64) -> String {
    let scales = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    let amount = bytes as f64;
    let scale = scales.into_iter().find(|(scale, _)| amount >= *scale);
    scale.map_or_else(|| format!("{bytes} B"), |(scale, unit)| format!("{:.2} {unit}", amount / scale))
}
