use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Connection;
use tokio::sync::watch;

use super::place::{self, beside};
use super::schema::VERSIONS;
use super::writer::{Answer, Order, Writer};
use super::{
    Import, Lock, Note, Recalled, Retention, StoreError, StoreHealth, StoreTrouble, Tick, recall, write,
    writer,
};
use crate::model::BoxId;

/// How many orders may wait for the writer.
const QUEUE: usize = 64;

/// The history, to be written to. Cheap to clone; when the last clone goes, what is still to be written is written.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    desk: Arc<Desk>,
    /// Both are there until the end.
    orders: Option<mpsc::SyncSender<Order>>,
    thread: Option<thread::JoinHandle<()>>,
    _lock: Option<Lock>,
}

/// What the writer and the others share.
#[derive(Debug)]
pub(super) struct Desk {
    /// The file; nothing of a history that ends with the process.
    pub(super) path: Option<PathBuf>,
    db: Mutex<Connection>,
    /// Documents to be written, or taken away; only the last word on each counts.
    documents: Mutex<Documents>,
    pub(super) health: watch::Sender<StoreHealth>,
}

/// Documents by their names; nothing for one that goes.
pub(super) type Documents = BTreeMap<String, Option<String>>;

impl Desk {
    pub(super) fn db(&self) -> MutexGuard<'_, Connection> {
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn documents(&self) -> MutexGuard<'_, Documents> {
        self.documents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// Opens the history in this file, which is made if need be, and brings it up to date. A damaged file is set aside,
    /// not trusted and not lost; the notes say so.
    ///
    /// # Errors
    /// When the file cannot be used, is in use, is another program's, or is from a later version.
    pub fn open(path: &Path, retention: Retention, now: Timestamp) -> Result<(Self, Vec<Note>), StoreError> {
        if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
            std::fs::create_dir_all(directory).map_err(|error| StoreError::io(path, &error))?;
        }
        let lock = Lock::take(&beside(path, "-lock")).ok_or_else(|| StoreError::InUse(path.to_owned()))?;
        let (db, notes) = place::open(path, VERSIONS, now)?;
        for note in &notes {
            tracing::warn!("{note}");
        }
        let set_aside = notes.iter().find_map(|note| match note {
            Note::SetAside { aside, .. } => Some(aside.clone()),
            Note::Upgraded { .. } => None,
        });
        let store = Self::begin(db, Some(path.to_owned()), Some(lock), retention, set_aside)?;
        Ok((store, notes))
    }

    /// A history that ends with the process.
    ///
    /// # Errors
    /// When the system has no memory, or no threads, to give.
    pub fn fleeting() -> Result<Self, StoreError> {
        Self::begin(place::fleeting(VERSIONS)?, None, None, Retention::default(), None)
    }

    fn begin(
        db: Connection,
        path: Option<PathBuf>,
        lock: Option<Lock>,
        retention: Retention,
        set_aside: Option<PathBuf>,
    ) -> Result<Self, StoreError> {
        let shown = path.clone().unwrap_or_default();
        let size = write::size(&db).map_err(|error| StoreError::sql(&shown, &error))?;
        let health = watch::Sender::new(StoreHealth { set_aside, size, ..StoreHealth::default() });
        let desk = Arc::new(Desk { path, db: Mutex::new(db), documents: Mutex::default(), health });
        let (sender, orders) = mpsc::sync_channel(QUEUE);
        let writer = Writer::new(Arc::clone(&desk), retention);
        let thread = thread::Builder::new()
            .name("history".to_owned())
            .spawn(move || writer.run(&orders))
            .map_err(|error| StoreError::io(&shown, &error))?;
        let inner = Inner { desk, orders: Some(sender), thread: Some(thread), _lock: lock };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Writes a tick, and returns when it is in the file. A power cut may still take the last minutes; nothing else can.
    ///
    /// # Errors
    /// When the file cannot be written to. The tick is kept then, and written with one that comes later.
    pub async fn commit(&self, tick: Tick) -> Result<(), StoreTrouble> {
        self.ask(|answer| Order::Commit(Box::new(tick), answer)).await
    }

    /// Takes in what somebody else recorded: as a whole, or not at all.
    ///
    /// # Errors
    /// When the file cannot be written to. The import is not kept then.
    pub async fn import(&self, import: Import) -> Result<(), StoreTrouble> {
        self.ask(|answer| Order::Import(Box::new(import), answer)).await
    }

    /// What is known of a box, its days since a date.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn recall(&self, id: &BoxId, since: Date) -> Result<Recalled, StoreTrouble> {
        Ok(recall::recall(&self.inner.desk.db(), id, since)?)
    }

    /// The document of this name; also `None` when the file cannot be read, which is logged.
    pub fn document(&self, name: &str) -> Option<String> {
        if let Some(waiting) = self.inner.desk.documents().get(name) {
            return waiting.clone();
        }
        recall::document(&self.inner.desk.db(), name).unwrap_or_else(|error| {
            tracing::error!(%error, "cannot read '{name}' from the history");
            None
        })
    }

    /// The documents whose names begin so, with their names.
    pub fn documents(&self, beginning: &str) -> Vec<(String, String)> {
        let stored = recall::documents(&self.inner.desk.db(), beginning).unwrap_or_else(|error| {
            tracing::error!(%error, "cannot read '{beginning}…' from the history");
            Vec::new()
        });
        let mut found: Documents = stored.into_iter().map(|(name, text)| (name, Some(text))).collect();
        let waiting = self.inner.desk.documents();
        found.extend(
            waiting
                .iter()
                .filter(|(name, _)| name.starts_with(beginning))
                .map(|(n, t)| (n.clone(), t.clone())),
        );
        found.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()
    }

    /// Has a document written soon, in place of the one of this name, without waiting for it. What is committed, or
    /// settled, after this is not there without it.
    pub fn note_document(&self, name: &str, text: String) {
        self.note(name, Some(text));
    }

    /// Has a document taken away soon.
    pub fn drop_document(&self, name: &str) {
        self.note(name, None);
    }

    /// Writes a document, and returns when not even a power cut can take it.
    ///
    /// # Errors
    /// When the file cannot be written to. The document is kept then, and written when it can be.
    pub async fn put_document(&self, name: &str, text: String) -> Result<(), StoreTrouble> {
        self.note_document(name, text);
        self.settled().await
    }

    /// Writes documents on the spot, in one transaction, and returns when not even a power cut can take them. It blocks: for the
    /// start, before anything else runs.
    ///
    /// # Errors
    /// When the file cannot be written to. Nothing is kept then.
    pub fn put_now(&self, documents: &[(String, String)]) -> Result<(), StoreTrouble> {
        let documents = documents.iter().map(|(name, text)| (name.clone(), Some(text.clone()))).collect();
        Ok(writer::put_documents(&mut self.inner.desk.db(), &documents)?)
    }

    /// Returns when every document that was noted is written, and not even a power cut can take it.
    ///
    /// # Errors
    /// When the file cannot be written to.
    pub async fn settled(&self) -> Result<(), StoreTrouble> {
        self.ask(Order::Settle).await
    }

    /// How it is doing, to read and to wait on.
    pub fn health(&self) -> watch::Receiver<StoreHealth> {
        self.inner.desk.health.subscribe()
    }

    /// The file; nothing of a history that ends with the process.
    pub fn path(&self) -> Option<&Path> {
        self.inner.desk.path.as_deref()
    }

    /// How many pages the file may have, as if the disk were full after that.
    #[cfg(test)]
    pub(super) fn limit_pages(&self, pages: u32) {
        self.inner.desk.db().pragma(None, "max_page_count", pages, |_| Ok(())).unwrap();
    }

    /// As if the file system had become read-only.
    #[cfg(test)]
    pub(super) fn forbid_writing(&self, is_forbidden: bool) {
        self.inner.desk.db().pragma_update(None, "query_only", is_forbidden).unwrap();
    }

    fn note(&self, name: &str, text: Option<String>) {
        self.inner.desk.documents().insert(name.to_owned(), text);
        // A writer that has so much to do comes by anyway.
        if let Some(orders) = &self.inner.orders {
            let _ = orders.try_send(Order::Look);
        }
    }

    /// Gives an order, and waits until it is done; not on the runtime, whose clock stands still in tests while somebody
    /// waits there for a thread.
    async fn ask(&self, order: impl FnOnce(Answer) -> Order) -> Result<(), StoreTrouble> {
        let Some(orders) = self.inner.orders.clone() else {
            return Err(StoreTrouble::ended());
        };
        let (answer, answered) = mpsc::sync_channel(1);
        let order = order(answer);
        let asking = tokio::task::spawn_blocking(move || {
            orders.send(order).map_err(|_| StoreTrouble::ended())?;
            answered.recv().unwrap_or_else(|_| Err(StoreTrouble::ended()))
        });
        asking.await.unwrap_or_else(|_| Err(StoreTrouble::ended()))
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The writer ends when nobody can order any more.
        drop(self.orders.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that writes the history has failed");
        }
    }
}
