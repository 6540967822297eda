//! Home Assistant's Supervisor, which runs the bridge as one of its apps (add-ons) and knows where the broker is.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::model::Fault;
use crate::mqtt::{Guide, Tls, Whereabouts};
use crate::transport::{Deadlines, Reply, Request, Settings, Transport};

/// Where the Supervisor is for the apps that it runs.
pub const ADDRESS: &str = "http://supervisor";

/// Where its proxy comes from, on the network that it makes for its apps.
pub const PROXY: &str = "172.30.32.2";

/// It is on the same machine; a broker that is asked for is waited for in other ways.
const DEADLINES: Deadlines = Deadlines {
    connect: Duration::from_secs(5),
    first_byte: Duration::from_secs(10),
    whole: Duration::from_secs(10),
};

/// Why nobody can be asked.
const NO_TOKEN: &str =
    "there is no Supervisor to ask for it, as SUPERVISOR_TOKEN is not set; say where it is with 'mqtt.url'";

/// What to do where there is no broker.
const NO_BROKER: &str = "Home Assistant knows of no broker yet; install and start the Mosquitto app, or say where yours is with 'mqtt.url'";

/// The Supervisor, as the app sees it.
#[derive(Debug)]
pub struct Supervisor {
    transport: Transport,
    /// New at every start.
    token: Option<SecretString>,
}

impl Supervisor {
    /// The Supervisor at this address; nothing is asked yet.
    ///
    /// # Errors
    /// When there is no way to talk to it.
    pub fn new(address: Url, token: Option<SecretString>) -> Result<Self, Fault> {
        let secrets = token.iter().cloned().collect();
        let settings = Settings {
            deadlines: DEADLINES,
            gap: Duration::ZERO,
            body_cap: 64 * 1024,
            secrets,
            ..Settings::new(address)
        };
        Ok(Self { transport: Transport::new(settings, None)?, token })
    }
}

#[async_trait]
impl Guide for Supervisor {
    async fn broker(&self) -> Result<Whereabouts, String> {
        let token = self.token.as_ref().ok_or(NO_TOKEN)?.expose_secret();
        let request = Request::get("/services/mqtt").header("Authorization", format!("Bearer {token}"));
        let reply = self.transport.send(request).await;
        understood(&reply.map_err(|fault| format!("the Supervisor cannot be asked for it: {fault}"))?)
    }
}

fn understood(reply: &Reply) -> Result<Whereabouts, String> {
    match reply.status {
        200 => {}
        400 => return Err(NO_BROKER.to_owned()),
        401 | 403 => {
            return Err(format!("the Supervisor does not let us ask for it (status {})", reply.status));
        }
        status => return Err(format!("the Supervisor does not tell where it is (status {status})")),
    }
    let Answer { data } = reply.json().map_err(|fault| format!("the Supervisor: {fault}"))?;
    let port = port(&data.port).filter(|_| !data.host.is_empty());
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(Whereabouts {
        port: port.ok_or("the Supervisor tells neither host nor port of it")?,
        host: data.host,
        tls: data.ssl.then(Tls::default),
        username: given(data.username),
        password: given(data.password).map(SecretString::from),
    })
}

#[derive(Deserialize)]
struct Answer {
    data: Service,
}

#[derive(Deserialize)]
struct Service {
    host: String,
    port: Json,
    #[serde(default)]
    ssl: bool,
    username: Option<String>,
    password: Option<String>,
}

/// A number in the Supervisor's code, text in its documentation.
fn port(told: &Json) -> Option<u16> {
    match told {
        Json::Number(port) => port.as_u64()?.try_into().ok(),
        Json::String(port) => port.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
