use std::fs;
use std::io;
use std::path::Path;

use super::file;
use super::name::TOTAL;
use super::row::Row;
use crate::engine;

/// What each user came to in a month, and the household.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    name: String,
    row: Row,
}

/// Writes what each user came to in the month of this folder, the heaviest first, for programs and for people. Does nothing where no user
/// has rows.
///
/// # Errors
/// When the disk refuses; the last summary is still there then.
pub(super) fn write(folder: &Path) -> io::Result<()> {
    let lines = lines(folder);
    if lines.is_empty() {
        return Ok(());
    }
    engine::replace(&folder.join("summary.csv"), csv(&lines).as_bytes())?;
    engine::replace(&folder.join("summary.txt"), text(&lines).as_bytes())
}

fn lines(folder: &Path) -> Vec<Line> {
    let files = fs::read_dir(folder.join("users")).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut lines: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|kind| kind == "csv"))
        .filter_map(|path| {
            Some(Line { name: path.file_stem()?.to_str()?.to_owned(), row: file::last(&path)? })
        })
        .collect();
    lines.sort_by(|one, other| {
        let order = |line: &Line| (line.name == TOTAL, std::cmp::Reverse(line.row.month()));
        order(one).cmp(&order(other)).then_with(|| one.name.cmp(&other.name))
    });
    lines
}

fn csv(lines: &[Line]) -> String {
    let mut text = String::from("Name, Total, On-Peak, Off-Peak\n");
    for Line { name, row } in lines {
        text.push_str(&format!("{name}, {}, {}, {}\n", row.month(), row.on_peak, row.off_peak));
    }
    text
}

fn text(lines: &[Line]) -> String {
    let width = lines.iter().map(|line| line.name.chars().count()).max().unwrap_or_default().max(4);
    let mut text = format!("{:width$}  {:>12}  {:>20}  {:>20}\n", "Name", "Total", "On-Peak", "Off-Peak");
    for Line { name, row } in lines {
        let share = |part: u64| format!("{} ({:3} %)", gigabytes(part), percent(part, row.month()));
        let (on, off) = (share(row.on_peak), share(row.off_peak));
        text.push_str(&format!("{name:width$}  {:>12}  {on:>20}  {off:>20}\n", gigabytes(row.month())));
    }
    text
}

/// Three decimals, cut off: nothing is more than it was.
fn gigabytes(bytes: u64) -> String {
    format!("{}.{:03} GB", bytes / 1_000_000_000, bytes / 1_000_000 % 1000)
}

/// Rounded to whole ones.
fn percent(part: u64, of: u64) -> u128 {
    let of = u128::from(of.max(1));
    (u128::from(part) * 200 + of) / (2 * of)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn the_heaviest_user_stands_first_and_the_household_last() {
        let home = tempfile::tempdir().unwrap();
        for (name, on_peak, off_peak) in [
            ("Alice", 1_000_000_000, 500_000_000),
            ("Bob", 3_000_000_000, 0),
            ("TOTAL", 4_000_000_000, 500_000_000),
        ] {
            let row = Row { time: Timestamp::UNIX_EPOCH, total: 0, delta: 0, on_peak, off_peak };
            file::append(&home.path().join(format!("users/{name}.csv")), &row).unwrap();
        }
        write(home.path()).unwrap();
        let csv = fs::read_to_string(home.path().join("summary.csv")).unwrap();
        assert_eq!(
            csv,
            "Name, Total, On-Peak, Off-Peak\nBob, 3000000000, 3000000000, 0\n\
             Alice, 1500000000, 1000000000, 500000000\nTOTAL, 4500000000, 4000000000, 500000000\n"
        );
        insta::assert_snapshot!(fs::read_to_string(home.path().join("summary.txt")).unwrap(), @r"
        Name          Total               On-Peak              Off-Peak
        Bob        3.000 GB      3.000 GB (100 %)      0.000 GB (  0 %)
        Alice      1.500 GB      1.000 GB ( 67 %)      0.500 GB ( 33 %)
        TOTAL      4.500 GB      4.000 GB ( 89 %)      0.500 GB ( 11 %)
        ");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 3);
    }
}
