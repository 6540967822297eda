//! The verdict on a box's line, kept from one poll to the next.

use jiff::Timestamp;

use super::derive::Circumstances;
use super::keeper::Keeper;
use crate::model::{Section, Snapshot, Subject, Value, catalog};

impl Keeper {
    /// Adds the verdicts on the line to what was read. They are as old as the readings they came from, and forgotten
    /// with them.
    pub(super) fn judge_line(&mut self, seen: &mut Snapshot, now: Timestamp) {
        for section in [Section::Line, Section::WideChannels] {
            let patience = self.schedule.patience(section);
            let last = self.view.sections.get(&section);
            if last.is_none_or(|last| now.duration_since(last.at).unsigned_abs() > patience) {
                self.line.forget(section);
            }
        }
        let media = seen
            .get(&Subject::Router, catalog::MEDIA)
            .or_else(|| self.view.value(&Subject::Router, catalog::MEDIA.row()))
            .cloned();
        let media = match &media {
            Some(Value::Text(media)) => Some(media.as_str()),
            _ => None,
        };
        let about = Circumstances { media, booted: self.boot.get() };
        self.line.observe(seen, about, &self.charge.line);
    }
}
