use jiff::Timestamp;

/// The moments that a row can be of, in seconds: from 2000 to 2100. What is outside was written by a clock that was not set.
const FIRST: i64 = 946_684_800;
const LAST: i64 = 4_102_444_800;

/// The moment of so many seconds since 1970, if a row can be of it.
pub(super) fn plausible(seconds: i64) -> Option<Timestamp> {
    if (FIRST..LAST).contains(&seconds) { Timestamp::from_second(seconds).ok() } else { None }
}
