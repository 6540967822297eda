//! What a part of the bridge keeps over restarts, and what earlier versions kept in a file of its own.

use std::path::{Path, PathBuf};
use std::{fs, io};

use jiff::Timestamp;

use crate::history::{Store, StoreTrouble};

/// The place of one document in the history.
#[derive(Clone, Debug)]
pub struct Shelf {
    store: Store,
    name: String,
}

impl Shelf {
    /// The place of the document of this name.
    pub fn new(store: Store, name: &str) -> Self {
        Self { store, name: name.to_owned() }
    }

    /// A place that ends with the process.
    #[cfg(test)]
    pub(crate) fn fleeting() -> Self {
        Self::new(Store::fleeting().unwrap(), "test")
    }

    /// The document, if there is one.
    pub fn read(&self) -> Option<String> {
        self.store.document(&self.name)
    }

    /// Puts a document in its place, and returns when not even a power cut can take it.
    ///
    /// # Errors
    /// When the disk refuses; it is tried again with what is written next.
    pub async fn write(&self, text: String) -> Result<(), StoreTrouble> {
        self.store.put_document(&self.name, text).await
    }

    /// Takes over the file in which an earlier version kept the document, which is then called `….imported`. One that
    /// `understand` makes nothing of is set aside under another name.
    ///
    /// # Errors
    /// When the file cannot be read or renamed, or the history cannot be written to.
    pub fn take_over(
        &self,
        path: &Path,
        now: Timestamp,
        understand: impl FnOnce(&str) -> Result<(), serde_json::Error>,
    ) -> io::Result<()> {
        take_over(path, now, |text| {
            understand(text)?;
            let document = [(self.name.clone(), text.to_owned())];
            Ok(self.store.put_now(&document).map_err(io::Error::other))
        })
    }
}

/// Has a file of an earlier version taken over, if it is there; its content is renamed only when that is done.
pub(super) fn take_over(
    path: &Path,
    now: Timestamp,
    take: impl FnOnce(&str) -> Result<io::Result<()>, serde_json::Error>,
) -> io::Result<()> {
    let content = match fs::read(path) {
        Ok(content) => String::from_utf8_lossy(&content).into_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    match take(&content) {
        Ok(taken) => {
            taken?;
            fs::rename(path, beside(path, ".imported"))
        }
        Err(error) => {
            let aside = beside(path, &format!(".damaged-{}", now.as_second()));
            fs::rename(path, &aside)?;
            tracing::warn!(%error, aside = %aside.display(), "{} was damaged; it was set aside", path.display());
            Ok(())
        }
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
