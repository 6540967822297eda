//! Each role can do what it must, and nothing else.

use std::collections::BTreeSet;
use std::process::{Command, Output};

use serde_json::{Value as Json, json};

use crate::support::eventually;
use crate::support::household::{Household, WITNESS, done};
use crate::support::observer::Observer;
use crate::watching::{freebox, online};

/// Topics, with the initials of those who may read them, and of those who may write them.
const RIGHTS: [(&str, &str, &str); 16] = [
    ("router2mqtt/bridge/availability", "rhnoRd", "r"),
    ("router2mqtt/bridge/fence", "rhnoR", "r"),
    ("router2mqtt/modem/availability", "rhnoRd", "r"),
    ("router2mqtt/modem/state", "rhnoRd", "r"),
    ("router2mqtt/modem/client/02005e100001/presence", "rhnoR", "r"),
    ("router2mqtt/modem/event", "rhnoR", "r"),
    ("router2mqtt/modem/result", "rhnoR", "r"),
    ("router2mqtt/modem/command", "rhnoR", "rhno"),
    ("router2mqtt/modem/command/reboot", "rhnoR", "rhno"),
    ("router2mqtt/modem/client/02005e100001/command", "rhnoR", "rhn"),
    ("homeassistant/device/router2mqtt_modem/config", "rh", "rh"),
    ("homeassistant/sensor/router2mqtt_modem/received/config", "rh", "rh"),
    ("homeassistant/status", "rh", "h"),
    ("homeassistant/notes", "h", "h"),
    ("house/alert", "n", "n"),
    ("zigbee/lamp/set", "", ""),
];

const ROLES: [(&str, char); 6] = [
    ("router2mqtt", 'r'),
    ("homeassistant", 'h'),
    ("nodered", 'n'),
    ("operator", 'o'),
    ("reader", 'R'),
    ("display", 'd'),
];

/// What everybody may read.
const READY: &str = "router2mqtt/bridge/availability";
const FENCE: &str = "router2mqtt/fence/availability";

fn publish(house: &Household, role: &str, topic: &str) {
    let mut command = house.as_role(role, "mosquitto_pub");
    // The broker confirms a message also when it drops it.
    command.args(["-q", "1", "-t", topic, "-m", role]);
    done(&mut command);
}

/// What an observer heard before the fence, and of whom.
async fn heard(observer: &Observer) -> BTreeSet<(String, String)> {
    observer.wait_for(FENCE, |payload| payload == "fence").await;
    let messages = observer.heard().into_iter().filter(|message| !message.retain && message.topic != FENCE);
    messages.map(|message| (message.topic, message.payload)).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto"]
async fn each_role_reads_what_it_must_and_nothing_else() {
    let house = Household::start().await;
    let witness = house.observer(WITNESS);
    witness.publish(READY, "ready", true).await;
    // The broker has it: whoever comes now is told what was kept, and nothing else before the messages below.
    witness.wait_for(READY, |payload| payload == "ready").await;
    for (role, initial) in ROLES {
        let observer = house.observer(role);
        // It has subscribed to everything there is.
        observer.wait_for(READY, |payload| payload == "ready").await;
        for (topic, _, _) in RIGHTS {
            witness.publish(topic, WITNESS, false).await;
        }
        witness.publish(FENCE, "fence", false).await;
        let expected: BTreeSet<_> = RIGHTS
            .iter()
            .filter(|(_, readers, _)| readers.contains(initial))
            .map(|(topic, _, _)| ((*topic).to_owned(), WITNESS.to_owned()))
            .collect();
        assert_eq!(heard(&observer).await, expected, "{role}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto"]
async fn each_role_writes_what_it_must_and_nothing_else() {
    let house = Household::start().await;
    let witness = house.observer(WITNESS);
    witness.publish(READY, "ready", true).await;
    witness.wait_for(READY, |payload| payload == "ready").await;
    witness.forget();
    let mut expected = BTreeSet::new();
    for (role, initial) in ROLES {
        for (topic, _, writers) in RIGHTS {
            publish(&house, role, topic);
            if writers.contains(initial) {
                expected.insert((topic.to_owned(), role.to_owned()));
            }
        }
    }
    witness.publish(FENCE, "fence", false).await;
    assert_eq!(heard(&witness).await, expected);
}

/// Asks for the retained availability, with these options.
fn visit(port: u16, options: &[&str]) -> Output {
    let mut command = Command::new("mosquitto_sub");
    command.env("HOME", "/nonexistent").env_remove("XDG_CONFIG_HOME");
    command.args(["-p", &port.to_string(), "-t", READY, "-C", "1", "-W", "5"]).args(options);
    command.output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto"]
async fn nobody_comes_in_without_a_password_or_without_tls() {
    let house = Household::start().await;
    let witness = house.observer(WITNESS);
    witness.publish(READY, "ready", true).await;
    witness.wait_for(READY, |payload| payload == "ready").await;
    let (plain, tls) = (house.broker.port, house.tls_port);
    let (password, ca) = (house.password("reader"), house.file("ca.crt"));
    let reader = ["-u", "reader", "-P", &password];
    let trusting = ["--cafile", ca.to_str().unwrap()];

    let welcome = |output: &Output| output.status.success() && output.stdout == b"ready\n";
    assert!(welcome(&visit(plain, &[&["-h", "127.0.0.1"], &reader[..]].concat())));
    for name in ["localhost", "127.0.0.1"] {
        assert!(welcome(&visit(tls, &[&["-h", name], &trusting, &reader[..]].concat())), "{name}");
    }
    let uninvited: [(&str, u16, Vec<&str>); 6] = [
        ("without a name", plain, vec!["-h", "127.0.0.1"]),
        ("with a wrong password", plain, vec!["-h", "127.0.0.1", "-u", "reader", "-P", "guess"]),
        ("as nobody", plain, vec!["-h", "127.0.0.1", "-u", "nobody", "-P", &password]),
        ("without a name, by TLS", tls, [&["-h", "localhost"], &trusting[..]].concat()),
        ("without TLS", tls, [&["-h", "127.0.0.1"], &reader[..]].concat()),
        (
            "trusting public authorities",
            tls,
            [&["-h", "localhost", "--tls-use-os-certs"], &reader[..]].concat(),
        ),
    ];
    for (how, port, options) in uninvited {
        let output = visit(port, &options);
        assert!(!output.status.success() && output.stdout.is_empty(), "{how}: {output:?}");
    }
}

/// What was answered to all commands so far.
fn answers(witness: &Observer) -> Vec<Json> {
    let answers = witness.heard().into_iter().filter(|message| message.topic == "router2mqtt/freebox/result");
    answers.map(|message| serde_json::from_str(&message.payload).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto"]
async fn the_bridge_needs_no_more_than_its_rights() {
    let house = Household::start().await;
    let witness = house.observer(WITNESS);
    let (first, second) = (freebox().await, freebox().await);
    for layout in ["device", "component"] {
        let mut bridge = house.bridge().with("freebox", &first, json!({"allow": ["reboot"]})).with(
            "spare",
            &second,
            json!({}),
        );
        bridge.configuration["mqtt"]["discovery"] = json!(layout);
        bridge.start();
        online(&witness, "freebox").await;
        online(&witness, "spare").await;
        eventually("Home Assistant is told", || {
            let held = witness.latest();
            let of = |id: &str| {
                held.keys().any(|topic| {
                    topic.starts_with("homeassistant/") && topic.contains(&format!("/router2mqtt_{id}/"))
                })
            };
            (of("freebox") && of("spare")).then_some(())
        })
        .await;

        // Home Assistant presses the button.
        let earlier = answers(&witness).len();
        let before = first.tally().reboots();
        let home = house.observer("homeassistant");
        home.wait_for(READY, |payload| payload == "online").await;
        home.publish("router2mqtt/freebox/command/reboot", "PRESS", false).await;
        eventually("the restart is done", || {
            let answers = answers(&witness).split_off(earlier);
            let ended = answers.iter().find(|answer| {
                ["done", "failed", "refused"].contains(&answer["state"].as_str().unwrap_or_default())
            });
            ended.map(|answer| assert_eq!(answer["state"], "done", "{answers:?}"))
        })
        .await;
        assert_eq!(first.tally().reboots(), before + 1);
        bridge.stop().await;

        // It cleans up, which needs the right to read what it has written.
        bridge.remove("spare");
        bridge.start();
        eventually("nothing is left of a box that was removed", || {
            witness.latest().keys().all(|topic| !topic.contains("spare")).then_some(())
        })
        .await;
        bridge.stop().await;
        let complaints: Vec<_> =
            bridge.log().lines().filter(|line| line.contains("access rules")).map(str::to_owned).collect();
        assert!(complaints.is_empty(), "{layout}: {complaints:?}");
    }
}
