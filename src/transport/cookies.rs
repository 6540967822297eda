use std::sync::{Mutex, PoisonError};

use reqwest::Url;
use reqwest::cookie::{CookieStore, Jar};
use reqwest::header::HeaderValue;

/// A cookie jar that can be emptied, which the library's own cannot.
#[derive(Debug, Default)]
pub(super) struct Cookies(Mutex<Jar>);

impl Cookies {
    pub(super) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Jar::default();
    }

    /// Puts a cookie into the jar, written as a server would.
    pub(super) fn keep(&self, cookie: &str, url: &Url) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).add_cookie_str(cookie, url);
    }
}

impl CookieStore for Cookies {
    fn set_cookies(&self, headers: &mut dyn Iterator<Item = &HeaderValue>, url: &Url) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).set_cookies(headers, url);
    }

    fn cookies(&self, url: &Url) -> Option<HeaderValue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).cookies(url)
    }
}
