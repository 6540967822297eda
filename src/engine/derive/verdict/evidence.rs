//! From figures to what they say together: a row is a channel, or a figure of a line that has only one of each.

use super::grade::{Grade, Marks};
use crate::model::text;

/// How many of the worst rows a reason names.
const NAMED: usize = 3;

/// Home Assistant shows this much without cutting it.
pub(super) const LONGEST: usize = 255;

/// One figure, judged.
#[derive(Clone, Debug)]
pub(super) struct Figure {
    pub(super) marks: Marks,
    /// Which figure it is.
    pub(super) kind: &'static str,
    /// The figure, and what would be good.
    pub(super) says: String,
}

/// One row, judged by the worst of its figures.
#[derive(Clone, Debug)]
pub(super) struct Row {
    name: String,
    worst: Figure,
}

impl Row {
    /// `None` when there is no figure: what is not known is no evidence.
    pub(super) fn of(name: String, figures: impl IntoIterator<Item = Option<Figure>>) -> Option<Self> {
        let worst = figures.into_iter().flatten().reduce(|worst, figure| {
            let marks = worst.marks.and(figure.marks);
            let chosen = if figure.marks.plain > worst.marks.plain { figure } else { worst };
            Figure { marks, ..chosen }
        })?;
        Some(Self { name, worst })
    }

    fn says(&self) -> String {
        if self.name.is_empty() {
            self.worst.says.clone()
        } else {
            format!("{}: {}", self.name, self.worst.says)
        }
    }
}

/// What one reading says of a line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Evidence {
    pub(super) marks: Marks,
    /// Why it is not good; `None` when nothing is wrong.
    pub(super) reason: Option<Reason>,
}

/// Why a line is not good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reason {
    /// Who is to blame, without figures that change at each reading.
    pub(super) blames: Vec<String>,
    pub(super) text: String,
}

/// Rows that stand for each other: the channels of one direction.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) rows: Vec<Row>,
    /// Whether it is the only one of its kind, so that nothing stands for it when it fails.
    pub(super) alone: bool,
}

impl Group {
    /// What the rows are worth together. One bad row among others makes the line no worse than tolerable; for more than
    /// that, a second one has to say the same.
    fn marks(&self) -> Option<Marks> {
        let worst = |marks: fn(&Marks) -> Grade| {
            let mut grades: Vec<_> = self.rows.iter().map(|row| marks(&row.worst.marks)).collect();
            grades.sort_unstable_by(|a, b| b.cmp(a));
            let first = *grades.first()?;
            let second = grades.get(1).copied().unwrap_or(Grade::Good);
            Some(if self.alone { first } else { first.min(Grade::Tolerable).max(second) })
        };
        Some(Marks { plain: worst(|marks| marks.plain)?, firm: worst(|marks| marks.firm)? })
    }
}

impl Evidence {
    /// What groups say together, none of which stands for another; `noun` is what a row is called where there are many.
    pub(super) fn of(groups: &[Group], noun: Option<&str>) -> Option<Self> {
        let marks = groups.iter().filter_map(Group::marks).reduce(Marks::and)?;
        let rows: Vec<_> = groups.iter().flat_map(|group| &group.rows).collect();
        Some(Self { marks, reason: Reason::of(&rows, noun) })
    }
}

impl Reason {
    fn of(rows: &[&Row], noun: Option<&str>) -> Option<Self> {
        let mut bad: Vec<_> = rows.iter().filter(|row| row.worst.marks.plain > Grade::Good).collect();
        // Stable: rows that are as bad as each other stay in the order of the box.
        bad.sort_by_key(|row| std::cmp::Reverse(row.worst.marks.plain));
        let mut says: Vec<_> = bad.iter().take(NAMED).map(|row| row.says()).collect();
        if says.is_empty() {
            return None;
        }
        says.extend(noun.map(|noun| format!("{} of {}", bad.len(), text::counted(rows.len(), noun))));
        let blames = bad.iter().map(|row| format!("{} {}", row.name, row.worst.kind)).collect();
        Some(Self { blames, text: text::shorten(&says.join("; "), LONGEST) })
    }
}
