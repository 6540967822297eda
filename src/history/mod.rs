//! What is kept, in one SQLite file: what the bridge must not forget, who used how much on which day, and how
//! readings ran over time.
//!
//! One thread writes. Whatever one poll of one box adds is one [`Tick`], which is in the file as a whole or not at all;
//! ticks that wait at the same time share a transaction. Readers have an [`Archive`] of their own, also in another process.
//!
//! - `schema`, `place`, `check`, `lock`: the file, its versions, and whether it is sound
//! - `batch`, `write`, `dictionary`: from ticks to rows
//! - `store`, `writer`: the one writer, and how others reach it
//! - `rollup`, `retention`: hours and days made of samples, and what is given up
//! - `recall`, `archive`, `rows`: reading
//! - `imported`: what somebody else recorded, beside what the bridge has counted itself

mod archive;
mod batch;
mod check;
mod days;
mod dictionary;
mod imported;
mod lock;
mod place;
mod recall;
mod retention;
mod rollup;
mod rows;
mod schema;
mod store;
mod tick;
mod trouble;
mod write;
mod writer;

pub use archive::{Archive, Bucket, Period, Series, Step, Told, Total};
pub use days::DayFilter;
pub use lock::Lock;
pub use recall::Recalled;
pub use retention::Retention;
pub use store::Store;
pub use tick::{ForgottenCounter, Import, ImportedHour, Sample, Sampled, SavedCounter, SavedGap, Tick};
pub use trouble::{Note, StoreError, StoreHealth, StoreTrouble, TroubleKind};

#[cfg(test)]
mod tests;
