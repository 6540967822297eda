//! Text for scrapers.

use std::fmt::Write as _;

use super::Family;

/// Which text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The classic one.
    Classic,
    /// `OpenMetrics`.
    OpenMetrics,
}

impl Format {
    /// What a scraper asks for.
    pub fn negotiated(accept: Option<&str>) -> Self {
        if accept.is_some_and(|accept| accept.contains("openmetrics")) {
            Self::OpenMetrics
        } else {
            Self::Classic
        }
    }

    /// Its type.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Classic => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }
}

/// Writes families.
pub fn write(families: &[Family], _: Format) -> String {
    families.iter().fold(String::new(), |mut out, family| {
        for sample in &family.samples {
            writeln!(out, "{} {}", family.sample_name(), sample.value).ok();
        }
        out
    })
}
