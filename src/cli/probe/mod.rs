mod metrics;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use serde_json::{Map, Value as Json, json};
use tokio::runtime::Runtime;

use super::exit::Exit;
use super::visit::{everything, sentence, visit};
use super::{Common, chosen, log, print, table};
use crate::bridge;
use crate::config::RouterConfig;
use crate::engine::{self, BoxView};
use crate::metrics::compat::Compat;
use crate::model::text::counted;
use crate::model::{Fault, Identity, Item, Section, Sections, Snapshot, Subject};
use crate::transport::{Capture, Recorder};

/// Read a box once and show everything it tells
///
/// Nothing is published, and the session is ended afterwards.
///
/// Examples:
///   router2mqtt probe modem
///   router2mqtt probe modem --section line --section system
///   router2mqtt probe modem --format json
///   router2mqtt probe modem --format prometheus --compat hitron
///   router2mqtt probe modem --capture modem.har
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// The box, by its id in the configuration; not needed when there is only one
    r#box: Option<String>,
    /// How to show it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Under the names of the exporter that was there before: hitron, altibox or freebox
    #[arg(long, value_name = "NAME")]
    compat: Option<Compat>,
    /// Only this section; can be given several times
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(Section::ALL.map(Section::name)))]
    section: Vec<String>,
    /// Also record what is said to the box, as HAR, with secrets, names and addresses replaced
    #[arg(long, value_name = "FILE")]
    capture: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// For programs: names and units are those of the MQTT payloads
    Json,
    /// For Prometheus, in its own text format
    Prometheus,
    /// For Prometheus and others, as OpenMetrics
    Openmetrics,
    /// For Graphite, a line for each number; for Telegraf, too
    Graphite,
    /// For InfluxDB, in its line protocol; for Telegraf, too
    Influx,
}

pub(super) fn run(common: &Common, arguments: &Arguments) -> anyhow::Result<Exit> {
    log::start_quiet(common.log.as_deref())?;
    let config = common.load()?;
    let router = chosen(&config, arguments.r#box.as_deref())?;
    let metrics = metrics::Wanted::of(arguments.format, arguments.compat, router)?;
    let wanted = sections(router, &arguments.section);
    match probed(router, &wanted, arguments.capture.as_deref())? {
        Ok(seen) => {
            match metrics {
                Some(metrics) => print_metrics(metrics, router, seen)?,
                None => print_everything(arguments.format, router, seen)?,
            }
            Ok(Exit::Success)
        }
        Err(fault) => {
            print::complaint(&format!("{}: {}", router.id, sentence(&fault)));
            Ok(Exit::of(&fault))
        }
    }
}

fn print_everything(format: Format, router: &RouterConfig, mut seen: Snapshot) -> std::io::Result<()> {
    engine::summarise(&mut seen);
    print::result(&match format {
        Format::Table => table::of(&seen),
        _ => format!("{:#}", document(router, &seen)),
    })
}

/// Only metrics go to standard output; what could not be read is said besides.
fn print_metrics(metrics: metrics::Wanted, router: &RouterConfig, seen: Snapshot) -> std::io::Result<()> {
    for (section, outcome) in seen.sections() {
        if let Err(fault) = outcome {
            print::complaint(&format!("{}: {}: {}", router.id, section.name(), sentence(fault)));
        }
    }
    let at = seen.taken;
    let view = BoxView::visited(bridge::about(router), seen);
    print::result(metrics.print(&view, at).trim_end())
}

/// Visits the box, and writes down what was said if that is wanted, all the more when the visit failed.
fn probed(
    router: &RouterConfig,
    wanted: &Sections,
    file: Option<&Path>,
) -> anyhow::Result<Result<Snapshot, Fault>> {
    let runtime = Runtime::new()?;
    let Some(file) = file else {
        return runtime.block_on(visit(router, wanted, None));
    };
    let capture = Capture::new();
    capture.describe(router.family.name);
    let outcome = runtime.block_on(visit(router, wanted, Some(Arc::clone(&capture) as Arc<dyn Recorder>)));
    capture.save(file).with_context(|| format!("cannot write {}", file.display()))?;
    let exchanges = counted(capture.len(), "exchange");
    print::complaint(&format!(
        "{}: {exchanges}; secrets, names and addresses are replaced, but look through it before you share it",
        file.display()
    ));
    outcome
}

fn sections(router: &RouterConfig, names: &[String]) -> Sections {
    let named = |section: &Section| names.is_empty() || names.iter().any(|name| name == section.name());
    everything(router).iter().filter(named).collect()
}

/// What was seen, with the names and the units of the payloads.
fn document(router: &RouterConfig, seen: &Snapshot) -> Json {
    let mut subjects = Map::new();
    let mut faults = Map::new();
    for (section, outcome) in seen.sections() {
        match outcome {
            Ok(readings) => readings.iter().for_each(|(subject, item)| add(&mut subjects, subject, item)),
            Err(fault) => drop(faults.insert(section.name().to_owned(), json!(fault.to_string()))),
        }
    }
    let own = subjects.remove(&Subject::Router.to_string()).unwrap_or_else(|| json!({}));
    json!({
        "box": router.id.as_str(),
        "identity": identity(&seen.identity),
        "router": own,
        "subjects": subjects,
        "faults": faults,
        "missing_rights": seen.missing_rights,
    })
}

fn add(subjects: &mut Map<String, Json>, subject: &Subject, item: &Item) {
    let entry = subjects.entry(subject.to_string()).or_insert_with(|| json!({}));
    let Some(entry) = entry.as_object_mut() else {
        return;
    };
    if let Some(label) = &item.label {
        entry.insert("label".to_owned(), json!(label));
    }
    entry.extend(item.iter().map(|(row, value)| (row.key.to_owned(), row.show(value))));
}

fn identity(identity: &Identity) -> Json {
    let Identity { manufacturer, model, model_id, serial, firmware, hardware, mac } = identity;
    json!({
        "manufacturer": manufacturer,
        "model": model,
        "model_id": model_id,
        "serial": serial,
        "firmware": firmware,
        "hardware": hardware,
        "mac": mac.map(|mac| mac.to_string()),
    })
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::time::Duration;

    use async_trait::async_trait;
    use jiff::Timestamp;

    use super::*;
    use crate::engine::{ClientPolicy, LinePolicy};
    use crate::model::{Bytes, Decibel, ItemId, catalog};
    use crate::routers::{Cadence, Credentials, Driver, Family, Session, Stability, Wiring};
    use crate::transport::Settings;

    #[derive(Debug)]
    struct Scripted;

    #[async_trait]
    impl Driver for Scripted {
        async fn poll(&mut self, wanted: &Sections) -> Result<Snapshot, Fault> {
            if wanted.is_empty() { Err(Fault::CredentialsRejected) } else { Ok(seen()) }
        }

        async fn close(&mut self) {}
    }

    fn scripted(_: Wiring) -> Box<dyn Driver> {
        Box::new(Scripted)
    }

    static FAMILY: Family = Family {
        name: "test",
        title: "Test Box",
        manufacturer: "Test",
        stability: Stability::Stable,
        default_url: "http://192.0.2.1",
        default_every: Duration::from_secs(10),
        default_timeout: Duration::from_secs(10),
        gap: Duration::ZERO,
        needs: &[],
        may_need: &[],
        default_username: None,
        sections: &[(Section::System, Cadence::Every), (Section::Line, Cadence::Every)],
        session: Session::None,
        max_requests: 1,
        deeds: &[],
        counting: |_, _| crate::model::Counting::USUAL,
        options: &[],
        authorities: "",
        build: scripted,
    };

    pub(crate) fn router(id: &str) -> RouterConfig {
        RouterConfig {
            id: id.parse().unwrap(),
            name: "Box".into(),
            family: &FAMILY,
            transport: Settings::new("http://192.0.2.1".parse().unwrap()),
            credentials: Credentials::default(),
            options: BTreeMap::new(),
            every: Duration::from_secs(10),
            allow: BTreeSet::new(),
            clients: ClientPolicy::default(),
            line: LinePolicy::default(),
            quota: crate::accounting::QuotaPolicy::default(),
        }
    }

    pub(crate) fn seen() -> Snapshot {
        let mut seen = Snapshot::new(Timestamp::UNIX_EPOCH);
        seen.identity.model = Some("Model 1".into());
        seen.identity.firmware = Some("1.2".into());
        seen.section(Section::System)
            .router()
            .set(catalog::RECEIVED, Bytes(1_500_000_000))
            .set(catalog::WAN, None);
        let channel = Subject::Downstream(ItemId::new(9).unwrap());
        seen.section(Section::Line).subject(channel).label("Nine").set(catalog::SNR, Decibel(40.9));
        seen
    }

    #[tokio::test]
    async fn a_visit_reads_what_was_asked_for_and_tells_the_fault() {
        let router = router("b");
        assert_eq!(visit(&router, &sections(&router, &[]), None).await.unwrap(), Ok(seen()));
        let none_of_its_sections = sections(&router, &["wifi".to_owned()]);
        assert_eq!(
            visit(&router, &none_of_its_sections, None).await.unwrap(),
            Err(Fault::CredentialsRejected)
        );
    }

    #[test]
    fn only_the_sections_that_were_named_are_read() {
        let wanted = sections(&router("b"), &["line".to_owned(), "disks".to_owned()]);
        assert_eq!(wanted, [Section::Line].into_iter().collect());
    }

    #[test]
    fn the_document_has_the_units_of_the_payloads() {
        let mut seen = seen();
        seen.failed(Section::Wifi, Fault::NotSupported("tell".into()));
        let document = document(&router("b"), &seen);
        assert_eq!(document["router"], json!({"received": 1.5, "wan": null}));
        assert_eq!(document["subjects"], json!({"down_9": {"label": "Nine", "snr": 40.9}}));
        assert_eq!(document["faults"], json!({"wifi": "the box cannot tell"}));
        assert_eq!(document["identity"]["model"], "Model 1");
    }
}
