//! A recording as a box: it says again what it said then.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use reqwest::Url;
use serde_json::Value as Json;

use super::start::{Keys, run};
use super::{Appliance, FAMILIES, HttpRequest, HttpResponse, Options, Running, StartError, Troubles};
use crate::transport::har::{Entry, Har, Response};
use crate::transport::{is_pseudonym, pairs};

/// What browsers add to addresses so that nobody answers from memory.
const CACHE_BUSTERS: [&str; 2] = ["_", "_dc"];

/// Headers that describe the connection of then.
const OF_THE_CONNECTION: [&str; 5] =
    ["content-length", "transfer-encoding", "content-encoding", "connection", "keep-alive"];

/// Starts a box that answers from a recording, ours or a browser's.
///
/// Requests are told apart by method, path, query and, where the recording has several, body. Answers to the same
/// request come in the order of the recording, and the last one again and again. What was redacted matches anything,
/// so any password opens. What was not recorded is answered with status 404.
///
/// # Errors
/// When the port cannot be opened.
pub async fn replay(har: &Har, options: Options) -> Result<Running, StartError> {
    let family = har.log.about.as_ref().and_then(|about| about.family.as_deref()).unwrap_or("replay");
    let known = FAMILIES.iter().find(|known| known.name == family);
    let credentials = known.map_or(&[] as &[_], |known| known.credentials);
    let pages = pages(har);
    run(family, Keys { credentials, ..Keys::default() }, options, |parts| {
        Arc::new(Replay::new(pages, parts.troubles))
    })
    .await
}

#[derive(Debug)]
struct Replay {
    pages: Vec<Page>,
    served: Mutex<BTreeSet<usize>>,
    troubles: Troubles,
}

/// What was asked, and the answer.
#[derive(Debug)]
struct Page {
    method: String,
    path: String,
    query: Vec<(String, String)>,
    body: String,
    response: HttpResponse,
}

/// The pages of the first host: browsers record what they ask of others, too.
fn pages(har: &Har) -> Vec<Page> {
    let mut pages = har.log.entries.iter().filter_map(page).peekable();
    let host = pages.peek().map(|(host, _)| host.clone());
    pages.filter(|(other, _)| Some(other) == host.as_ref()).map(|(_, page)| page).collect()
}

fn page(entry: &Entry) -> Option<(String, Page)> {
    // Browsers write 0 when nothing came back.
    if entry.response.status == 0 {
        return None;
    }
    let url = Url::parse(&entry.request.url).ok()?;
    let page = Page {
        method: entry.request.method.to_ascii_uppercase(),
        path: url.path().to_owned(),
        query: query(url.query().unwrap_or_default()),
        body: entry.request.post_data.as_ref().map(|data| data.text.clone()).unwrap_or_default(),
        response: response(&entry.response),
    };
    Some((url.host_str()?.to_owned(), page))
}

fn response(recorded: &Response) -> HttpResponse {
    let mut response = HttpResponse::empty(recorded.status);
    response.body = recorded.content.bytes();
    response.headers = recorded
        .headers
        .iter()
        .map(|header| (header.name.clone(), header.value.clone()))
        .filter(|(name, _)| !OF_THE_CONNECTION.contains(&name.to_ascii_lowercase().as_str()))
        .collect();
    let has_type = response.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    if !has_type && !recorded.content.mime_type.is_empty() {
        response = response.header("Content-Type", recorded.content.mime_type.clone());
    }
    response
}

fn query(text: &str) -> Vec<(String, String)> {
    let mut fields = pairs::decode(text);
    fields.retain(|(name, _)| !CACHE_BUSTERS.contains(&name.as_str()));
    fields.sort();
    fields
}

impl Replay {
    const fn new(pages: Vec<Page>, troubles: Troubles) -> Self {
        Self { pages, served: Mutex::new(BTreeSet::new()), troubles }
    }

    /// The page for this request: the first that was not served yet, or else the last.
    fn find(&self, request: &HttpRequest) -> Option<&Page> {
        let mut served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = query(&request.query);
        let body = String::from_utf8_lossy(&request.body);
        let fits = |(_, page): &(usize, &Page)| {
            page.method == request.method && page.path == request.path && fields_alike(&page.query, &asked)
        };
        let all: Vec<_> = self.pages.iter().enumerate().filter(fits).collect();
        let same: Vec<_> = all.iter().copied().filter(|(_, page)| bodies_alike(&page.body, &body)).collect();
        let candidates = if same.is_empty() { all } else { same };
        let fresh = candidates.iter().find(|(position, _)| !served.contains(position));
        let (position, page) = fresh.or_else(|| candidates.last()).copied()?;
        served.insert(position);
        Some(page)
    }
}

#[async_trait]
impl Appliance for Replay {
    async fn answer(&self, request: HttpRequest) -> HttpResponse {
        if let Some(page) = self.find(&request) {
            return self.troubles.spoil(page.response.clone());
        }
        tracing::debug!(method = request.method, path = request.path, "not in the recording");
        HttpResponse::new(404, "text/plain", "not in the recording")
    }
}

fn bodies_alike(recorded: &str, sent: &str) -> bool {
    if let (Ok(recorded), Ok(sent)) = (serde_json::from_str(recorded), serde_json::from_str(sent)) {
        return json_alike(&recorded, &sent);
    }
    recorded == sent || fields_alike(&pairs::decode(recorded), &pairs::decode(sent))
}

fn fields_alike(recorded: &[(String, String)], sent: &[(String, String)]) -> bool {
    recorded.len() == sent.len()
        && recorded.iter().zip(sent).all(|(recorded, sent)| {
            recorded.0 == sent.0
                && (values_alike(&recorded.1, &sent.1) || documents_alike(&recorded.1, &sent.1))
        })
}

/// Some boxes are sent documents as fields of forms.
fn documents_alike(recorded: &str, sent: &str) -> bool {
    recorded.starts_with('{') && sent.starts_with('{') && bodies_alike(recorded, sent)
}

fn values_alike(recorded: &str, sent: &str) -> bool {
    recorded == sent || is_pseudonym(recorded)
}

fn json_alike(recorded: &Json, sent: &Json) -> bool {
    match (recorded, sent) {
        (Json::String(recorded), Json::String(sent)) => values_alike(recorded, sent),
        (Json::Array(recorded), Json::Array(sent)) => {
            recorded.len() == sent.len()
                && recorded.iter().zip(sent).all(|(recorded, sent)| json_alike(recorded, sent))
        }
        (Json::Object(recorded), Json::Object(sent)) => {
            recorded.len() == sent.len()
                && recorded
                    .iter()
                    .all(|(name, value)| sent.get(name).is_some_and(|sent| json_alike(value, sent)))
        }
        _ => recorded == sent,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::FaultClass;
    use crate::simulators::Trouble;
    use crate::transport::{Capture, Reply, Request, Settings, Transport, Trust};

    fn exchange(method: &str, url: &str, body: &str, answer: &str) -> Json {
        json!({
            "request": {"method": method, "url": url, "postData": {"text": body}},
            "response": {"status": 200, "content": {"mimeType": "application/json", "text": answer}},
        })
    }

    async fn boxed(entries: Json) -> Running {
        let har = json!({"log": {"entries": entries, "_router2mqtt": {"type": "hitron"}}});
        replay(&Har::parse(har.to_string().as_bytes()).unwrap(), Options::default()).await.unwrap()
    }

    fn transport(running: &Running) -> Transport {
        let mut settings = Settings::new(running.url().parse().unwrap());
        settings.gap = std::time::Duration::ZERO;
        settings.trust = running.pin().map_or(Trust::Anyone, |pin| Trust::Pinned(vec![pin]));
        Transport::new(settings, None).unwrap()
    }

    async fn text(transport: &Transport, request: Request) -> String {
        let reply: Reply = transport.send(request).await.unwrap();
        if reply.is_success() { reply.text().into_owned() } else { reply.status.to_string() }
    }

    #[tokio::test]
    async fn answers_come_in_order_and_the_last_one_stays() {
        let running = boxed(json!([
            exchange("GET", "http://box/data?x=1&_=111", "", "first"),
            exchange("GET", "http://box/other", "", "other"),
            exchange("GET", "http://box/data?_dc=5&x=1", "", "second"),
            exchange("GET", "http://elsewhere.example/data?x=1", "", "advertising"),
        ]))
        .await;
        let transport = transport(&running);
        for expected in ["first", "second", "second"] {
            assert_eq!(text(&transport, Request::get("/data?x=1&_=999")).await, expected);
        }
        assert_eq!(text(&transport, Request::get("/other")).await, "other");
        for unknown in [Request::get("/data"), Request::post("/other"), Request::get("/nothing")] {
            assert_eq!(text(&transport, unknown).await, "404");
        }
        assert_eq!(running.configuration()["type"], "hitron");
    }

    #[tokio::test]
    async fn one_page_may_answer_many_questions() {
        let running = boxed(json!([
            exchange("POST", "http://box/rpc", r#"{"ask": "a", "token": "redacted-1"}"#, "about a"),
            exchange("POST", "http://box/rpc", r#"{"ask": "b", "token": "redacted-2"}"#, "about b"),
            exchange(
                "POST",
                "http://box/login",
                "usr=redacted-3&pwd=redacted-4&model=%7B%22a%22%3A%22redacted-5%22%7D",
                "welcome"
            ),
        ]))
        .await;
        let transport = transport(&running);
        let ask = |what: &str| Request::post("/rpc").json(json!({"token": "of today", "ask": what}));
        assert_eq!(text(&transport, ask("b")).await, "about b");
        assert_eq!(text(&transport, ask("a")).await, "about a");
        assert_eq!(text(&transport, ask("b")).await, "about b");
        assert_eq!(text(&transport, ask("never asked")).await, "about b", "better than nothing");
        let login =
            [("usr", "me".to_owned()), ("pwd", "any".to_owned()), ("model", r#"{"a":"x"}"#.to_owned())];
        assert_eq!(text(&transport, Request::post("/login").form(login)).await, "welcome");
    }

    #[tokio::test]
    async fn what_was_captured_plays_again() {
        let first = boxed(json!([
            exchange("GET", "http://box/status", "", r#"{"mac":"00:00:5E:00:53:01","uptime":77}"#),
            exchange("POST", "http://box/text", "<a/>", "<b/>"),
        ]))
        .await;
        let capture = Capture::new();
        capture.describe("freebox");
        let recorder = Arc::clone(&capture) as Arc<dyn crate::transport::Recorder>;
        let recording = Transport::new(Settings::new(first.url().parse().unwrap()), Some(recorder)).unwrap();
        recording.send(Request::get("/status")).await.unwrap();
        recording.send(Request::post("/text").text("text/xml", "<a/>")).await.unwrap();

        let options = Options { tls: true, ..Options::default() };
        let second = replay(&capture.har(), options).await.unwrap();
        let transport = transport(&second);
        let status: Json = transport.send(Request::get("/status")).await.unwrap().json().unwrap();
        assert_eq!(status, json!({"mac": "02:00:00:00:00:01", "uptime": 77}));
        assert_eq!(text(&transport, Request::post("/text").text("text/xml", "<a/>")).await, "<b/>");
        assert_eq!(second.configuration()["type"], "freebox");
        assert_eq!(second.tally().requests(), 2);
    }

    #[tokio::test]
    async fn a_recording_can_have_troubles() {
        let running = boxed(json!([exchange("GET", "http://box/status", "", "{}")])).await;
        running.troubles().begin(Trouble::Status500);
        assert_eq!(text(&transport(&running), Request::get("/status")).await, "500");
    }

    #[tokio::test]
    async fn the_certificate_changes_after_the_first_connection() {
        let har = json!({"log": {"entries": [exchange("GET", "http://box/", "", "{}")]}});
        let har = Har::parse(har.to_string().as_bytes()).unwrap();
        let troubles = [Trouble::CertificateChange].into_iter().collect();
        let running = replay(&har, Options { tls: true, troubles, ..Options::default() }).await.unwrap();
        let transport = transport(&running);

        transport.send(Request::get("/")).await.unwrap();
        let fault = transport.send(Request::get("/")).await.unwrap_err();
        assert_eq!(fault.class(), FaultClass::PinMismatch, "{fault}");
        assert!(
            fault.to_string().contains(&running.pin().unwrap().to_string()),
            "the old one is named: {fault}"
        );

        running.troubles().end(Trouble::CertificateChange);
        transport.send(Request::get("/")).await.unwrap();
    }
}
