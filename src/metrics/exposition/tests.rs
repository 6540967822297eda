use proptest::prelude::*;

use super::super::{Label, label};
use super::*;

fn one_of_each() -> [Family; 4] {
    let mut rate = Family::new("a_rate_bytes_per_second", FamilyKind::Gauge, "A \"rate\" \\ of\nsomething.");
    rate.push(vec![label("box", "a\\b\n\"c\"")], 0.1).push(vec![], f64::NAN);
    let mut sent = Family::new("a_sent_bytes", FamilyKind::Counter, "What was sent.");
    sent.push(vec![label("z", ""), label("a", "é")], 9_007_199_254_740_991.0);
    let mut words = Family::new("a", FamilyKind::Info, "");
    words.push(vec![label("version", "1.0")], 1.0);
    [rate, sent, words, Family::new("a_nothing", FamilyKind::Gauge, "Nothing.")]
}

#[test]
fn the_classic_format() {
    insta::assert_snapshot!(write(&one_of_each(), Format::Classic), @r#"
    # HELP a_rate_bytes_per_second A "rate" \\ of\nsomething.
    # TYPE a_rate_bytes_per_second gauge
    a_rate_bytes_per_second{box="a\\b\n\"c\""} 0.1
    # HELP a_sent_bytes_total What was sent.
    # TYPE a_sent_bytes_total counter
    a_sent_bytes_total{z="",a="é"} 9007199254740991
    # TYPE a_info gauge
    a_info{version="1.0"} 1
    "#);
}

#[test]
fn the_open_format() {
    insta::assert_snapshot!(write(&one_of_each(), Format::OpenMetrics), @r#"
    # HELP a_rate_bytes_per_second A \"rate\" \\ of\nsomething.
    # TYPE a_rate_bytes_per_second gauge
    # UNIT a_rate_bytes_per_second bytes_per_second
    a_rate_bytes_per_second{box="a\\b\n\"c\""} 0.1
    # HELP a_sent_bytes What was sent.
    # TYPE a_sent_bytes counter
    # UNIT a_sent_bytes bytes
    a_sent_bytes_total{z="",a="é"} 9007199254740991
    # TYPE a info
    a_info{version="1.0"} 1
    # EOF
    "#);
}

#[test]
fn nothing_is_nothing() {
    assert_eq!(write(&[], Format::Classic), "");
    assert_eq!(write(&[], Format::OpenMetrics), "# EOF\n");
}

fn printed(value: f64) -> String {
    let mut out = String::new();
    number(&mut out, value);
    out
}

#[test]
fn numbers_lose_nothing_and_are_no_longer_than_needed() {
    for (value, text) in [
        (0.0, "0"),
        (-0.0, "0"),
        (-2.2, "-2.2"),
        (0.1 + 0.2, "0.30000000000000004"),
        (49_556_332_677.0, "49556332677"),
        (9_007_199_254_740_992.0, "9007199254740992"),
        (1.8e19, "1.8e+19"),
        (1e-9, "1e-9"),
        (f64::INFINITY, "+Inf"),
        (f64::NEG_INFINITY, "-Inf"),
    ] {
        assert_eq!(printed(value), text);
    }
}

/// A line of samples as somebody reads it who knows the format, but not this writer: its name, labels and value.
fn read(line: &str) -> (String, Vec<(String, String)>, f64) {
    let end = line.find(['{', ' ']).unwrap();
    let (name, mut rest) = line.split_at(end);
    let mut labels = Vec::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        while !rest.starts_with('}') {
            let (label, quoted) = rest.trim_start_matches(',').split_once("=\"").unwrap();
            let (value, after) = unquoted(quoted);
            labels.push((label.to_owned(), value));
            rest = after;
        }
        rest = rest.strip_prefix('}').unwrap();
    }
    (name.to_owned(), labels, rest.strip_prefix(' ').unwrap().parse().unwrap())
}

/// What stands before the closing quote, and what after it.
fn unquoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, text.split_at(at + 1).1),
            '\\' => value.push(match chars.next().unwrap().1 {
                'n' => '\n',
                other => other,
            }),
            '\n' => panic!("a line ends within {text:?}"),
            other => value.push(other),
        }
    }
    panic!("no closing quote in {text:?}");
}

fn sample() -> impl Strategy<Value = (Vec<Label>, f64)> {
    let awkward = prop_oneof![".*", "[\\\\\"n\n{},=# ]*"];
    let labels = prop::collection::vec(("[a-z_]{1,8}", awkward), 0..4);
    let labels = labels.prop_map(|all| all.into_iter().map(|(name, value)| label(name, value)).collect());
    let number =
        prop_oneof![prop::num::f64::NORMAL | prop::num::f64::ZERO, (0..u64::MAX).prop_map(|n| n as f64)];
    (labels, number)
}

proptest! {
    #[test]
    fn whatever_is_written_reads_back_the_same(
        help in ".*|[\\\\\"\n]*",
        samples in prop::collection::vec(sample(), 1..5),
        open: bool,
        counts: bool,
    ) {
        let kind = if counts { FamilyKind::Counter } else { FamilyKind::Gauge };
        let mut family = Family::new("a_b", kind, help);
        for (labels, value) in &samples {
            family.push(labels.clone(), *value);
        }
        let format = if open { Format::OpenMetrics } else { Format::Classic };
        let text = write(&[family.clone()], format);
        let lines: Vec<_> = text.split_terminator('\n').collect();
        let read: Vec<_> = lines.iter().filter(|line| !line.starts_with('#')).map(|line| read(line)).collect();
        let expected: Vec<_> = samples
            .into_iter()
            .map(|(labels, value)| {
                let labels = labels.into_iter().map(|(name, value)| (name.into_owned(), value)).collect();
                (family.sample_name(), labels, value)
            })
            .collect();
        prop_assert_eq!(read, expected);
        let comments = lines.len() - lines.iter().filter(|line| !line.starts_with('#')).count();
        prop_assert_eq!(comments, 1 + usize::from(!family.help.is_empty()) + usize::from(open), "{}", text);
    }
}
