use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::read::Group;

/// What to write into the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// A level, or a filter such as `info,router2mqtt::transport=debug`.
    pub filter: String,
    /// How lines look.
    pub format: LogFormat,
}

/// How lines of the log look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON object per line.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info".to_owned(), format: LogFormat::Text }
    }
}

/// The filter that a text describes.
///
/// # Errors
/// With the words that were expected instead.
pub fn filter(text: &str) -> Result<EnvFilter, &'static str> {
    const FORM: &str =
        "error, warn, info, debug or trace is expected, or a filter such as info,router2mqtt::mqtt=debug";
    // The library takes a misspelt level for the name of a module, and then logs nothing else.
    let known = |part: &str| part.contains('=') || part.parse::<LevelFilter>().is_ok();
    if !text.split(',').all(known) {
        return Err(FORM);
    }
    EnvFilter::builder().parse(text).map_err(|_| FORM)
}

pub(super) fn read(root: &mut Group<'_>) -> Log {
    let usual = Log::default();
    let formats = [("text", LogFormat::Text), ("json", LogFormat::Json)];
    let filter =
        root.take("log").and_then(|entry| entry.parsed(|text| filter(text).map(|_| text.to_owned())));
    Log {
        filter: filter.unwrap_or(usual.filter),
        format: root.take("log_format").and_then(|entry| entry.choice(&formats)).unwrap_or(usual.format),
    }
}
