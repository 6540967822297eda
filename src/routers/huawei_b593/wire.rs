//! What the pages are made of. They are web pages with values printed into their scripts, in blanks that differ from
//! firmware to firmware, and always with status 200: what an answer is has to be told from its text.

use crate::model::{Fault, text};
use crate::transport::Reply;

/// What became of asking for a page.
#[derive(Debug)]
pub(super) enum Seen {
    /// The page.
    Page(Reply),
    /// The page that sends a browser to the login.
    Closed,
    /// This firmware has no such page.
    Absent,
}

impl Seen {
    /// Tells them apart.
    ///
    /// # Errors
    /// [`Fault::BoxError`] when the box says that something is wrong with it, [`Fault::Malformed`] when only a part of the
    /// page arrived: half a number is another number, and half a script may lack what a password must be kept by.
    pub fn of(reply: Reply) -> Result<Self, Fault> {
        match reply.status {
            404 | 405 => Ok(Self::Absent),
            200..=299 if !reply.complete => {
                let length = reply.body.len();
                Err(Fault::malformed(reply.what, format!("cut off after {length} bytes")))
            }
            200..=299 if sends_away(&reply.text()) => Ok(Self::Closed),
            301..=308 => sends_to_tls(&reply).map_or(Ok(Self::Closed), Err),
            200..=299 => Ok(Self::Page(reply)),
            status => Err(Fault::BoxError { why: format!("status {status}"), what: reply.what }),
        }
    }
}

/// Whether the page is in the place of the one that was asked for.
fn sends_away(page: &str) -> bool {
    is_replacement(page) || is_front(page)
}

/// Whether the page is the one with the login form; scripts speak of it, too.
pub(super) fn is_front(page: &str) -> bool {
    let is_page = page.contains("<html") || page.contains("<HTML");
    is_page && (page.contains("/index/login.cgi") || page.contains("LoginError"))
}

/// What to tell the owner of a box that answers on its other port only.
pub(super) fn sends_to_tls(reply: &Reply) -> Option<Fault> {
    let why = "it sends to https://; write https:// in 'url'".to_owned();
    reply.leads_to_tls().then_some(Fault::UnknownDialect(why))
}

/// Whether the page is the small one that makes a browser go elsewhere: every login is answered with it, and every other
/// page when there is no session.
pub(super) fn is_replacement(page: &str) -> bool {
    page.contains("<title>replace</title>")
}

/// `'key' : 'value'`, with or without blanks around the colon. The value may be empty; one that is cut off is none.
pub(super) fn quoted<'a>(page: &'a str, key: &str) -> Option<&'a str> {
    after_each(page, &format!("'{key}'")).find_map(|rest| {
        let rest = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('\'')?;
        rest.split_once('\'').map(|(value, _)| value)
    })
}

/// What a script assigns to a variable: `var name = "value";`, in quotes of either kind or none.
pub(super) fn variable<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    after_each(page, name).find_map(|rest| {
        let rest = rest.trim_start().strip_prefix('=')?.trim_start();
        let (value, _) = rest.split_once(';')?;
        (!value.starts_with('=')).then(|| value.trim().trim_matches(['"', '\'']))
    })
}

/// What stands between `<name>` and `</name>`, in any case, if it says anything.
pub(super) fn element<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    crate::model::printed::clean(content(document, name)?)
}

/// The same, if it is there at all.
pub(super) fn content<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    // The places are the same in both.
    let (lower, name) = (document.to_ascii_lowercase(), name.to_ascii_lowercase());
    let open = format!("<{name}>");
    let begin = lower.find(&open)? + open.len();
    let length = lower.get(begin..)?.find(&format!("</{name}>"))?;
    document.get(begin..begin + length)
}

/// The long hexadecimal number that a script gives the name `modulus`, in one piece or in several.
pub(super) fn modulus(script: &str) -> Option<String> {
    after_each(script, "modulus").find_map(|rest| {
        let (pieces, _) = rest.trim_start().strip_prefix(['=', ':'])?.split_once([';', '}'])?;
        // What is between quotes is every second part.
        let digits: String = pieces.split(['"', '\'']).skip(1).step_by(2).collect();
        let is_key = digits.len() >= 128 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_key.then_some(digits)
    })
}

/// The firmware, on builds that print it: `V100R001C07SP102`.
pub(super) fn firmware(page: &str) -> Option<String> {
    ["V100R", "V200R"].iter().find_map(|family| {
        let rest = after_each(page, family).next()?;
        let more = rest.chars().take_while(char::is_ascii_alphanumeric).take(40);
        let version: String = family.chars().chain(more).collect();
        (version.len() > family.len() + 3).then(|| text::name(&version))?
    })
}

/// What follows each place where the text stands.
fn after_each<'a>(page: &'a str, text: &str) -> impl Iterator<Item = &'a str> {
    page.match_indices(text).filter_map(|(at, found)| page.get(at + found.len()..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_whatever_blanks_surround_them() {
        for page in
            ["x = {'dataip' : '192.0.2.1' , 'y'", "{'dataip': '192.0.2.1'}", "{ 'dataip':\n'192.0.2.1'"]
        {
            assert_eq!(quoted(page, "dataip"), Some("192.0.2.1"), "{page}");
        }
        assert_eq!(quoted("{'dataip' : '' , 'datadns' : ''}", "dataip"), Some(""));
        assert_eq!(quoted("if (x['dataip'] != '') {'dataip' : '192.0.2.1'}", "dataip"), Some("192.0.2.1"));
        for nothing in ["{'dataip' : '192.0", "{'dataip'", "{'dataip' : 5}", "{dataip : '1'}", ""] {
            assert_eq!(quoted(nothing, "dataip"), None, "{nothing}");
        }
    }

    #[test]
    fn variables_are_found_in_either_kind_of_quotes() {
        let page = "if (pageName == 'x') a(); var pageName = '/html/status/overview.asp';\nvar Cookieflag=2;";
        assert_eq!(variable(page, "pageName"), Some("/html/status/overview.asp"));
        assert_eq!(variable(page, "Cookieflag"), Some("2"));
        assert_eq!(variable("var csrf_token = \"aB3\";", "csrf_token"), Some("aB3"));
        assert_eq!(variable("var csrf_token = \"aB", "csrf_token"), None);
    }

    #[test]
    fn a_modulus_may_be_in_pieces() {
        let (first, second) = ("BEB90F8AF5D8A7C7".repeat(8), "0123456789abcdef".repeat(8));
        let whole = format!("{first}{second}");
        let scripts = [
            format!("var modulus = \"{whole}\";"),
            format!("var modulus=\"{first}\"+\n  \"{second}\"; var e = '10001';"),
            format!("rsa.modulus = x; key = {{modulus: '{first}' + '{second}'}}"),
        ];
        for script in scripts {
            assert_eq!(modulus(&script).as_deref(), Some(whole.as_str()), "{script}");
        }
        for script in ["var modulus = '';", "function modulus() {}", "var modulus = \"xyz\";", "modulus"] {
            assert_eq!(modulus(script), None, "{script}");
        }
    }

    #[test]
    fn a_firmware_is_recognised_by_its_shape() {
        assert_eq!(firmware("<td>V100R001C07SP102</td>").as_deref(), Some("V100R001C07SP102"));
        assert_eq!(firmware("'V200R001B270D10SP00C00'").as_deref(), Some("V200R001B270D10SP00C00"));
        assert_eq!(firmware("V100R V300R001"), None);
    }

    #[test]
    fn an_element_without_a_value_is_none() {
        assert_eq!(element("<Status><SIG>22</SIG><SIM></SIM></Status>", "SIG"), Some("22"));
        assert_eq!(element("<Status><SIG>22</SIG><SIM></SIM></Status>", "SIM"), None);
        assert_eq!(element("<Status><SIG>22", "SIG"), None);
        assert_eq!(element("<status>\u{130}<sig> 22 </sig></status>", "SIG"), Some("22"));
    }
}
