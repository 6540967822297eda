use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::Url;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::cookies::Cookies;
use super::names::Names;
use super::tls::{Manner, Seen};
use super::{Exchange, Recorder, Reply, Request, Settings, Trust, errors, raw, tls};
use crate::model::{Deadline, Fault};

/// The one way to talk to one box.
#[derive(Debug)]
pub struct Transport {
    settings: Settings,
    clients: Vec<(Manner, reqwest::Client)>,
    /// Whether the box turned out to be one of those that need [`Manner::Legacy`].
    legacy: AtomicBool,
    cookies: Arc<Cookies>,
    seen: Seen,
    /// When the next request may leave. Holding it is what makes requests wait for each other.
    turn: Arc<Mutex<Instant>>,
    recorder: Option<Arc<dyn Recorder>>,
}

impl Transport {
    /// Prepares to talk to a box; nothing is sent yet.
    ///
    /// # Errors
    /// [`Fault::Tls`] when the settings cannot be made into a client.
    pub fn new(settings: Settings, recorder: Option<Arc<dyn Recorder>>) -> Result<Self, Fault> {
        let seen = Seen::default();
        let cookies = Arc::new(Cookies::default());
        let clients = manners(&settings)
            .iter()
            .map(|manner| Ok((*manner, client(&settings, *manner, &seen, &cookies)?)))
            .collect::<Result<_, Fault>>()?;
        if let Some(recorder) = &recorder {
            for secret in &settings.secrets {
                recorder.conceal(secrecy::ExposeSecret::expose_secret(secret));
            }
        }
        Ok(Self {
            settings,
            clients,
            legacy: AtomicBool::new(false),
            cookies,
            seen,
            turn: Arc::new(Mutex::new(Instant::now())),
            recorder,
        })
    }

    /// The way to another server that belongs to the same box, such as the one where its users log in. Requests to
    /// either wait for each other; cookies are each server's own. A pin, and leave to accept any certificate, are for
    /// the box alone: another host has to be vouched for by the public authorities.
    ///
    /// # Errors
    /// [`Fault::Tls`] when the settings cannot be made into a client.
    pub fn beside(&self, url: Url) -> Result<Self, Fault> {
        let trust = match &self.settings.trust {
            trust if url.origin() == self.settings.url.origin() => trust.clone(),
            Trust::Authorities(additional) => Trust::Authorities(additional),
            Trust::Pinned(_) | Trust::Anyone => Trust::Authorities(""),
        };
        let other = Self::new(Settings { url, trust, ..self.settings.clone() }, self.recorder.clone())?;
        Ok(Self { turn: Arc::clone(&self.turn), ..other })
    }

    /// Where the box is.
    pub const fn url(&self) -> &Url {
        &self.settings.url
    }

    /// Forgets every cookie, and with them the session.
    pub fn forget_cookies(&self) {
        self.cookies.forget();
    }

    /// Keeps a cookie for the whole server, as if it had set it.
    pub fn keep_cookie(&self, name: &str, value: &str) {
        self.cookies.keep(&format!("{name}={value}; Path=/"), &self.settings.url);
    }

    /// Keeps a secret that the box handed out, such as a session token, out of every recording.
    pub fn conceal(&self, secret: &str) {
        if let Some(recorder) = &self.recorder {
            recorder.conceal(secret);
        }
    }

    /// Sends a request when it is its turn, and reads the answer within the deadlines.
    ///
    /// # Errors
    /// A fault when no answer came: unreachable, too late, TLS, or a body beyond the cap.
    pub async fn send(&self, request: Request) -> Result<Reply, Fault> {
        let (reply, took) = self.say(&request).await?;
        self.record(&request, &reply, took)?;
        Ok(reply)
    }

    /// The same for a request whose text is encrypted. What is recorded is what was meant: `meant` instead of the
    /// request, and what `open` makes of the answer. Nothing that was sent can then be opened later on.
    ///
    /// # Errors
    /// As for [`send`](Self::send).
    pub async fn send_sealed(
        &self,
        request: Request,
        meant: &Request,
        open: impl FnOnce(&Reply) -> Option<Vec<u8>> + Send,
    ) -> Result<Reply, Fault> {
        let (reply, took) = self.say(&request).await?;
        if self.recorder.is_some() {
            let body = open(&reply).unwrap_or_else(|| reply.body.clone());
            self.record(meant, &Reply { body, ..reply.clone() }, took)?;
        }
        Ok(reply)
    }

    fn record(&self, request: &Request, reply: &Reply, took: Duration) -> Result<(), Fault> {
        if let Some(recorder) = &self.recorder {
            let url = self.address(&request.path)?;
            recorder.record(Exchange { request, url: &url, reply, took });
        }
        Ok(())
    }

    /// The answer, and how long it took.
    async fn say(&self, request: &Request) -> Result<(Reply, Duration), Fault> {
        let url = self.address(&request.path)?;
        let mut turn = self.turn.lock().await;
        sleep_until(*turn).await;
        let began = Instant::now();
        let outcome = self.exchange(request, &url).await;
        *turn = Instant::now() + self.settings.gap;
        drop(turn);
        let reply = outcome?;
        tracing::debug!(
            method = %request.method,
            what = request.what(),
            status = reply.status,
            bytes = reply.body.len(),
            "box answered"
        );
        Ok((reply, began.elapsed()))
    }

    async fn exchange(&self, request: &Request, url: &Url) -> Result<Reply, Fault> {
        let deadlines = self.settings.deadlines;
        let end = Instant::now() + deadlines.whole;
        let late = |_| Fault::TimedOut(Deadline::FirstByte);
        let first_byte = deadlines.first_byte.min(deadlines.whole);
        let whole = async {
            // Where there is TLS, there is a server that keeps to the rules.
            if request.raw && url.scheme() == "http" {
                let head =
                    timeout(first_byte, raw::ask(request, url, &self.settings)).await.map_err(late)??;
                head.whole().await
            } else {
                let head = timeout(first_byte, self.head(request, url)).await.map_err(late)??;
                self.read(request, head).await
            }
        };
        timeout_at(end, whole).await.map_err(|_| Fault::TimedOut(Deadline::Whole))?
    }

    /// Sends the request in the manner that worked last, and in the other one when the handshake fails. Nothing has
    /// been sent to the box by then, so no request is ever sent twice.
    async fn head(&self, request: &Request, url: &Url) -> Result<reqwest::Response, Fault> {
        let mut refusal = None;
        for (manner, client) in self.clients_to_try() {
            self.seen.forget();
            let error = match build(client, request, url.clone()).send().await {
                Ok(head) => {
                    self.worked(*manner);
                    return Ok(head);
                }
                Err(error) => error,
            };
            let may_be_age = error.is_connect() && errors::may_be_age(&error);
            let fault = self.fault(error);
            if !may_be_age || matches!(fault, Fault::PinMismatch { .. }) {
                return Err(fault);
            }
            // What the modern manner says is the better explanation: the other one speaks less.
            if *manner == Manner::Modern || refusal.is_none() {
                refusal = Some(fault);
            }
        }
        Err(refusal.unwrap_or_else(|| Fault::Tls("no way to speak TLS".to_owned())))
    }

    fn clients_to_try(&self) -> Vec<&(Manner, reqwest::Client)> {
        let mut order: Vec<_> = self.clients.iter().collect();
        if self.legacy.load(Ordering::Relaxed) {
            order.reverse();
        }
        order
    }

    fn worked(&self, manner: Manner) {
        let legacy = manner == Manner::Legacy;
        if self.legacy.swap(legacy, Ordering::Relaxed) != legacy {
            tracing::info!(url = %self.settings.url, "{}", manner.described());
        }
    }

    /// Where a request for this path goes. A whole address is taken as it is, as long as it leads to this server.
    ///
    /// # Errors
    /// [`Fault::Malformed`] when it leads elsewhere, or nowhere.
    pub fn address(&self, path: &str) -> Result<Url, Fault> {
        if path.starts_with("http://") || path.starts_with("https://") {
            return Url::parse(path)
                .ok()
                .filter(|url| url.origin() == self.settings.url.origin())
                .ok_or_else(|| Fault::malformed("a redirect", "it leads to another server"));
        }
        let base = self.settings.url.as_str().trim_end_matches('/');
        let address = format!("{base}/{}", path.trim_start_matches('/'));
        Url::parse(&address).map_err(|error| Fault::malformed(path, error))
    }

    async fn read(&self, request: &Request, mut head: reqwest::Response) -> Result<Reply, Fault> {
        let mut reply = Reply {
            what: request.what().to_owned(),
            status: head.status().as_u16(),
            headers: head.headers().clone(),
            body: Vec::new(),
            complete: true,
        };
        loop {
            match head.chunk().await {
                Ok(Some(chunk)) if reply.body.len() + chunk.len() > self.settings.body_cap => {
                    let cap = self.settings.body_cap;
                    return Err(Fault::malformed(&reply.what, format!("more than {cap} bytes")));
                }
                Ok(Some(chunk)) => reply.body.extend_from_slice(&chunk),
                Ok(None) => return Ok(reply),
                Err(error) if reply.body.is_empty() => return Err(errors::without_body(&reply.what, error)),
                Err(_) => {
                    reply.complete = false;
                    return Ok(reply);
                }
            }
        }
    }

    fn fault(&self, error: reqwest::Error) -> Fault {
        errors::fault(error, &self.settings.trust, &self.seen, self.settings.url.scheme() == "https")
    }
}

fn manners(settings: &Settings) -> &'static [Manner] {
    if settings.url.scheme() == "https" { Manner::of(&settings.trust) } else { &[Manner::Modern] }
}

fn build(client: &reqwest::Client, request: &Request, url: Url) -> reqwest::RequestBuilder {
    let mut builder = client.request(request.method.clone(), url);
    for (name, value) in &request.headers {
        builder = builder.header(*name, value);
    }
    match request.body.encoded() {
        None => builder,
        Some((kind, text)) => builder.header("Content-Type", kind).body(text),
    }
}

/// A client that does what it is told, once, and nothing besides.
pub(super) fn plain(tls: rustls::ClientConfig) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(Names)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        // Old servers promise to keep a connection and then close it; a fresh one each time never fails.
        .pool_max_idle_per_host(0)
        .user_agent(concat!("router2mqtt/", env!("CARGO_PKG_VERSION")))
        .http1_only()
}

fn client(
    settings: &Settings,
    manner: Manner,
    seen: &Seen,
    cookies: &Arc<Cookies>,
) -> Result<reqwest::Client, Fault> {
    let tls = tls::config(&settings.trust, manner, seen).map_err(|error| Fault::Tls(error.to_string()))?;
    plain(tls)
        .cookie_provider(Arc::clone(cookies))
        .connect_timeout(settings.deadlines.connect)
        .http1_ignore_invalid_headers_in_responses(true)
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http1_allow_spaces_after_header_name_in_responses(true)
        .build()
        .map_err(|error| Fault::Tls(error.to_string()))
}
