use super::read::{Entry, Group};
use crate::accounting::Hours;

/// When traffic is expensive: `on_peak`.
pub(super) fn on_peak(root: &mut Group<'_>) -> Hours {
    root.take("on_peak").and_then(|entry| list(&entry)).unwrap_or_default()
}

/// One window, or a list of them.
pub(super) fn list(entry: &Entry<'_>) -> Option<Hours> {
    let mut all = Hours::default();
    let mut days = String::new();
    for item in entry.items()? {
        let text = format!("{days}{}", item.text()?);
        // A comma stands between days, too, and the list was cut there as well.
        if !text.contains(':') {
            days = text + ",";
            continue;
        }
        days.clear();
        match text.parse() {
            Ok(hours) => all = all.and(hours),
            Err(error) => {
                item.wrong(error.to_string());
                return None;
            }
        }
    }
    if all.is_empty() || !days.is_empty() {
        entry.wrong(crate::accounting::HoursError.to_string());
        return None;
    }
    Some(all)
}
