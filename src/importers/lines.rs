use std::io::{self, BufRead, Read as _};

/// No program here writes longer lines; what is longer is not one of its lines.
const MOST: u64 = 64 * 1024;

/// The lines of a file, whatever its bytes: numbered from 1, without their ends, cut where they are too long.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    /// Reads lines from here.
    pub const fn new(reader: R) -> Self {
        Self { reader, number: 0 }
    }

    /// The next line with its number; `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub fn next_line(&mut self) -> io::Result<Option<(u64, String)>> {
        let mut bytes = Vec::new();
        if self.reader.by_ref().take(MOST).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        if bytes.last() != Some(&b'\n') {
            self.skip_the_rest()?;
        }
        self.number += 1;
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']);
        Ok(Some((self.number, text.to_owned())))
    }

    fn skip_the_rest(&mut self) -> io::Result<()> {
        loop {
            let here = self.reader.fill_buf()?;
            if here.is_empty() {
                return Ok(());
            }
            let end = here.iter().position(|byte| *byte == b'\n');
            let length = end.map_or(here.len(), |end| end + 1);
            self.reader.consume(length);
            if end.is_some() {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_are_lines() {
        let long = "x".repeat(200_000);
        let text = format!("\u{feff}a\r\n\n{long}\nb");
        let mut lines = Lines::new(text.as_bytes());
        let mut seen = Vec::new();
        while let Some((number, line)) = lines.next_line().unwrap() {
            seen.push((number, line.len(), line.chars().next()));
        }
        assert_eq!(seen, [(1, 1, Some('a')), (2, 0, None), (3, 65536, Some('x')), (4, 1, Some('b'))]);
    }
}
