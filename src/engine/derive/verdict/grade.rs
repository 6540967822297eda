/// What a figure says of a line, from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// As it should be.
    Good,
    /// Outside what is recommended, inside what operators accept.
    Tolerable,
    /// Outside what operators accept; works at its limit.
    Marginal,
    /// Beyond the limit: data is lost, or soon will be.
    Critical,
}

impl Grade {
    /// The word in payloads.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Tolerable => "tolerable",
            Self::Marginal => "marginal",
            Self::Critical => "critical",
        }
    }
}

/// What a figure, a channel or a line is worth: as it stands, and with the margin that a better verdict asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) plain: Grade,
    /// Never better than `plain`.
    pub(super) firm: Grade,
}

impl Marks {
    /// Both of these, each as bad as the worse one.
    pub(super) fn and(self, other: Self) -> Self {
        Self { plain: self.plain.max(other.plain), firm: self.firm.max(other.firm) }
    }

    /// Each at most this bad.
    pub(super) fn at_worst(self, limit: Self) -> Self {
        Self { plain: self.plain.min(limit.plain), firm: self.firm.min(limit.firm) }
    }
}
