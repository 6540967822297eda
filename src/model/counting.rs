/// How a box counts: what to make of a figure that is less than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counting {
    /// How many bits the counter has.
    pub bits: u32,
    /// What happens at the end of its range.
    pub overflow: Overflow,
    /// What makes it begin anew.
    pub renewal: Renewal,
    /// The most that can be counted in a second, where that is known: it tells an overflow from a restart, and a figure that can
    /// be from one that cannot.
    pub ceiling: Option<u64>,
    /// Whether it moves in large steps, as boxes show it rounded: then no rate follows from it.
    pub rounded: bool,
}

/// What happens at the end of a counter's range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow {
    /// It goes on from zero.
    Wraps,
    /// It stays at the last value.
    Saturates,
}

/// What makes a counter begin anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// A restart of the box: from zero.
    Boot,
    /// A restart of the box, or of the connection: it goes back to the copy that the box saved last.
    SavedCopy,
    /// A restart of the box, and each time its subject comes back after it was gone: from zero.
    Appearance,
    /// Nothing but an owner who clears it.
    Never,
}

impl Counting {
    /// As boxes count as a rule: 64 bits that begin anew when the box restarts.
    pub const USUAL: Self =
        Self { bits: 64, overflow: Overflow::Wraps, renewal: Renewal::Boot, ceiling: None, rounded: false };
}
