use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::Progress;

/// Where in the data directory a running bridge is asked how it is.
const SOCKET: &str = "health.sock";

/// What it says when it is well.
const WELL: &str = "ok";

/// How long an answer may take; whoever asks waits for five seconds, as a rule.
const PATIENCE: Duration = Duration::from_secs(4);

/// More than any answer has.
const LONGEST: u64 = 512;

/// Tells who asks whether the bridge makes progress.
///
/// A socket in the data directory: it needs no port, is for those who may read the data only, and leaves the disk alone.
#[derive(Debug)]
pub struct Health {
    listener: UnixListener,
    path: PathBuf,
    progress: Progress,
}

impl Health {
    /// Listens in this directory, which must be claimed: what an earlier run left there is taken away.
    ///
    /// # Errors
    /// When the directory holds no sockets, or its path is too long for one (about 100 bytes).
    pub fn listen(directory: &Path, progress: Progress) -> io::Result<Self> {
        let path = directory.join(SOCKET);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        Ok(Self { listener: UnixListener::bind(&path)?, path, progress })
    }

    /// Answers until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        while let Some(Ok((mut stream, _))) = stop.run_until_cancelled(self.listener.accept()).await {
            let answer = self.progress.verdict().err().unwrap_or_else(|| WELL.to_owned());
            // So short an answer fits into the socket at once; whoever has gone does not need it.
            drop(stream.write_all(answer.as_bytes()).await);
        }
        drop(fs::remove_file(&self.path));
    }
}

/// Asks the bridge that runs with this data directory how it is.
///
/// # Errors
/// When there is none, it does not answer, or it does not make progress; in words.
pub async fn ask(directory: &Path) -> Result<(), String> {
    let path = directory.join(SOCKET);
    let answer = async {
        let stream = UnixStream::connect(&path)
            .await
            .map_err(|error| format!("no bridge answers at {}: {error}", path.display()))?;
        let mut answer = String::new();
        stream.take(LONGEST).read_to_string(&mut answer).await.map_err(|error| error.to_string())?;
        if answer == WELL { Ok(()) } else { Err(answer) }
    };
    timeout(PATIENCE, answer).await.unwrap_or_else(|_| Err("the bridge does not answer in time".to_owned()))
}

#[cfg(test)]
mod tests {
    use tempfile::tempdir;

    use super::*;

    fn says(verdict: Result<(), String>) -> Progress {
        Progress::of(move || verdict.clone())
    }

    #[tokio::test]
    async fn a_bridge_tells_how_it_is_until_it_ends() {
        let folder = tempdir().unwrap();
        assert!(ask(folder.path()).await.unwrap_err().starts_with("no bridge answers at "));
        for verdict in [Ok(()), Err("modem should have been asked 700 seconds ago".to_owned())] {
            // What an earlier run has left is in the way.
            fs::write(folder.path().join(SOCKET), "left behind").unwrap();
            let health = Health::listen(folder.path(), says(verdict.clone())).unwrap();
            let stop = CancellationToken::new();
            let running = tokio::spawn(health.run(stop.clone()));
            assert_eq!(ask(folder.path()).await, verdict);
            stop.cancel();
            running.await.unwrap();
            assert!(!folder.path().join(SOCKET).exists());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_hangs_is_not_waited_for() {
        let folder = tempdir().unwrap();
        let _silent = Health::listen(folder.path(), says(Ok(()))).unwrap();
        assert_eq!(ask(folder.path()).await, Err("the bridge does not answer in time".to_owned()));
    }
}
