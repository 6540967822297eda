//! What must survive a restart: latches, cool-downs, and what each box has been found to have.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::access::Withheld;
use super::file::replace;
use super::news::Told;
use super::trail::Trail;
use super::{Known, Problem, Shape};
use crate::model::{BoxId, Deed, FaultClass, Identity, Subject, catalog};

/// The layout of the file; one that is newer than this is not touched.
const VERSION: u32 = 1;

/// What the bridge remembers, in one file that is replaced as a whole.
#[derive(Debug)]
pub struct Memory {
    path: Option<PathBuf>,
    content: Mutex<Content>,
    /// Held as long as the memory is used.
    _lock: Option<fs::File>,
}

/// The memory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MemoryError {
    /// The directory cannot be made, or the file cannot be read or written.
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
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Content {
    version: u32,
    /// Hexadecimal; keys the digest of credentials, so that the file does not give them away.
    salt: String,
    #[serde(default)]
    boxes: BTreeMap<String, Remembered>,
}

/// What is remembered of one box.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Remembered {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) latch: Option<Latch>,
    /// Until when the next reboot has to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reboot_after: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) boot: Option<Timestamp>,
    /// What of its own log has been seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) log: Option<Trail>,
    /// What was told of it.
    #[serde(default)]
    pub(crate) told: Told,
    /// The day on which it was last summed up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) summed_up: Option<Date>,
    /// Whom the bridge itself keeps from the internet, by hardware address.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) withheld: BTreeMap<String, Withheld>,
    /// What of its family's deeds it cannot do, by their words.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    cannot: BTreeSet<String>,
    #[serde(default)]
    identity: Passport,
    #[serde(default)]
    shape: BTreeMap<String, Silhouette>,
}

/// A latch that is closed: no login until the configuration changes or somebody asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Latch {
    /// The credentials that it closed on, as a keyed digest.
    pub(crate) digest: String,
    class: String,
    summary: String,
    advice: String,
    since: Timestamp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Passport {
    manufacturer: Option<String>,
    model: Option<String>,
    model_id: Option<String>,
    serial: Option<String>,
    firmware: Option<String>,
    hardware: Option<String>,
    mac: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Silhouette {
    label: Option<String>,
    metrics: Vec<String>,
    seen: Timestamp,
}

impl Memory {
    /// Opens the memory in this directory, which is made if need be. A damaged file is set aside, not trusted and not lost.
    ///
    /// # Errors
    /// When the directory cannot be used or is in use, or the file is from a later version.
    pub fn open(directory: &Path, salt: [u8; 16], now: Timestamp) -> Result<Self, MemoryError> {
        let path = directory.join("memory.json");
        let unusable = |error| MemoryError::Unusable { path: path.clone(), error };
        fs::create_dir_all(directory).map_err(unusable)?;
        let lock = lock(directory)?;
        let content = match fs::read(&path) {
            Ok(bytes) => match serde_json::from_slice::<Content>(&bytes) {
                Ok(content) if content.version > VERSION => return Err(MemoryError::FromTheFuture(path)),
                Ok(content) => Some(content),
                Err(error) => {
                    let aside = directory.join(format!("memory.json.damaged-{}", now.as_second()));
                    fs::rename(&path, &aside).map_err(unusable)?;
                    tracing::warn!(%error, aside = %aside.display(), "the memory was damaged; it was set aside and a new one begun");
                    None
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(unusable(error)),
        };
        let content = content.unwrap_or_else(|| Content {
            version: VERSION,
            salt: hex::encode(salt),
            ..Content::default()
        });
        let memory = Self { path: Some(path.clone()), content: Mutex::new(content), _lock: lock };
        memory.save().map_err(unusable)?;
        Ok(memory)
    }

    /// A memory that ends with the process.
    pub fn fleeting() -> Self {
        Self { path: None, content: Mutex::default(), _lock: None }
    }

    /// What digests of credentials are keyed with.
    pub fn salt(&self) -> Vec<u8> {
        hex::decode(&self.lock().salt).unwrap_or_default()
    }

    pub(crate) fn recall(&self, id: &BoxId) -> Remembered {
        self.lock().boxes.get(id.as_str()).cloned().unwrap_or_default()
    }

    /// Changes what is remembered of a box, and writes it down when something did change.
    pub(crate) fn update(&self, id: &BoxId, change: impl FnOnce(&mut Remembered)) {
        {
            let mut content = self.lock();
            let remembered = content.boxes.entry(id.as_str().to_owned()).or_default();
            let before = remembered.clone();
            change(remembered);
            if *remembered == before {
                return;
            }
        }
        if let Err(error) = self.save() {
            tracing::error!(%error, "cannot write the memory; latches and cool-downs will not survive a restart");
        }
    }

    /// Forgets the boxes that are no longer configured.
    pub fn keep_only(&self, boxes: &[&BoxId]) {
        self.lock().boxes.retain(|id, _| boxes.iter().any(|known| known.as_str() == id));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn save(&self) -> io::Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let content = self.lock();
        let text = serde_json::to_vec_pretty(&*content).map_err(io::Error::other)?;
        replace(path, &text)
    }
}

/// Keeps other bridges out of the directory. The system releases the lock however the process ends; a file system that knows no
/// locks, as some on the network do, does without.
fn lock(directory: &Path) -> Result<Option<fs::File>, MemoryError> {
    let Ok(file) = fs::File::create(directory.join("lock")) else {
        return Ok(None);
    };
    match file.try_lock() {
        Err(fs::TryLockError::WouldBlock) => Err(MemoryError::InUse(directory.to_owned())),
        locked => Ok(locked.is_ok().then_some(file)),
    }
}

impl Latch {
    pub(crate) fn closed(digest: &str, problem: &Problem) -> Self {
        Self {
            digest: digest.to_owned(),
            class: problem.class.word().to_owned(),
            summary: problem.summary.clone(),
            advice: problem.advice.clone(),
            since: problem.since,
        }
    }

    pub(crate) fn problem(&self) -> Problem {
        let class = FaultClass::ALL.into_iter().find(|class| class.word() == self.class);
        Problem {
            class: class.unwrap_or(FaultClass::CredentialsRejected),
            summary: self.summary.clone(),
            advice: self.advice.clone(),
            since: self.since,
        }
    }
}

impl Remembered {
    pub(crate) fn identity(&self) -> Identity {
        let known = self.identity.clone();
        Identity {
            manufacturer: known.manufacturer,
            model: known.model,
            model_id: known.model_id,
            serial: known.serial,
            firmware: known.firmware,
            hardware: known.hardware,
            mac: known.mac.and_then(|mac| mac.parse().ok()),
        }
    }

    pub(crate) fn note_identity(&mut self, identity: &Identity) {
        let known = identity.clone();
        self.identity = Passport {
            manufacturer: known.manufacturer,
            model: known.model,
            model_id: known.model_id,
            serial: known.serial,
            firmware: known.firmware,
            hardware: known.hardware,
            mac: known.mac.map(|mac| mac.to_string()),
        };
    }

    pub(crate) fn cannot(&self) -> BTreeSet<Deed> {
        Deed::ALL.into_iter().filter(|deed| self.cannot.contains(deed.word())).collect()
    }

    pub(crate) fn note_cannot(&mut self, cannot: &BTreeSet<Deed>) {
        self.cannot = cannot.iter().map(|deed| deed.word().to_owned()).collect();
    }

    pub(crate) fn shape(&self) -> Shape {
        let mut shape = Shape::default();
        for (subject, known) in &self.shape {
            let Ok(subject) = subject.parse::<Subject>() else {
                continue;
            };
            let rows = known.metrics.iter().filter_map(|key| catalog::find(subject.kind(), key));
            let rows = rows.map(|row| (row.key, row)).collect();
            shape.remember(subject, Known { label: known.label.clone(), rows, seen: known.seen });
        }
        shape
    }

    /// Notes what a box has. A subject that is merely seen again is worth a line only once a day: flash memory wears out.
    pub(crate) fn note_shape(&mut self, shape: &Shape) {
        const DAY: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);
        let mut next = BTreeMap::new();
        for (subject, known) in shape.iter() {
            let name = subject.to_string();
            let metrics = known.rows.keys().map(|key| (*key).to_owned()).collect();
            let mut silhouette = Silhouette { label: known.label.clone(), metrics, seen: known.seen };
            if let Some(before) = self.shape.get(&name)
                && known.seen.duration_since(before.seen) < DAY
            {
                silhouette.seen = before.seen;
            }
            next.insert(name, silhouette);
        }
        self.shape = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Bytes, Item};

    fn now() -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }

    fn open(directory: &Path) -> Memory {
        Memory::open(directory, [7; 16], now()).unwrap()
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
    fn a_file_from_before_there_were_logs_is_read() {
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
        let remembered = open(directory.path()).recall(&"modem".parse().unwrap());
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
        let second = Memory::open(directory.path(), [7; 16], now());
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
        let refused = Memory::open(directory.path(), [0; 16], now());
        assert!(matches!(refused, Err(MemoryError::FromTheFuture(_))));
        assert_eq!(fs::read(&path).unwrap(), br#"{"version":99,"salt":""}"#);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        open(directory.path());
        let mode = fs::metadata(directory.path().join("memory.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
