use jiff::Zoned;
use serde_json::json;

use crate::engine::SectionView;
use crate::engine::{About, Availability, BoxView, Problem};
use crate::model::{
    Bytes, Days, FaultClass, ItemId, Mac, Moment, Readings, Section, Share, State, Subject, Text, catalog,
};
use crate::notify::sum_up;

fn now() -> Zoned {
    "2026-11-20T07:30:00[Europe/Oslo]".parse().unwrap()
}

fn at(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

fn view() -> BoxView {
    let about = About {
        id: "lte".parse().unwrap(),
        name: "LTE".into(),
        family: "any",
        manufacturer: "Anybody",
        url: "http://192.0.2.1".into(),
        actions: Vec::new(),
    };
    let mut view = BoxView::new(about);
    view.availability = Availability::Online { since: at("2026-11-01T00:00:00Z") };
    view
}

fn read(view: &mut BoxView, fill: impl FnOnce(&mut Readings)) {
    let mut readings = Readings::default();
    fill(&mut readings);
    view.sections.insert(Section::System, SectionView { at: now().timestamp(), readings });
}

fn person(id: &str) -> Subject {
    Subject::Person(ItemId::new(id).unwrap())
}

#[test]
fn a_day_reads_like_this() {
    let mut view = view();
    view.usage
        .router()
        .set(catalog::TODAY_SINCE, Moment(at("2026-11-19T23:00:00Z")))
        .set(catalog::RECEIVED_YESTERDAY, Bytes(3_240_000_000))
        .set(catalog::SENT_YESTERDAY, Bytes(410_000_000))
        .set(catalog::USAGE_YESTERDAY, Bytes(3_650_000_000))
        .set(catalog::USAGE_TODAY, Bytes(7))
        .set(catalog::RECEIVED_CYCLE, Bytes(21_000_000_000))
        .set(catalog::SENT_CYCLE, Bytes(2_000_000_000))
        .set(catalog::USAGE_CYCLE, Bytes(23_000_000_000))
        .set(catalog::QUOTA, Bytes(40_000_000_000))
        .set(catalog::QUOTA_USED, Bytes(23_000_000_000))
        .set(catalog::QUOTA_LEFT, Bytes(17_000_000_000))
        .set(catalog::QUOTA_PERCENT, Share(57.5))
        .set(catalog::QUOTA_DAYS_LEFT, Days(11.7))
        .set(catalog::QUOTA_SAFE_DAILY, Bytes(1_450_000_000));
    for (id, name, used) in
        [("bob", "Bob", 1_100_000_000), ("alice", "Alice", 2_000_000_000), ("eve", "Eve", 0)]
    {
        view.usage.subject(person(id)).label(name).set(catalog::USAGE_YESTERDAY, Bytes(used));
    }
    let phone = Subject::Client(Mac::new([0, 0, 0x5e, 0, 0x53, 1]));
    view.usage.subject(phone).set(catalog::USAGE_YESTERDAY, Bytes(9_000_000_000));
    read(&mut view, |readings| {
        readings
            .router()
            .set(catalog::LINE_QUALITY, State::new("tolerable"))
            .set(catalog::LINE_QUALITY_REASON, Text::new("RSRP -95 dBm, -90 dBm is good"))
            .set(catalog::LAST_BOOT, Moment(at("2026-11-08T03:30:00Z")));
    });
    let (text, figures) = sum_up(&view, &now());
    insta::assert_snapshot!(text, @r"
    Thursday 19 November 2026
    Yesterday: 3.2 GB received, 410 MB sent, 3.6 GB in all.
    This cycle: 21 GB received, 2 GB sent, 23 GB in all.
    Quota: 17 GB of 40 GB left for 12 days; 1.4 GB a day is safe.
    Most: Alice 2 GB, Bob 1.1 GB.
    Line: tolerable (RSRP -95 dBm, -90 dBm is good).
    Up for 12d 3h.
    ");
    assert_eq!(figures["usage_yesterday"], json!(3_650_000_000_u64), "to the byte");
    assert_eq!(figures["top"][0], json!({"name": "Alice", "used": 2_000_000_000_u64}));
    assert_eq!((&figures["date"], &figures["quota_percent"]), (&json!("2026-11-19"), &json!(57.5)));
    assert_eq!(figures["online"], json!(true));
}

#[test]
fn what_is_not_known_is_left_out() {
    let (text, figures) = sum_up(&view(), &now());
    assert_eq!(text, "Thursday 19 November 2026");
    assert_eq!(figures["usage_yesterday"], json!(null));
    let mut keys: Vec<_> = figures.keys().collect();
    keys.sort();
    let sample = super::super::summary::sample(true);
    let mut always: Vec<_> = sample.keys().collect();
    always.sort();
    assert_eq!(keys, always, "templates can count on each of them");
}

#[test]
fn a_box_that_cannot_be_read_says_so() {
    let mut view = view();
    let since = at("2026-11-20T03:30:00Z");
    view.availability = Availability::Offline { since };
    let summary = "not reachable: connection refused".to_owned();
    view.problem = Some(Problem { class: FaultClass::Unreachable, summary, advice: String::new(), since });
    view.usage.router().set(catalog::USAGE_YESTERDAY, Bytes(5_000_000_000));
    let (text, _) = sum_up(&view, &now());
    assert_eq!(
        text,
        "Thursday 19 November 2026\nYesterday: 5 GB.\nCannot be read for 3h: not reachable: connection refused."
    );
}

#[test]
fn a_day_is_the_one_before_wherever_the_counting_stands() {
    let mut view = view();
    for (since, told) in [
        ("2026-11-19T23:00:00Z", Some("Yesterday: 1 GB.")),
        // Nothing was read since midnight: what is called today was yesterday.
        ("2026-11-18T23:00:00Z", Some("Yesterday: 2 GB.")),
        ("2026-11-10T23:00:00Z", None),
    ] {
        view.usage
            .router()
            .set(catalog::TODAY_SINCE, Moment(at(since)))
            .set(catalog::USAGE_YESTERDAY, Bytes(1_000_000_000))
            .set(catalog::USAGE_TODAY, Bytes(2_000_000_000));
        assert_eq!(sum_up(&view, &now()).0.lines().nth(1), told, "{since}");
    }
}

#[test]
fn a_quota_that_is_used_up_says_so_and_devices_stand_for_people_that_are_not_known() {
    let mut view = view();
    view.usage
        .router()
        .set(catalog::QUOTA, Bytes(40_000_000_000))
        .set(catalog::QUOTA_USED, Bytes(41_500_000_000))
        .set(catalog::QUOTA_LEFT, Bytes(0));
    let phone = Subject::Client(Mac::new([0, 0, 0x5e, 0, 0x53, 1]));
    view.usage.subject(phone).set(catalog::USAGE_YESTERDAY, Bytes(9_000_000));
    let (text, _) = sum_up(&view, &now());
    let lines: Vec<_> = text.lines().skip(1).collect();
    assert_eq!(lines, ["Quota: used up, 41.5 GB of 40 GB.", "Most: 00:00:5e:00:53:01 9 MB."]);
}
