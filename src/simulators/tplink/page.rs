//! The box's pages, as far as clients look at them.

use super::admin::Failures;
use super::cipher::Padding;
use super::profile::Dialect;
use crate::simulators::{Framing, HttpResponse};

/// What the page of an old box says to a cookie that is wrong.
pub(super) const INCORRECT: &str = "The username or password is incorrect, please input again.";

/// What acts and scripts are answered with.
pub(super) fn text(body: impl Into<Vec<u8>>) -> HttpResponse {
    chunked(200, "text/plain; charset=utf-8", body)
}

/// The page for what is not to be had; to the letter, since clients look for its title.
pub(super) fn failure(status: u16) -> HttpResponse {
    let title = match status {
        403 => "403 Forbidden",
        404 => "404 Not Found",
        _ => "500 Internal Server Error",
    };
    let body = format!(
        "<html><head><title>{title}</title></head><body><center><h1>{title}</h1></center></body></html>"
    );
    chunked(status, "text/html; charset=utf-8", body)
}

/// The page at the root.
pub(super) fn front(model: &str, said: &str) -> HttpResponse {
    let body = format!(
        "<!DOCTYPE html>\n<html><head><title>{model}</title>\n\
         <script type=\"text/javascript\" src=\"/js/lib.js\"></script>\n{said}\n\
         </head><body>TP-Link {model}</body></html>\n"
    );
    chunked(200, "text/html; charset=utf-8", body)
}

/// What the page tells whoever is in.
pub(super) fn token(token: &str) -> String {
    format!("<script type=\"text/javascript\">var token=\"{token}\";</script>")
}

/// What the page tells of wrong passwords.
pub(super) fn failures(failures: Failures) -> String {
    let Failures { count, wait } = failures;
    format!(
        "<script type=\"text/javascript\">var authTimes={count};\nvar forbidTime={};\n</script>",
        wait.as_secs()
    )
}

/// The script that encrypts: clients look for how it pads.
pub(super) fn encryption(padding: Padding) -> HttpResponse {
    let body =
        format!("function sign(text, nn, ee) {{ return rsa(text, nn, ee, 512,{}); }}\n", padding.flag());
    chunked(200, "text/javascript", body)
}

/// The script that asks: clients look for where it finds the key.
pub(super) fn library(dialect: Dialect) -> HttpResponse {
    let key = dialect.key_path().map(|path| path.trim_start_matches('/')).unwrap_or_default();
    let body = format!("var ACT_GET = 1, ACT_SET = 2, ACT_GL = 5;\nvar keyAt = \"{key}\";\n");
    chunked(200, "text/javascript", body)
}

fn chunked(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> HttpResponse {
    let mut response = HttpResponse::new(status, kind, body);
    response.framing = Framing::Chunked;
    response
}
