//! What moves: values that the files only name, after an `@`.

use std::f64::consts::TAU;
use std::time::Duration;

use super::objects::Row;
use crate::simulators::flow::total;

/// How long the line takes to come up after a restart, in seconds.
const UNTIL_ONLINE: u64 = 3;

/// The box at one moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Live {
    /// How long it has been up.
    pub uptime: Duration,
    /// What its household's addresses begin with.
    pub lan: &'static str,
}

impl Live {
    /// The instance with its living values in place of their names.
    pub fn fill(self, row: &Row) -> Row {
        let attrs = row.attrs.iter().map(|(name, value)| {
            let filled =
                value.strip_prefix(b"@").and_then(|word| self.value(std::str::from_utf8(word).ok()?));
            (name.clone(), filled.map_or_else(|| value.clone(), String::into_bytes))
        });
        Row { stack: row.stack, attrs: attrs.collect() }
    }

    /// The value behind a word: `uptime`, `drift:-95:3`, …
    fn value(self, word: &str) -> Option<String> {
        let mut parts = word.split(':');
        let word = parts.next()?;
        let mut number = || parts.next()?.parse::<f64>().ok();
        let seconds = self.uptime.as_secs();
        Some(match word {
            // Seconds since the box started, and since its line came up.
            "uptime" => seconds.to_string(),
            "online" => seconds.saturating_sub(UNTIL_ONLINE).to_string(),
            // A host of the household.
            "lan" => format!("{}.{}", self.lan, number()?),
            // What so many a second come to, as a whole number, or with the four decimals of a mobile plan.
            "total" => total(self.uptime, number()?).to_string(),
            "traffic" => format!("{}.0000", total(self.uptime, number()?)),
            // What they come to in this second.
            "rate" => {
                let rate = number()?;
                (total(self.uptime + Duration::from_secs(1), rate) - total(self.uptime, rate)).to_string()
            }
            // A level that goes up and down by so much, once in ten minutes.
            "drift" => {
                let (level, swing) = (number()?, number()?);
                format!("{:.0}", level + swing * (TAU * self.uptime.as_secs_f64() / 600.0).sin())
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(word: &str, seconds: u64) -> Option<String> {
        Live { uptime: Duration::from_secs(seconds), lan: "192.168.0" }.value(word)
    }

    #[test]
    fn words_have_values_that_move() {
        assert_eq!(value("uptime", 90).as_deref(), Some("90"));
        assert_eq!(value("online", 90).as_deref(), Some("87"));
        assert_eq!(value("online", 1).as_deref(), Some("0"));
        assert_eq!(value("lan:1", 0).as_deref(), Some("192.168.0.1"));
        assert_eq!(value("total:10", 900).as_deref(), Some("9000"));
        assert_eq!(value("traffic:10", 900).as_deref(), Some("9000.0000"));
        assert_eq!(value("drift:-95:3", 150).as_deref(), Some("-92"));
        assert_eq!(value("drift:-95:3", 450).as_deref(), Some("-98"));
        assert!(value("rate:1000", 10).unwrap().parse::<u64>().unwrap() > 0);
        assert_eq!(value("weather", 0), None);
    }
}
