use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use reqwest::Url;
use secrecy::ExposeSecret as _;
use tokio::runtime::Runtime;
use tokio::time::{Instant, sleep};

use super::exit::Exit;
use super::visit::sentence;
use super::{Common, log, print};
use crate::model::{Clock, Fault};
use crate::routers::freebox::pairing::{self, Application, Pairing, Status};
use crate::routers::freebox::{APP_ID, FAMILY};
use crate::transport::{Settings, Transport, Trust};

/// How often the box is asked whether somebody has pressed the key, and for how long.
const ASK_EVERY: Duration = Duration::from_secs(2);
const ASK_FOR: Duration = Duration::from_secs(300);

/// Pair with a box that wants to be asked in person
///
/// Asks the Freebox for a token, waits until somebody accepts it on the box's display, and keeps the
/// token in a file that only you can read. Has to be done once, from inside the house.
///
/// Example:
///   router2mqtt register freebox
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// The family
    family: Paired,
    /// Where the box is
    #[arg(long, default_value = FAMILY.default_url)]
    url: Url,
    /// Where to keep the token
    #[arg(long, value_name = "FILE", default_value = "freebox.token")]
    token_file: PathBuf,
    /// Replace a token that is there already
    #[arg(long)]
    force: bool,
}

/// The families that have to be paired with.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Paired {
    Freebox,
}

pub(super) fn run(common: &Common, arguments: &Arguments) -> anyhow::Result<Exit> {
    log::start_quiet(common.log.as_deref())?;
    if holds_something(&arguments.token_file) && !arguments.force {
        bail!("{} is there already; --force replaces it", arguments.token_file.display());
    }
    let Paired::Freebox = arguments.family;
    match Runtime::new()?.block_on(pair(arguments))? {
        Ok(exit) => Ok(exit),
        Err(fault) => {
            print::complaint(&format!("{}: {}", arguments.url, sentence(&fault)));
            Ok(Exit::of(&fault))
        }
    }
}

async fn pair(arguments: &Arguments) -> anyhow::Result<Result<Exit, Fault>> {
    let cannot_write = || format!("cannot write {}", arguments.token_file.display());
    let file = TokenFile::open(&arguments.token_file).with_context(cannot_write)?;
    let settings =
        Settings { trust: Trust::Authorities(FAMILY.authorities), ..Settings::new(arguments.url.clone()) };
    let clock = Clock::system();
    let asked = async {
        let transport = Transport::new(settings, None)?;
        let pairing = pairing::request(&transport, &Application::bridge(machine()), &clock).await?;
        Ok((transport, pairing))
    };
    let (transport, pairing) = match asked.await {
        Ok(asked) => asked,
        Err(fault) => return Ok(Err(fault)),
    };
    print::result(
        "Asked. Now accept 'router2mqtt' on the display of the Freebox: press the right arrow or the tick.",
    )?;
    let status = match wait(&transport, &pairing, &clock).await {
        Ok(status) => status,
        Err(fault) => return Ok(Err(fault)),
    };
    match status {
        Status::Granted => {}
        Status::Denied => bail!("refused at the box; run this again to ask once more"),
        Status::TimedOut | Status::Pending => {
            bail!("nobody accepted in time; run this again to ask once more")
        }
        Status::Unknown => bail!("the box has forgotten the request; run this again to ask once more"),
    }
    file.keep(pairing.token().expose_secret()).with_context(cannot_write)?;
    print::result(&granted(arguments))?;
    match pairing::rights(&transport, APP_ID, pairing.token(), &clock).await {
        Ok(rights) if rights.missing().is_empty() => print::result("All rights are granted.")?,
        Ok(rights) => print::result(&missing(&rights.missing()))?,
        Err(fault) => {
            print::complaint(&format!("the token is kept, but a first login failed: {}", sentence(&fault)));
        }
    }
    Ok(Ok(Exit::Success))
}

async fn wait(transport: &Transport, pairing: &Pairing, clock: &Clock) -> Result<Status, Fault> {
    let end = Instant::now() + ASK_FOR;
    loop {
        let status = pairing.status(transport, clock).await;
        // An answer that was lost is no reason to give up what somebody may be accepting at this moment.
        let is_open = matches!(status, Ok(Status::Pending) | Err(Fault::Unreachable(_) | Fault::TimedOut(_)));
        if !is_open || Instant::now() >= end {
            return status;
        }
        sleep(ASK_EVERY).await;
    }
}

/// An empty file may be left of an attempt that was interrupted.
fn holds_something(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| !file.is_file() || file.len() > 0)
}

/// The file for the token, which only its owner can read.
///
/// It is opened before anybody is asked: a token that cannot be kept would be granted in vain.
struct TokenFile {
    path: PathBuf,
    file: fs::File,
    /// Whether it is nothing but ours: there was none before, and there is no token in it yet.
    remove: bool,
}

impl TokenFile {
    fn open(path: &Path) -> std::io::Result<Self> {
        let remove = !path.exists();
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        // A file that was there before keeps its mode, unless it is told otherwise.
        #[cfg(unix)]
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        Ok(Self { path: path.to_owned(), file, remove })
    }

    fn keep(mut self, token: &str) -> std::io::Result<()> {
        if self.file.metadata()?.is_file() {
            self.file.set_len(0)?;
        }
        writeln!(self.file, "{token}")?;
        self.file.sync_all()?;
        self.remove = false;
        Ok(())
    }
}

impl Drop for TokenFile {
    fn drop(&mut self) {
        if self.remove && fs::remove_file(&self.path).is_err() {
            print::complaint(&format!("{} is left behind, without a token", self.path.display()));
        }
    }
}

/// What to write into the configuration, which may be in another directory.
fn granted(arguments: &Arguments) -> String {
    let file = std::path::absolute(&arguments.token_file).unwrap_or_else(|_| arguments.token_file.clone());
    let quoted = serde_json::Value::from(file.to_string_lossy());
    let url = if arguments.url.as_str().trim_end_matches('/') == FAMILY.default_url {
        String::new()
    } else {
        format!("    url: {}\n", arguments.url)
    };
    format!(
        "Granted. The token is in {}. For the configuration:\n\nrouters:\n  freebox:\n    type: freebox\n{url}    app_token: {{file: {quoted}}}\n",
        file.display()
    )
}

fn missing(rights: &[String]) -> String {
    let list: Vec<String> = rights.iter().map(|right| format!("  - {right}")).collect();
    format!(
        "Reading works. To restart the box from Home Assistant, tick in Freebox OS, under\nParamètres de la Freebox > Gestion des accès > Applications > router2mqtt:\n{}",
        list.join("\n")
    )
}

/// The name of this machine, as the box will show it.
fn machine() -> String {
    let name = fs::read_to_string("/etc/hostname").unwrap_or_default();
    crate::model::text::name(&name).unwrap_or_else(|| "router2mqtt".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_file_is_there_only_with_a_token() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token");
        drop(TokenFile::open(&path).unwrap());
        assert!(!path.exists(), "nobody granted anything");
        TokenFile::open(&path).unwrap().keep("first, and longer").unwrap();
        drop(TokenFile::open(&path).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "first, and longer\n", "refused: the old one stays");
        TokenFile::open(&path).unwrap().keep("second").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "second\n");
        assert!(TokenFile::open(&directory.path().join("nowhere/token")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_a_token() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        TokenFile::open(&path).unwrap().keep("new").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
