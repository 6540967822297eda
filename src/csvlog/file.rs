use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use super::row::{HEADER, Row};
use crate::engine;

/// No line is longer.
const LINE: u64 = 256;

/// Adds a line to a file. A file that is not there yet appears with its header and this line at once; what an earlier write left of
/// a line is cut off before.
///
/// # Errors
/// When the disk refuses; what stands of the line then is cut off by the next attempt.
pub(super) fn append(path: &Path, row: &Row) -> io::Result<()> {
    let Some(mut file) = open(path)? else {
        return begin(path, row);
    };
    if whole(&mut file)? == 0 {
        return begin(path, row);
    }
    file.write_all(format!("{row}\n").as_bytes())
}

/// The last row of a file; `None` when it has none.
pub(super) fn last(path: &Path) -> Option<Row> {
    let mut file = File::open(path).ok()?;
    let tail = tail(&mut file).ok()?;
    let end = tail.rfind('\n')?;
    Row::parse(tail.get(..end)?.lines().next_back()?)
}

fn open(path: &Path) -> io::Result<Option<File>> {
    match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn begin(path: &Path, row: &Row) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    engine::replace(path, format!("{HEADER}\n{row}\n").as_bytes())
}

/// Cuts off what stands behind the last whole line, and goes to the end: so many bytes are left.
fn whole(file: &mut File) -> io::Result<u64> {
    let length = file.metadata()?.len();
    let tail = tail(file)?;
    let torn = tail.len() - tail.rfind('\n').map_or(0, |end| end + 1);
    let kept = length.saturating_sub(torn as u64);
    if kept < length {
        file.set_len(kept)?;
    }
    file.seek(SeekFrom::Start(kept))?;
    Ok(kept)
}

/// The end of a file, with at least one whole line in it where there is one.
fn tail(file: &mut File) -> io::Result<String> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(2 * LINE)))?;
    let mut bytes = Vec::new();
    file.take(2 * LINE).read_to_end(&mut bytes)?;
    // One character for each byte, so that the lengths are the same whatever the bytes are.
    Ok(bytes.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '?' }).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use jiff::Timestamp;

    fn row(second: i64) -> Row {
        Row { time: Timestamp::from_second(second).unwrap(), total: 5, delta: 4, on_peak: 3, off_peak: 2 }
    }

    #[test]
    fn a_file_appears_with_its_header_and_grows_by_whole_lines() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("logs/2026-1/users/A.csv");
        append(&path, &row(1)).unwrap();
        append(&path, &row(2)).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{HEADER}\n{}\n{}\n", row(1), row(2)));
        assert_eq!(last(&path), Some(row(2)));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_torn_line_is_cut_off() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("A.csv");
        let whole = format!("{HEADER}\n{}\n", row(1));
        let next = format!("{}\n", row(2));
        for torn in 0..next.len() {
            fs::write(&path, [whole.as_bytes(), &next.as_bytes()[..torn]].concat()).unwrap();
            assert_eq!(last(&path), Some(row(1)));
            append(&path, &row(3)).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), format!("{whole}{}\n", row(3)), "{torn}");
        }
        fs::write(&path, &HEADER.as_bytes()[..9]).unwrap();
        append(&path, &row(3)).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{HEADER}\n{}\n", row(3)));
    }

    proptest! {
        #[test]
        fn any_file_can_be_gone_on_with(bytes: Vec<u8>) {
            let home = tempfile::tempdir().unwrap();
            let path = home.path().join("A.csv");
            fs::write(&path, bytes).unwrap();
            last(&path);
            append(&path, &row(3)).unwrap();
            prop_assert_eq!(last(&path), Some(row(3)));
        }
    }
}
