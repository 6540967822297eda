use super::grade::{Grade, Marks};

/// Which way is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Better {
    Higher,
    Lower,
}

/// Three bounds that part one kind of figure into four grades; in order, or there would be no scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    better: Better,
    /// The least that is good, tolerable and marginal; where lower is better, the most.
    bounds: [f64; 3],
    unit: &'static str,
}

impl Scale {
    /// A scale on which more is better.
    pub(super) const fn at_least(bounds: [f64; 3], unit: &'static str) -> Self {
        Self { better: Better::Higher, bounds, unit }
    }

    /// A scale on which less is better.
    pub(super) const fn at_most(bounds: [f64; 3], unit: &'static str) -> Self {
        Self { better: Better::Lower, bounds, unit }
    }

    /// The same scale with other bounds of good, tolerable and marginal; `None` when they are out of order. Two may be
    /// the same: then there is nothing between them.
    pub fn with(self, bounds: [f64; 3]) -> Option<Self> {
        let [good, tolerable, marginal] = bounds;
        let ordered = match self.better {
            Better::Higher => good >= tolerable && tolerable >= marginal,
            Better::Lower => good <= tolerable && tolerable <= marginal,
        };
        (ordered && bounds.iter().all(|bound| bound.is_finite())).then_some(Self { bounds, ..self })
    }

    /// The bounds of good, tolerable and marginal.
    pub const fn bounds(&self) -> [f64; 3] {
        self.bounds
    }

    /// Whether more is better.
    pub fn is_rising(&self) -> bool {
        self.better == Better::Higher
    }

    /// The unit of the bounds; empty where they have none.
    pub const fn unit(&self) -> &'static str {
        self.unit
    }

    /// The bound of good in words, such as `33 dB`.
    pub(super) fn aim(&self) -> String {
        let [good, ..] = self.bounds;
        format!("{good} {}", self.unit).trim_end().to_owned()
    }

    /// What a figure is worth. The margin has a meaning for levels only; shares and steps have none.
    pub(super) fn judge(&self, figure: f64, margin: f64) -> Marks {
        let margin = if self.unit.starts_with("dB") { margin } else { 0.0 };
        Marks { plain: self.grade(figure, 0.0), firm: self.grade(figure, margin) }
    }

    fn grade(&self, figure: f64, margin: f64) -> Grade {
        let [good, tolerable, marginal] = self.bounds;
        let reaches = |bound: f64| match self.better {
            Better::Higher => figure >= bound + margin,
            Better::Lower => figure <= bound - margin,
        };
        if reaches(good) {
            Grade::Good
        } else if reaches(tolerable) {
            Grade::Tolerable
        } else if reaches(marginal) {
            Grade::Marginal
        } else {
            Grade::Critical
        }
    }
}
