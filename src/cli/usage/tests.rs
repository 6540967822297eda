use jiff::civil::{Date, date};
use serde_json::json;

use super::chart;
use super::period::Period;
use super::report::{BoxUsage, Party, Report, Share, Used};
use super::{By, When};
use crate::accounting::{Amounts, Cycle};

const TODAY: Date = date(2026, 11, 20);

fn when(set: impl FnOnce(&mut When)) -> When {
    let mut when = When { cycle: false, month: false, today: false, day: None, from: None, to: None };
    set(&mut when);
    when
}

fn chosen(set: impl FnOnce(&mut When)) -> Period {
    Period::chosen(&when(set), TODAY).unwrap()
}

#[test]
fn a_period_is_what_was_asked_for() {
    let billed = Cycle::Monthly { day: 17 };
    assert_eq!(chosen(|_| ()).of(billed), (date(2026, 11, 17), date(2026, 12, 16)));
    assert_eq!(chosen(|_| ()).of(Cycle::Prepaid), (date(2026, 11, 1), date(2026, 11, 30)));
    assert_eq!(chosen(|when| when.month = true).of(billed), (date(2026, 11, 1), date(2026, 11, 30)));
    assert_eq!(chosen(|when| when.today = true), Period::Days(TODAY, TODAY));
    assert_eq!(chosen(|when| when.from = Some(date(2026, 11, 2))), Period::Days(date(2026, 11, 2), TODAY));
    assert!(chosen(|_| ()).is_current(Cycle::Prepaid, TODAY));
    let month = chosen(|when| when.month = true);
    assert!(month.is_current(Cycle::default(), TODAY) && !month.is_current(billed, TODAY));
    let ahead = date(2027, 1, 1);
    assert_eq!(chosen(|when| when.from = Some(ahead)), Period::Days(ahead, ahead));
    let backwards = when(|when| (when.from, when.to) = (Some(TODAY), Some(date(2026, 11, 1))));
    assert!(Period::chosen(&backwards, TODAY).is_err());
}

fn used(received: u64, sent: u64) -> Used {
    let off_peak = Amounts { received, sent, mixed: 0 };
    Used { off_peak, ..Used::default() }
}

fn party(id: &str, name: &str, received: u64) -> Party {
    Party { id: id.to_owned(), name: name.to_owned(), used: used(received, received / 10), quota: None }
}

fn report(by: By) -> Report {
    let mut usage = BoxUsage {
        id: "lte".parse().unwrap(),
        name: "LTE".to_owned(),
        from: date(2026, 11, 1),
        to: date(2026, 11, 30),
        used: used(30_000_000_000, 2_500_000_000),
        parties: vec![
            party("alice", "Alice", 18_000_000_000),
            Party {
                quota: Some(Share { limit: 10_000_000_000, used: 9_900_000_000 }),
                ..party("bob", "Bob", 9_000_000_000)
            },
            party("others", "Others", 1_000),
        ],
        quota: Some(Share { limit: 40_000_000_000, used: 32_500_000_000 }),
    };
    usage.used.unaccounted = 7530;
    Report { by, boxes: vec![usage], has_peak: false, zone: "Europe/Oslo".to_owned() }
}

#[test]
fn a_chart_has_bars_as_long_as_there_is_room() {
    insta::assert_snapshot!(chart::of(&report(By::Person), 72), @r"
    LTE, 2026-11-01 to 2026-11-30
    ┌──────────────────────────────────────────────────────────────────────┐
    │           Received        Sent      Total                            │
    ╞══════════════════════════════════════════════════════════════════════╡
    │ Alice     18.00 GB     1.80 GB   19.80 GB   ████████████████████████ │
    │ Bob        9.00 GB   900.00 MB    9.90 GB   ████████████             │
    │ Others     1.00 kB       100 B    1.10 kB   ▏                        │
    │ the box   30.00 GB     2.50 GB   32.50 GB                            │
    └──────────────────────────────────────────────────────────────────────┘
    ▕█████████████████████████████▎      ▏ 32.50 GB of 40.00 GB used, 81.2 %
    for 2h 5m 30s something may have passed that nobody counted
    Bob: ▕███████████████████████████████▋▏ 9.90 GB of 10.00 GB used, 99.0 %
    ");
    let widest = |width| chart::of(&report(By::Person), width).lines().map(|line| line.chars().count()).max();
    assert_eq!(widest(72), Some(72));
    assert!(widest(60) <= Some(60) && widest(200) < Some(100));
}

#[test]
fn a_narrow_terminal_shows_what_matters_most() {
    let mut report = report(By::Person);
    (report.has_peak, report.boxes[0].used.unaccounted) = (true, 0);
    report.boxes[0].quota = None;
    report.boxes[0].parties.iter_mut().for_each(|party| party.quota = None);
    for (width, titles) in [
        (80, vec!["Received", "Sent", "On-peak", "Off-peak", "Total"]),
        (60, vec!["On-peak", "Off-peak", "Total"]),
        (40, vec!["Total"]),
    ] {
        let text = chart::of(&report, width);
        assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
        let shown = text.lines().nth(2).unwrap().split_whitespace().filter(|word| *word != "│");
        assert_eq!(shown.collect::<Vec<_>>(), titles, "{text}");
    }
}

#[test]
fn boxes_over_the_same_days_share_a_table() {
    let mut report = report(By::Box);
    let mut other = report.boxes[0].clone();
    (other.name, other.quota, other.used) = ("Fibre".to_owned(), None, Used::default());
    other.used.on_peak = Amounts { received: 0, sent: 0, mixed: 65_000_000_000 };
    report.boxes.push(other.clone());
    other.from = date(2026, 11, 17);
    report.boxes.push(other);
    report.has_peak = true;
    insta::assert_snapshot!(chart::of(&report, 80), @r"
    2026-11-01 to 2026-11-30
    ┌──────────────────────────────────────────────────────────────────────────────┐
    │         Received      Sent    On-peak   Off-peak      Total                  │
    ╞══════════════════════════════════════════════════════════════════════════════╡
    │ LTE     30.00 GB   2.50 GB        0 B   32.50 GB   32.50 GB   ███████        │
    │ Fibre                        65.00 GB        0 B   65.00 GB   ██████████████ │
    └──────────────────────────────────────────────────────────────────────────────┘
    LTE: ▕████████████████████████████████▌       ▏ 32.50 GB of 40.00 GB used, 81.2 %
    LTE: for 2h 5m 30s something may have passed that nobody counted

    2026-11-17 to 2026-11-30
    ┌──────────────────────────────────────────────────────────────────────────────┐
    │          On-peak   Off-peak      Total                                       │
    ╞══════════════════════════════════════════════════════════════════════════════╡
    │ Fibre   65.00 GB        0 B   65.00 GB   ███████████████████████████████████ │
    └──────────────────────────────────────────────────────────────────────────────┘
    ");
}

#[test]
fn nothing_is_said_in_words() {
    let mut report = report(By::Client);
    report.boxes[0].parties.clear();
    assert!(chart::of(&report, 80).ends_with("nothing is counted by clients here"));
}

#[test]
fn programs_get_bytes() {
    let said = report(By::Person).to_json();
    let lte = &said["boxes"]["lte"];
    assert_eq!(lte["total"], json!(32_500_000_000_u64));
    assert_eq!(
        lte["quota"],
        json!({"limit": 40_000_000_000_u64, "used": 32_500_000_000_u64, "percent": 81.2})
    );
    assert_eq!(lte["parties"][1]["received"], json!(9_000_000_000_u64));
    assert_eq!((&lte["from"], &lte["to"]), (&json!("2026-11-01"), &json!("2026-11-30")));
    assert_eq!(lte["unaccounted"], json!(7530));
}
