//! Neither what opens the box nor what was tried in its place is in any line of the log, however loud, or in any fault.

use std::io::Write;
use std::sync::{Arc, Mutex};

use futures_util::future::join_all;
use router2mqtt::simulators::Trouble;
use serde_json::{Value as Json, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::boxes::{BOXES, Listed, PASSWORD, Subjected};
use crate::support::encodings::assert_clean;

const WRONG: &str = "s3cr3t-That-Is-Wrong/9876543210+ZYXWVUTSRQPONMLKJIHGFEDCBA";

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The box's password or token, replaced by one that it rejects.
fn wrong(box_: &Subjected) -> Json {
    let keys = box_.simulated.configuration();
    let replaced = ["password", "app_token"].into_iter().filter(|key| keys.get(*key).is_some());
    replaced.map(|key| (key.to_owned(), json!(WRONG))).collect::<serde_json::Map<_, _>>().into()
}

/// What a driver says in all kinds of trouble, with the right password and with a wrong one.
async fn visited(listed: Listed) -> String {
    let (box_, mut said) = (Subjected::new(listed).await, String::new());
    for trouble in [None].into_iter().chain(Trouble::ALL.map(Some)) {
        // Whoever waits for what never comes has nothing to say meanwhile.
        if matches!(trouble, Some(Trouble::Slow | Trouble::Stalled | Trouble::NeverEnds)) {
            continue;
        }
        trouble.inspect(|trouble| box_.simulated.troubles().begin(*trouble));
        for keys in [json!({}), wrong(&box_)] {
            let mut driver = box_.driver_with(&keys);
            let outcome = driver.poll(&box_.everything()).await;
            said.push_str(&format!("{driver:?}\n{outcome:?}\n"));
            said.extend(outcome.err().map(|fault| fault.to_string()));
            driver.close().await;
        }
        trouble.inspect(|trouble| box_.simulated.troubles().end(*trouble));
    }
    said
}

#[tokio::test]
async fn nothing_that_opens_a_box_is_said_aloud() {
    let log = Log::default();
    let loud = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone());
    // For the whole process: what the other tests do meanwhile may be heard, too.
    tracing::subscriber::set_global_default(loud.finish()).unwrap();
    let said = join_all(BOXES.iter().map(|listed| visited(*listed))).await.concat();
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("TRACE"), "the log is not as loud as it was meant to be");
    assert_clean("the log", &log, &[PASSWORD, WRONG]);
    assert_clean("what a driver says of itself", &said, &[PASSWORD, WRONG]);
}
