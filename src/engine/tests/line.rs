use std::time::Duration;

use super::home::Home;
use crate::model::{Fault, Row, Section, Subject, Value, catalog};
use crate::routers::Cadence;

const PLAN: &[(Section, Cadence)] = &[(Section::System, Cadence::Every), (Section::Line, Cadence::Every)];

fn home() -> Home {
    let mut home = Home::new();
    home.plan = PLAN;
    home
}

fn shown(home: &Home, row: &Row) -> Option<String> {
    match home.view().value(&Subject::Router, row) {
        Some(Value::Text(word)) => Some(word.clone()),
        _ => None,
    }
}

fn quality(home: &Home) -> Option<String> {
    shown(home, catalog::LINE_QUALITY.row())
}

const POLL: Duration = Duration::from_secs(10);

#[tokio::test(start_paused = true)]
async fn a_line_that_got_worse_is_told_at_the_third_poll_with_the_reason() {
    let mut home = home();
    home.run_for(POLL / 2).await;
    assert_eq!(quality(&home).as_deref(), Some("good"));
    home.script(|box_| box_.snr_margin = 1.0);
    home.run_for(POLL * 2).await;
    assert_eq!(quality(&home).as_deref(), Some("good"));
    home.run_for(POLL).await;
    assert_eq!(quality(&home).as_deref(), Some("critical"));
    let reason = shown(&home, catalog::LINE_QUALITY_REASON.row());
    assert_eq!(reason.as_deref(), Some("SNR margin down 1.0 dB, 6 dB is good"));
}

#[tokio::test(start_paused = true)]
async fn a_line_that_cannot_be_read_keeps_its_verdict_until_its_readings_are_stale() {
    let mut home = home();
    home.script(|box_| box_.snr_margin = 1.0);
    home.run_for(POLL * 3).await;
    assert_eq!(quality(&home).as_deref(), Some("critical"));
    home.script(|box_| {
        box_.section_faults =
            vec![(Section::Line, Fault::BoxError { what: "line".into(), why: "no".into() })];
    });
    home.run_for(POLL * 2).await;
    assert_eq!(quality(&home).as_deref(), Some("critical"));
    home.run_for(POLL * 6).await;
    assert_eq!(quality(&home), None, "nothing is known of it any more");
    home.script(|box_| {
        box_.section_faults.clear();
        box_.snr_margin = 10.0;
    });
    home.run_for(POLL).await;
    assert_eq!(quality(&home).as_deref(), Some("good"), "and nothing is left of what was");
}

#[tokio::test(start_paused = true)]
async fn a_verdict_does_not_outlive_an_outage() {
    let mut home = home();
    home.script(|box_| box_.snr_margin = 1.0);
    home.run_for(POLL * 3).await;
    home.script(|box_| box_.fault = Some(Fault::Unreachable("gone".into())));
    home.run_for(POLL * 30).await;
    home.script(|box_| (box_.fault, box_.snr_margin) = (None, 10.0));
    home.run_for(Duration::from_secs(400)).await;
    assert_eq!(quality(&home).as_deref(), Some("good"));
}

#[tokio::test(start_paused = true)]
async fn the_reason_has_its_place_before_there_is_one() {
    let mut home = home();
    home.run_for(POLL / 2).await;
    let state = home.view().state(&Subject::Router);
    assert_eq!(state.get("line_quality_reason"), Some(&serde_json::Value::Null));
}
