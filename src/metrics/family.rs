use std::borrow::Cow;
use std::sync::Arc;

/// What a scraper takes a family for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FamilyKind {
    /// Goes up and down.
    Gauge,
    /// Only grows, until it begins anew. Its samples are called as the family, and `_total`.
    Counter,
    /// Says something in words, by its labels; its value is always 1. Its samples are called as the family, and `_info`.
    Info,
}

impl FamilyKind {
    /// What the name of each sample has behind the name of the family.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Gauge => "",
            Self::Counter => "_total",
            Self::Info => "_info",
        }
    }
}

/// Samples of one name.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// The name, without the suffix of its kind.
    pub name: Cow<'static, str>,
    /// What it means, in a sentence.
    pub help: Cow<'static, str>,
    /// What it is taken for.
    pub kind: FamilyKind,
    /// The samples, each with other labels.
    pub samples: Vec<Sample>,
}

/// A name and a word for it.
pub type Label = (Cow<'static, str>, String);

/// One number.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// What tells it from the others of its family; shared by all samples about one thing.
    pub labels: Arc<[Label]>,
    /// The number.
    pub value: f64,
}

impl Family {
    /// A family without samples.
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        kind: FamilyKind,
        help: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { name: name.into(), help: help.into(), kind, samples: Vec::new() }
    }

    /// Adds a sample.
    pub fn push(&mut self, labels: Vec<Label>, value: f64) -> &mut Self {
        self.samples.push(Sample { labels: labels.into(), value });
        self
    }

    /// The name that its samples have.
    pub fn sample_name(&self) -> String {
        format!("{}{}", self.name, self.kind.suffix())
    }
}

/// A label.
pub fn label(name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Label {
    (name.into(), value.into())
}
