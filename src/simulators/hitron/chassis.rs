//! What all Hitron boxes have in common: a web server that does one thing at a time, a life, and a way to restart.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::sleep;

use super::life::Life;
use super::page::{Page, Style};
use crate::simulators::{Appliance, HttpRequest, HttpResponse, Parts, Trouble};

/// What makes one box differ from another.
pub(super) trait Firmware: Send + std::fmt::Debug + 'static {
    /// How long it had been up when the simulation began.
    const UP: Duration;

    /// A hundredth of what the real box takes to answer.
    fn effort(_path: &str) -> Duration {
        Duration::from_millis(2)
    }

    /// Answers a request.
    fn answer(&mut self, request: &HttpRequest, at: Place<'_>) -> Answer;

    /// Forgets what a restart makes it forget.
    fn restart(&mut self);
}

/// Where a firmware finds itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub parts: &'a Parts,
    pub life: &'a Life,
}

/// What the box says, and what becomes of it then.
#[derive(Debug)]
pub(super) struct Answer {
    response: HttpResponse,
    then: Then,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    GoOn,
    Restart,
    Crash,
}

impl From<HttpResponse> for Answer {
    fn from(response: HttpResponse) -> Self {
        Self { response, then: Then::GoOn }
    }
}

impl Answer {
    /// The box takes the order, goes on for a moment, and restarts.
    pub fn and_restart(response: HttpResponse) -> Self {
        Self { response, then: Then::Restart }
    }

    /// The box is gone at once.
    pub fn and_crash(response: HttpResponse) -> Self {
        Self { response, then: Then::Crash }
    }
}

impl Place<'_> {
    /// A page of data, with whatever is wrong with the box's pages.
    pub fn data(self, page: Option<Page>, content_type: &str, style: Style) -> HttpResponse {
        let Some(mut page) = page else { return not_found() };
        if self.parts.troubles.has(Trouble::MissingFields) {
            page = page.without_values();
        }
        self.parts.troubles.spoil(HttpResponse::new(200, content_type, page.print(style)))
    }
}

pub(super) fn not_found() -> HttpResponse {
    html(404, "Not found")
}

/// A small web page.
pub(super) fn html(status: u16, text: &str) -> HttpResponse {
    HttpResponse::new(status, "text/html", format!("<html><body>{text}</body></html>"))
}

/// The login page, with the word by which the boxes' own pages know it.
pub(super) fn login_page() -> HttpResponse {
    html(200, "<form id=\"login\">RedirectLoginIdentify</form>")
}

/// A box.
#[derive(Debug)]
pub(super) struct Chassis<F> {
    parts: Parts,
    inside: Arc<Mutex<Inside<F>>>,
    /// The web server does one thing at a time.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Inside<F> {
    firmware: F,
    life: Life,
}

impl<F: Firmware> Chassis<F> {
    pub fn new(firmware: F, parts: Parts) -> Self {
        let inside = Inside { firmware, life: Life::since(F::UP, &parts) };
        Self { parts, inside: Arc::new(Mutex::new(inside)), turn: tokio::sync::Mutex::new(()) }
    }

    fn ask(&self, request: &HttpRequest) -> Answer {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let Inside { firmware, life } = &mut *inside;
        firmware.answer(request, Place { parts: &self.parts, life })
    }
}

#[async_trait]
impl<F: Firmware> Appliance for Chassis<F> {
    async fn answer(&self, request: HttpRequest) -> HttpResponse {
        let _turn = self.turn.lock().await;
        sleep(F::effort(&request.path)).await;
        let answer = self.ask(&request);
        let inside = Arc::clone(&self.inside);
        match answer.then {
            Then::GoOn => {}
            Then::Restart => self.parts.restart(move || forget(&inside)),
            Then::Crash => self.parts.go_dark(Duration::ZERO, move || forget(&inside)),
        }
        answer.response
    }
}

/// The box comes back with everything forgotten.
fn forget<F: Firmware>(inside: &Mutex<Inside<F>>) {
    let mut inside = inside.lock().unwrap_or_else(PoisonError::into_inner);
    inside.life.restart();
    inside.firmware.restart();
}
