use std::path::Path;

use reqwest::Url;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::SecretString;

use super::Context;
use super::read::{Entry, Group};
use super::secret;
use crate::homeassistant::{Layout, Style};
use crate::mqtt::{Settings, Tls};
use crate::transport::Pin;

/// Longer topics work, but nobody can read them.
const MAX_TOPIC: usize = 128;

/// How to announce things to Home Assistant.
pub(super) fn discovery(broker: &mut Group<'_>) -> Style {
    let usual = Style::default();
    let layouts = [("device", Layout::Device), ("component", Layout::Component), ("off", Layout::Off)];
    Style {
        layout: broker.take("discovery").and_then(|entry| entry.choice(&layouts)).unwrap_or(usual.layout),
        prefix: topic(broker, "discovery_prefix").unwrap_or(usual.prefix),
        status_topic: topic(broker, "status_topic").unwrap_or(usual.status_topic),
    }
}

/// Where the broker is; `None` when that cannot be said.
pub(super) fn settings(broker: &mut Group<'_>, context: &Context<'_>) -> Option<Settings> {
    let url = broker.take("url");
    let guide = context.guide.filter(|_| url.is_none()).cloned();
    let address = match url {
        Some(entry) => entry.parsed(address),
        None => Some(Address { encrypted: false, host: "localhost".to_owned(), port: 1883 }),
    };
    let username = broker.take("username").and_then(|entry| secret::open(entry, context));
    let password = broker.take("password").and_then(|entry| secret::read(entry, context));
    if password.is_some() && username.is_none() {
        broker.missing("username", "is missing; a password alone does not log in");
    }
    let prefix = topic(broker, "prefix").unwrap_or_else(|| "router2mqtt".to_owned());
    let client_id = broker.take("client_id").and_then(|entry| entry.parsed(client_id));
    let plain = address.as_ref().is_some_and(|address| !address.encrypted);
    let tls = match broker.take("tls") {
        Some(entry) if plain => {
            entry.wrong("has no effect unless 'url' begins with mqtts://");
            None
        }
        Some(entry) => encryption(entry, context),
        None if plain => None,
        None => Some(Tls::default()),
    };
    let address = address?;
    Some(Settings {
        host: address.host,
        port: address.port,
        tls,
        username,
        password,
        prefix,
        client_id: client_id.unwrap_or_else(|| "router2mqtt".to_owned()),
        guide,
    })
}

struct Address {
    encrypted: bool,
    host: String,
    port: u16,
}

fn address(text: &str) -> Result<Address, &'static str> {
    const FORM: &str = "an address such as mqtt://192.0.2.10:1883 or mqtts://broker.example:8883 is expected";
    let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("mqtt://{text}")) };
    let url = url.map_err(|_| FORM)?;
    let encrypted = match url.scheme() {
        "mqtt" => false,
        "mqtts" => true,
        _ => return Err(FORM),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the address must not hold credentials; use 'username' and 'password'");
    }
    let rest = !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some();
    let host = url.host_str().filter(|host| !host.is_empty() && !rest).ok_or(FORM)?;
    Ok(Address {
        encrypted,
        host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
        port: url.port().unwrap_or(if encrypted { 8883 } else { 1883 }),
    })
}

fn topic(group: &mut Group<'_>, key: &'static str) -> Option<String> {
    group.take(key)?.parsed(|text| {
        let segment = |segment: &str| {
            !segment.is_empty()
                && !segment.starts_with('$')
                && !segment.contains(|c: char| matches!(c, '+' | '#') || c.is_control() || c.is_whitespace())
        };
        if text.len() <= MAX_TOPIC && text.split('/').all(segment) {
            Ok(text.to_owned())
        } else {
            Err("a topic such as router2mqtt or home/routers is expected, without '+', '#', '$' and spaces")
        }
    })
}

fn client_id(text: &str) -> Result<String, &'static str> {
    let fits = text.len() <= 64 && text.bytes().all(|b| b.is_ascii_graphic());
    if fits { Ok(text.to_owned()) } else { Err("at most 64 letters, digits and signs are expected") }
}

fn encryption(entry: Entry<'_>, context: &Context<'_>) -> Option<Tls> {
    if let config::ValueKind::String(_) = entry.kind() {
        entry.choice(&[("insecure", ())])?;
        return Some(Tls { insecure: true, ..Tls::default() });
    }
    let mut group = entry.group()?;
    let tls = Tls {
        ca: group.take("ca").and_then(|entry| certificates(&entry, context.directory)),
        pin: group.take("pin").and_then(|entry| entry.parsed(str::parse::<Pin>)),
        certificate: group.take("certificate").and_then(|entry| certificates(&entry, context.directory)),
        key: group.take("key").and_then(|entry| key(&entry, context.directory)),
        insecure: group.take("insecure").and_then(|entry| entry.flag()).unwrap_or(false),
    };
    let trusts = [tls.ca.is_some(), tls.pin.is_some(), tls.insecure];
    if trusts.into_iter().filter(|given| *given).count() > 1 {
        group.wrong("one of 'ca', 'pin' and 'insecure' is enough; they contradict each other");
    }
    if tls.certificate.is_some() != tls.key.is_some() {
        group.wrong("'certificate' and 'key' belong together");
    }
    group.finish();
    Some(tls)
}

fn certificates(entry: &Entry<'_>, directory: &Path) -> Option<String> {
    let text = pem(entry, directory)?;
    let mut found = CertificateDer::pem_slice_iter(text.as_bytes()).peekable();
    if found.peek().is_none() || found.any(|certificate| certificate.is_err()) {
        entry.wrong("the file holds no certificate (PEM, with a line BEGIN CERTIFICATE)");
        return None;
    }
    Some(text)
}

fn key(entry: &Entry<'_>, directory: &Path) -> Option<SecretString> {
    let text = pem(entry, directory)?;
    if PrivateKeyDer::from_pem_slice(text.as_bytes()).is_err() {
        entry.wrong("the file holds no key without a passphrase (PEM, with a line BEGIN PRIVATE KEY)");
        return None;
    }
    Some(SecretString::from(text))
}

fn pem(entry: &Entry<'_>, directory: &Path) -> Option<String> {
    let path = directory.join(entry.text()?);
    std::fs::read_to_string(&path)
        .map_err(|error| entry.wrong(format!("{} cannot be read: {error}", path.display())))
        .ok()
}
