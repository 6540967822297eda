use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::time::timeout;

use super::adhoc::{self, Guests};
use super::boxes::Boxes;
use super::health::{Begun, Life};
use super::page::Page;
use super::probe::{self, Probes};
use super::server::Reporter;
use crate::engine::Handle;
use crate::metrics;
use crate::transport::pairs;

/// The longest address that is read.
const LONGEST_ADDRESS: usize = 2048;

/// Longer than anything that is waited for here.
const LONGEST_REQUEST: Duration = Duration::from_secs(70);

const NOTHING: &str = "There is nothing here. There are /metrics, /probe?target=BOX, /healthz and /readyz.\n";

/// What the answers are made from.
#[derive(Debug)]
pub(super) struct House {
    pub handle: Handle,
    pub reporter: Arc<dyn Reporter>,
    pub life: Life,
    pub begun: Begun,
    pub boxes: Boxes,
    pub probes: Probes,
    pub guests: Option<Guests>,
}

/// Who answers what.
pub(super) fn router(house: Arc<House>) -> Router {
    Router::new()
        .route("/metrics", get(everything))
        .route("/probe", get(look))
        .route("/healthz", get(health))
        .route("/readyz", get(readiness))
        .fallback(async || text(StatusCode::NOT_FOUND, NOTHING))
        .layer(middleware::from_fn(manners))
        .with_state(house)
}

/// A plain sentence.
pub(super) fn text(status: StatusCode, words: impl Into<String>) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], words.into()).into_response()
}

/// What holds for every request, and for every answer.
async fn manners(request: Request, next: Next) -> Response {
    let mut answer = if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let words = "Nothing can be changed here: only GET and HEAD are understood.\n";
        let mut refusal = text(StatusCode::METHOD_NOT_ALLOWED, words);
        refusal.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        refusal
    } else if length(request.uri()) > LONGEST_ADDRESS {
        text(
            StatusCode::URI_TOO_LONG,
            format!("An address of at most {LONGEST_ADDRESS} bytes is expected.\n"),
        )
    } else {
        timeout(LONGEST_REQUEST, next.run(request))
            .await
            .unwrap_or_else(|_| text(StatusCode::SERVICE_UNAVAILABLE, "The answer took too long.\n"))
    };
    // Numbers of this moment, for programs: nothing to keep, to guess at, to show within another page or to run.
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

fn length(uri: &Uri) -> usize {
    uri.path_and_query().map_or(0, |text| text.as_str().len())
}

/// All boxes, as they are known; none of them is asked.
async fn everything(State(house): State<Arc<House>>, uri: Uri, headers: HeaderMap) -> Response {
    let world = house.handle.world().borrow().clone();
    let mut page = Page::for_whom(&headers, &pairs::decode(uri.query().unwrap_or_default()));
    match page.of_everything() {
        Some(format) => page.add_text(&house.boxes.text(&world, format)),
        None => page.add(house.boxes.families(&world)),
    }
    page.add(metrics::of_the_bridge(&world, &house.reporter.figures()));
    page.show()
}

/// One box, read now.
async fn look(State(house): State<Arc<House>>, uri: Uri, headers: HeaderMap) -> Response {
    let asked = pairs::decode(uri.query().unwrap_or_default());
    match probe::wanted(&house, &asked) {
        Some(id) => probe::answer(&house, &id, &asked, &headers).await,
        None => adhoc::answer(house.guests.as_ref(), &asked, &headers).await,
    }
}

async fn health(State(house): State<Arc<House>>) -> Response {
    match house.life.trouble() {
        None => text(StatusCode::OK, "alive\n"),
        Some(trouble) => text(StatusCode::SERVICE_UNAVAILABLE, format!("{trouble}\n")),
    }
}

async fn readiness(State(house): State<Arc<House>>) -> Response {
    let missing = house.begun.missing(&house.handle);
    if missing.is_empty() {
        return text(StatusCode::OK, "ready\n");
    }
    text(StatusCode::SERVICE_UNAVAILABLE, missing.join("\n") + "\n")
}
