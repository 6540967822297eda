//! Text that nobody may read: written down, or fetched from a file, a variable or a command.

use std::io::Read as _;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use config::ValueKind;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use super::Context;
use super::read::{Entry, Group};

const FORMS: &str = "text is expected, or one of {file: PATH}, {env: NAME} and {command: [PROGRAM, …]}; put the text in quotes";

/// Longer than any secret.
const MAX_BYTES: u64 = 64 * 1024;

const COMMAND_LIMIT: Duration = Duration::from_secs(10);

/// The secret that a key gives. What is wrong with it is said without any word of it, as a password that is not in
/// quotes can look like a group of keys.
pub(super) fn read(entry: Entry<'_>, context: &Context<'_>) -> Option<SecretString> {
    match entry.kind() {
        ValueKind::String(text) if !text.is_empty() => Some(SecretString::from(text.clone())),
        ValueKind::String(_) | ValueKind::Nil => {
            entry.wrong("there is no value; fill it in, or leave it out");
            None
        }
        ValueKind::Table(forms) if forms.len() == 1 && forms.keys().all(|key| is_form(key)) => {
            fetched(entry.group()?, context)
        }
        _ => {
            entry.wrong(FORMS);
            None
        }
    }
}

/// Text that is no secret, but may stand beside one: a user name, written down or fetched in the same ways.
pub(super) fn open(entry: Entry<'_>, context: &Context<'_>) -> Option<String> {
    match entry.kind() {
        ValueKind::Table(_) => read(entry, context).map(|text| text.expose_secret().to_owned()),
        _ => entry.text(),
    }
}

fn is_form(key: &str) -> bool {
    matches!(key, "file" | "env" | "command")
}

fn fetched(mut group: Group<'_>, context: &Context<'_>) -> Option<SecretString> {
    if let Some(entry) = group.take("file") {
        return from(&entry, file(&entry, context.directory)?);
    }
    if let Some(entry) = group.take("env") {
        return from(&entry, variable(&entry, context)?);
    }
    let entry = group.take("command")?;
    let output = command(&entry)?;
    from(&entry, output)
}

/// The fetched text, without the line end that editors and programs put behind it.
fn from(entry: &Entry<'_>, text: Vec<u8>) -> Option<SecretString> {
    let Ok(text) = String::from_utf8(text) else {
        entry.wrong("what was read is not UTF-8 text");
        return None;
    };
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() {
        entry.wrong("what was read is empty");
        return None;
    }
    Some(SecretString::from(line))
}

fn file(entry: &Entry<'_>, directory: &Path) -> Option<Vec<u8>> {
    let path = directory.join(entry.text()?);
    if is_world_readable(&path) {
        entry.unwise(format!("everybody on this machine can read {}; chmod 600 helps", path.display()));
    }
    match beginning(&path) {
        Ok(bytes) if !is_too_long(&bytes) => Some(bytes),
        Ok(_) => {
            entry.wrong(format!("{} is too long to be a secret", path.display()));
            None
        }
        Err(error) => {
            entry.wrong(format!("{} cannot be read: {error}", path.display()));
            None
        }
    }
}

/// As much of a file as shows whether it is too long: some files, such as `/dev/zero`, have no end.
fn beginning(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

const fn is_too_long(bytes: &[u8]) -> bool {
    bytes.len() as u64 > MAX_BYTES
}

/// Docker mounts its secrets readable for everybody in the container, and there is nothing to be done about it.
#[cfg(unix)]
fn is_world_readable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let readable = std::fs::metadata(path).is_ok_and(|data| data.permissions().mode() & 0o004 != 0);
    readable && !path.starts_with("/run/secrets")
}

#[cfg(not(unix))]
const fn is_world_readable(_: &Path) -> bool {
    false
}

fn variable(entry: &Entry<'_>, context: &Context<'_>) -> Option<Vec<u8>> {
    let name = entry.text()?;
    let value = context.variables.get(&name);
    if value.is_none() {
        entry.wrong(format!("the variable {name} is not set"));
    }
    value.map(|value| value.clone().into_bytes())
}

fn command(entry: &Entry<'_>) -> Option<Vec<u8>> {
    let words: Vec<String> = match entry.kind() {
        // One word, not a list with commas: paths may hold them.
        ValueKind::String(_) => vec![entry.text()?],
        _ => entry.items()?.iter().map(Entry::text).collect::<Option<_>>()?,
    };
    run(words).map_err(|text| entry.wrong(text)).ok()
}

/// What a program prints, without a shell between. What it says when it fails is not shown.
fn run(words: Vec<String>) -> Result<Vec<u8>, String> {
    // A thread of its own, because the caller may be inside a runtime or not.
    let done = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.map_err(|error| error.to_string())?.block_on(output(&words))
    });
    done.join().unwrap_or_else(|_| Err("the command could not be run".to_owned()))
}

async fn output(words: &[String]) -> Result<Vec<u8>, String> {
    let [program, arguments @ ..] = words else {
        return Err("a program is expected".to_owned());
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let (printed, status) = tokio::time::timeout(COMMAND_LIMIT, printed(command.kill_on_drop(true)))
        .await
        .map_err(|_| format!("the command took longer than {} seconds", COMMAND_LIMIT.as_secs()))?
        .map_err(|error| format!("the command cannot be run: {error}"))?;
    match status {
        None => Err("the command printed too much to be a secret".to_owned()),
        Some(status) if status.success() => Ok(printed),
        Some(status) => Err(format!("the command failed: {status}")),
    }
}

/// What a program prints, and how it ended; `None` when it prints too much, and is ended.
async fn printed(command: &mut Command) -> std::io::Result<(Vec<u8>, Option<ExitStatus>)> {
    let mut child = command.spawn()?;
    let mut printed = Vec::new();
    if let Some(output) = child.stdout.take() {
        output.take(MAX_BYTES + 1).read_to_end(&mut printed).await?;
    }
    if is_too_long(&printed) {
        return Ok((printed, None));
    }
    let status = child.wait().await?;
    Ok((printed, Some(status)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_command_that_never_ends_is_ended() {
        let words = ["sleep", "86400"].map(str::to_owned);
        assert_eq!(output(&words).await, Err("the command took longer than 10 seconds".to_owned()));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn what_never_ends_is_not_read_to_the_end() {
        let words = ["cat", "/dev/zero"].map(str::to_owned);
        assert_eq!(output(&words).await, Err("the command printed too much to be a secret".to_owned()));
        assert!(is_too_long(&beginning(Path::new("/dev/zero")).unwrap()));
    }
}
