use std::fs;
use std::io;
use std::path::Path;

/// Keeps other writers away from a file as long as it is held.
///
/// The system releases the lock however the process ends; a file system that knows no locks, as some on the network do,
/// does without.
#[derive(Debug)]
pub struct Lock {
    _file: Option<fs::File>,
}

impl Lock {
    /// Takes the lock that this file stands for; the file is made if need be. Nothing when somebody else has it.
    pub fn take(path: &Path) -> Option<Self> {
        let Ok(file) = fs::File::create(path) else {
            return Some(Self { _file: None });
        };
        match file.try_lock() {
            Err(fs::TryLockError::WouldBlock) => None,
            Err(fs::TryLockError::Error(error)) if error.kind() == io::ErrorKind::WouldBlock => None,
            locked => Some(Self { _file: locked.is_ok().then_some(file) }),
        }
    }
}
