use super::*;
use crate::model::Severity;

/// A log of one letter per entry: capitals have no time.
fn log(letters: &str) -> Vec<LogEntry> {
    let entry = |letter: char| LogEntry {
        time: letter.is_lowercase().then(|| format!("10:00:{letter}")),
        severity: Severity::Warning,
        code: None,
        text: letter.to_string(),
    };
    letters.chars().map(entry).collect()
}

/// What is told of each reading after the first.
fn told(readings: &[&str]) -> Vec<String> {
    let (first, rest) = readings.split_first().unwrap();
    let mut trail = Trail::beginning(&log(first));
    let mut told = Vec::new();
    for reading in rest {
        let log = log(reading);
        told.push(trail.follow(&log).into_iter().map(|entry| entry.text.as_str()).collect());
        // As over a restart of the bridge.
        trail = serde_json::from_str(&serde_json::to_string(&trail).unwrap()).unwrap();
        assert!(trail.follow(&log).is_empty(), "{reading} is told twice");
    }
    told
}

#[test]
fn what_is_appended_is_told_once_and_in_order() {
    assert_eq!(told(&["", "a", "abc", "abc", "abcd"]), ["a", "bc", "", "d"]);
    assert_eq!(told(&["abc", "abcd"]), ["d"], "what was there at the first reading is old");
}

#[test]
fn the_oldest_entries_may_be_dropped_at_the_same_time() {
    assert_eq!(told(&["abcd", "cdef", "efgh", "xyz"]), ["ef", "gh", "xyz"]);
}

#[test]
fn a_log_that_was_cleared_or_comes_back_as_an_older_copy_repeats_nothing() {
    assert_eq!(told(&["abc", "", "abc", "abcd"]), ["", "", "d"]);
    assert_eq!(told(&["abcde", "abcx", "abcxy"]), ["x", "y"]);
    assert_eq!(told(&["abcde", "x", "abcdexy"]), ["x", "y"]);
}

#[test]
fn the_same_line_at_the_same_time_counts_each_time() {
    assert_eq!(told(&["aa", "aaa", "aaab", "aaabb"]), ["a", "b", "b"]);
    assert_eq!(told(&["xaa", "aaa"]), ["a"], "while an older one is dropped");
}

#[test]
fn the_same_line_without_a_time_is_another_one_after_each_reboot() {
    assert_eq!(told(&["RTaRTb", "RTaRTbRTc"]), ["RTc"]);
    assert_eq!(told(&["RTaRTbRTc", "RTbRTcRTd"]), ["RTd"], "in a log that is full");
    assert_eq!(told(&["RTb", "RT", "RTc"]), ["RT", "c"], "in a log that was cleared");
    assert_eq!(told(&["RR", "RRR"]), ["R"]);
}

#[test]
fn a_log_that_is_not_in_order_repeats_nothing_either() {
    assert_eq!(told(&["abc", "axbc", "axbcd"]), ["x", "d"]);
    assert_eq!(told(&["abc", "cba", "cbaX"]), ["", "X"]);
}

#[test]
fn a_long_log_costs_no_more_than_a_short_one() {
    let all: Vec<_> =
        (0..2000).map(|number| LogEntry { time: Some(number.to_string()), ..log("a").remove(0) }).collect();
    let mut trail = Trail::beginning(&all[..1500]);
    assert_eq!(trail.follow(&all[..1510]).len(), 10);
    assert_eq!(trail.follow(&all).len(), LOOKED_AT);
    assert_eq!(trail.0.len(), REMEMBERED);
    assert_eq!(trail.follow(&all[1700..]).len(), 0);
}

#[test]
fn a_trail_that_cannot_be_read_is_forgotten() {
    for damaged in ["\"zz\"", "\"0102\"", "\"\""] {
        assert_eq!(serde_json::from_str::<Trail>(damaged).unwrap(), Trail::default());
    }
}

proptest::proptest! {
    #[test]
    fn a_ring_of_distinct_lines_is_told_whole(first in 0..20_usize, steps in proptest::collection::vec(0..12_usize, 1..20)) {
        let all: Vec<_> = (0..300)
            .map(|number| LogEntry { time: Some(number.to_string()), ..log("a").remove(0) })
            .collect();
        let ring = |end: usize| &all[end.saturating_sub(12)..end];
        let mut trail = Trail::beginning(ring(first));
        let mut end = first;
        for step in steps {
            let fresh: Vec<_> = trail.follow(ring(end + step)).into_iter().cloned().collect();
            proptest::prop_assert_eq!(fresh, &all[end..end + step]);
            end += step;
        }
    }
}
