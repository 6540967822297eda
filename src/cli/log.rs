use std::io::{IsTerminal, stderr};

use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{Log, LogFormat, filter};

/// Checks what the command line gives.
pub(super) fn level(text: &str) -> Result<String, &'static str> {
    filter(text).map(|_| text.to_owned())
}

/// Starts the log on standard error: `chosen` on the command line, or else as configured.
pub(super) fn start(chosen: Option<&str>, configured: &Log) -> anyhow::Result<()> {
    let filter =
        filter(chosen.unwrap_or(&configured.filter)).map_err(|text| anyhow::anyhow!("--log: {text}"))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr);
    match configured.format {
        LogFormat::Text => lines.with_ansi(stderr().is_terminal()).finish().try_init()?,
        LogFormat::Json => lines.json().flatten_event(true).finish().try_init()?,
    }
    Ok(())
}

/// Starts the log for a command whose result is what matters.
pub(super) fn start_quiet(chosen: Option<&str>) -> anyhow::Result<()> {
    start(chosen, &Log { filter: "warn".to_owned(), format: LogFormat::Text })
}
