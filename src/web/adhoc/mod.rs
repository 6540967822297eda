//! Boxes that are not configured, read with the credentials of the request: what `hitron-exporter` did, with its parameters and under its
//! names. Off unless its owner lists the addresses.

mod ask;
mod guests;
mod place;

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use async_trait::async_trait;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use secrecy::SecretString;
use tokio::time::{Instant, timeout};

use super::page::Page;
use super::probe::{about, patience};
use super::routes::text;
use crate::engine::BoxView;
use crate::metrics::{Compat, compat};
use crate::model::Fault;
use crate::transport::Pin;
use ask::Ask;
pub(super) use guests::Guests;

/// A box that is not configured, and who we are to it.
#[derive(Clone, Debug)]
pub struct Stranger {
    /// Where it is.
    pub address: SocketAddr,
    /// The user name.
    pub username: String,
    /// The password.
    pub password: SecretString,
    /// Its certificate; `None` accepts any, and tells what it is.
    pub pin: Option<Pin>,
    /// Whether to log out whoever uses its page.
    pub force: bool,
}

/// Makes what reads boxes that are not configured.
pub trait Host: Send + Sync + fmt::Debug {
    /// What reads this box, again and again.
    fn receive(&self, stranger: Stranger) -> Box<dyn Guest>;
}

/// What reads one box that is not configured.
#[async_trait]
pub trait Guest: Send + fmt::Debug {
    /// Logs in, and reads what the exporter read.
    ///
    /// # Errors
    /// When nothing could be read.
    async fn visit(&mut self) -> Result<BoxView, Fault>;

    /// Logs out, if there is a session.
    async fn leave(&mut self);
}

/// What such a box says, or why it is not asked.
pub(super) async fn answer(
    guests: Option<&Guests>,
    asked: &[(String, String)],
    headers: &HeaderMap,
) -> Response {
    let began = Instant::now();
    let refuse = |(status, words): (StatusCode, String)| text(status, words + "\n");
    let ask = match Ask::read(asked) {
        Ok(ask) => ask,
        Err(refusal) => return refuse(refusal),
    };
    let Some(guests) = guests else {
        let words = "no box of that name is configured, and 'web.adhoc_probes' allows no others";
        return refuse((StatusCode::FORBIDDEN, words.to_owned()));
    };
    if comes_from_a_page(headers) {
        let words = "a request that a web page sends may not bring credentials; use a scraper, or curl";
        return refuse((StatusCode::FORBIDDEN, words.to_owned()));
    }
    let patience = patience(headers);
    let read = async {
        let stranger = ask.resolve(guests.allowed()).await?;
        guests.read(stranger).await.map_err(|why| (StatusCode::SERVICE_UNAVAILABLE, why))
    };
    let late = |_| {
        let words = format!("the box did not answer within {:.1} s", patience.as_secs_f64());
        Err((StatusCode::SERVICE_UNAVAILABLE, words))
    };
    match timeout(patience, read).await.unwrap_or_else(late) {
        Err(refusal) => refuse(refusal),
        Ok((view, age)) => show(&view, age, began, asked, headers),
    }
}

fn show(
    view: &BoxView,
    age: Duration,
    began: Instant,
    asked: &[(String, String)],
    headers: &HeaderMap,
) -> Response {
    let mut page = Page::for_whom(headers, asked);
    page.add(compat::families(Compat::Hitron, view));
    page.add(about(began, age));
    page.show()
}

/// Whether a browser sends this on behalf of some page. The page could not read the answer, but each request may be a login.
fn comes_from_a_page(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match text("sec-fetch-site") {
        Some(site) => site != "none" || headers.contains_key("origin"),
        // Browsers do not say where a request comes from when it goes to another machine without encryption.
        None => {
            headers.contains_key("origin")
                || headers.contains_key("referer")
                || text("user-agent").is_some_and(|agent| agent.starts_with("Mozilla/"))
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn what_a_page_sends_is_told_from_what_a_program_or_a_person_sends() {
        for sent in [
            &[("origin", "null")][..],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none"), ("origin", "http://a.example")],
            &[("referer", "http://a.example/")],
            &[("user-agent", "Mozilla/5.0 (X11; Linux x86_64)")],
        ] {
            assert!(comes_from_a_page(&headers(sent)), "{sent:?}");
        }
        for sent in [
            &[][..],
            &[("user-agent", "Prometheus/2.53.0")],
            &[("user-agent", "Mozilla/5.0"), ("sec-fetch-site", "none")],
        ] {
            assert!(!comes_from_a_page(&headers(sent)), "{sent:?}");
        }
    }
}
