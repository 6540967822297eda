//! The list of topics that we have published and not cleared: what proves, in a later run, that they are
//! ours.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::engine::Shelf;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Document {
    topics: BTreeSet<String>,
}

/// Where the list is kept, and what it says there.
#[derive(Debug)]
pub(super) struct Published {
    shelf: Option<Shelf>,
    written: BTreeSet<String>,
}

/// Whether a text is such a list.
///
/// # Errors
/// When it is not.
pub fn understand_published(text: &str) -> Result<(), serde_json::Error> {
    serde_json::from_str::<Document>(text).map(drop)
}

impl Published {
    /// Reads the list. One that cannot be understood is begun anew: it is better to leave a stale topic
    /// behind than to clear one on a guess. Without a shelf nothing is kept.
    pub(super) fn open(shelf: Option<Shelf>) -> Self {
        let written = shelf.as_ref().and_then(Shelf::read).map(|text| read(&text)).unwrap_or_default();
        Self { shelf, written }
    }

    /// The topics on the list.
    pub(super) const fn topics(&self) -> &BTreeSet<String> {
        &self.written
    }

    /// Brings the list up to date, if it is not. A disk that refuses is reported by the history; what is not on the
    /// list yet is tried again at the next change.
    pub(super) async fn keep(&mut self, topics: &BTreeSet<String>) {
        let Some(shelf) = self.shelf.as_ref().filter(|_| self.written != *topics) else { return };
        let Ok(text) = serde_json::to_string(&Document { topics: topics.clone() }) else { return };
        if shelf.write(text).await.is_ok() {
            self.written.clone_from(topics);
        }
    }
}

fn read(text: &str) -> BTreeSet<String> {
    let document = serde_json::from_str::<Document>(text).inspect_err(|error| {
        tracing::warn!(%error, "the list of published topics makes no sense; topics of earlier runs may stay behind");
    });
    document.unwrap_or_default().topics
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topics(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[tokio::test]
    async fn the_list_survives_a_restart() {
        let shelf = Shelf::fleeting();
        let mut published = Published::open(Some(shelf.clone()));
        assert!(published.topics().is_empty());
        published.keep(&topics(&["r/a/state", "r/b/state"])).await;
        assert_eq!(*Published::open(Some(shelf)).topics(), topics(&["r/a/state", "r/b/state"]));
    }

    #[tokio::test]
    async fn a_list_that_makes_no_sense_is_begun_anew() {
        let shelf = Shelf::fleeting();
        shelf.write("{\"topics\": [\"r/a".into()).await.unwrap();
        let mut published = Published::open(Some(shelf.clone()));
        assert!(published.topics().is_empty());
        published.keep(&topics(&["r/c/state"])).await;
        assert_eq!(*Published::open(Some(shelf)).topics(), topics(&["r/c/state"]));
    }

    #[test]
    fn the_file_of_an_earlier_version_is_taken_over_or_set_aside() {
        let now = jiff::Timestamp::UNIX_EPOCH;
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("published.json");
        let shelf = Shelf::fleeting();
        shelf.take_over(&file, now, understand_published).unwrap();
        std::fs::write(&file, "{\"topics\": [\"r/a").unwrap();
        shelf.take_over(&file, now, understand_published).unwrap();
        assert!(dir.path().join("published.json.damaged-0").exists() && shelf.read().is_none());
        std::fs::write(&file, "{\"topics\": [\"r/a/state\"]}").unwrap();
        shelf.take_over(&file, now, understand_published).unwrap();
        assert!(dir.path().join("published.json.imported").exists() && !file.exists());
        assert_eq!(*Published::open(Some(shelf)).topics(), topics(&["r/a/state"]));
    }
}
