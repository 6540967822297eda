//! The one-time tokens that orders and logins have to come with.

use std::collections::VecDeque;

use secrecy::SecretString;

use crate::transport::Reply;

/// The header that carries a token to the box, and one or many back.
pub(super) const HEADER: &str = "__RequestVerificationToken";

/// How long a token is. What is longer is a pair, of which the second half counts.
const LENGTH: usize = 32;

/// The tokens at hand, each good for one order.
#[derive(Debug, Default)]
pub(super) struct Tokens(VecDeque<SecretString>);

impl Tokens {
    /// The next one.
    pub fn take(&mut self) -> Option<SecretString> {
        self.0.pop_front()
    }

    /// Takes one back that was not used.
    pub fn put_back(&mut self, token: SecretString) {
        self.0.push_front(token);
    }

    pub fn forget(&mut self) {
        self.0.clear();
    }

    /// Keeps a token, or several joined by `#`; gives them, for whoever has to keep them out of recordings.
    pub fn learn(&mut self, said: &str) -> Vec<String> {
        let tokens: Vec<_> =
            said.split('#').map(str::trim).filter(|token| !token.is_empty()).map(half).collect();
        self.0.extend(tokens.iter().map(|token| SecretString::from(*token)));
        tokens.into_iter().map(str::to_owned).collect()
    }

    /// Keeps what came with the answer to an order: the next token; after a login a pool of 32, or the first two of it.
    /// They take the place of older ones, which some firmwares no longer take.
    pub fn learn_from(&mut self, reply: &Reply) -> Vec<String> {
        let named = |suffix: &str| reply.header(&format!("{HEADER}{suffix}")).unwrap_or_default();
        let newer = match named("") {
            "" => [named("one"), named("two")].join("#"),
            pool => pool.to_owned(),
        };
        let older = std::mem::take(&mut self.0);
        let learned = self.learn(&newer);
        if learned.is_empty() {
            self.0 = older;
        }
        learned
    }

    /// Keeps what the front page carries: `<meta name="csrf_token" content="…">`, twice as a rule.
    pub fn learn_from_page(&mut self, page: &str) -> Vec<String> {
        let metas = page.split('<').filter(|tag| tag.starts_with("meta") && tag.contains("csrf_token"));
        let contents = metas.filter_map(|tag| tag.split_once("content=\"")?.1.split_once('"'));
        contents.flat_map(|(content, _)| self.learn(content)).collect()
    }
}

fn half(token: &str) -> &str {
    if token.len() >= 2 * LENGTH { token.get(token.len() - LENGTH..).unwrap_or(token) } else { token }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
    use secrecy::ExposeSecret;

    use super::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    fn with(headers: &[(&'static str, String)]) -> Reply {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
            .collect();
        Reply { what: String::new(), status: 200, headers, body: Vec::new(), complete: true }
    }

    fn all(mut tokens: Tokens) -> Vec<String> {
        std::iter::from_fn(|| tokens.take()).map(|token| token.expose_secret().to_owned()).collect()
    }

    #[test]
    fn of_a_pair_the_second_half_counts() {
        let mut tokens = Tokens::default();
        tokens.learn(&format!("{A}{B}"));
        tokens.learn(A);
        tokens.learn("");
        assert_eq!(all(tokens), [B, A]);
    }

    #[test]
    fn a_login_brings_a_pool_or_two() {
        let mut tokens = Tokens::default();
        tokens.learn_from(&with(&[
            ("__requestverificationtoken", [A, B, A].join("#")),
            ("__requestverificationtokenone", A.to_owned()),
            ("__requestverificationtokentwo", B.to_owned()),
        ]));
        assert_eq!(all(tokens), [A, B, A]);
        let mut tokens = Tokens::default();
        tokens.learn_from(&with(&[
            ("__requestverificationtokenone", A.to_owned()),
            ("__requestverificationtokentwo", B.to_owned()),
        ]));
        assert_eq!(all(tokens), [A, B]);
    }

    #[test]
    fn the_newest_token_is_the_one_that_every_firmware_takes() {
        let mut tokens = Tokens::default();
        tokens.learn(A);
        tokens.learn_from(&with(&[]));
        tokens.learn_from(&with(&[("__requestverificationtoken", B.to_owned())]));
        assert_eq!(all(tokens), [B]);
        let mut tokens = Tokens::default();
        tokens.learn(A);
        tokens.learn_from(&with(&[]));
        assert_eq!(all(tokens), [A], "an answer without one changes nothing");
    }

    #[test]
    fn the_front_page_may_carry_some() {
        let page = format!(
            "<html><head><meta charset=\"utf-8\"><meta name=\"csrf_token\" content=\"{A}\">\n<meta name=\"csrf_token\" content=\"{B}\"/>"
        );
        let mut tokens = Tokens::default();
        assert_eq!(tokens.learn_from_page(&page).len(), 2);
        assert_eq!(all(tokens), [A, B]);
        for odd in [
            "",
            "<meta name=\"csrf_token\"",
            "<meta csrf_token content=\"",
            "<script>csrf_token content=\"x\"",
        ] {
            assert!(Tokens::default().learn_from_page(odd).is_empty(), "{odd}");
        }
    }
}
