//! What a box tells, for programs that keep numbers over time.

use anyhow::bail;
use jiff::Timestamp;

use super::Format;
use crate::config::RouterConfig;
use crate::engine::BoxView;
use crate::metrics::compat::{self, Compat};
use crate::metrics::{self, Format as Exposition, graphite, influx};

/// Whose language it is, and under whose names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    reader: Reader,
    names: Option<Compat>,
}

#[derive(Clone, Copy, Debug)]
enum Reader {
    Prometheus(Exposition),
    Graphite,
    Influx,
}

impl Wanted {
    /// What was asked for, if it is about metrics at all. That it cannot be had is told before the box is asked.
    ///
    /// # Errors
    /// When an exporter did not know such boxes, or such readers.
    pub fn of(format: Format, names: Option<Compat>, router: &RouterConfig) -> anyhow::Result<Option<Self>> {
        let reader = match format {
            Format::Table | Format::Json => match names {
                None => return Ok(None),
                Some(_) => {
                    bail!("'--compat' goes with '--format' prometheus, openmetrics, graphite or influx")
                }
            },
            Format::Prometheus => Reader::Prometheus(Exposition::Classic),
            Format::Openmetrics => Reader::Prometheus(Exposition::OpenMetrics),
            Format::Graphite => Reader::Graphite,
            Format::Influx => Reader::Influx,
        };
        if let Some(compat) = names {
            let family = router.family.name;
            if compat.word() != family {
                bail!(
                    "'--compat {compat}' is for boxes of the type '{compat}', and {} is of the type '{family}'",
                    router.id
                );
            }
            if !matches!(reader, Reader::Prometheus(_)) && !compat.has_lines() {
                bail!(
                    "'--compat {compat}' is for Prometheus: its program knew neither Graphite nor InfluxDB"
                );
            }
        }
        Ok(Some(Self { reader, names }))
    }

    /// The box in these words.
    pub fn print(self, view: &BoxView, at: Timestamp) -> String {
        match (self.reader, self.names) {
            (Reader::Prometheus(format), None) => metrics::write(&metrics::families_of(view), format),
            (Reader::Prometheus(format), Some(names)) => {
                metrics::write(&compat::families(names, view), format)
            }
            (Reader::Graphite, None) => graphite::lines(view, at),
            (Reader::Graphite, Some(names)) => compat::graphite(names, view, at).unwrap_or_default(),
            (Reader::Influx, None) => influx::lines(view, at),
            (Reader::Influx, Some(names)) => compat::influx(names, view).unwrap_or_default(),
        }
    }
}
