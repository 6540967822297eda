use jiff::Timestamp;

use crate::accounting::{Amounts, Gap};
use crate::model::Subject;

/// What a party used between two readings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portion {
    /// Who: the box, a client, or a person.
    pub party: Subject,
    /// The reading before.
    pub from: Timestamp,
    /// This reading.
    pub to: Timestamp,
    /// How much.
    pub amounts: Amounts,
    /// Where more may have been than was counted.
    pub gap: Option<Gap>,
}
