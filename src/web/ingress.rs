//! The page within Home Assistant's own: how the boxes are, for the owner of the app.
//!
//! Whoever comes this way was let in by Home Assistant, which is why only its proxy is answered, and why the page may be shown
//! within another one. Its links are whole addresses of the boxes: there is no path that the proxy would have to change.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use jiff::{SignedDuration, Timestamp};
use minijinja::{Environment, context};
use serde::Serialize;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::routes::text;
use super::server::{Port, serve};
use crate::engine::{Availability, BoxView, World};
use crate::model::Clock;
use crate::mqtt::Broker;

/// Names and texts come from boxes: what ends in `.html` is escaped.
const PAGE: (&str, &str) = ("page.html", include_str!("ingress.html"));

const STRANGER: &str = "This page is Home Assistant's: open it there.\n";

/// Where the page is, and for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IngressSettings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The proxy, and nobody else, is answered.
    pub proxy: IpAddr,
}

/// The server of the page.
#[derive(Debug)]
pub struct Ingress {
    port: Port,
    proxy: IpAddr,
    house: House,
}

/// What the page is made from.
#[derive(Clone, Debug)]
struct House {
    world: watch::Receiver<World>,
    broker: watch::Receiver<Broker>,
    clock: Clock,
}

impl Ingress {
    /// The page at this port, for this proxy.
    pub fn new(
        port: Port,
        proxy: IpAddr,
        world: watch::Receiver<World>,
        broker: watch::Receiver<Broker>,
        clock: Clock,
    ) -> Self {
        tracing::info!("the page for Home Assistant is at http://{}", port.address());
        Self { port, proxy, house: House { world, broker, clock } }
    }

    /// Serves until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        let Self { port, proxy, house } = self;
        let page = Router::new()
            .route("/", get(show))
            .fallback(async || text(StatusCode::NOT_FOUND, "There is one page only.\n"))
            .with_state(Arc::new(house));
        let refusal = Router::new().fallback(async || text(StatusCode::FORBIDDEN, STRANGER));
        let choose = |peer: Option<IpAddr>| {
            // On a socket for both kinds of addresses, the older ones are written as newer ones.
            let is_proxy = peer.is_some_and(|peer| peer.to_canonical() == proxy);
            if is_proxy { page.clone() } else { refusal.clone() }
        };
        serve(port, choose, &stop).await;
    }
}

async fn show(State(house): State<Arc<House>>) -> Response {
    let page = page(&house.world.borrow(), *house.broker.borrow(), house.clock.now());
    let Ok(page) = page else {
        return text(StatusCode::INTERNAL_SERVER_ERROR, "The page cannot be made.\n");
    };
    let manners = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        // Home Assistant shows it in a frame, from its own address.
        (
            HeaderName::from_static("content-security-policy"),
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
        ),
    ];
    (manners, Html(page)).into_response()
}

#[derive(Serialize)]
struct Shown<'a> {
    name: &'a str,
    model: Option<&'a str>,
    url: &'a str,
    state: &'static str,
    problem: Option<(&'a str, &'a str)>,
    read: Option<String>,
}

fn page(world: &World, broker: Broker, now: Timestamp) -> Result<String, minijinja::Error> {
    let boxes: Vec<_> = world.boxes().map(|view| shown(view, now)).collect();
    let connected = broker != Broker::Away;
    let version = env!("CARGO_PKG_VERSION");
    Environment::new().render_named_str(PAGE.0, PAGE.1, context! { boxes, connected, version })
}

fn shown(view: &BoxView, now: Timestamp) -> Shown<'_> {
    Shown {
        name: &view.about.name,
        model: view.identity.model.as_deref(),
        url: &view.about.url,
        state: match view.availability {
            Availability::Online { .. } => "online",
            Availability::Offline { .. } => "offline",
            Availability::Unknown => "unknown",
        },
        problem: view.problem.as_ref().map(|problem| (problem.summary.as_str(), problem.advice.as_str())),
        read: view.record.last_success.map(|at| {
            let ago = SignedDuration::from_secs(now.duration_since(at).as_secs().max(0));
            format!("{ago:#}")
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{About, Problem};
    use crate::model::FaultClass;

    fn view(id: &str, name: &str) -> BoxView {
        BoxView::new(About {
            id: id.parse().unwrap(),
            name: name.into(),
            family: "any",
            manufacturer: "Anybody",
            url: "http://192.0.2.1/".into(),
            actions: Vec::new(),
        })
    }

    #[test]
    fn the_page_says_how_each_box_is_and_what_to_do() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let (mut well, mut ill) = (view("a", "Modem"), view("b", "<b>Hall</b>"));
        well.availability = Availability::Online { since: now };
        well.record.last_success = Some(now - SignedDuration::from_secs(95));
        well.identity.model = Some("CODA-4582".into());
        ill.availability = Availability::Offline { since: now };
        ill.problem = Some(Problem {
            class: FaultClass::CredentialsRejected,
            summary: "the box rejected the credentials".into(),
            advice: "correct them".into(),
            since: now,
        });
        let mut world = World::default();
        world.put(well);
        world.put(ill);
        let shown = page(&world, Broker::Away, now).unwrap();
        for words in [
            "Modem",
            "CODA-4582",
            "online",
            "1m 35s ago",
            "offline",
            "rejected the credentials",
            "correct them",
        ] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
        assert!(shown.contains("&lt;b&gt;Hall") && !shown.contains("<b>Hall"), "names are not believed");
        assert!(shown.contains("No connection to the broker"));
        assert!(page(&world, Broker::Settled, now).unwrap().contains("Connected to the broker"));
        let relative = shown.matches("href=").count() - shown.matches("href=\"http:&#x2f;&#x2f;").count();
        assert_eq!(relative, 0, "nothing that a proxy would have to rewrite: {shown}");
    }
}
