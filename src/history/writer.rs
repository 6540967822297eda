use std::sync::{Arc, mpsc};

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use super::batch::Batch;
use super::check;
use super::dictionary::Dictionary;
use super::rows::HOUR;
use super::store::{Desk, Documents};
use super::{Import, Retention, StoreTrouble, Tick, TroubleKind, rollup, write};

/// Where the outcome of an order goes. Who does not wait any more is not told.
pub(super) type Answer = mpsc::SyncSender<Result<(), StoreTrouble>>;

/// What the writer can be told to do.
#[derive(Debug)]
pub(super) enum Order {
    Commit(Box<Tick>, Answer),
    Import(Box<Import>, Answer),
    /// Write the documents, and say when.
    Settle(Answer),
    /// See what documents there are to write.
    Look,
}

/// How many orders share a transaction at most.
const AT_ONCE: usize = 64;

/// How many steps of upkeep come between two transactions at most, so that nobody waits for years of hours.
const STEPS: usize = 24;

/// The one who writes.
#[derive(Debug)]
pub(super) struct Writer {
    desk: Arc<Desk>,
    retention: Retention,
    known: Dictionary,
    /// What is to be written: what just came, and what could not be written before.
    batch: Batch,
    /// The hour of the last upkeep that came to its end.
    kept_up: Option<i64>,
}

impl Writer {
    pub(super) fn new(desk: Arc<Desk>, retention: Retention) -> Self {
        Self { desk, retention, known: Dictionary::default(), batch: Batch::default(), kept_up: None }
    }

    /// Writes until nobody can order any more.
    pub(super) fn run(mut self, orders: &mpsc::Receiver<Order>) {
        while let Ok(first) = orders.recv() {
            self.obey([first].into_iter().chain(orders.try_iter().take(AT_ONCE)));
        }
        if !self.desk.documents().is_empty() || !self.batch.is_empty() {
            self.write(&[]);
        }
    }

    fn obey(&mut self, orders: impl Iterator<Item = Order>) {
        let (mut waiting, mut imports) = (Vec::new(), Vec::new());
        for order in orders {
            match order {
                Order::Commit(tick, answer) => {
                    self.batch.add(*tick, self.retention.samples.is_some());
                    waiting.push(answer);
                }
                Order::Import(import, answer) => imports.push((import, answer)),
                Order::Settle(answer) => waiting.push(answer),
                Order::Look => {}
            }
        }
        let now = self.batch.at;
        if self.write(&waiting)
            && let Some(now) = now
        {
            self.keep_up(now);
        }
        for (import, answer) in imports {
            let outcome = self.import(&import);
            drop(answer.send(outcome.map_err(StoreTrouble::from)));
        }
    }

    /// Writes what there is, and says how it went: to those who wait, and to the owner.
    fn write(&mut self, waiting: &[Answer]) -> bool {
        let documents = std::mem::take(&mut *self.desk.documents());
        if documents.is_empty() && self.batch.is_empty() {
            answer(waiting, &Ok(()));
            return true;
        }
        let outcome = put(&mut self.desk.db(), &mut self.known, &self.batch, &documents);
        let outcome = outcome.map_err(StoreTrouble::from);
        match &outcome {
            Ok(()) => self.batch = Batch::default(),
            Err(_) => self.keep_for_later(documents),
        }
        self.tell(outcome.as_ref().err());
        answer(waiting, &outcome);
        outcome.is_ok()
    }

    fn keep_for_later(&mut self, documents: Documents) {
        // Numbers that were given in a transaction that came to nothing.
        self.known = Dictionary::default();
        let mut waiting = self.desk.documents();
        for (name, text) in documents {
            waiting.entry(name).or_insert(text);
        }
        drop(waiting);
        let given_up = self.batch.shrink();
        if given_up > 0 {
            self.desk.health.send_modify(|health| health.given_up += given_up);
        }
    }

    fn import(&mut self, import: &Import) -> rusqlite::Result<()> {
        let outcome =
            transact(&mut self.desk.db(), false, |work| write::import(work, &mut self.known, import));
        if outcome.is_err() {
            self.known = Dictionary::default();
        }
        outcome
    }

    /// Once an hour: makes hours and days of samples, and gives up what is too old or too much.
    fn keep_up(&mut self, now: Timestamp) {
        let hour = (now.as_second() - rollup::GRACE).div_euclid(HOUR);
        if self.kept_up == Some(hour) {
            return;
        }
        let outcome = self.steps(now);
        if let Err(error) = &outcome {
            tracing::warn!(%error, "the upkeep of the history failed; it is tried again in an hour");
        }
        if outcome.unwrap_or(true) {
            self.kept_up = Some(hour);
        }
    }

    /// Some steps of upkeep; says whether nothing is left to do.
    fn steps(&self, now: Timestamp) -> rusqlite::Result<bool> {
        for _ in 0..STEPS {
            // The file is let go after each step: somebody may want to read.
            if !rollup::step(&mut self.desk.db(), now)? {
                let more = self.retention.apply(&mut self.desk.db(), now)?;
                let size = write::size(&self.desk.db())?;
                self.desk.health.send_if_modified(|health| std::mem::replace(&mut health.size, size) != size);
                return Ok(!more);
            }
        }
        Ok(false)
    }

    /// Says how the last writing went, when that is something new.
    fn tell(&self, trouble: Option<&StoreTrouble>) {
        self.desk.health.send_if_modified(|health| {
            let kind = |trouble: &StoreTrouble| trouble.kind;
            if health.trouble.as_ref().map(kind) == trouble.map(kind) {
                return false;
            }
            if let Some(trouble) = trouble {
                tracing::error!(advice = trouble.advice(), "{trouble}");
            } else {
                tracing::info!(given_up = health.given_up, "the history can be written again");
            }
            if let (Some(trouble), Some(path)) = (trouble, &self.desk.path)
                && trouble.kind == TroubleKind::Damaged
            {
                check::mark_damaged(path, &trouble.to_string());
            }
            health.trouble = trouble.cloned();
            true
        });
    }
}

fn answer(waiting: &[Answer], outcome: &Result<(), StoreTrouble>) {
    for answer in waiting {
        drop(answer.send(outcome.clone()));
    }
}

/// Writes all of it in one transaction. With documents in it, or with what must not be told twice, it is on the disk when this returns, whatever happens to the power.
fn put(
    db: &mut Connection,
    known: &mut Dictionary,
    batch: &Batch,
    documents: &Documents,
) -> rusqlite::Result<()> {
    transact(db, batch.is_durable || !documents.is_empty(), |work| {
        write::batch(work, known, batch)?;
        write_documents(work, documents)
    })
}

/// Writes documents, and nothing else.
pub(super) fn put_documents(db: &mut Connection, documents: &Documents) -> rusqlite::Result<()> {
    transact(db, true, |work| write_documents(work, documents))
}

fn write_documents(db: &Connection, documents: &Documents) -> rusqlite::Result<()> {
    documents.iter().try_for_each(|(name, text)| match text {
        Some(text) => write::document(db, name, text),
        None => write::no_document(db, name),
    })
}

/// What is durable is waited for until it is on the disk, and with it whatever was written before.
fn transact(
    db: &mut Connection,
    is_durable: bool,
    work: impl FnOnce(&Connection) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    db.pragma_update(None, "synchronous", if is_durable { "FULL" } else { "NORMAL" })?;
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    work(&transaction)?;
    transaction.commit()
}
