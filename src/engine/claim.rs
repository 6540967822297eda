use std::fs;
use std::path::{Path, PathBuf};

use super::MemoryError;
use crate::history::Lock;

/// The directory in which the bridge keeps things, while it is ours alone.
#[derive(Debug)]
pub struct Claim {
    directory: PathBuf,
    _lock: Lock,
}

impl Claim {
    /// Claims a directory, which is made if need be.
    ///
    /// # Errors
    /// When it cannot be made, or another bridge has claimed it.
    pub fn on(directory: &Path) -> Result<Self, MemoryError> {
        fs::create_dir_all(directory)
            .map_err(|error| MemoryError::Unusable { path: directory.to_owned(), error })?;
        let lock =
            Lock::take(&directory.join("lock")).ok_or_else(|| MemoryError::InUse(directory.to_owned()))?;
        Ok(Self { directory: directory.to_owned(), _lock: lock })
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }
}
