use super::home::{Home, minutes};
use crate::model::{Action, EventKind, Fault, LogEntry, Section, Severity};

fn entry(text: &str) -> LogEntry {
    LogEntry {
        time: Some(format!("2026-11-01 00:00:{text}")),
        severity: Severity::Critical,
        code: Some("82000200".into()),
        text: text.into(),
    }
}

fn entries(texts: impl IntoIterator<Item = u32>) -> Vec<LogEntry> {
    texts.into_iter().map(|text| entry(&text.to_string())).collect()
}

/// The texts of what was told; other kinds by their word.
fn told(home: &mut Home) -> Vec<String> {
    let text = |kind| match kind {
        EventKind::BoxLog(entry) => entry.text,
        EventKind::LogFlood { left_out } => format!("and {left_out} more"),
        other => other.word().to_owned(),
    };
    home.events().into_iter().map(text).collect()
}

async fn home(log: Vec<LogEntry>) -> Home {
    let mut home = Home::new();
    home.script(|box_| box_.log = Some(log));
    home.run_for(minutes(5)).await;
    home
}

#[tokio::test(start_paused = true)]
async fn the_first_reading_of_a_log_tells_nothing_and_each_new_entry_is_told_once() {
    let mut home = home(entries(1..=3)).await;
    assert_eq!(told(&mut home), Vec::<String>::new());
    home.script(|box_| box_.log = Some(entries(2..=5)));
    home.run_for(minutes(10)).await;
    assert_eq!(told(&mut home), ["4", "5"]);
}

#[tokio::test(start_paused = true)]
async fn a_restart_of_the_bridge_repeats_nothing_and_misses_nothing() {
    let mut home = home(entries(1..=3)).await;
    home.stop().await;
    home.script(|box_| box_.log = Some(entries(1..=4)));
    home.restart().await;
    home.run_for(minutes(5)).await;
    assert_eq!(told(&mut home), ["4"]);
    home.restart().await;
    home.run_for(minutes(5)).await;
    assert_eq!(told(&mut home), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_reboot_that_clears_the_log_and_readings_that_fail_repeat_nothing() {
    let mut home = home(entries(1..=3)).await;
    for log in [vec![], entries(1..=2), entries(1..=4)] {
        home.script(|box_| box_.log = Some(log));
        home.story(Action::Refresh).await;
    }
    assert_eq!(told(&mut home), ["4"]);
    home.script(|box_| box_.section_faults = vec![(Section::Log, Fault::malformed("log", "html"))]);
    home.run_for(minutes(10)).await;
    home.script(|box_| box_.section_faults.clear());
    home.run_for(minutes(10)).await;
    assert_eq!(told(&mut home), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_flood_is_told_in_part_and_counted() {
    let mut home = home(Vec::new()).await;
    home.script(|box_| box_.log = Some(entries(1..=50)));
    home.run_for(minutes(2)).await;
    let told = told(&mut home);
    let latest = (31..=50).map(|number: u32| number.to_string());
    let expected = std::iter::once("and 30 more".to_owned()).chain(latest);
    assert_eq!(told, expected.collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_box_without_a_log_has_nothing_to_tell() {
    let mut home = Home::new();
    home.run_for(minutes(5)).await;
    assert_eq!(home.events(), []);
}

#[tokio::test(start_paused = true)]
async fn an_event_comes_when_the_world_knows_what_it_is_about() {
    let mut home = home(entries(1..=1)).await;
    home.script(|box_| box_.log = Some(entries(1..=2)));
    let known = loop {
        home.run_for(std::time::Duration::from_millis(50)).await;
        if !home.events().is_empty() {
            break home.view().sections[&Section::Log].readings.log.len();
        }
    };
    assert_eq!(known, 2);
}
