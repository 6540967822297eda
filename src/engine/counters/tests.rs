use super::*;
use crate::model::{Bytes, Section};

#[test]
fn at_first_sight_totals_are_what_was_read() {
    let at = Timestamp::UNIX_EPOCH;
    let mut seen = Snapshot::new(at);
    seen.section(Section::Connection).router().set(catalog::RECEIVED, Bytes(7));
    let occasion = Occasion { at, boot: None, replaced: false };
    let counted = Counters::default().take(&mut seen, |_, _| Counting::USUAL, &occasion);
    assert_eq!(counted.len(), 1);
    assert_eq!(seen.number(&Subject::Router, catalog::RECEIVED), Some(7.0));
}
