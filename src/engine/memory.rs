//! What must survive a restart: latches, cool-downs, and what each box has been found to have.

mod remembered;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use self::remembered::{Latch, Remembered};
use super::Claim;
use super::shelf::take_over;
use crate::history::{Store, StoreTrouble};
use crate::model::BoxId;

/// The layout of the documents; one that is newer than this is not touched.
const VERSION: u32 = 1;

/// The document that holds what is not about one box.
const GENERAL: &str = "memory";
/// The beginning of the names of the others, one for each box.
const BOX: &str = "memory/";

/// What the bridge remembers: documents in the history, one for each box.
#[derive(Debug)]
pub struct Memory {
    // Before the claim: a directory is let go only when nothing is written there any more.
    store: Option<Store>,
    boxes: Mutex<BTreeMap<String, Remembered>>,
    salt: String,
    /// How much was noted, and how much of that is on the disk for sure.
    noted: AtomicU64,
    written: AtomicU64,
    _claim: Option<Claim>,
}

/// The memory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MemoryError {
    /// The directory cannot be made, or a file in it cannot be read or written.
    #[error("cannot use {path}: {error}; give a 'data' directory that the bridge may write to")]
    Unusable {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Two bridges in one directory would undo what the other one notes.
    #[error(
        "{0} is in use by another router2mqtt that is running; stop that one, or give each its own 'data'"
    )]
    InUse(PathBuf),
    /// A later version of the bridge wrote it.
    #[error("{0} was written by a later version of router2mqtt; install that one, or move the file away")]
    FromTheFuture(PathBuf),
    /// It cannot be written to the history.
    #[error("{0}; {advice}", advice = .0.advice())]
    Unwritable(#[from] StoreTrouble),
}

#[derive(Debug, Serialize, Deserialize)]
struct General {
    version: u32,
    /// Hexadecimal; keys the digest of credentials, so that the documents do not give them away.
    salt: String,
}

/// The file of earlier versions, with everything in it.
#[derive(Debug, Deserialize)]
struct OldFile {
    #[serde(flatten)]
    general: General,
    #[serde(default)]
    boxes: BTreeMap<String, Remembered>,
}

impl Memory {
    /// Opens the memory in this history. What an earlier version kept in a file of its own is taken over; a damaged one is
    /// set aside, not trusted and not lost.
    ///
    /// # Errors
    /// When such a file cannot be used, or something is from a later version, or the history cannot be written to.
    pub fn open(claim: Claim, store: Store, salt: [u8; 16], now: Timestamp) -> Result<Self, MemoryError> {
        let old = claim.directory().join("memory.json");
        let mut is_newer = false;
        take_over(&old, now, |text| {
            let file: OldFile = serde_json::from_str(text)?;
            is_newer = file.general.version > VERSION;
            let refusal = || io::Error::other("it is from a later version");
            let documents = if is_newer { Err(refusal()) } else { Ok(file.documents()?) };
            Ok(documents.and_then(|documents| store.put_now(&documents).map_err(io::Error::other)))
        })
        .map_err(|error| match is_newer {
            true => MemoryError::FromTheFuture(old.clone()),
            false => MemoryError::Unusable { path: old.clone(), error },
        })?;
        let general = match store.document(GENERAL).map(|text| serde_json::from_str::<General>(&text)) {
            Some(Ok(general)) if general.version > VERSION => {
                return Err(MemoryError::FromTheFuture(store.path().unwrap_or(&old).to_owned()));
            }
            Some(Ok(general)) => general,
            _ => General { version: VERSION, salt: hex::encode(salt) },
        };
        store.put_now(&[document(GENERAL.to_owned(), &general).map_err(|error| unusable(&old, error))?])?;
        Ok(Self {
            boxes: Mutex::new(boxes(&store)),
            store: Some(store),
            salt: general.salt,
            noted: AtomicU64::new(0),
            written: AtomicU64::new(0),
            _claim: Some(claim),
        })
    }

    /// A memory that ends with the process.
    pub fn fleeting() -> Self {
        Self {
            store: None,
            boxes: Mutex::default(),
            salt: String::new(),
            noted: AtomicU64::new(0),
            written: AtomicU64::new(0),
            _claim: None,
        }
    }

    /// What digests of credentials are keyed with.
    pub fn salt(&self) -> Vec<u8> {
        hex::decode(&self.salt).unwrap_or_default()
    }

    pub(crate) fn recall(&self, id: &BoxId) -> Remembered {
        self.lock().get(id.as_str()).cloned().unwrap_or_default()
    }

    /// Changes what is remembered of a box, and has it written down when something did change; see [`Self::settled`].
    pub(crate) fn update(&self, id: &BoxId, change: impl FnOnce(&mut Remembered)) {
        let mut boxes = self.lock();
        let remembered = boxes.entry(id.as_str().to_owned()).or_default();
        let before = remembered.clone();
        change(remembered);
        let Some(store) = self.store.as_ref().filter(|_| *remembered != before) else {
            return;
        };
        match document(format!("{BOX}{id}"), remembered) {
            Ok((name, text)) => store.note_document(&name, text),
            Err(error) => tracing::error!(%error, "what is remembered of '{id}' cannot be written"),
        }
        self.noted.fetch_add(1, Ordering::AcqRel);
    }

    /// Returns when everything that was noted is on the disk: before something is done or told that must not be done or told
    /// twice. A disk that refuses is no reason to wait: the history says so, and tries again.
    pub(crate) async fn settled(&self) {
        let noted = self.noted.load(Ordering::Acquire);
        // Each waits for itself: that somebody else is waiting does not mean that anything is written.
        if let Some(store) = &self.store
            && self.written.load(Ordering::Acquire) < noted
            && store.settled().await.is_ok()
        {
            self.written.fetch_max(noted, Ordering::AcqRel);
        }
    }

    /// Forgets the boxes that are no longer configured.
    pub fn keep_only(&self, boxes: &[&BoxId]) {
        let is_known = |id: &str| boxes.iter().any(|known| known.as_str() == id);
        self.lock().retain(|id, _| {
            let stays = is_known(id);
            if let Some(store) = self.store.as_ref().filter(|_| !stays) {
                store.drop_document(&format!("{BOX}{id}"));
            }
            stays
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Remembered>> {
        self.boxes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OldFile {
    fn documents(&self) -> serde_json::Result<Vec<(String, String)>> {
        let boxes = self.boxes.iter().map(|(id, remembered)| document(format!("{BOX}{id}"), remembered));
        boxes.chain([document(GENERAL.to_owned(), &self.general)]).collect()
    }
}

fn document(name: String, content: &impl Serialize) -> serde_json::Result<(String, String)> {
    Ok((name, serde_json::to_string(content)?))
}

fn unusable(path: &std::path::Path, error: serde_json::Error) -> MemoryError {
    MemoryError::Unusable { path: path.to_owned(), error: io::Error::other(error) }
}

/// What is remembered of each box. What cannot be understood is not trusted.
fn boxes(store: &Store) -> BTreeMap<String, Remembered> {
    let documents = store.documents(BOX);
    let known = documents.into_iter().filter_map(|(name, text)| {
        let id = name.strip_prefix(BOX)?.to_owned();
        match serde_json::from_str(&text) {
            Ok(remembered) => Some((id, remembered)),
            Err(error) => {
                tracing::warn!(%error, "what was remembered of '{id}' makes no sense; it is begun anew");
                None
            }
        }
    });
    known.collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::pin::Pin;
    use std::task::{Context, Waker};

    use super::*;
    use crate::engine::Shape;
    use crate::history::Retention;
    use crate::model::{Bytes, FaultClass, Identity, Item, Subject, catalog};

    fn now() -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }

    fn is_done(waiting: &mut Pin<Box<impl Future<Output = ()>>>) -> bool {
        waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    fn try_open(directory: &Path) -> Result<Memory, MemoryError> {
        let claim = Claim::on(directory)?;
        let (store, _) = Store::open(&directory.join("history.db"), Retention::default(), now()).unwrap();
        Memory::open(claim, store, [7; 16], now())
    }

    fn open(directory: &Path) -> Memory {
        try_open(directory).unwrap()
    }

    #[test]
    fn what_is_noted_is_there_after_a_restart() {
        let directory = tempfile::tempdir().unwrap();
        let id: BoxId = "modem".parse().unwrap();
        let identity = Identity {
            model: Some("X1".into()),
            mac: "02:00:00:00:00:01".parse().ok(),
            ..Identity::default()
        };
        let mut item = Item::default();
        item.set(catalog::RECEIVED, Bytes(1)).label("A name");
        let mut shape = Shape::default();
        shape.learn(&Subject::Router, &item, now());
        open(directory.path()).update(&id, |box_| {
            box_.note_identity(&identity);
            box_.note_shape(&shape);
            box_.reboot_after = Some(now());
        });
        let remembered = open(directory.path()).recall(&id);
        assert_eq!(remembered.identity(), identity);
        assert_eq!(remembered.shape(), shape);
        assert_eq!(remembered.reboot_after, Some(now()));
        assert_eq!(open(directory.path()).salt(), [7; 16]);
    }

    #[test]
    fn the_file_of_an_earlier_version_is_taken_over_once() {
        let directory = tempfile::tempdir().unwrap();
        let old = r#"{"version": 1, "salt": "07", "boxes": {"modem": {
            "latch": {"digest": "d", "class": "credentials_rejected", "summary": "s", "advice": "a",
                      "since": "2026-11-01T00:00:00Z"},
            "reboot_after": "2026-11-01T00:10:00Z", "boot": "2026-10-01T00:00:00Z",
            "identity": {"manufacturer": null, "model": "X1", "model_id": null, "serial": null, "firmware": "1.0",
                         "hardware": null, "mac": "02:00:5e:00:00:01"},
            "shape": {"router": {"label": null, "metrics": ["received", "gone_since"],
                                 "seen": "2026-11-01T00:00:00Z"}}}}}"#;
        fs::write(directory.path().join("memory.json"), old).unwrap();
        drop(open(directory.path()));
        assert!(!directory.path().join("memory.json").exists());
        assert_eq!(fs::read_to_string(directory.path().join("memory.json.imported")).unwrap(), old);
        let memory = open(directory.path());
        assert_eq!(memory.salt(), [7]);
        let remembered = memory.recall(&"modem".parse().unwrap());
        let latch = remembered.latch.as_ref().unwrap();
        assert_eq!(latch.problem().class, FaultClass::CredentialsRejected);
        assert!(remembered.reboot_after.is_some() && remembered.boot.is_some() && remembered.log.is_none());
        assert_eq!(remembered.identity().firmware.as_deref(), Some("1.0"));
        let shape = remembered.shape();
        let keys: Vec<_> = shape.get(&Subject::Router).unwrap().rows.keys().copied().collect();
        assert_eq!(keys, ["received"]);
    }

    #[test]
    fn a_directory_belongs_to_one_bridge_at_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let first = open(directory.path());
        let second = try_open(directory.path());
        assert!(matches!(second, Err(MemoryError::InUse(_))));
        drop(first);
        open(directory.path());
    }

    #[test]
    fn a_damaged_file_is_set_aside_and_kept() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("memory.json"), b"{\"version\":1,\"sal").unwrap();
        open(directory.path());
        let kept = directory.path().join("memory.json.damaged-1800000000");
        assert_eq!(fs::read(kept).unwrap(), b"{\"version\":1,\"sal");
    }

    #[test]
    fn a_file_of_a_later_version_is_not_touched() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("memory.json");
        fs::write(&path, br#"{"version":99,"salt":""}"#).unwrap();
        let refused = try_open(directory.path());
        assert!(matches!(refused, Err(MemoryError::FromTheFuture(_))));
        assert_eq!(fs::read(&path).unwrap(), br#"{"version":99,"salt":""}"#);
    }

    #[tokio::test]
    async fn who_waits_is_not_answered_because_somebody_else_waits_already() {
        let directory = tempfile::tempdir().unwrap();
        let memory = open(directory.path());
        memory.update(&"modem".parse().unwrap(), |box_| box_.reboot_after = Some(now()));
        let mut one = Box::pin(memory.settled());
        let mut other = Box::pin(memory.settled());
        let writes = rusqlite::Connection::open(directory.path().join("history.db")).unwrap();
        writes.execute_batch("BEGIN IMMEDIATE").unwrap();
        assert!(!is_done(&mut one) && !is_done(&mut other));
        drop(writes);
        tokio::join!(one, other);
        let text = memory.store.as_ref().unwrap().document("memory/modem").unwrap();
        assert!(text.contains("reboot_after"), "{text}");
        assert!(is_done(&mut Box::pin(memory.settled())), "nothing is left to write");
    }
}
