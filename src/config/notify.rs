use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use config::ValueKind;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value as Json};

use super::read::{Entry, Group, either};
use super::{Context, router, secret, suggest, time};
use crate::model::BoxId;
use crate::notify::{
    Address, Choice, Kind, Language, Mistake, Notice, Settings, Summary, Target, Template, WORDS, samples,
    summary_samples,
};
use crate::transport::Trust;

/// How long a target may take to answer, unless it says so.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What is told, and where: `notify` and `summary`. `boxes` are those there are, if that is known.
pub(super) fn read(
    root: &mut Group<'_>,
    boxes: Option<&[&BoxId]>,
    zone: TimeZone,
    context: &Context<'_>,
) -> Settings {
    let language = Language::new(zone.clone());
    let reader = Reader { boxes, language: &language, context };
    Settings { targets: reader.targets(root), summary: summary(root, &language), zone }
}

struct Reader<'a> {
    boxes: Option<&'a [&'a BoxId]>,
    language: &'a Language,
    context: &'a Context<'a>,
}

impl Reader<'_> {
    fn targets(&self, root: &mut Group<'_>) -> Vec<Target> {
        let Some(entry) = root.take("notify") else {
            return Vec::new();
        };
        let entries = match entry.kind() {
            // One target does not need a list.
            ValueKind::Table(_) => vec![entry],
            _ => entry.items().unwrap_or_default(),
        };
        let groups = entries.into_iter().filter_map(Entry::group);
        groups.zip(1..).filter_map(|(group, number)| self.target(group, number)).collect()
    }

    fn target(&self, mut group: Group<'_>, number: usize) -> Option<Target> {
        let kind = kind(&mut group);
        let address = self.address(&mut group);
        if kind == Some(Kind::Ntfy) && address.as_ref().is_some_and(|address| !address.has_path()) {
            group.missing(
                "url",
                "the topic is missing; an address such as https://ntfy.example/topic is expected",
            );
        }
        let choice = choice(&mut group);
        let boxes = group.take("boxes").map(|entry| self.boxes(&entry));
        let tried = tried_on(&choice);
        let title = template(&mut group, "title", self.language, &tried);
        let text = template(&mut group, "text", self.language, &tried);
        let headers = self.headers(&mut group);
        let timeout = group.take("timeout").and_then(|entry| time::TIMEOUT.read(&entry));
        let (pins, tls) = (group.take("tls_pin"), group.take("tls"));
        let encrypted = address.as_ref().is_none_or(Address::is_encrypted);
        let trust = router::trust(pins.as_ref(), tls.as_ref(), encrypted).unwrap_or(Trust::Authorities(""));
        group.finish();
        let (kind, address, timeout) = (kind?, address?, timeout.unwrap_or(TIMEOUT));
        Some(Target { number, kind, address, choice, boxes, title, text, headers, trust, timeout })
    }

    /// Where it is. Whoever knows the address of a webhook can post to it, so it is read like a secret.
    fn address(&self, group: &mut Group<'_>) -> Option<Address> {
        let Some(entry) = group.take("url") else {
            group.missing("url", "is missing; an address such as https://ntfy.example/topic is expected");
            return None;
        };
        let text = secret::read(entry, self.context)?;
        address(&text).map_err(|wrong| group.missing("url", wrong)).ok()
    }

    fn boxes(&self, entry: &Entry<'_>) -> BTreeSet<BoxId> {
        let known = |id: &BoxId| self.boxes.is_none_or(|boxes| boxes.contains(&id));
        let mut found = BTreeSet::new();
        for item in entry.items().into_iter().flatten() {
            let Some(id) = item.parsed(str::parse::<BoxId>) else { continue };
            if known(&id) {
                found.insert(id);
            } else {
                let ids: Vec<_> = self.boxes.into_iter().flatten().map(|id| id.as_str()).collect();
                item.wrong(format!("{} is expected, a box of 'routers'", either(&ids)));
            }
        }
        found
    }

    fn headers(&self, group: &mut Group<'_>) -> Vec<(HeaderName, HeaderValue)> {
        let mut headers = Vec::new();
        for (name, entry) in group.group("headers").into_entries() {
            let Ok(name) = name.parse::<HeaderName>() else {
                group.missing("headers", "a name of a header has letters, digits and '-' only");
                continue;
            };
            let value = secret::read(entry, self.context).map(|value| (name, value));
            headers.extend(value);
        }
        headers.extend(self.login(group).map(|login| (AUTHORIZATION, login)));
        let given = headers.len();
        let headers: Vec<_> =
            headers.into_iter().filter_map(|(name, value)| Some((name, sealed(&value)?))).collect();
        if headers.len() < given {
            group.missing("headers", "has a sign in it, or in the login, that no header can hold");
        }
        headers
    }

    fn login(&self, group: &mut Group<'_>) -> Option<SecretString> {
        let token = group.take("token").and_then(|entry| secret::read(entry, self.context));
        let username = group.take("username").and_then(|entry| secret::open(entry, self.context));
        let password = group.take("password").and_then(|entry| secret::read(entry, self.context));
        match (token, username, password) {
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
                group.missing("token", "contradicts 'username' and 'password'");
                None
            }
            (Some(token), None, None) => {
                Some(SecretString::from(format!("Bearer {}", token.expose_secret())))
            }
            (None, Some(username), Some(password)) => {
                let pair = STANDARD.encode(format!("{username}:{}", password.expose_secret()));
                Some(SecretString::from(format!("Basic {pair}")))
            }
            (None, Some(_), None) => {
                group.missing("password", "is missing beside 'username'");
                None
            }
            (None, None, Some(_)) => {
                group.missing("username", "is missing beside 'password'");
                None
            }
            (None, None, None) => None,
        }
    }
}

fn kind(group: &mut Group<'_>) -> Option<Kind> {
    let kinds = Kind::ALL.map(|kind| (kind.word(), kind));
    let Some(entry) = group.take("type") else {
        group.missing("type", format!("is missing; {} is expected", either(&kinds.map(|(word, _)| word))));
        return None;
    };
    entry.choice(&kinds)
}

fn choice(group: &mut Group<'_>) -> Choice {
    let items = group.take("events").and_then(|entry| entry.items());
    items.map(|items| Choice::of(items.iter().filter_map(|item| item.parsed(word)))).unwrap_or_default()
}

fn word(text: &str) -> Result<&'static str, String> {
    WORDS.into_iter().find(|word| *word == text).ok_or_else(|| {
        let hint = suggest::hint(text, &WORDS);
        format!("{} or the word of an event is expected{hint}", Choice::groups().join(", "))
    })
}

fn address(text: &SecretString) -> Result<Address, &'static str> {
    const FORM: &str = "an address such as https://ntfy.example/topic is expected";
    let url = Url::parse(text.expose_secret()).map_err(|_| FORM)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the address must not hold credentials; use 'username' and 'password', or 'token'");
    }
    let fits = matches!(url.scheme(), "http" | "https") && url.fragment().is_none();
    if fits { Ok(Address::new(url)) } else { Err(FORM) }
}

/// A value that no debug output shows.
fn sealed(value: &SecretString) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_bytes(value.expose_secret().as_bytes()).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// What templates for these events are tried on.
fn tried_on(choice: &Choice) -> Vec<Map<String, Json>> {
    let Ok(any) = "box".parse() else {
        return Vec::new();
    };
    let chosen = samples(&any).into_iter().filter(|notice| choice.has(notice.event.kind.word()));
    chosen.map(|notice: Notice| notice.fields()).collect()
}

fn template(
    group: &mut Group<'_>,
    key: &'static str,
    language: &Language,
    tried: &[Map<String, Json>],
) -> Option<Template> {
    let entry = group.take(key)?;
    let template = Template::new(entry.text()?, language);
    template.check(tried).map_err(|mistake| entry.wrong(explained(&mistake))).ok()?;
    Some(template)
}

fn explained(mistake: &Mistake) -> String {
    let Mistake::NoVariable { name, known } = mistake else {
        return mistake.to_string();
    };
    let known: Vec<_> = known.iter().map(String::as_str).collect();
    format!("{mistake}{}; there are {}", suggest::hint(name, &known), known.join(", "))
}

fn summary(root: &mut Group<'_>, language: &Language) -> Option<Summary> {
    let mut group = root.take("summary").and_then(Entry::group)?;
    let entry = group.take("at");
    if entry.is_none() {
        group.missing("at", "is missing; a time of the day such as 07:30 is expected");
    }
    let at = entry.and_then(|entry| entry.parsed(time_of_day));
    let text = template(&mut group, "text", language, &summary_samples());
    group.finish();
    Some(Summary { at: at?, text })
}

fn time_of_day(text: &str) -> Result<Time, &'static str> {
    Time::strptime("%H:%M", text).map_err(|_| "a time of the day such as 07:30 is expected")
}
