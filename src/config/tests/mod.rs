mod accounts;
mod environment;
mod line;
mod mistakes;
mod notify;
mod reading;
mod secrets;
mod web;

use std::time::Duration;

use async_trait::async_trait;
use secrecy::ExposeSecret;

use super::*;
use crate::engine::Track;
use crate::homeassistant::Layout;
use crate::model::{Deed, Fault, Sections, Snapshot};
use crate::routers::{Driver, FamilyOption, OptionKind, Session, Stability, Wiring};
use crate::transport::{Pin, Trust};

#[derive(Debug)]
struct Nobody;

#[async_trait]
impl Driver for Nobody {
    async fn poll(&mut self, _: &Sections) -> Result<Snapshot, Fault> {
        Err(Fault::SessionExpired)
    }

    async fn close(&mut self) {}
}

fn nobody(_: Wiring) -> Box<dyn Driver> {
    Box::new(Nobody)
}

const PLAIN: Family = Family {
    name: "acme",
    title: "Acme Box",
    manufacturer: "Acme",
    stability: Stability::Stable,
    default_url: "http://192.0.2.1",
    default_every: Duration::from_secs(15),
    default_timeout: Duration::from_secs(10),
    gap: Duration::from_millis(75),
    needs: &["password"],
    may_need: &["username"],
    default_username: None,
    sections: &[],
    session: Session::None,
    max_requests: 1,
    deeds: &[Deed::Reboot],
    counting: |_, _| crate::model::Counting::USUAL,
    options: &[
        FamilyOption { key: "dialect", doc: "Which.", kind: OptionKind::Word(&["auto", "old"]) },
        FamilyOption { key: "brief", doc: "Less.", kind: OptionKind::Flag },
        FamilyOption { key: "motto", doc: "Words.", kind: OptionKind::Text },
        FamilyOption { key: "helper", doc: "Where else.", kind: OptionKind::Url },
        FamilyOption { key: "page", doc: "Where there.", kind: OptionKind::Path },
        FamilyOption { key: "pattern", doc: "What there.", kind: OptionKind::Pattern(1) },
    ],
    authorities: "",
    build: nobody,
};
static ACME: Family = PLAIN;
static PAIRED: Family = Family {
    name: "paired",
    title: "Paired Box",
    default_url: "https://box.example",
    needs: &["app_token"],
    may_need: &[],
    deeds: &[],
    options: &[],
    ..PLAIN
};
static TRIAL: Family = Family {
    name: "trial",
    title: "Trial Box",
    stability: Stability::Experimental("nobody has one"),
    ..PLAIN
};
static FAMILIES: &[&Family] = &[&ACME, &PAIRED, &TRIAL];

/// A directory with one configuration file in it.
struct Home {
    directory: tempfile::TempDir,
    inputs: Inputs,
}

impl Home {
    fn with(name: &str, text: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join(name);
        std::fs::write(&file, text).unwrap();
        let inputs = Inputs {
            file: Some(file),
            variables: BTreeMap::new(),
            families: FAMILIES,
            zone: Some(TimeZone::UTC),
        };
        Self { directory, inputs }
    }

    fn yaml(text: &str) -> Self {
        Self::with("r.yaml", text)
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.inputs.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    fn file(self, name: &str, text: &str) -> Self {
        std::fs::write(self.directory.path().join(name), text).unwrap();
        self
    }

    fn loaded(&self) -> Config {
        load(&self.inputs).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Every problem, without the directory, which has another name at each run.
    fn problems(&self) -> String {
        let directory = format!("{}/", self.directory.path().display());
        load(&self.inputs).expect_err("there should be problems").to_string().replace(&directory, "")
    }
}

fn exposed(secret: Option<&secrecy::SecretString>) -> &str {
    secret.expect("there should be a secret").expose_secret()
}

fn password(config: &Config) -> &str {
    exposed(config.routers[0].credentials.password.as_ref())
}

/// What the shipped examples fetch from the environment.
fn example_variables() -> BTreeMap<String, String> {
    let hook = ("WEBHOOK_URL".to_owned(), "https://192.0.2.1/hook".to_owned());
    ["MQTT_PASSWORD", "MODEM_PASSWORD", "ROUTER_PASSWORD", "FREEBOX_APP_TOKEN", "NTFY_TOKEN"]
        .map(|name| (name.to_owned(), "secret".to_owned()))
        .into_iter()
        .chain([hook])
        .collect()
}

const FOUR_LINES: &str = "\
mqtt:
  url: mqtt://192.0.2.10
routers:
  living_room-box: {type: acme, password: xyzzy}
";
