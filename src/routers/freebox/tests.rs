//! The driver against a simulated box, over a real socket.

mod scripted;

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;

use super::pairing::{self, Application, Status};
use super::{APP_ID, FAMILY};
use crate::model::{
    Clock, Deadline, Fault, Mac, Metric, Quantity, Readings, Section, Sections, Snapshot, Subject, Switch,
    Task, Value, catalog,
};
use crate::routers::{Credentials, Driver, Wiring};
use crate::simulators::{Options, Running, Trouble, start};
use crate::transport::{Deadlines, Settings, Transport};

async fn freebox(model: &str) -> Running {
    let options =
        Options { model: Some(model.into()), reboot: Duration::from_millis(20), ..Options::default() };
    start("freebox", options).await.unwrap()
}

async fn troubled(trouble: Trouble) -> Running {
    let running = freebox("ultra").await;
    running.troubles().begin(trouble);
    running
}

fn transport(running: &Running) -> Transport {
    let soon = Duration::from_millis(400);
    let settings = Settings {
        deadlines: Deadlines { connect: soon, first_byte: soon, whole: soon },
        gap: Duration::ZERO,
        ..Settings::new(running.url().parse().unwrap())
    };
    Transport::new(settings, None).unwrap()
}

fn token(running: &Running) -> String {
    running.configuration()["app_token"].as_str().unwrap().to_owned()
}

fn driver_with(running: &Running, token: &str) -> Box<dyn Driver> {
    driver_of(running, token, BTreeMap::new())
}

fn driver_of(running: &Running, token: &str, options: BTreeMap<String, String>) -> Box<dyn Driver> {
    (FAMILY.build)(Wiring {
        transport: transport(running),
        credentials: Credentials { app_token: Some(token.into()), ..Credentials::default() },
        options,
        clock: Clock::system(),
    })
}

fn driver(running: &Running) -> Box<dyn Driver> {
    driver_with(running, &token(running))
}

fn wanted(sections: &[Section]) -> Sections {
    sections.iter().copied().collect()
}

fn has<Q: Quantity>(seen: &Snapshot, metric: Metric<Q>) -> bool {
    seen.get(&Subject::Router, metric).is_some()
}

fn read(seen: &Snapshot, section: Section) -> bool {
    seen.sections().any(|(read, outcome)| read == section && outcome.is_ok())
}

#[tokio::test]
async fn an_ultra_gives_everything_it_has() {
    let running = freebox("ultra").await;
    let mut driver = driver(&running);
    let seen = driver.poll(&Sections::all()).await.unwrap();
    for (section, _) in FAMILY.sections {
        assert!(read(&seen, *section), "{section:?}");
    }
    assert_eq!(seen.identity.model.as_deref(), Some("Freebox Ultra"));
    assert_eq!(seen.identity.firmware.as_deref(), Some("4.12.2"));
    assert!(has(&seen, catalog::RECEIVED) && has(&seen, catalog::OPTICAL_RX) && has(&seen, catalog::UPTIME));
    assert!(!has(&seen, catalog::XDSL_STATE) && !has(&seen, catalog::LTE_STATE));
    let latest = seen.get(&Subject::Router, catalog::LATEST_FIRMWARE);
    assert_eq!(latest, Some(&Value::Text("4.12.2".into())));
    let kinds = |kind: &str| {
        let subjects = seen.sections().filter_map(|(_, outcome)| outcome.ok()).flat_map(Readings::iter);
        subjects.filter(|(subject, _)| subject.kind().slug() == kind).count()
    };
    let counts = ["sensor", "fan", "port", "radio", "disk", "client"].map(kinds);
    assert_eq!(counts, [6, 1, 5, 4, 1, 20]);
    assert!(seen.missing_rights.is_empty());
}

#[tokio::test]
async fn clients_carry_what_the_box_knows_of_their_link() {
    let running = freebox("ultra").await;
    let seen = driver(&running).poll(&wanted(&[Section::Clients])).await.unwrap();
    let laptop = Subject::Client(Mac::new([0, 0, 0x5e, 0, 0x53, 4]));
    assert_eq!(seen.get(&laptop, catalog::CONNECTED), Some(&Value::Flag(true)));
    assert_eq!(seen.get(&laptop, catalog::BAND), Some(&Value::Text("5 GHz".into())));
    assert_eq!(seen.get(&laptop, catalog::PHY_RATE_DOWN), Some(&Value::Number(1_200_900_000.0)));
    assert_eq!(seen.get(&laptop, catalog::ACCESS_POINT), Some(&Value::Text("Freebox Server".into())));
    let television = Subject::Client(Mac::new([0, 0, 0x5e, 0, 0x53, 0x0d]));
    assert_eq!(seen.get(&television, catalog::ACCESS_POINT), Some(&Value::Text("Repeater".into())));
    let away = Subject::Client(Mac::new([0, 0, 0x5e, 0, 0x53, 0x11]));
    assert_eq!(seen.get(&away, catalog::CONNECTED), Some(&Value::Flag(false)));
    assert_eq!(seen.get(&away, catalog::BAND), None);
}

#[tokio::test]
async fn a_poll_of_everything_stays_within_the_declared_number_of_requests() {
    for model in ["ultra", "bridge", "revolution", "revolution-v3", "delta", "pop-4g"] {
        let running = freebox(model).await;
        let mut driver = driver(&running);
        driver.poll(&Sections::all()).await.unwrap();
        driver.close().await;
        let requests = running.tally().requests();
        assert!(requests <= u64::from(FAMILY.max_requests), "{model}: {requests}");
        assert_eq!(running.tally().most_in_flight(), 1, "{model}");
        assert_eq!((running.tally().logins(), running.tally().logouts()), (1, 1), "{model}");
    }
}

#[tokio::test]
async fn a_usual_poll_takes_two_requests_once_there_is_a_session() {
    let running = freebox("ultra").await;
    let mut driver = driver(&running);
    driver.poll(&Sections::all()).await.unwrap();
    let before = running.tally().requests();
    driver.poll(&wanted(&[Section::System, Section::Connection])).await.unwrap();
    assert_eq!(running.tally().requests() - before, 2);
    assert_eq!(running.tally().logins(), 1);
}

#[tokio::test]
async fn what_a_box_lacks_is_not_asked_for_again() {
    let running = freebox("ultra").await;
    let mut driver = driver(&running);
    let line = wanted(&[Section::Connection, Section::Line]);
    driver.poll(&line).await.unwrap();
    let before = running.tally().requests();
    driver.poll(&line).await.unwrap();
    // The connection and its fibre; neither copper nor 4G.
    assert_eq!(running.tally().requests() - before, 2);
}

#[tokio::test]
async fn an_adsl_box_on_older_firmware_is_read_too() {
    let running = freebox("revolution").await;
    let seen = driver(&running).poll(&Sections::all()).await.unwrap();
    assert_eq!(seen.get(&Subject::Router, catalog::MEDIA), Some(&Value::Text("xdsl".into())));
    assert!(has(&seen, catalog::XDSL_RATE_DOWN) && has(&seen, catalog::SNR_MARGIN_UP));
    assert!(!has(&seen, catalog::OPTICAL_RX) && !has(&seen, catalog::OPTICAL_LINK));
    assert!(!read(&seen, Section::Updates), "this version has no such page");
    let laptop = Subject::Client(Mac::new([0, 0, 0x5e, 0, 0x53, 4]));
    let signal = seen.get(&laptop, catalog::RSSI);
    assert!(
        matches!(signal, Some(Value::Number(dbm)) if *dbm < 0.0),
        "from the lists of stations: {signal:?}"
    );
    assert_eq!(seen.get(&laptop, catalog::CONNECTION), Some(&Value::Text("wifi".into())));
}

#[tokio::test]
async fn firmware_of_long_ago_has_its_sensors_read() {
    let running = freebox("revolution-v3").await;
    let seen = driver(&running).poll(&wanted(&[Section::System])).await.unwrap();
    let sensor = "sensor_temp_sw".parse().unwrap();
    assert!(matches!(seen.get(&sensor, catalog::TEMPERATURE), Some(Value::Number(_))));
    let fan = "fan_fan0_speed".parse().unwrap();
    assert!(matches!(seen.get(&fan, catalog::FAN_SPEED), Some(Value::Number(_))));
    assert_eq!(seen.identity.model.as_deref(), Some("Freebox Revolution"), "from what it announces");
}

#[tokio::test]
async fn a_box_on_its_4g_module_shows_the_module_and_the_dark_fibre() {
    let running = freebox("pop-4g").await;
    let seen = driver(&running).poll(&Sections::all()).await.unwrap();
    assert_eq!(seen.get(&Subject::Router, catalog::MEDIA), Some(&Value::Text("backup_4g".into())));
    assert_eq!(seen.get(&Subject::Router, catalog::LTE_STATE), Some(&Value::Text("connected".into())));
    assert!(has(&seen, catalog::RSRP));
    assert_eq!(seen.get(&Subject::Router, catalog::OPTICAL_SIGNAL), Some(&Value::Flag(false)));
    assert!(read(&seen, Section::Storage), "no disk is an answer, too");
}

#[tokio::test]
async fn a_bridge_has_a_connection_but_no_household() {
    let running = freebox("bridge").await;
    let seen = driver(&running).poll(&Sections::all()).await.unwrap();
    assert!(has(&seen, catalog::RECEIVED));
    assert_eq!(seen.get(&Subject::Router, catalog::MODE), Some(&Value::Text("bridge".into())));
    assert!(!has(&seen, catalog::CLIENTS));
    assert!(!read(&seen, Section::Ports));
    assert!(seen.sections().all(|(_, outcome)| outcome.is_ok()), "none of this is a fault");
}

#[tokio::test]
async fn each_poll_with_a_rejected_token_costs_one_login() {
    let running = freebox("ultra").await;
    let mut driver = driver_with(&running, "not the token");
    for polls in 1..=3 {
        assert_eq!(driver.poll(&Sections::all()).await, Err(Fault::CredentialsRejected));
        assert_eq!(running.tally().logins(), polls);
    }
    assert_eq!(running.tally().rejected(), 3);
    driver.close().await;
    assert_eq!(running.tally().logouts(), 0, "there is no session to end");
}

#[tokio::test]
async fn a_box_that_rejects_all_logins_is_told_from_one_that_is_locked() {
    let running = troubled(Trouble::WrongPassword).await;
    assert_eq!(driver(&running).poll(&Sections::all()).await, Err(Fault::CredentialsRejected));
    running.troubles().end(Trouble::WrongPassword);
    running.troubles().begin(Trouble::LockOut);
    let before = Clock::system().now();
    let Err(Fault::LockedOut { until }) = driver(&running).poll(&Sections::all()).await else {
        panic!("it is locked");
    };
    assert!(until.duration_since(before).as_mins() >= 5);
}

#[tokio::test]
async fn too_many_rejected_logins_lock_the_box() {
    let running = freebox("ultra").await;
    let mut driver = driver_with(&running, "not the token");
    let mut last = Ok(Snapshot::default());
    for _ in 0..11 {
        last = driver.poll(&Sections::all()).await;
    }
    assert!(matches!(last, Err(Fault::LockedOut { .. })), "{last:?}");
}

#[tokio::test]
async fn a_session_that_ends_is_forgotten_and_the_next_poll_logs_in_again() {
    let running = troubled(Trouble::SessionExpires).await;
    let mut driver = driver(&running);
    assert_eq!(driver.poll(&Sections::all()).await, Err(Fault::SessionExpired));
    assert_eq!(running.tally().logins(), 1, "no second login within a poll");
    running.troubles().end(Trouble::SessionExpires);
    driver.poll(&Sections::all()).await.unwrap();
    assert_eq!(running.tally().logins(), 2);
}

#[tokio::test]
async fn a_broken_box_gives_the_fault_and_keeps_the_session() {
    for (trouble, class) in [
        (Trouble::Status500, "box_error"),
        (Trouble::Html, "malformed"),
        (Trouble::Garbage, "malformed"),
        (Trouble::Truncated, "malformed"),
    ] {
        let running = troubled(trouble).await;
        let mut driver = driver(&running);
        let fault = driver.poll(&Sections::all()).await.unwrap_err();
        assert_eq!(fault.class().word(), class, "{trouble}: {fault}");
        assert!(running.tally().requests() <= u64::from(FAMILY.max_requests));
        running.troubles().end(trouble);
        driver.poll(&Sections::all()).await.unwrap();
        assert_eq!(running.tally().logins(), 1, "{trouble}");
    }
}

#[tokio::test]
async fn a_box_that_does_not_answer_in_time_is_asked_once() {
    let running = troubled(Trouble::Slow).await;
    let fault = driver(&running).poll(&Sections::all()).await.unwrap_err();
    assert_eq!(fault, Fault::TimedOut(Deadline::FirstByte));
}

#[tokio::test]
async fn a_box_without_power_is_unreachable() {
    let running = freebox("ultra").await;
    let mut driver = driver(&running);
    driver.poll(&Sections::all()).await.unwrap();
    let address = running.address();
    running.power().off();
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(matches!(driver.poll(&Sections::all()).await, Err(Fault::Unreachable(_))));
}

#[tokio::test]
async fn holes_in_answers_leave_the_rest_alone() {
    let running = troubled(Trouble::MissingFields).await;
    let seen = driver(&running).poll(&Sections::all()).await.unwrap();
    assert!(seen.sections().all(|(_, outcome)| outcome.is_ok()));
    assert_eq!(seen.get(&Subject::Router, catalog::WAN), Some(&Value::Flag(true)));
    assert!(!has(&seen, catalog::DOWNLOAD_RATE) && !has(&seen, catalog::RECEIVED));
    assert!(!has(&seen, catalog::OPTICAL_RX) && !has(&seen, catalog::IPV4));
    assert!(has(&seen, catalog::UPTIME));
    for (_, readings) in seen.sections() {
        for (subject, item) in readings.unwrap().iter() {
            for (row, value) in item.iter() {
                // What is counted here is counted by us.
                let zero = matches!(value, Some(Value::Count(0))) && row.key != "clients";
                assert!(!zero, "{subject} {}: {value:?}", row.key);
            }
        }
    }
}

#[tokio::test]
async fn a_reboot_is_ordered_once_and_the_box_starts_afresh() {
    let running = freebox("ultra").await;
    let mut driver = driver(&running);
    driver.poll(&Sections::all()).await.unwrap();
    driver.act(Task::Reboot).await.unwrap();
    assert_eq!(running.tally().reboots(), 1);
    let system = wanted(&[Section::System]);
    let seen = loop {
        if let Ok(seen) = driver.poll(&system).await
            && matches!(seen.get(&Subject::Router, catalog::UPTIME), Some(Value::Number(s)) if *s < 1000.0)
        {
            break seen;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(seen.identity.firmware.as_deref(), Some("4.12.2"));
}

#[tokio::test]
async fn a_reboot_logs_in_first_when_there_is_no_session() {
    let running = freebox("ultra").await;
    driver(&running).act(Task::Reboot).await.unwrap();
    assert_eq!((running.tally().logins(), running.tally().reboots()), (1, 1));
}

fn wifi(seen: &Snapshot) -> (Option<&Value>, usize, usize) {
    let seen_by = |test: fn(&Subject) -> bool| {
        let readings = seen.sections().filter_map(|(_, outcome)| outcome.ok()).flat_map(Readings::iter);
        readings.filter(move |(subject, _)| test(subject))
    };
    let radios = seen_by(|subject| matches!(subject, Subject::Radio(_)));
    let active = radios
        .filter(|(_, item)| item.get(catalog::RADIO_STATE.row()) == Some(&Value::Text("active".into())));
    let clients = seen_by(|subject| matches!(subject, Subject::Client(_)));
    let connected =
        clients.filter(|(_, item)| item.get(catalog::CONNECTED.row()) == Some(&Value::Flag(true)));
    (seen.get(&Subject::Router, catalog::WIFI), active.count(), connected.count())
}

#[tokio::test]
async fn wifi_that_is_turned_off_is_off_with_everybody_on_it_until_it_is_turned_on() {
    let running = freebox("ultra").await;
    let mut driver = driver(&running);
    let before = driver.poll(&Sections::all()).await.unwrap();
    let (on, radios, clients) = wifi(&before);
    assert!(on == Some(&Value::Flag(true)) && radios == 4);
    for order in [false, false] {
        driver.act(Task::Turn(Switch::Wifi, order)).await.unwrap();
        let off = driver.poll(&Sections::all()).await.unwrap();
        let (on, radios, left) = wifi(&off);
        assert!(on == Some(&Value::Flag(false)) && radios == 0 && left < clients, "{left} of {clients}");
    }
    driver.act(Task::Turn(Switch::Wifi, true)).await.unwrap();
    let after = driver.poll(&Sections::all()).await.unwrap();
    assert_eq!(wifi(&after).1, 4);
    assert_eq!(running.tally().logins(), 1);
}

#[tokio::test]
async fn a_box_in_bridge_mode_has_no_wifi_to_turn_and_none_has_mobile_data() {
    let running = freebox("bridge").await;
    let mut driver = driver(&running);
    assert_eq!(
        driver.act(Task::Turn(Switch::MobileData, true)).await,
        Err(Fault::NotSupported("mobile_data_on".into()))
    );
    assert_eq!(running.tally().requests(), 0);
    let fault = driver.act(Task::Turn(Switch::Wifi, true)).await.unwrap_err();
    assert!(matches!(&fault, Fault::NotSupported(why) if why.contains("service_down")), "{fault}");
}

#[tokio::test]
async fn whoever_is_blocked_is_in_the_profile_for_that_and_nobody_else_is_moved() {
    let running = freebox("ultra").await;
    let (nas, tablet) = (Mac::new([0, 0, 0x5e, 0, 0x53, 1]), Mac::new([0, 0, 0x5e, 0, 0x53, 5]));
    let options = BTreeMap::from([("block_profile".to_owned(), "Internet coupé".to_owned())]);
    let mut driver = driver_of(&running, &token(&running), options);
    for blocked in [true, true, false, false] {
        driver.act(Task::Access { client: nas, blocked }).await.unwrap();
        let seen = driver.poll(&wanted(&[Section::Clients])).await.unwrap();
        assert_eq!(seen.flag(&Subject::Client(nas), catalog::BLOCKED), Some(blocked));
        assert_eq!(seen.flag(&Subject::Client(tablet), catalog::BLOCKED), Some(false));
        assert_eq!(seen.cannot, Some([].into()));
    }
    let refused = driver.act(Task::Access { client: tablet, blocked: true }).await.unwrap_err();
    assert!(refused.to_string().contains("in the profile 'Enfants'"), "{refused}");
    let mut unnamed = driver_with(&running, &token(&running));
    let refused = unnamed.act(Task::Access { client: nas, blocked: true }).await.unwrap_err();
    assert!(refused.to_string().contains("'block_profile'"), "{refused}");
    let seen = unnamed.poll(&wanted(&[Section::Clients])).await.unwrap();
    assert!(seen.cannot.is_some_and(|cannot| cannot.contains(&crate::model::Deed::Block)));
}

async fn pair(running: &Running) -> (Transport, pairing::Pairing, Clock) {
    let (transport, clock) = (transport(running), Clock::system());
    let pairing = pairing::request(&transport, &Application::bridge("test machine"), &clock).await.unwrap();
    (transport, pairing, clock)
}

#[tokio::test]
async fn a_pairing_is_granted_and_lacks_the_right_to_reboot() {
    let running = freebox("ultra").await;
    let (transport, pairing, clock) = pair(&running).await;
    let early = pairing::rights(&transport, APP_ID, pairing.token(), &clock).await;
    assert_eq!(early, Err(Fault::PairingPending));
    assert_eq!(pairing.status(&transport, &clock).await, Ok(Status::Pending));
    while pairing.status(&transport, &clock).await == Ok(Status::Pending) {}
    assert_eq!(pairing.status(&transport, &clock).await, Ok(Status::Granted));
    let rights = pairing::rights(&transport, APP_ID, pairing.token(), &clock).await.unwrap();
    assert!(rights.has("calls") && !rights.has("settings"));
    assert_eq!(rights.missing(), ["Modification des réglages de la Freebox (settings)"]);
    assert_eq!(running.tally().logouts(), 1);

    let mut driver = driver_with(&running, pairing.token().expose_secret());
    driver.poll(&Sections::all()).await.unwrap();
    for task in [Task::Turn(Switch::Wifi, false), Task::Reboot] {
        let fault = driver.act(task).await.unwrap_err();
        assert_eq!(fault, Fault::MissingRight("Modification des réglages de la Freebox (settings)".into()));
    }
    assert_eq!(running.tally().reboots(), 0);
    driver.poll(&Sections::all()).await.unwrap();
    assert_eq!(running.tally().logins(), 5, "a right that is granted meanwhile counts from here on");
}

#[tokio::test]
async fn a_refused_pairing_is_told_from_one_that_is_unknown() {
    let running = troubled(Trouble::WrongPassword).await;
    let (transport, pairing, clock) = pair(&running).await;
    while pairing.status(&transport, &clock).await == Ok(Status::Pending) {}
    assert_eq!(pairing.status(&transport, &clock).await, Ok(Status::Denied));
    let elsewhere = freebox("ultra").await;
    let unknown = pairing.status(&self::transport(&elsewhere), &clock).await;
    assert_eq!(unknown, Ok(Status::Unknown));
}

#[tokio::test]
async fn without_a_token_the_box_is_not_bothered() {
    let running = freebox("ultra").await;
    let mut driver = (FAMILY.build)(Wiring {
        transport: transport(&running),
        credentials: Credentials::default(),
        options: BTreeMap::new(),
        clock: Clock::system(),
    });
    assert_eq!(driver.poll(&Sections::all()).await, Err(Fault::CredentialsRejected));
    assert_eq!(running.tally().logins(), 0);
}

/// What a recording would hold.
#[derive(Debug, Default)]
struct Concealed(std::sync::Mutex<Vec<String>>);

impl crate::transport::Recorder for Concealed {
    fn record(&self, _exchange: crate::transport::Exchange<'_>) {}

    fn conceal(&self, secret: &str) {
        self.0.lock().unwrap().push(secret.to_owned());
    }
}

#[tokio::test]
async fn the_session_and_its_password_are_kept_out_of_recordings() {
    let running = freebox("ultra").await;
    let concealed = std::sync::Arc::new(Concealed::default());
    let token = token(&running);
    let settings = Settings {
        secrets: vec![SecretString::from(token.as_str())],
        ..Settings::new(running.url().parse().unwrap())
    };
    let mut driver = (FAMILY.build)(Wiring {
        transport: Transport::new(settings, Some(concealed.clone())).unwrap(),
        credentials: Credentials { app_token: Some(token.clone().into()), ..Credentials::default() },
        options: BTreeMap::new(),
        clock: Clock::system(),
    });
    driver.poll(&wanted(&[Section::System])).await.unwrap();
    let concealed = concealed.0.lock().unwrap().clone();
    let [of_settings, password, session, escaped] = concealed.as_slice() else {
        panic!("{} secrets", concealed.len());
    };
    assert_eq!(*of_settings, token);
    assert_eq!((password.len(), session.len()), (40, 64));
    assert_eq!(*escaped, session.replace('/', "\\/"));
}

#[test]
fn the_makers_authorities_are_four_certificates() {
    use rustls::pki_types::pem::PemObject;
    let certificates = rustls::pki_types::CertificateDer::pem_slice_iter(FAMILY.authorities.as_bytes());
    assert_eq!(certificates.map(Result::unwrap).count(), 4);
    let settings = Settings {
        trust: crate::transport::Trust::Authorities(FAMILY.authorities),
        ..Settings::new("https://mafreebox.freebox.fr".parse().unwrap())
    };
    assert!(Transport::new(settings, None).is_ok());
}

#[test]
fn a_value_of_the_simulators_configuration_is_a_token_of_the_usual_length() {
    let family = crate::simulators::FAMILIES.iter().find(|family| family.name == FAMILY.name).unwrap();
    let lengths: Vec<Json> = family.credentials.iter().map(|(_, value)| value.len().into()).collect();
    assert_eq!(lengths, [64]);
}
