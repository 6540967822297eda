use clap::Args;
use reqwest::Url;
use tokio::runtime::Runtime;

use super::exit::Exit;
use super::visit::sentence;
use super::{Common, log, print};
use crate::transport::{Deadlines, Shown, fetch};

/// Show the fingerprint of a box's certificate, for 'tls_pin'
///
/// Trusts nothing and logs in to nothing. Compare the fingerprint with what the box's own page or a
/// browser on another machine shows before you pin it: whoever is in between now would be pinned.
///
/// Example:
///   router2mqtt pin https://192.168.0.1
#[derive(Debug, Args)]
#[allow(rustdoc::bare_urls, reason = "it is also the text of --help")]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// The address of the box, with https://
    url: Url,
}

pub(super) fn run(common: &Common, arguments: &Arguments) -> anyhow::Result<Exit> {
    log::start_quiet(common.log.as_deref())?;
    if arguments.url.scheme() != "https" {
        print::complaint(
            "only an address with https:// has a certificate; a box with plain HTTP needs no 'tls_pin'",
        );
        return Ok(Exit::Usage);
    }
    match Runtime::new()?.block_on(fetch(&arguments.url, Deadlines::default())) {
        Ok(shown) => {
            print::result(&describe(&shown))?;
            Ok(Exit::Success)
        }
        Err(fault) => {
            print::complaint(&format!("{}: {}", arguments.url, sentence(&fault)));
            Ok(Exit::of(&fault))
        }
    }
}

fn describe(shown: &Shown) -> String {
    let moment =
        |moment: Option<jiff::Timestamp>| moment.map_or("unknown".to_owned(), |moment| moment.to_string());
    let key = shown.key.map_or("unknown".to_owned(), |key| key.to_string());
    format!(
        "tls_pin: \"{}\"\n# subject {}\n# issuer {}\n# valid from {} until {}; {}; {}",
        shown.pin,
        shown.subject,
        shown.issuer,
        moment(shown.valid_from),
        moment(shown.valid_until),
        key,
        shown.version,
    )
}
