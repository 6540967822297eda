use std::path::{Path, PathBuf};

use super::{ConfigError, Inputs, layers};

/// Tried in this order when the owner names no file.
const USUAL: [&str; 5] = [
    "router2mqtt.yaml",
    "router2mqtt.yml",
    "router2mqtt.toml",
    "router2mqtt.json",
    "/etc/router2mqtt/router2mqtt.yaml",
];

/// The file to read; `None` when there is none, and the environment says everything.
pub(super) fn file(inputs: &Inputs) -> Result<Option<PathBuf>, ConfigError> {
    if inputs.file.is_some() {
        return Ok(inputs.file.clone());
    }
    match USUAL.iter().map(Path::new).find(|path| path.is_file()) {
        Some(path) => Ok(Some(path.to_owned())),
        None if layers::speaks(&inputs.variables) => Ok(None),
        None => Err(ConfigError::NoFile(USUAL.iter().map(PathBuf::from).collect())),
    }
}
