//! A CODA modem: no login, HTTP/1.0, odd headers, and a page that must be spared.

use router2mqtt::model::{
    Fault, FaultClass, ItemId, Section, Sections, Subject, SubjectKind, Task, Value, catalog,
};
use router2mqtt::routers::Credentials;
use router2mqtt::simulators::{Options, Trouble, start};

use crate::home::*;

#[tokio::test]
async fn a_modem_needs_no_credentials() {
    let modem = modem().await;
    let mut driver = driver_with(&modem, Credentials::default(), &[]);

    let seen = poll(&mut *driver).await.unwrap();

    let all = [
        Section::System,
        Section::Connection,
        Section::Line,
        Section::WideChannels,
        Section::Provisioning,
        Section::Ports,
        Section::Log,
    ];
    assert_eq!(outcome(&seen), (all.to_vec(), vec![]));
    assert_eq!(seen.identity.model.as_deref(), Some("CODA"));
    assert_eq!(seen.get(&Subject::Router, catalog::RECEIVED), None, "this firmware never learnt to count");
    assert_eq!(modem.tally().logins(), 0);
    assert!(modem.tally().requests() <= family().max_requests.into());
    assert_eq!(modem.tally().most_in_flight(), 1);
}

#[tokio::test]
async fn channels_of_both_kinds_are_read() {
    let modem = modem().await;
    let seen = poll(&mut *driver(&modem)).await.unwrap();
    let count = |section, kind| {
        let (_, readings) = seen.sections().find(|(name, _)| *name == section).unwrap();
        readings.unwrap().iter().filter(|(subject, _)| subject.kind() == kind).count()
    };
    assert_eq!(count(Section::Line, SubjectKind::Downstream), 31);
    assert_eq!(count(Section::Line, SubjectKind::Upstream), 5);
    assert_eq!(count(Section::WideChannels, SubjectKind::Downstream), 1, "the unused receiver is no channel");
    assert_eq!(count(Section::WideChannels, SubjectKind::Upstream), 1, "nor is the disabled transmitter");
    let first = Subject::Downstream(ItemId::new(1).unwrap());
    let Some(Value::Count(octets)) = seen.get(&first, catalog::CHANNEL_RECEIVED) else { panic!() };
    assert!(*octets > u64::from(u32::MAX), "the counter is read beyond 32 bits");
}

#[tokio::test]
async fn a_modem_is_read_over_tls_though_it_breaks_off_after_each_answer() {
    let options = Options { tls: true, model: Some("coda".into()), ..Options::default() };
    let modem = start("hitron", options).await.unwrap();
    poll(&mut *driver(&modem)).await.unwrap();
}

#[tokio::test]
async fn the_ofdm_page_is_left_alone_before_it_hurts() {
    let modem = modem().await;
    let mut driver = driver(&modem);
    let wanted: Sections = [Section::WideChannels].into_iter().collect();
    let ofdm = Subject::Downstream(ItemId::new("ofdm1").unwrap());
    let mut reads = 0;
    // The modem has been up for three weeks, so this bridge may have read the page before.
    for left in (0..50).rev().chain([0; 10]) {
        let seen = driver.poll(&wanted).await.unwrap();
        assert_eq!(seen.get(&Subject::Router, catalog::OFDM_READS_LEFT), Some(&Value::Count(left)));
        reads += u32::from(seen.get(&ofdm, catalog::POWER).is_some());
        let upstream = Subject::Upstream(ItemId::new("ofdma0").unwrap());
        assert!(seen.get(&upstream, catalog::POWER).is_some(), "the other page does no harm");
    }
    assert_eq!(reads, 50);
}

#[tokio::test]
async fn what_is_wrong_with_the_pages_is_told() {
    for (trouble, class) in [
        (Trouble::Status500, FaultClass::BoxError),
        (Trouble::Truncated, FaultClass::Malformed),
        (Trouble::Garbage, FaultClass::Malformed),
        (Trouble::Html, FaultClass::Malformed),
        (Trouble::Slow, FaultClass::TimedOut),
    ] {
        let modem = modem().await;
        let mut driver = driver(&modem);
        poll(&mut *driver).await.unwrap();
        let before = modem.tally().requests();
        modem.troubles().begin(trouble);
        assert_eq!(poll(&mut *driver).await.unwrap_err().class(), class, "{trouble}");
        assert!(modem.tally().requests() - before <= family().max_requests.into());

        modem.troubles().end(trouble);
        poll(&mut *driver).await.unwrap();
    }
}

#[tokio::test]
async fn values_that_are_missing_are_unknown() {
    let modem = modem().await;
    modem.troubles().begin(Trouble::MissingFields);
    let seen = poll(&mut *driver(&modem)).await.unwrap();
    for (_, readings) in seen.sections() {
        for (subject, item) in readings.unwrap().iter() {
            let known: Vec<_> =
                item.iter().filter(|(_, value)| value.is_some()).map(|(row, _)| row.key).collect();
            let allowed = ["media", "channel_type", "port_id", "ofdm_reads_left"];
            assert!(known.iter().all(|key| allowed.contains(key)), "{subject}: {known:?}");
        }
    }
}

#[tokio::test]
async fn nobody_tries_out_whether_a_modem_takes_orders() {
    let modem = modem().await;
    let refused = driver(&modem).act(Task::Reboot).await;
    assert_eq!(refused, Err(Fault::NotSupported("reboot".into())));
    assert_eq!(modem.tally().reboots(), 0);
}
