//! The scripts, run as a reader of the README runs them.

use std::fs;
use std::process::{Command, Output};

use router2mqtt::simulators::Running;
use serde_json::{Value as Json, json};

use crate::support::bridge::Bridge;
use crate::support::household::{Household, WITNESS, done, examples};
use crate::support::observer::Observer;
use crate::watching::{Watching, freebox, online};

const REBOOT: [&str; 2] = ["freebox", "reboot"];

async fn bridged(house: &Household, freebox: &Running, witness: &Observer) -> Bridge {
    let quota = json!({"limit": "40 GB", "used": "10 GB", "cycle": {"day": 1}});
    let mut bridge = house.bridge().with("freebox", freebox, json!({"allow": ["reboot"], "quota": quota}));
    bridge.start();
    online(witness, "freebox").await;
    witness.wait_json("router2mqtt/freebox/state", |state| state["quota_percent"].is_number()).await;
    bridge
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The first words of the lines that were printed.
fn steps(output: &Output) -> Vec<String> {
    let printed = text(&output.stdout);
    printed.lines().map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

#[test]
#[ignore = "needs shellcheck"]
fn shellcheck_finds_nothing() {
    let mut scripts: Vec<_> = fs::read_dir(examples())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "sh"))
        .collect();
    scripts.sort();
    assert!(scripts.len() >= 8);
    let output = Command::new("shellcheck").args(&scripts).output().expect("apt-get install shellcheck");
    assert!(output.status.success(), "{}", text(&output.stdout));
}

#[test]
#[ignore = "needs mosquitto"]
fn certificates_and_passwords_are_renewed_without_telling_anybody() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(examples().join("acl"), folder.path().join("acl")).unwrap();
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let mut kept = Vec::new();
    for name in ["broker.lan", "broker.example"] {
        done(Command::new(examples().join("certificates.sh")).arg(folder.path()).args([name, "192.0.2.10"]));
        done(Command::new(examples().join("passwords.sh")).arg(folder.path()));
        let shown = done(
            Command::new("openssl")
                .args(["x509", "-noout", "-ext", "subjectAltName", "-in"])
                .arg(folder.path().join("server.crt")),
        );
        assert!(text(&shown.stdout).contains(&format!("DNS:{name}, IP Address:192.0.2.10")), "{shown:?}");
        kept.push((read("ca.crt"), read("reader.password")));
        let passwords = read("passwords");
        assert!(!passwords.contains(read("reader.password").trim()), "passwords are hashed");
        assert_eq!(passwords.lines().count(), 6);
    }
    assert_eq!(kept[0], kept[1]);
    for name in ["ca.key", "server.key", "passwords", "reader.password"] {
        let rights = std::os::unix::fs::MetadataExt::mode(&fs::metadata(folder.path().join(name)).unwrap());
        assert_eq!(rights & 0o077, 0, "{name} is for its owner only");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto"]
async fn a_reader_watches_and_reads_values() {
    let house = Household::start().await;
    let (witness, freebox) = (house.observer(WITNESS), freebox().await);
    let bridge = bridged(&house, &freebox, &witness).await;

    let watching = Watching::start(&house, house.script("display", "watch.sh", &["freebox"]));
    for part in ["online, down ", " Mbit/s, up ", ", quota 25"] {
        watching.prints(part).await;
    }

    let value = |role: &str, arguments: &[&str]| house.script(role, "value.sh", arguments).output().unwrap();
    let shown = value("reader", &["freebox", "wan_state"]);
    assert_eq!((text(&shown.stdout), shown.status.code()), ("up\n".to_owned(), Some(0)));
    assert_eq!(text(&value("reader", &["freebox", "quota"]).stdout), "40\n");
    assert_eq!(text(&value("reader", &["freebox", "quota_problem"]).stdout), "false\n");
    let unknown = value("reader", &["freebox", "rsrp"]);
    assert_eq!((text(&unknown.stderr), unknown.status.code()), ("unknown\n".to_owned(), Some(1)));
    assert_eq!(value("reader", &["no_such_box", "wan"]).status.code(), Some(27));

    freebox.power().off();
    witness.wait_for("router2mqtt/freebox/availability", |payload| payload == "offline").await;
    let away = value("reader", &["freebox", "wan_state"]);
    assert_eq!((text(&away.stdout), away.status.code()), (String::new(), Some(1)), "not yesterday's");
    drop(bridge);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto"]
async fn an_operator_commands_and_a_reader_does_not() {
    let house = Household::start().await;
    let (witness, freebox) = (house.observer(WITNESS), freebox().await);
    let mut bridge = bridged(&house, &freebox, &witness).await;
    let command =
        |role: &str, arguments: &[&str]| house.script(role, "command.sh", arguments).output().unwrap();

    let done = command("operator", &REBOOT);
    assert_eq!(steps(&done), ["accepted", "sent", "down", "up", "done"], "{done:?}");
    assert_eq!((done.status.code(), freebox.tally().reboots()), (Some(0), 1));

    let refused = command("operator", &["freebox", "wifi_off"]);
    assert_eq!((steps(&refused), refused.status.code()), (vec!["refused".to_owned()], Some(1)));

    let topped_up = command("operator", &["freebox", "top_up", "amount=10 GB"]);
    assert_eq!(topped_up.status.code(), Some(0), "{topped_up:?}");
    witness.wait_json("router2mqtt/freebox/state", |state| state["quota"] == json!(50.0)).await;

    let ignored = command("reader", &REBOOT);
    assert_eq!((steps(&ignored), ignored.status.code()), (Vec::new(), Some(2)));
    assert_eq!(freebox.tally().reboots(), 1);

    bridge.stop().await;
    let nobody = command("operator", &REBOOT);
    assert_eq!((steps(&nobody), nobody.status.code()), (Vec::new(), Some(2)));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto"]
async fn a_box_is_left_alone_while_a_command_runs() {
    let house = Household::start().await;
    let (witness, freebox) = (house.observer(WITNESS), freebox().await);
    let _bridge = bridged(&house, &freebox, &witness).await;
    let look = "mosquitto_sub -C 1 -W 5 -t router2mqtt/freebox/problem; exit 7";
    let mut paused = house.script("operator", "pause.sh", &["freebox", "5", "sh", "-c", look]);
    let output = paused.output().unwrap();
    assert_eq!(output.status.code(), Some(7), "{output:?}");
    let problem: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert!(problem["paused_until"].is_string(), "{problem}");
    witness.wait_json("router2mqtt/freebox/problem", |problem| problem["paused_until"].is_null()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto"]
async fn events_and_alerts_are_told_as_they_happen() {
    let house = Household::start().await;
    let (witness, freebox) = (house.observer(WITNESS), freebox().await);
    let mut bridge = bridged(&house, &freebox, &witness).await;
    let events = Watching::start(&house, house.script("reader", "events.sh", &[]));
    let alerts = Watching::start(&house, house.script("reader", "alert.sh", &["printf", "ALERT %s\\n"]));
    // Nobody says when they have begun to listen.
    while !(events.printed().contains("fence") && alerts.printed().contains("fence")) {
        witness.publish("router2mqtt/fence/event", r#"{"event_type":"box_up","at":"now"}"#, false).await;
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    for event in [
        r#"{"event_type":"new_client","at":"now","mac":"02005e100001","name":"laptop","vendor":null}"#,
        r#"{"event_type":"line_quality_changed","at":"now","before":"good","now":"critical","reason":"SNR"}"#,
        "not JSON",
        r#"{"event_type":"cycle_ended","at":"now"}"#,
    ] {
        witness.publish("router2mqtt/modem/event", event, false).await;
    }
    alerts.prints("ALERT modem has a new device: laptop\n").await;
    alerts.prints("ALERT modem has a line that is critical: SNR\n").await;

    witness.publish("router2mqtt/freebox/command", r#"{"action":"set_used","amount":"39 GB"}"#, false).await;
    alerts.prints("ALERT freebox has used 95 % of the quota of ").await;

    freebox.power().off();
    events.prints("  freebox  box_down  {\"reason\":").await;
    alerts.prints("ALERT freebox cannot be reached: ").await;
    freebox.power().on();
    alerts.prints("ALERT freebox is back\n").await;
    bridge.kill();
    alerts.prints("ALERT The bridge has stopped\n").await;
    assert!(
        !alerts.printed().contains("cycle_ended") && events.printed().contains("  modem  cycle_ended  {}")
    );
}
