//! What is read from boxes that are well, and from boxes that show zeros.

use router2mqtt::model::{FaultClass, Section, Sections, Subject, Value, catalog};
use router2mqtt::simulators::Trouble;
use serde_json::{Value as Json, json};

use crate::home::*;

/// What the simulated boxes have counted when they start, in bytes; those that count kilobytes show whole ones.
const RECEIVED: u64 = 1_076_929_187_571;
const SENT: u64 = 125_004_949_100;

fn is_near(seen: Option<&Value>, expected: u64) -> bool {
    matches!(seen, Some(Value::Count(count)) if count.abs_diff(expected) < 200_000_000)
}

#[tokio::test]
async fn whatever_the_box_counts_in_bytes_come_out() {
    for (model, units) in [
        ("b593-sp102", "kilobytes"),
        ("b593u-12", "auto"),
        ("speedport-lte-ii", "auto"),
        ("b593s-22", "auto"),
        ("b593s-22-sp051", "auto"),
        ("e5172", "auto"),
        ("e5172", "bytes"),
    ] {
        let box_ = simulated(model).await;
        let seen = poll(&mut *driver(&box_.url(), &[("units", units)])).await.unwrap();
        let get = |metric| seen.get(&Subject::Router, metric);
        assert!(is_near(get(catalog::RECEIVED), RECEIVED), "{model}: {:?}", get(catalog::RECEIVED));
        assert!(is_near(get(catalog::SENT), SENT), "{model}: {:?}", get(catalog::SENT));
        let rate = seen.number(&Subject::Router, catalog::DOWNLOAD_RATE).unwrap();
        assert!((900_000.0..6_000_000.0).contains(&rate), "{model}: {rate} bit/s");
    }
}

#[tokio::test]
async fn as_long_as_nobody_knows_the_units_there_are_no_counters() {
    let box_ = simulated("b593-sp102").await;
    let seen = poll(&mut *driver(&box_.url(), &[])).await.unwrap();
    for nothing in [shown(&seen, catalog::RECEIVED), shown(&seen, catalog::SENT)] {
        assert_eq!(nothing, Json::Null);
    }
    for nothing in [shown(&seen, catalog::DOWNLOAD_RATE), shown(&seen, catalog::UPLOAD_RATE)] {
        assert_eq!(nothing, Json::Null);
    }
    assert_eq!(shown(&seen, catalog::IPV4), json!("198.51.100.49"));
    assert_eq!(fault(&seen, Section::Connection), None);
}

#[tokio::test]
async fn icons_address_and_modem_are_read() {
    let box_ = simulated("b593s-22").await;
    let seen = poll(&mut *driver(&box_.url(), &[])).await.unwrap();
    assert_eq!(shown(&seen, catalog::WAN), json!(true));
    assert_eq!(shown(&seen, catalog::WAN_STATE), json!("up"));
    assert_eq!(shown(&seen, catalog::IPV4), json!("198.51.100.49"));
    assert_eq!(shown(&seen, catalog::NETWORK_TYPE), json!("4G"));
    assert_eq!(shown(&seen, catalog::SIM_STATE), json!("ready"));
    assert_eq!(shown(&seen, catalog::ROAMING), json!(false));
    assert_eq!(shown(&seen, catalog::SMS_UNREAD), json!(3));
    assert_eq!(shown(&seen, catalog::PLMN), json!("24001"));
    assert_eq!(shown(&seen, catalog::BAND), json!("LTE BAND 3"));
    let levels = [shown(&seen, catalog::RSSI), shown(&seen, catalog::RSRP), shown(&seen, catalog::RSRQ)];
    assert!(levels.iter().all(|level| level.as_f64().unwrap() < 0.0), "{levels:?}");
    assert!(seen.number(&Subject::Router, catalog::WAN_UPTIME).unwrap() >= 1_209_600.0);
}

#[tokio::test]
async fn zeros_in_everything_are_a_failed_read_and_no_reset() {
    for model in MODELS {
        let box_ = simulated(model).await;
        let mut driver = driver(&box_.url(), &[("units", "auto")]);
        let before = poll(&mut *driver).await.unwrap();
        box_.troubles().begin(Trouble::Zeros);
        for _ in 0..3 {
            let seen = poll(&mut *driver).await.unwrap();
            let class = fault(&seen, Section::Connection).map(|fault| fault.class());
            assert_eq!(class, Some(FaultClass::Malformed), "{model}");
            assert_eq!(shown(&seen, catalog::RECEIVED), Json::Null, "{model}");
            assert!(fault(&seen, Section::Line).is_none(), "{model}: the icons are well");
        }
        box_.troubles().end(Trouble::Zeros);
        let after = poll(&mut *driver).await.unwrap();
        let number = |seen: &router2mqtt::model::Snapshot| seen.number(&Subject::Router, catalog::RECEIVED);
        assert!(number(&after) >= number(&before), "{model}");
    }
}

#[tokio::test]
async fn zeros_at_first_sight_are_unknown() {
    let box_ = simulated("b593s-22").await;
    box_.troubles().begin(Trouble::Zeros);
    let mut driver = driver(&box_.url(), &[("units", "bytes")]);
    let seen = poll(&mut *driver).await.unwrap();
    for nothing in [shown(&seen, catalog::RECEIVED), shown(&seen, catalog::SENT), shown(&seen, catalog::IPV4)]
    {
        assert_eq!(nothing, Json::Null);
    }
    assert_eq!(shown(&seen, catalog::DOWNLOAD_RATE), Json::Null);
    box_.troubles().end(Trouble::Zeros);
    let seen = poll(&mut *driver).await.unwrap();
    assert!(is_near(seen.get(&Subject::Router, catalog::RECEIVED), RECEIVED));
}

#[tokio::test]
async fn only_what_is_wanted_is_asked_for() {
    for (section, requests) in [(Section::System, 1), (Section::Messages, 1), (Section::Connection, 2)] {
        let box_ = simulated("b593s-22").await;
        let mut driver = driver(&box_.url(), &[]);
        let wanted: Sections = [section].into_iter().collect();
        let seen = driver.poll(&wanted).await.unwrap();
        assert!(seen.sections().all(|(read, _)| read == section), "{section:?}: {seen:?}");
        assert_eq!(box_.tally().requests(), requests, "{section:?}");
    }
}
