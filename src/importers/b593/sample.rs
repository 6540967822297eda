use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::{Map, Value as Json};

use super::super::Found;
use super::super::span::plausible;

/// What the box told at one time, in its own units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// When, as it is written.
    pub when: When,
    /// What was sent since the counters began.
    pub uplink: u64,
    /// What was received since the counters began.
    pub downlink: u64,
    /// The higher of the two rates.
    pub rate: u64,
}

/// A time as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// A moment.
    Moment(Timestamp),
    /// What the clock on the wall showed.
    Wall(DateTime),
}

/// What numbers that are times count from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// 1970 in UTC, as they should.
    Utc,
    /// 1970 in local time: the wall clock was taken for UTC.
    Local,
}

/// What a document says.
///
/// # Errors
/// When it is no sample, or was taken while the box could not be read.
pub fn document(text: &str, clock: Clock) -> Result<Sample, Found> {
    let fields: Map<String, Json> = serde_json::from_str(text).map_err(|_| Found::Unreadable)?;
    let field = |names: [&str; 2]| names.iter().find_map(|name| fields.get(*name));
    let when = match field(["Time", "time"]).ok_or(Found::Unreadable)? {
        Json::String(text) => wall(text)?,
        Json::Object(date) if date.contains_key("$date") => dated(date.get("$date"))?,
        number => milliseconds(float(number).ok_or(Found::Unreadable)?, clock)?,
    };
    let volume = |names| field(names).map_or(Some(0), whole).ok_or(Found::Unreadable);
    let rate = |names| field(names).and_then(whole).unwrap_or(0);
    let rates = rate(["UplinkRate", "uplink rate"]).max(rate(["DownlinkRate", "downlink rate"]));
    read(when, volume(["UplinkVolume", "uplink"])?, volume(["DownlinkVolume", "downlink"])?, rates)
}

/// What a line of the small variant says: `uplink,downlink,uplink rate,downlink rate,IP address,time,session id`. Nothing of a header.
///
/// # Errors
/// When it is no sample, or was taken while the box could not be read.
pub fn line(text: &str, clock: Clock) -> Result<Option<Sample>, Found> {
    let fields: Vec<_> = text.split(',').map(str::trim).collect();
    let [uplink, downlink, up, down, _address, time, ..] = fields.as_slice() else {
        return if text.trim().is_empty() { Ok(None) } else { Err(Found::Unreadable) };
    };
    if uplink.eq_ignore_ascii_case("uplink") {
        return Ok(None);
    }
    let number = |text: &str| if text.is_empty() { Some(0) } else { text.parse().ok().and_then(natural) };
    let volume = |text: &str| number(text).ok_or(Found::Unreadable);
    let when = milliseconds(time.parse().map_err(|_| Found::Unreadable)?, clock)?;
    let rate = number(up).max(number(down)).unwrap_or(0);
    read(when, volume(uplink)?, volume(downlink)?, rate).map(Some)
}

/// The collector stores zeros when it cannot read the box; its counters are never both at zero.
fn read(when: When, uplink: u64, downlink: u64, rate: u64) -> Result<Sample, Found> {
    if uplink == 0 && downlink == 0 {
        return Err(Found::FailedRead);
    }
    Ok(Sample { when, uplink, downlink, rate })
}

fn wall(text: &str) -> Result<When, Found> {
    let text = text.trim();
    let moment = |text: &str| text.parse::<Timestamp>().ok();
    if let Some(moment) = moment(text) {
        return plausible(moment.as_second()).map(When::Moment).ok_or(Found::ImpossibleTime);
    }
    let wall: DateTime = text.parse().map_err(|_| Found::Unreadable)?;
    if (2000..2100).contains(&wall.year()) { Ok(When::Wall(wall)) } else { Err(Found::ImpossibleTime) }
}

/// A date of the database, in either of its spellings: it is a moment whatever the clock was.
fn dated(date: Option<&Json>) -> Result<When, Found> {
    match date.ok_or(Found::Unreadable)? {
        Json::String(text) => wall(text),
        number => milliseconds(float(number).ok_or(Found::Unreadable)?, Clock::Utc),
    }
}

fn milliseconds(number: f64, clock: Clock) -> Result<When, Found> {
    #[expect(clippy::cast_possible_truncation, reason = "saturates, and is then out of range")]
    let moment = plausible((number / 1000.0).floor() as i64).ok_or(Found::ImpossibleTime)?;
    Ok(match clock {
        Clock::Utc => When::Moment(moment),
        Clock::Local => When::Wall(jiff::tz::Offset::UTC.to_datetime(moment)),
    })
}

/// A number, in any of the forms in which the database exports one.
fn float(value: &Json) -> Option<f64> {
    match value {
        Json::Number(number) => number.as_f64(),
        Json::Object(typed) => {
            let forms = ["$numberLong", "$numberDouble", "$numberInt", "$numberDecimal"];
            match forms.iter().find_map(|form| typed.get(*form))? {
                Json::String(text) => text.parse().ok(),
                Json::Number(number) => number.as_f64(),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A volume or a rate; what is empty was not read, like zero.
fn whole(value: &Json) -> Option<u64> {
    match value {
        Json::Null => Some(0),
        Json::String(text) if text.trim().is_empty() => Some(0),
        other => float(other).and_then(natural),
    }
}

/// A whole number that a float still tells exactly.
fn natural(number: f64) -> Option<u64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0 and 2^53")]
    (0.0..=EXACT).contains(&number).then_some(number as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BODY: &str = r#""UplinkVolume": 326496069.0, "DownlinkVolume": {"$numberLong": "1114463689"}, "UplinkRate": 85, "DownlinkRate": 156.0"#;

    fn at(time: &str, clock: Clock) -> Result<Sample, Found> {
        document(
            &format!(
                r#"{{"_id": {{"$oid": "55cbc6ac"}}, "Time": {time}, {BODY}, "IPAddress": "198.51.100.49"}}"#
            ),
            clock,
        )
    }

    #[test]
    fn every_spelling_of_a_moment_is_the_same() {
        let moment = Timestamp::from_second(1_439_418_300).unwrap();
        let expected = Ok(Sample {
            when: When::Moment(moment),
            uplink: 326_496_069,
            downlink: 1_114_463_689,
            rate: 156,
        });
        for time in [
            "1439418300000.0",
            "1439418300000",
            "1.4394183e12",
            r#"{"$numberLong": "1439418300000"}"#,
            r#"{"$numberDouble": "1439418300000.0"}"#,
            r#"{"$date": "2015-08-12T22:25:00Z"}"#,
            r#"{"$date": "2015-08-12T22:25:00.000+0000"}"#,
            r#"{"$date": {"$numberLong": "1439418300000"}}"#,
            r#"{"$date": 1439418300000}"#,
        ] {
            assert_eq!(at(time, Clock::Utc), expected, "{time}");
        }
    }

    #[test]
    fn text_is_what_the_clock_on_the_wall_showed() {
        let wall = When::Wall(jiff::civil::date(2015, 8, 13).at(0, 25, 0, 0));
        assert_eq!(at("\"2015-08-13 00:25:00\"", Clock::Utc).unwrap().when, wall);
        assert_eq!(at("1439425500000", Clock::Local).unwrap().when, wall);
        let line =
            line("326496069.0,1114463689.0,85.0,156.0,198.51.100.49,1439425500000,150344511", Clock::Local);
        let sample = line.unwrap().unwrap();
        assert_eq!((sample.when, sample.uplink, sample.rate), (wall, 326_496_069, 156));
    }

    #[test]
    fn zeros_and_what_is_empty_are_failed_reads() {
        for body in [
            r#""UplinkVolume": 0.0, "DownlinkVolume": 0.0"#,
            r#""UplinkVolume": "", "DownlinkVolume": """#,
            r#""UplinkVolume": null"#,
        ] {
            let text = format!(r#"{{"Time": 1439418300000.0, {body}}}"#);
            assert_eq!(document(&text, Clock::Utc), Err(Found::FailedRead), "{body}");
        }
        assert_eq!(line("0,0,0,0,,1439418300000,1", Clock::Local), Err(Found::FailedRead));
    }

    #[test]
    fn what_is_no_sample_is_refused() {
        for text in [
            "",
            "{",
            "[]",
            "{}",
            r#"{"Time": true}"#,
            r#"{"Time": "soon"}"#,
            r#"{"Time": 1439418300000, "UplinkVolume": -1}"#,
        ] {
            assert_eq!(document(text, Clock::Utc), Err(Found::Unreadable), "{text}");
        }
        assert_eq!(at("12", Clock::Utc), Err(Found::ImpossibleTime));
        assert_eq!(at("1e300", Clock::Utc), Err(Found::ImpossibleTime));
        assert_eq!(at("\"1970-01-01 00:00:00\"", Clock::Utc), Err(Found::ImpossibleTime));
        assert_eq!(line("a,b", Clock::Utc), Err(Found::Unreadable));
        assert_eq!(
            line("uplink,downlink,uplink rate,downlink rate,IP address,time,session id", Clock::Utc),
            Ok(None)
        );
    }

    proptest! {
        #[test]
        fn any_text_is_a_sample_or_none(text: String) {
            let found = [document(&text, Clock::Utc).ok(), line(&text, Clock::Local).ok().flatten()];
            prop_assert!(found.into_iter().flatten().all(|sample| sample.uplink > 0 || sample.downlink > 0));
        }

        #[test]
        fn any_numbers_are_a_sample_or_none(time: f64, up: f64, down: i64) {
            let found = line(&format!("{up},{down},0,0,x,{time},1"), Clock::Local);
            prop_assert!(found.is_err() || found.is_ok_and(|sample| sample.is_some()));
        }
    }
}
