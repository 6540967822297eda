//! What the log says: one line when something begins, one when it is over.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

use super::home::{Home, minutes};
use crate::model::{Action, Deadline, Deed, Fault, FaultClass, Mac, Section, Stage};

const PHONE: Mac = Mac::new([0, 0, 0x5e, 0, 0x53, 1]);

/// The log of this thread, as long as it is kept.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn open() -> (Self, DefaultGuard) {
        let log = Self::default();
        let lines = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).without_time();
        let guard = tracing::subscriber::set_default(lines.finish());
        (log, guard)
    }

    /// What was said at this level since the last time, without the name of the module.
    fn take(&self, level: &str) -> Vec<String> {
        let said = String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap();
        let of_level = said.lines().filter_map(|line| line.trim_start().strip_prefix(level));
        of_level.map(|line| line.split_once(": ").unwrap().1.to_owned()).collect()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

async fn well() -> Home {
    let mut home = Home::new();
    home.script(|box_| box_.connected = vec![PHONE]);
    home.run_for(minutes(1)).await;
    home
}

fn broken(section: Section) -> (Section, Fault) {
    (section, Fault::malformed(section.name(), "html"))
}

#[tokio::test(start_paused = true)]
async fn sections_that_fail_together_are_one_line_and_another_when_they_are_back() {
    let mut home = well().await;
    let (log, _guard) = Log::open();
    home.script(|box_| box_.section_faults = vec![broken(Section::Connection), broken(Section::Clients)]);
    home.run_for(minutes(10)).await;
    let lines = log.take("WARN");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains(r#"sections="connection, clients""#), "{lines:?}");
    let problem = home.view().problem.unwrap();
    assert_eq!(problem.class, FaultClass::Malformed);
    assert!(problem.summary.starts_with("connection, clients cannot be read"), "{}", problem.summary);

    home.script(|box_| box_.section_faults.clear());
    home.run_for(minutes(2)).await;
    assert_eq!(log.take("INFO"), [r#"can be read again box=box sections="connection, clients""#]);
    assert_eq!(home.view().problem, None);
}

#[tokio::test(start_paused = true)]
async fn a_section_that_fails_once_is_asked_again_at_the_next_poll_and_nobody_is_told() {
    let mut home = well().await;
    let (log, _guard) = Log::open();
    home.script(|box_| {
        box_.section_faults = vec![broken(Section::Clients)];
        box_.wanted.clear();
    });
    home.run_for(Duration::from_secs(11)).await;
    let asked = home.script(|box_| {
        box_.section_faults.clear();
        std::mem::take(&mut box_.wanted)
    });
    assert!(asked.last().unwrap().wants(Section::Clients), "it was due");
    home.run_for(Duration::from_secs(11)).await;
    assert!(home.script(|box_| box_.wanted.iter().any(|wanted| wanted.wants(Section::Clients))));
    assert_eq!(home.view().problem, None);
    assert_eq!(log.take(""), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_right_that_is_missing_is_told_at_once_and_is_no_problem() {
    let mut home = Home::new();
    let (log, _guard) = Log::open();
    home.script(|box_| {
        box_.section_faults = vec![(Section::Clients, Fault::MissingRight("settings".into()))];
    });
    home.run_for(minutes(9)).await;
    assert_eq!(log.take("WARN").len(), 1);
    assert_eq!(home.view().problem, None);
    let asked =
        home.script(|box_| box_.wanted.iter().filter(|wanted| wanted.wants(Section::Clients)).count());
    assert_eq!(asked, 1, "it is left alone for ten minutes");
}

#[tokio::test(start_paused = true)]
async fn a_trouble_that_begins_in_the_middle_of_a_poll_is_one_line() {
    let mut home = well().await;
    let (log, _guard) = Log::open();
    home.script(|box_| box_.section_faults = vec![broken(Section::Connection)]);
    home.run_for(Duration::from_secs(10)).await;
    home.script(|box_| box_.fault = Some(Fault::malformed("system", "html")));
    home.run_for(minutes(5)).await;
    assert_eq!(log.take("WARN").len(), 1);
    home.script(|box_| box_.fault = None);
    home.run_for(Duration::from_secs(301)).await;
    home.script(|box_| box_.section_faults.clear());
    home.run_for(minutes(1)).await;
    let lines = log.take("INFO");
    assert_eq!(lines.iter().filter(|line| line.contains("all is well again")).count(), 1, "{lines:?}");
}

#[tokio::test(start_paused = true)]
async fn a_box_that_changes_between_two_ways_to_fail_is_told_of_each_once() {
    let home = well().await;
    let (log, _guard) = Log::open();
    let faults = [Fault::Unreachable("no route".into()), Fault::TimedOut(Deadline::Connect)];
    for fault in faults.iter().cycle().take(10) {
        home.script(|box_| box_.fault = Some(fault.clone()));
        home.story(Action::Refresh).await;
        assert_eq!(home.view().problem.is_some(), !home.view().availability.is_online());
    }
    assert_eq!(home.view().problem.unwrap().class, FaultClass::TimedOut, "the problem is the latest");
    assert_eq!(log.take("WARN").len(), 2);
    home.script(|box_| box_.fault = None);
    home.story(Action::Refresh).await;
    assert!(log.take("INFO").iter().any(|line| line.contains("all is well again")));
}

#[tokio::test(start_paused = true)]
async fn a_latch_that_opens_is_told_also_when_an_earlier_run_closed_it() {
    for restarts in [false, true] {
        let mut home = well().await;
        let (log, _guard) = Log::open();
        home.script(|box_| box_.fault = Some(Fault::CredentialsRejected));
        home.run_for(minutes(1)).await;
        if restarts {
            home.restart().await;
        }
        home.story(Action::RetryLogin).await;
        assert_eq!(log.take("WARN").len(), 1 + usize::from(restarts), "nothing new the second time");
        home.script(|box_| box_.fault = None);
        home.story(Action::RetryLogin).await;
        let lines = log.take("INFO");
        assert_eq!(lines.iter().filter(|line| line.contains("all is well again")).count(), 1, "{lines:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_command_that_fails_does_not_make_the_next_poll_ask_for_nothing() {
    let mut home = Home::new();
    home.every = minutes(1);
    home.run_for(Duration::from_secs(90)).await;
    home.script(|box_| {
        box_.mishaps.push(Fault::TimedOut(Deadline::FirstByte));
        box_.wanted.clear();
    });
    home.story(Action::Refresh).await;
    home.run_for(Duration::from_secs(10)).await;
    let wanted = home.script(|box_| std::mem::take(&mut box_.wanted));
    assert_eq!(wanted.len(), 2);
    assert!(wanted[1].wants(Section::Connection));
}

#[tokio::test(start_paused = true)]
async fn a_box_that_is_away_as_ordered_is_no_warning() {
    let home = well().await;
    let (log, _guard) = Log::open();
    assert_eq!(home.story(Action::Do(Deed::Reboot)).await.last().unwrap().state, Stage::Done);
    assert_eq!(log.take("WARN"), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_box_that_does_not_come_back_from_an_ordered_restart_is() {
    let mut home = well().await;
    home.script(|box_| box_.reboot_takes = Some(minutes(60)));
    let (log, _guard) = Log::open();
    assert_eq!(home.story(Action::Do(Deed::Reboot)).await.last().unwrap().state, Stage::Failed);
    home.run_for(minutes(20)).await;
    assert_eq!(log.take("WARN").len(), 2, "the restart failed, and the box cannot be read");
}
