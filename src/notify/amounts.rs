use jiff::SignedDuration;

const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];

/// An amount as people say it: `3.2 GB`, in the units in which providers sell it.
pub(super) fn bytes(amount: f64) -> String {
    let mut amount = amount;
    let mut units = UNITS.iter().peekable();
    while let Some(unit) = units.next() {
        // What would be printed as 1000 belongs to the next unit.
        if amount.abs() < 999.95 || units.peek().is_none() {
            let decimals = usize::from(unit != &"B");
            let text = format!("{amount:.decimals$}");
            return format!("{} {unit}", text.strip_suffix(".0").unwrap_or(&text));
        }
        amount /= 1000.0;
    }
    String::new()
}

/// A length of time as people say it: `3d 4h`, `12m 40s`. What is a thousandth of it is left out.
pub(super) fn duration(seconds: f64) -> String {
    let seconds = SignedDuration::try_from_secs_f64(seconds.round()).unwrap_or_default().as_secs();
    let parts =
        [(seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
    let told: Vec<_> = parts.iter().skip_while(|(count, _)| *count == 0).take(2).collect();
    let told: Vec<_> = told.into_iter().filter(|(count, _)| *count != 0).collect();
    if told.is_empty() {
        return "0s".to_owned();
    }
    told.iter().map(|(count, unit)| format!("{count}{unit}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_said_as_people_do() {
        for (amount, said) in [
            (0.0, "0 B"),
            (999.0, "999 B"),
            (1000.0, "1 kB"),
            (1_234_567.0, "1.2 MB"),
            (999_960_000.0, "1 GB"),
            (40e9, "40 GB"),
            (3.24e9, "3.2 GB"),
            (7e15, "7000 TB"),
        ] {
            assert_eq!(bytes(amount), said);
        }
    }

    #[test]
    fn durations_have_two_parts_at_most() {
        for (seconds, said) in [
            (0.0, "0s"),
            (59.6, "1m"),
            (760.0, "12m 40s"),
            (3600.0, "1h"),
            (3661.0, "1h 1m"),
            (90_000.0, "1d 1h"),
            (86_405.0, "1d"),
            (2e6, "23d 3h"),
        ] {
            assert_eq!(duration(seconds), said);
        }
    }
}
