//! The list of topics that we have published and not cleared: what proves, in a later run, that they are
//! ours.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::engine::replace;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Document {
    topics: BTreeSet<String>,
}

/// Where the list is kept, and what it says there.
#[derive(Debug)]
pub(super) struct Published {
    path: Option<PathBuf>,
    written: BTreeSet<String>,
}

impl Published {
    /// Reads the list. A file that cannot be understood is set aside: it is better to leave a stale topic
    /// behind than to clear one on a guess. Without a path nothing is kept.
    pub(super) fn open(path: Option<PathBuf>) -> Self {
        let written = path.as_deref().map(read).unwrap_or_default();
        Self { path, written }
    }

    /// The topics on the list.
    pub(super) const fn topics(&self) -> &BTreeSet<String> {
        &self.written
    }

    /// Brings the file up to date, if it is not. A disk that refuses is reported, and tried again at the next
    /// change.
    pub(super) async fn keep(&mut self, topics: &BTreeSet<String>) {
        let Some(path) = self.path.clone().filter(|_| self.written != *topics) else { return };
        let document = Document { topics: topics.clone() };
        let shown = path.display().to_string();
        let outcome = tokio::task::spawn_blocking(move || write(&path, &document)).await;
        match outcome.unwrap_or_else(|error| Err(io::Error::other(error))) {
            Ok(()) => self.written.clone_from(topics),
            Err(error) => {
                tracing::warn!("cannot write the list of published topics to {shown}: {error}");
            }
        }
    }
}

fn read(path: &Path) -> BTreeSet<String> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return BTreeSet::new(),
        Err(error) => {
            tracing::warn!("cannot read {}: {error}; topics of earlier runs may stay behind", path.display());
            return BTreeSet::new();
        }
    };
    match serde_json::from_slice::<Document>(&text) {
        Ok(document) => document.topics,
        Err(error) => {
            let aside = path.with_extension("broken");
            tracing::warn!("{} is damaged ({error}); it is now {}", path.display(), aside.display());
            if let Err(error) = std::fs::rename(path, &aside) {
                tracing::warn!("cannot rename {}: {error}", path.display());
            }
            BTreeSet::new()
        }
    }
}

fn write(path: &Path, document: &Document) -> io::Result<()> {
    replace(path, &serde_json::to_vec_pretty(document)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topics(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[tokio::test]
    async fn the_list_survives_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("published.json");
        let mut published = Published::open(Some(path.clone()));
        assert!(published.topics().is_empty());
        published.keep(&topics(&["r/a/state", "r/b/state"])).await;
        assert_eq!(*Published::open(Some(path)).topics(), topics(&["r/a/state", "r/b/state"]));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn nobody_else_can_read_who_is_at_home() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("published.json");
        Published::open(Some(path.clone())).keep(&topics(&["r/a/client/02005e005301/state"])).await;
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[tokio::test]
    async fn a_damaged_list_is_set_aside_and_begun_anew() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("published.json");
        std::fs::write(&path, "{\"topics\": [\"r/a").unwrap();
        let mut published = Published::open(Some(path.clone()));
        assert!(published.topics().is_empty());
        assert!(dir.path().join("published.broken").exists());
        published.keep(&topics(&["r/c/state"])).await;
        assert_eq!(*Published::open(Some(path)).topics(), topics(&["r/c/state"]));
    }

    #[tokio::test]
    async fn a_disk_that_refuses_does_not_stop_the_bridge() {
        let mut published = Published::open(Some("/nonexistent/published.json".into()));
        published.keep(&topics(&["r/a/state"])).await;
        assert!(published.topics().is_empty());
    }
}
