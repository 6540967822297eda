//! One grammar, five ways to be let in. Which one a box wants is found out without showing it any credentials.

use std::collections::BTreeSet;

use super::crypto::padding_of;
use super::grammar::{Act, Kind, blocks, variable};
use super::web::{Pass, Web, failed, is_unwell};
use crate::model::Fault;
use crate::routers::rsa::Padding;

/// How a box lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Dialect {
    /// `a`: user and password in a cookie with every request. Older Archer C20, C2, C50, C3200, D50, TL-WR840N, TD-W8980.
    Cookie,
    /// `b`: user and password under RSA in the address; then a cookie, a token, and plain text. MR200, VR400, VR600, TD-W9970.
    PlainText,
    /// `c`: everything encrypted, the login as well. Archer C20 v5, C50 v4, TL-WR841N v14.
    Sealed,
    /// `d`: everything encrypted, the login in the address. MR600, TL-MR6400, VR900v, TD-W9960.
    SealedQuery,
    /// `e`: the first of the two with other names. Other Archer VR.
    SealedVr,
}

impl Dialect {
    /// The dialect that the option `dialect` pins; `None` when it leaves it to us.
    pub fn pinned(word: &str) -> Option<Self> {
        Some(match word {
            "a" => Self::Cookie,
            "b" => Self::PlainText,
            "c" => Self::Sealed,
            "d" => Self::SealedQuery,
            "e" => Self::SealedVr,
            _ => return None,
        })
    }

    /// Whether what is said is encrypted.
    pub const fn is_sealed(self) -> bool {
        matches!(self, Self::Sealed | Self::SealedQuery | Self::SealedVr)
    }
}

/// What a box turned out to speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub dialect: Dialect,
    pub padding: Padding,
}

/// Where the key of a box is asked for as its own page does, as a call among acts.
pub(super) fn key_call() -> String {
    blocks(&[Act::new(Kind::Call, "/cgi/getParm")])
}

const NOBODY: &Pass = &Pass { cookie: None, token: None };

impl Found {
    /// Finds out, in an order in which no credentials are sent. The dialects in `refused` are known to be wrong.
    pub async fn detect(web: &Web, refused: &BTreeSet<Dialect>) -> Result<Self, Fault> {
        let front = web.get("/", NOBODY).await?;
        // Whatever it would say next would not be about the dialect.
        if is_unwell(&front) {
            return Err(failed(&front));
        }
        let page = front.text().into_owned();
        let found = Self::by_key(web, &page, refused).await?;
        let found = match found {
            Some(found) => found,
            None if refers_to_keys(&page) => {
                return Err(Fault::BoxError {
                    what: "/cgi/getParm".to_owned(),
                    why: "gave no key".to_owned(),
                });
            }
            None if is_by_tplink(&page) => Self { dialect: Dialect::Cookie, padding: Padding::Zeros },
            None => {
                return Err(Fault::UnknownDialect(format!(
                    "none of the signs of a TP-Link box of this family; its front page answers with status {}",
                    front.status
                )));
            }
        };
        if refused.contains(&found.dialect) {
            return Err(Fault::UnknownDialect(
                "it refuses every login that its pages seem to ask for".into(),
            ));
        }
        Ok(found)
    }

    /// The same for a dialect that is pinned: only how blocks are filled is left to find out.
    pub async fn pinned(web: &Web, dialect: Dialect) -> Result<Self, Fault> {
        let padding = if dialect.is_sealed() { script(web).await?.0 } else { Padding::Zeros };
        Ok(Self { dialect, padding })
    }

    /// By whether, and where, the box hands out a key. `None` when it does not.
    async fn by_key(web: &Web, page: &str, refused: &BTreeSet<Dialect>) -> Result<Option<Self>, Fault> {
        let own = web.post("/cgi/getParm", "", NOBODY).await?;
        let own = own.text();
        if own.contains("eccPubKey") {
            return Err(unreadable("H", "it signs with elliptic curves (newer MR firmware)"));
        }
        if let Some(found) = Self::by_parameters(web, &own, page, refused).await? {
            return Ok(Some(found));
        }
        let called = web.post("/cgi?8", &key_call(), NOBODY).await?;
        let called = called.text();
        if let Some(found) = Self::by_parameters(web, &called, page, refused).await? {
            return Ok(Some(found));
        }
        let vr = web.post("/cgi/getGDPRParm", "", NOBODY).await?;
        if variable(&vr.text(), "nn").is_none() {
            return Ok(None);
        }
        let library = web.get("/js/lib.js", NOBODY).await?;
        if !library.is_success() || library.text().contains("DEV2_") {
            return Err(unreadable("F", "it is asked in JSON (EX, NX and M series)"));
        }
        Ok(Some(Self { dialect: Dialect::SealedVr, padding: script(web).await?.0 }))
    }

    async fn by_parameters(
        web: &Web,
        said: &str,
        page: &str,
        refused: &BTreeSet<Dialect>,
    ) -> Result<Option<Self>, Fault> {
        if variable(said, "nn").is_none() {
            return Ok(None);
        }
        if variable(said, "seq").is_none() {
            return Ok(Some(Self { dialect: Dialect::PlainText, padding: Padding::Pkcs1 }));
        }
        let (padding, script) = script(web).await?;
        if script.to_ascii_lowercase().contains("gcm") {
            return Err(unreadable("G", "it encrypts with AES-GCM (newer MR firmware)"));
        }
        let query = logs_in_by_address(page) || logs_in_by_address(&script) || tells_who_is_in(web).await?;
        let first = if query { Dialect::SealedQuery } else { Dialect::Sealed };
        // What the signs say may be wrong, but each way in is tried once only.
        let order = [first, Dialect::Sealed, Dialect::SealedQuery];
        let dialect = order.into_iter().find(|dialect| !refused.contains(dialect)).unwrap_or(first);
        Ok(Some(Self { dialect, padding }))
    }
}

/// How the page's script fills blocks, and the script. One that cannot be read is taken for the usual one.
async fn script(web: &Web) -> Result<(Padding, String), Fault> {
    let reply = web.get("/js/tpEncrypt.js", NOBODY).await?;
    let script = if reply.is_success() { reply.text().into_owned() } else { String::new() };
    Ok((padding_of(&script).unwrap_or_default(), script))
}

/// Only firmware with the login in the address says so when asked whether somebody is logged in.
async fn tells_who_is_in(web: &Web) -> Result<bool, Fault> {
    let reply = web.post("/cgi/getBusy", "", NOBODY).await?;
    Ok(reply.is_success() && variable(&reply.text(), "isBusy").is_some())
}

fn logs_in_by_address(page: &str) -> bool {
    page.contains("/cgi/login?") || page.contains("LoginStatus")
}

/// Such a page would not belong to a box that has no key.
fn refers_to_keys(page: &str) -> bool {
    ["tpEncrypt", "getParm", "getGDPRParm"].iter().any(|word| page.contains(word))
}

fn is_by_tplink(page: &str) -> bool {
    let page = page.to_ascii_lowercase();
    ["tp-link", "tplink", "archer", "tl-wr", "tl-mr", "td-w", "td-vg"].iter().any(|sign| page.contains(sign))
}

fn unreadable(letter: &str, why: &str) -> Fault {
    Fault::UnknownDialect(format!(
        "this is a TP-Link box of dialect {letter}, which cannot be read yet: {why}"
    ))
}
