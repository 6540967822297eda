//! The days to look at.

use jiff::civil::Date;

use super::When;
use crate::accounting::Cycle;

/// The days to look at, the same for all boxes or as each of them is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Period {
    /// The billing cycle that this day is in.
    Cycle(Date),
    /// These days, the last one included.
    Days(Date, Date),
}

impl Period {
    /// What the command line asks for.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn chosen(when: &When, today: Date) -> Result<Self, &'static str> {
        Ok(match when {
            When { month: true, .. } => Self::Days(today.first_of_month(), today.last_of_month()),
            When { today: true, .. } => Self::Days(today, today),
            When { day: Some(day), .. } => Self::Days(*day, *day),
            When { from: Some(from), to, .. } => {
                let to = to.unwrap_or_else(|| today.max(*from));
                if *from > to {
                    return Err("--from is later than --to");
                }
                Self::Days(*from, to)
            }
            _ => Self::Cycle(today),
        })
    }

    /// Whether it is the billing cycle that is running, of a box that is billed like this.
    pub fn is_current(self, billing: Cycle, today: Date) -> bool {
        let is_cycle = || billing != Cycle::Prepaid && self.of(billing) == Self::Cycle(today).of(billing);
        matches!(self, Self::Cycle(_)) || is_cycle()
    }

    /// The first and the last day, for a box that is billed like this; a prepaid contract has no cycle but the months.
    pub fn of(self, billing: Cycle) -> (Date, Date) {
        let today = match self {
            Self::Days(from, to) => return (from, to),
            Self::Cycle(today) => today,
        };
        let span = billing.span_of(today).or_else(|| Cycle::default().span_of(today));
        let last = span.and_then(|span| span.until?.yesterday().ok());
        (span.map_or(today, |span| span.from), last.unwrap_or(today))
    }
}
