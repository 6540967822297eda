use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac as _};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use super::read::{Entry, Group, either};
use super::{Context, clients, line, quota, secret, time};
use crate::accounting::QuotaPolicy;
use crate::engine::{ClientPolicy, LinePolicy};
use crate::model::{BoxId, Deed, Pattern, PatternError, text};
use crate::routers::{Credentials, Family, FamilyOption, OptionKind, Stability};
use crate::transport::{Deadlines, Pin, Settings, Trust};

/// One box, as its owner wants it.
#[derive(Clone, Debug)]
pub struct RouterConfig {
    /// Its id.
    pub id: BoxId,
    /// Its name for people.
    pub name: String,
    /// Its family.
    pub family: &'static Family,
    /// How to talk to it.
    pub transport: Settings,
    /// Who we are to it.
    pub credentials: Credentials,
    /// The options that only its family has, by key.
    pub options: BTreeMap<String, String>,
    /// How often to poll it.
    pub every: Duration,
    /// What it may be made to do.
    pub allow: BTreeSet<Deed>,
    /// Which devices of the household are tracked.
    pub clients: ClientPolicy,
    /// When its line is good.
    pub line: LinePolicy,
    /// How its operator bills, and what may be used.
    pub quota: QuotaPolicy,
}

impl RouterConfig {
    /// A digest of everything that decides whether a login can succeed: it changes when the owner has changed
    /// something that is worth another try. It can be stored, as without the salt it gives nothing away.
    pub fn digest(&self, salt: &[u8]) -> String {
        let pins = match &self.transport.trust {
            Trust::Pinned(pins) => pins.iter().map(Pin::to_string).collect(),
            Trust::Authorities(_) => String::new(),
            Trust::Anyone => "anyone".to_owned(),
        };
        let secret = |secret: &Option<SecretString>| {
            secret.as_ref().map_or("", ExposeSecret::expose_secret).to_owned()
        };
        let parts = [
            self.family.name.to_owned(),
            self.transport.url.to_string(),
            self.credentials.username.clone().unwrap_or_default(),
            secret(&self.credentials.password),
            secret(&self.credentials.app_token),
            pins,
        ];
        // A token may belong to the id in an option.
        let options = self.options.iter().flat_map(|(key, value)| [key.clone(), value.clone()]);
        let mut hmac = keyed(salt);
        for part in parts.into_iter().chain(options) {
            // The length keeps "ab" + "c" apart from "a" + "bc".
            hmac.update(&(part.len() as u64).to_be_bytes());
            hmac.update(part.as_bytes());
        }
        hex::encode(hmac.finalize().into_bytes())
    }
}

fn keyed(salt: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    Hmac::new_from_slice(salt).expect("HMAC takes keys of every length")
}

/// One group below `routers`.
pub(super) fn read(id: BoxId, mut router: Group<'_>, context: &Context<'_>) -> Option<RouterConfig> {
    let family = family(&mut router, context);
    let username = router.take("username");
    let password = router.take("password");
    let app_token = router.take("app_token");
    if let Some(family) = family {
        let given = [("username", &username), ("password", &password), ("app_token", &app_token)];
        for (key, entry) in given {
            check_credential(&router, family, key, entry.as_ref());
        }
    }
    check_pair(&router, family, username.is_some(), password.is_some());
    let credentials = Credentials {
        username: username.and_then(|entry| secret::open(entry, context)),
        password: password.and_then(|entry| secret::read(entry, context)),
        app_token: app_token.and_then(|entry| secret::read(entry, context)),
    };
    let transport = transport(&mut router, family, &credentials);
    let every = router.take("every").and_then(|entry| time::EVERY.read(&entry));
    let allow = router.take("allow");
    let name = router.take("name").and_then(|entry| entry.parsed(name));
    let clients = clients::read(&mut router);
    let line = line::read(&mut router);
    let quota = quota::read(&mut router);
    // Without a family nobody knows which other keys there are.
    let family = family?;
    let options = family.options.iter().filter_map(|option| chosen(&mut router, option)).collect();
    let allow = allow.map(|entry| allowed(&entry, family)).unwrap_or_default();
    router.finish();
    Some(RouterConfig {
        name: name.unwrap_or_else(|| prettified(id.as_str())),
        id,
        family,
        transport: transport?,
        credentials,
        options,
        every: every.unwrap_or(family.default_every),
        allow,
        clients,
        line,
        quota,
    })
}

fn family(router: &mut Group<'_>, context: &Context<'_>) -> Option<&'static Family> {
    let names: Vec<_> = context.families.iter().map(|family| family.name).collect();
    let Some(entry) = router.take("type") else {
        router.missing("type", format!("is missing; {} is expected", either(&names)));
        return None;
    };
    let known: Vec<_> = context.families.iter().map(|family| (family.name, *family)).collect();
    let family = entry.choice(&known)?;
    if let Stability::Experimental(why) = family.stability {
        entry.unwise(format!("{} is experimental: {why}", family.title));
    }
    Some(family)
}

fn check_credential(router: &Group<'_>, family: &Family, key: &str, entry: Option<&Entry<'_>>) {
    let needed = family.needs.contains(&key);
    match entry {
        None if needed && key == "app_token" => {
            let how = format!("'router2mqtt register {}' gives one", family.name);
            router.missing(key, format!("is missing; {how}"));
        }
        None if needed => router.missing(key, format!("is missing; {} needs it", family.title)),
        Some(entry) if !needed && !family.may_need.contains(&key) => {
            entry.wrong(format!("{} has no use for it", family.title));
        }
        _ => {}
    }
}

/// A login that a box may or may not need is given whole, or not at all; where everybody is the same user, a password is
/// whole.
fn check_pair(router: &Group<'_>, family: Option<&Family>, username: bool, password: bool) {
    let both = |family: &Family| ["username", "password"].iter().all(|key| family.may_need.contains(key));
    match (username, password) {
        (true, false) if family.is_some_and(both) => {
            router.missing("password", "is missing beside 'username'");
        }
        (false, true) if family.is_some_and(|family| both(family) && family.default_username.is_none()) => {
            router.missing("username", "is missing beside 'password'");
        }
        _ => {}
    }
}

/// How to talk to the box; `None` when it is not known where it is.
fn transport(
    router: &mut Group<'_>,
    family: Option<&'static Family>,
    credentials: &Credentials,
) -> Option<Settings> {
    let url = match router.take("url") {
        Some(entry) => entry.parsed(|text| address(text, scheme_of(family))),
        None => family.and_then(|family| {
            address(family.default_url, HTTP).map_err(|text| router.missing("url", text)).ok()
        }),
    };
    let gap = router.take("gap").and_then(|entry| time::GAP.read(&entry));
    let timeout = router.take("timeout").and_then(|entry| time::TIMEOUT.read(&entry));
    let (pins, tls) = (router.take("tls_pin"), router.take("tls"));
    let encrypted = url.as_ref().is_none_or(|url| url.scheme() == "https");
    let trust = trust(pins.as_ref(), tls.as_ref(), encrypted);
    let secrets = [&credentials.password, &credentials.app_token].into_iter().flatten().cloned().collect();
    Some(Settings {
        trust: trust.unwrap_or(Trust::Authorities(family?.authorities)),
        deadlines: deadlines(timeout.unwrap_or(family?.default_timeout)),
        gap: gap.unwrap_or(family?.gap),
        secrets,
        ..Settings::new(url?)
    })
}

const HTTP: &str = "http";
const HTTPS: &str = "https";

/// What an address without a scheme means: at home mostly plain HTTP, on the internet never.
fn scheme_of(family: Option<&Family>) -> &'static str {
    let is_encrypted = family.is_some_and(|family| family.default_url.starts_with("https://"));
    if is_encrypted { HTTPS } else { HTTP }
}

fn address(text: &str, scheme: &str) -> Result<Url, &'static str> {
    const FORM: &str = "an address such as http://192.0.2.1 or https://box.example is expected";
    let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("{scheme}://{text}")) };
    let url = url.map_err(|_| FORM)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the address must not hold credentials; they have keys of their own");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("an address without '?' and '#' is expected");
    }
    if matches!(url.scheme(), HTTP | HTTPS) { Ok(url) } else { Err(FORM) }
}

fn deadlines(timeout: Duration) -> Deadlines {
    let usual = Deadlines::default();
    Deadlines { connect: usual.connect.min(timeout), first_byte: timeout, whole: timeout.saturating_mul(3) }
}

fn trust(pins: Option<&Entry<'_>>, tls: Option<&Entry<'_>>, encrypted: bool) -> Option<Trust> {
    for entry in [pins, tls].into_iter().flatten().filter(|_| !encrypted) {
        entry.wrong("has no effect unless 'url' begins with https://");
    }
    if let (Some(_), Some(tls)) = (pins, tls) {
        tls.wrong("contradicts 'tls_pin'");
    }
    if let Some(entry) = pins {
        if entry.is_empty() {
            // Nobody would be trusted, which nobody wants.
            entry.wrong("a fingerprint is expected");
        }
        let pins = entry.items()?.iter().map(|pin| pin.parsed(str::parse)).collect::<Option<Vec<Pin>>>()?;
        return Some(Trust::Pinned(pins));
    }
    tls?.choice(&[("insecure", ())]).map(|()| Trust::Anyone)
}

fn allowed(entry: &Entry<'_>, family: &Family) -> BTreeSet<Deed> {
    let mut words: Vec<_> = family.deeds.iter().map(|deed| (deed.permission(), deed.permission())).collect();
    words.dedup();
    if words.is_empty() {
        entry.wrong(format!("{} cannot be made to do anything", family.title));
        return BTreeSet::new();
    }
    let permitted: BTreeSet<_> =
        entry.items().into_iter().flatten().filter_map(|item| item.choice(&words)).collect();
    family.deeds.iter().copied().filter(|deed| permitted.contains(deed.permission())).collect()
}

fn name(written: &str) -> Result<String, &'static str> {
    text::name(written).ok_or("a name is expected")
}

/// `living_room-modem` is "Living room modem" unless its owner has a better name.
pub(super) fn prettified(id: &str) -> String {
    let words = id.replace(['_', '-'], " ");
    let mut letters = words.trim().chars();
    letters.next().map_or_else(|| words.clone(), |first| first.to_uppercase().chain(letters).collect())
}

fn path(text: &str) -> Result<String, &'static str> {
    let fits =
        text.starts_with('/') && text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'?' | b'#'));
    if fits {
        Ok(text.to_owned())
    } else {
        Err("a path such as /api/devices is expected, without '?' and '#'")
    }
}

fn pattern(text: &str, groups: usize) -> Result<String, PatternError> {
    Pattern::new(text, groups).map(|_| text.to_owned())
}

/// The value of an option that only this family has; words have a default.
fn chosen(router: &mut Group<'_>, option: &'static FamilyOption) -> Option<(String, String)> {
    let entry = router.take(option.key);
    let value = match (option.kind, entry) {
        (OptionKind::Flag, entry) => entry?.flag()?.to_string(),
        (OptionKind::Text, entry) => entry?.text()?,
        (OptionKind::Url, entry) => entry?.parsed(|text| address(text, HTTPS))?.to_string(),
        (OptionKind::Path, entry) => entry?.parsed(path)?,
        (OptionKind::Pattern(groups), entry) => entry?.parsed(|text| pattern(text, groups))?,
        (OptionKind::Word(words), None) => (*words.first()?).to_owned(),
        (OptionKind::Word(words), Some(entry)) => {
            let known: Vec<_> = words.iter().map(|word| (*word, *word)).collect();
            entry.choice(&known)?.to_owned()
        }
    };
    Some((option.key.to_owned(), value))
}
