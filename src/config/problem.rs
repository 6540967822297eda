use std::fmt;
use std::path::PathBuf;

/// One thing that is wrong with the configuration, or unwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it stands: `router2mqtt.yaml:7`, or the name of a variable.
    pub place: String,
    /// The key it is about, such as `routers.modem.every`; empty when it is about the file.
    pub key: String,
    /// What is wrong, and what would be right.
    pub text: String,
}

impl Problem {
    /// The line it stands in; problems without one sort behind the others.
    pub(super) fn line(&self) -> u32 {
        self.place.rsplit_once(':').and_then(|(_, line)| line.parse().ok()).unwrap_or(u32::MAX)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(out, "{}: ", self.place)?;
        }
        if !self.key.is_empty() {
            write!(out, "{}: ", self.key)?;
        }
        out.write_str(&self.text)
    }
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Nowhere.
    #[error(
        "there is no configuration file; looked for {}\n\nFour lines make one:\n\n{SAMPLE}",
        listed(.0)
    )]
    NoFile(Vec<PathBuf>),
    /// There, but not to be read.
    #[error("{}: cannot be read: {error}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// Read, but with mistakes; all of them.
    #[error("{}", .0.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n"))]
    Problems(Vec<Problem>),
}

impl From<Problem> for ConfigError {
    fn from(problem: Problem) -> Self {
        Self::Problems(vec![problem])
    }
}

const SAMPLE: &str = "\
mqtt:
  url: mqtt://localhost:1883
routers:
  modem: {type: hitron, username: admin, password: \"the password\"}";

fn listed(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}
