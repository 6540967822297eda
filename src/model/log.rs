/// How grave an entry of a box's log is: the levels of syslog (RFC 5424), which DOCSIS uses, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Severity {
    Emergency,
    Alert,
    Critical,
    Error,
    Warning,
    Notice,
    Information,
    Debug,
}

impl Severity {
    /// Every level, the gravest first.
    pub const ALL: [Self; 8] = [
        Self::Emergency,
        Self::Alert,
        Self::Critical,
        Self::Error,
        Self::Warning,
        Self::Notice,
        Self::Information,
        Self::Debug,
    ];

    /// The word in payloads.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Emergency => "emergency",
            Self::Alert => "alert",
            Self::Critical => "critical",
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
            Self::Information => "information",
            Self::Debug => "debug",
        }
    }
}

/// An entry of the log that a box keeps itself, as the box printed it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogEntry {
    /// When, in the box's own clock and words; nothing when the box did not know the time.
    pub time: Option<String>,
    /// How grave it is.
    pub severity: Severity,
    /// The number of this kind of event, such as a DOCSIS event identifier.
    pub code: Option<String>,
    /// What happened.
    pub text: String,
}
