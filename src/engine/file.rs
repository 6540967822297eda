//! Files that must be whole after a power cut, and are nobody's business but their owner's.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// Replaces a file as a whole, readable by its owner only: there is the old content, or the new, and nothing between.
///
/// # Errors
/// When the directory or the disk refuses; the old content is still there then.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("draft");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&draft, path)
}
