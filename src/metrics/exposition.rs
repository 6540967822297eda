//! Families as text, in the two formats that scrapers read.
//!
//! They differ in little: in OpenMetrics a family has its own name and its samples a suffix, and it has units and an
//! end; in the classic format a family is called as its samples are.

use super::{Family, FamilyKind, Sample, accept, unit_of};

/// The formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Prometheus' own text format, version 0.0.4.
    Classic,
    /// OpenMetrics, version 1.0.0.
    OpenMetrics,
}

/// What a line takes, as a rule.
const LINE: usize = 112;

impl Format {
    /// The format that a request asks for by its `Accept`. Where it asks for neither, and where both are the same to it, it
    /// is the classic one, which everybody reads.
    pub fn negotiated(accept: Option<&str>) -> Self {
        let Some(accept) = accept else { return Self::Classic };
        let classic = accept::rank(accept, ("text", "plain"), &["0.0.4"]);
        let open = accept::rank(accept, ("application", "openmetrics-text"), &["1.0.0"]);
        if open > classic { Self::OpenMetrics } else { Self::Classic }
    }

    /// What stands behind the last family.
    pub const fn end(self) -> &'static str {
        match self {
            Self::Classic => "",
            Self::OpenMetrics => "# EOF\n",
        }
    }

    /// The `Content-Type` to answer with.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Classic => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }
}

/// The families as text. A family without samples is left out, and so is a sample that is no number: both formats have a
/// word for that, but nothing that is unknown is a reading.
pub fn write(families: &[Family], format: Format) -> String {
    let mut out = part(families, format);
    out.push_str(format.end());
    out
}

/// The same without an end: others may follow it that have other names.
pub fn part(families: &[Family], format: Format) -> String {
    let samples: usize = families.iter().map(|family| family.samples.len()).sum();
    let mut out = String::with_capacity((samples + 2 * families.len()) * LINE);
    for family in families {
        let mut samples = family.samples.iter().filter(|sample| !sample.value.is_nan()).peekable();
        if samples.peek().is_some() {
            let name = family.sample_name();
            describe(&mut out, family, &name, format);
            samples.for_each(|sample| line(&mut out, &name, sample));
        }
    }
    out
}

fn describe(out: &mut String, family: &Family, sample_name: &str, format: Format) {
    let (name, kind) = match (format, family.kind) {
        (Format::Classic, FamilyKind::Info) => (sample_name, "gauge"),
        (Format::OpenMetrics, FamilyKind::Info) => (family.name.as_ref(), "info"),
        (Format::Classic, FamilyKind::Counter) => (sample_name, "counter"),
        (Format::OpenMetrics, FamilyKind::Counter) => (family.name.as_ref(), "counter"),
        (_, FamilyKind::Gauge) => (family.name.as_ref(), "gauge"),
    };
    if !family.help.is_empty() {
        put(out, &["# HELP ", name, " "]);
        escape(out, &family.help, format == Format::OpenMetrics);
        out.push('\n');
    }
    put(out, &["# TYPE ", name, " ", kind, "\n"]);
    if let (Format::OpenMetrics, FamilyKind::Gauge | FamilyKind::Counter, Some(unit)) =
        (format, family.kind, unit_of(name))
    {
        put(out, &["# UNIT ", name, " ", unit, "\n"]);
    }
}

fn line(out: &mut String, name: &str, sample: &Sample) {
    out.push_str(name);
    let mut before = '{';
    for (name, value) in sample.labels.iter() {
        out.push(before);
        put(out, &[name, "=\""]);
        escape(out, value, true);
        out.push('"');
        before = ',';
    }
    out.push_str(if before == ',' { "} " } else { " " });
    number(out, sample.value);
    out.push('\n');
}

fn put(out: &mut String, words: &[&str]) {
    words.iter().for_each(|word| out.push_str(word));
}

/// Backslashes, ends of lines, and quotes where the text stands between some.
fn escape(out: &mut String, text: &str, quotes: bool) {
    let plain = |byte: u8| !matches!(byte, b'\\' | b'\n' | b'"');
    if text.bytes().all(plain) {
        out.push_str(text);
        return;
    }
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '"' if quotes => out.push_str("\\\""),
            other => out.push(other),
        }
    }
}

/// The shortest text that reads back as the same number; whole numbers are whole.
fn number(out: &mut String, number: f64) {
    /// Up to here every whole number has a float of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.is_infinite() {
        out.push_str(if number > 0.0 { "+Inf" } else { "-Inf" });
    } else if number.fract() == 0.0 && number.abs() <= EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole, and within the range")]
        let whole = number as i64;
        out.push_str(itoa::Buffer::new().format(whole));
    } else {
        out.push_str(zmij::Buffer::new().format_finite(number));
    }
}

#[cfg(test)]
mod tests;
