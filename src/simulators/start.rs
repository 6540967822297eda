use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value as Json, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::server::{Server, Tls};
use super::{Appliance, Books, Certificate, Habits, Noise, Power, Tally, Troubles};
use crate::model::Clock;
use crate::transport::Pin;

/// A family that can be simulated.
#[derive(Debug)]
pub struct Family {
    /// The family's word, as `type:` has it.
    pub name: &'static str,
    /// The credentials it has unless told otherwise: configuration key and value.
    pub credentials: &'static [(&'static str, &'static str)],
    /// Other addresses that its configuration needs: configuration key, and path below its own address.
    pub addresses: &'static [(&'static str, &'static str)],
    /// The models or dialects it comes in, the usual one first.
    pub models: &'static [&'static str],
    /// Makes the box.
    pub build: fn(Parts) -> Arc<dyn Appliance>,
}

/// What a simulated box is made from.
#[derive(Clone, Debug)]
pub struct Parts {
    /// The user name it accepts.
    pub username: String,
    /// The password it accepts; for a box with pairing, the token.
    pub password: String,
    /// What is wrong with it at the moment.
    pub troubles: Troubles,
    /// What it counts.
    pub tally: Arc<Tally>,
    /// The clock it lives by: uptimes, counters, months, logs. What is between it and its client, such as sessions and locks,
    /// takes real time.
    pub clock: Clock,
    /// How its household behaves.
    pub habits: Habits,
    /// What really passes through it.
    pub books: Arc<Books>,
    /// Its plug, to pull at a reboot.
    pub power: Power,
    /// How long a reboot takes, in real time.
    pub reboot: Duration,
    /// Its randomness.
    pub noise: Arc<Noise>,
    /// The port it listens on, for answers that contain its own address.
    pub address: SocketAddr,
    /// The model or dialect, where the family has several.
    pub model: Option<String>,
}

#[cfg(test)]
impl Parts {
    /// What a box for a test is made from: it accepts this password from `admin`, and its clock is tokio's.
    pub(super) fn for_tests(password: &str) -> Self {
        let clock = Clock::starting_at(jiff::Timestamp::UNIX_EPOCH);
        Self {
            username: "admin".to_owned(),
            password: password.to_owned(),
            troubles: Troubles::default(),
            tally: Arc::default(),
            books: Arc::new(Books::new(clock.clone(), Habits::default(), 1)),
            habits: Habits::default(),
            clock,
            power: Power::default(),
            reboot: Duration::ZERO,
            noise: Arc::new(Noise::new(1)),
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            model: None,
        }
    }
}

impl Parts {
    /// Restarts the box, which was ordered: it goes on for a moment, is dark for as long as a reboot takes, and comes
    /// back after it has forgotten what such a box forgets.
    pub(super) fn restart(&self, forget: impl FnOnce() + Send + 'static) {
        self.tally.note_reboot();
        self.go_dark(self.reboot / 8, forget);
    }

    /// The same without an order, after this time.
    pub(super) fn go_dark(&self, after: Duration, forget: impl FnOnce() + Send + 'static) {
        let (power, books, dark) = (self.power.clone(), Arc::clone(&self.books), self.reboot);
        tokio::spawn(async move {
            sleep(after).await;
            power.off();
            books.light(false);
            sleep(dark).await;
            books.light(true);
            forget();
            power.on();
        });
    }
}

/// The families that can be simulated.
pub static FAMILIES: &[Family] = &[
    super::altibox::FAMILY,
    super::freebox::FAMILY,
    super::hitron::FAMILY,
    super::huawei_b593::FAMILY,
    super::huawei_hilink::FAMILY,
    super::tplink::FAMILY,
];

/// How to start a simulated box.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whether to speak TLS, with a certificate of its own making.
    pub tls: bool,
    /// What its randomness starts from.
    pub seed: u64,
    /// The user name it accepts, if not the family's usual one.
    pub username: Option<String>,
    /// The password or token it accepts, if not the family's usual one.
    pub password: Option<String>,
    /// What is wrong with it from the start.
    pub troubles: Troubles,
    /// The clock it lives by; one that shows the present, unless there is another.
    pub clock: Option<Clock>,
    /// How its household behaves.
    pub habits: Habits,
    /// How long a reboot takes, in real time.
    pub reboot: Duration,
    /// The model or dialect, where the family has several.
    pub model: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            tls: false,
            seed: 1,
            username: None,
            password: None,
            troubles: Troubles::default(),
            clock: None,
            habits: Habits::default(),
            reboot: Duration::from_secs(8),
            model: None,
        }
    }
}

/// Why a simulated box does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No such family.
    #[error("there is no simulated '{0}'; there are {list}", list = FAMILIES.iter().map(|family| family.name).collect::<Vec<_>>().join(", "))]
    UnknownFamily(String),
    /// No such model.
    #[error("there is no simulated {0} '{1}'; there are {list}", list = .2.join(", "))]
    UnknownModel(&'static str, String, &'static [&'static str]),
    /// The port is taken, or not ours to take.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// No certificate.
    #[error("cannot make a certificate: {0}")]
    Certificate(String),
}

/// The configuration keys of a box, besides its type and address.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Keys {
    /// See [`Family::credentials`].
    pub credentials: &'static [(&'static str, &'static str)],
    /// See [`Family::addresses`].
    pub addresses: &'static [(&'static str, &'static str)],
}

/// A simulated box that is running; it stops when this is dropped.
#[derive(Debug)]
pub struct Running {
    name: String,
    keys: Keys,
    address: SocketAddr,
    pin: Option<Pin>,
    parts: Parts,
    stop: CancellationToken,
    task: JoinHandle<()>,
    tls: Option<watch::Sender<Arc<rustls::ServerConfig>>>,
}

/// Starts a simulated box.
///
/// # Errors
/// When there is no such family, or the port cannot be opened.
pub async fn start(family: &str, options: Options) -> Result<Running, StartError> {
    let family = FAMILIES
        .iter()
        .find(|known| known.name == family)
        .ok_or_else(|| StartError::UnknownFamily(family.to_owned()))?;
    if let Some(model) = options.model.as_deref().filter(|model| !family.models.contains(model)) {
        return Err(StartError::UnknownModel(family.name, model.to_owned(), family.models));
    }
    let keys = Keys { credentials: family.credentials, addresses: family.addresses };
    run(family.name, keys, options, family.build).await
}

/// Starts a box that `build` makes.
pub(super) async fn run(
    name: &str,
    keys: Keys,
    options: Options,
    build: impl FnOnce(Parts) -> Arc<dyn Appliance>,
) -> Result<Running, StartError> {
    let listener =
        TcpListener::bind(options.listen).await.map_err(|error| StartError::Listen(options.listen, error))?;
    let address = listener.local_addr().map_err(|error| StartError::Listen(options.listen, error))?;
    let usual = |wanted: &[&str]| {
        keys.credentials
            .iter()
            .find(|(key, _)| wanted.contains(key))
            .map_or("", |(_, value)| *value)
            .to_owned()
    };
    let clock = options.clock.unwrap_or_else(|| Clock::starting_at(Clock::system().now()));
    let parts = Parts {
        username: options.username.unwrap_or_else(|| usual(&["username"])),
        password: options.password.unwrap_or_else(|| usual(&["password", "app_token"])),
        troubles: options.troubles,
        tally: Arc::default(),
        books: Arc::new(Books::new(clock.clone(), options.habits.clone(), options.seed)),
        habits: options.habits,
        clock,
        power: Power::default(),
        reboot: options.reboot,
        noise: Arc::new(Noise::new(options.seed)),
        address,
        model: options.model,
    };
    let (pin, tls, shown) = if options.tls {
        let (pin, config) = certificate()?;
        let (_, other) = certificate()?;
        let current = watch::Sender::new(config);
        let shown = Tls::new(current.subscribe(), other);
        (Some(pin), Some(current), Some(shown))
    } else {
        (None, None, None)
    };
    let stop = CancellationToken::new();
    let server = Server {
        appliance: build(parts.clone()),
        tls: shown,
        troubles: parts.troubles.clone(),
        power: parts.power.clone(),
        tally: Arc::clone(&parts.tally),
        stop: stop.clone(),
    };
    let task = tokio::spawn(server.run(listener, address));
    Ok(Running { name: name.to_owned(), keys, address, pin, parts, stop, task, tls })
}

fn certificate() -> Result<(Pin, Arc<rustls::ServerConfig>), StartError> {
    let certificate =
        Certificate::new("02:00:00:00:00:00").map_err(|e| StartError::Certificate(e.to_string()))?;
    let config = certificate.server().map_err(|e| StartError::Certificate(e.to_string()))?;
    Ok((certificate.pin(), config))
}

impl Running {
    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as a configuration has it.
    pub fn url(&self) -> String {
        let scheme = if self.pin.is_some() { "https" } else { "http" };
        // A box that listens on every address is found on this machine's own.
        let ip = match self.address.ip() {
            IpAddr::V4(any) if any.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(any) if any.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            ip => ip,
        };
        format!("{scheme}://{}", SocketAddr::new(ip, self.address.port()))
    }

    /// The fingerprint of its certificate, if it has one.
    pub const fn pin(&self) -> Option<Pin> {
        self.pin
    }

    /// What it counts.
    pub fn tally(&self) -> &Tally {
        &self.parts.tally
    }

    /// What really passed through it, and what it said of that.
    pub fn books(&self) -> &Books {
        &self.parts.books
    }

    /// What is wrong with it.
    pub const fn troubles(&self) -> &Troubles {
        &self.parts.troubles
    }

    /// Its plug.
    pub const fn power(&self) -> &Power {
        &self.parts.power
    }

    /// Shows another certificate from now on, as after a factory reset, or when somebody is in between.
    ///
    /// # Errors
    /// When no certificate can be made.
    pub fn change_certificate(&mut self) -> Result<(), StartError> {
        if let Some(tls) = &self.tls {
            let (pin, config) = certificate()?;
            tls.send_replace(config);
            self.pin = Some(pin);
        }
        Ok(())
    }

    /// The keys that can stand under `routers.<id>` as they are.
    pub fn configuration(&self) -> Json {
        let mut keys = serde_json::Map::new();
        keys.insert("type".to_owned(), json!(self.name));
        keys.insert("url".to_owned(), json!(self.url()));
        for (key, _) in self.keys.credentials {
            let value = if *key == "username" { &self.parts.username } else { &self.parts.password };
            keys.insert((*key).to_owned(), json!(value));
        }
        for (key, path) in self.keys.addresses {
            keys.insert((*key).to_owned(), json!(format!("{}{path}", self.url())));
        }
        if let Some(pin) = self.pin {
            keys.insert("tls_pin".to_owned(), json!(pin.to_string()));
        }
        Json::Object(keys)
    }

    /// Waits until it ends, which it does only when something is badly wrong.
    pub async fn ended(&mut self) {
        drop((&mut self.task).await);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
        self.task.abort();
    }
}
