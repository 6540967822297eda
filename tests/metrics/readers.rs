//! Those that the text is written for.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use router2mqtt::metrics::{Family, Format};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// Longer than reading takes.
const LIMIT: Duration = Duration::from_secs(60);

/// The samples by name and labels.
pub type Samples = BTreeMap<(String, BTreeMap<String, String>), f64>;

/// What a program says to a text.
async fn said(mut command: Command, text: &str) -> (bool, String, String) {
    let command =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut input = child.stdin.take().unwrap();
    let text = text.to_owned();
    let writer = tokio::spawn(async move { input.write_all(text.as_bytes()).await });
    let output =
        tokio::time::timeout(LIMIT, child.wait_with_output()).await.expect("it does not end").unwrap();
    writer.await.unwrap().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

/// What `promtool check metrics` finds wrong; nothing when all is well.
pub async fn promtool(text: &str) -> String {
    let mut command = Command::new("promtool");
    command.args(["check", "metrics"]);
    let (fine, out, err) = said(command, text).await;
    let complaints = out + &err;
    assert!(fine || !complaints.is_empty(), "it failed, and does not say why");
    complaints
}

/// What the official parser for Python reads.
pub async fn parsed(text: &str, format: Format) -> Samples {
    let python = std::env::var("ROUTER2MQTT_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/metrics/read.py");
    let mut command = Command::new(python);
    command.arg(script).arg(match format {
        Format::Classic => "classic",
        Format::OpenMetrics => "openmetrics",
    });
    let (fine, out, err) = said(command, text).await;
    assert!(fine, "{err}");
    let lines: Vec<(String, BTreeMap<_, _>, String)> =
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let count = lines.len();
    let samples: Samples =
        lines.into_iter().map(|(name, labels, value)| ((name, labels), value.parse().unwrap())).collect();
    assert_eq!(samples.len(), count, "a sample twice");
    samples
}

/// What was to be read.
pub fn meant(families: &[Family]) -> Samples {
    let samples =
        families.iter().flat_map(|family| family.samples.iter().map(|sample| (family.sample_name(), sample)));
    samples
        .map(|(name, sample)| {
            let labels = sample.labels.iter().map(|(name, value)| (name.to_string(), value.clone()));
            ((name, labels.collect()), sample.value)
        })
        .collect()
}
