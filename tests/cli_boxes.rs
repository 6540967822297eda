//! The commands that talk to boxes, as processes, against simulated ones.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use router2mqtt::simulators::{FAMILIES, Options, Running, Trouble, start};
use serde_json::{Value as Json, json};

use support::broker::{Embedded, free_port};
use support::program::{Home, keys, terminate};

async fn box_(family: &str, tls: bool) -> Running {
    start(family, Options { tls, ..Options::default() }).await.unwrap()
}

fn nothing() -> Json {
    json!({})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simulated_box_prints_what_belongs_into_the_configuration() {
    let broker = Embedded::start().await;
    for family in FAMILIES {
        for tls in [false, true] {
            let home = Home::empty();
            let arguments = ["simulate", family.name, "--tls"];
            let (process, line) = home.start(if tls { &arguments } else { &arguments[..2] }).await;
            let keys: Json = serde_json::from_str(&line).unwrap();
            assert_eq!(keys["type"], family.name);
            assert_eq!(keys.get("tls_pin").is_some(), tls, "{line}");
            home.configure(broker.port, &[("box", keys)]);
            let checked = home.run(&["check", "--connect"]).await;
            assert_eq!(checked.code, 0, "{checked:?}");
            assert_eq!(terminate(process).await, Some(0));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_simulated_is_told_with_what_can() {
    let home = Home::empty();
    let unknown = home.run(&["simulate", "toaster"]).await;
    assert_eq!(unknown.code, 1);
    for family in FAMILIES {
        assert!(unknown.err.contains(family.name), "{}", unknown.err);
    }
    let unknown = home.run(&["simulate", "hitron", "--fault", "flood"]).await;
    assert_eq!(unknown.code, 2);
    for trouble in Trouble::ALL {
        assert!(unknown.err.contains(trouble.name()), "{} in {}", trouble.name(), unknown.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_says_a_line_for_each_box_and_one_for_the_broker() {
    let broker = Embedded::start().await;
    let (freebox, hitron) = (box_("freebox", false).await, box_("hitron", true).await);
    let boxes = [("freebox", keys(&freebox, &nothing())), ("modem", keys(&hitron, &nothing()))];
    let checked = Home::with(broker.port, &boxes).run(&["check", "--connect"]).await;
    let lines = checked.lines();
    assert_eq!(lines.len(), 4, "{checked:?}");
    assert!(lines[0].contains("no mistakes; 2 routers (freebox, modem)"), "{checked:?}");
    assert_eq!(lines[1], "freebox: Freebox Ultra, firmware 4.12.2");
    assert!(lines[2].starts_with("modem: CGNV4"), "{}", lines[2]);
    assert_eq!(lines[3], format!("broker 127.0.0.1:{}: connected", broker.port));
    assert_eq!((checked.code, checked.err.as_str()), (0, ""));
    assert_eq!((freebox.tally().logins(), freebox.tally().logouts()), (1, 1));
    assert_eq!((hitron.tally().logins(), hitron.tally().logouts()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_password_costs_one_login() {
    let broker = Embedded::start().await;
    for family in FAMILIES {
        let simulated = box_(family.name, false).await;
        let (key, _) = family.credentials.iter().rfind(|(key, _)| *key != "username").unwrap();
        let home = Home::with(broker.port, &[("box", keys(&simulated, &json!({*key: "not-the-one"})))]);
        let checked = home.run(&["check", "--connect"]).await;
        assert_eq!(checked.code, 77, "{checked:?}");
        let said: Vec<_> = checked.lines().into_iter().filter(|line| line.starts_with("box: ")).collect();
        assert_eq!(said.len(), 1, "{checked:?}");
        assert!(said[0].starts_with("box: the box rejected the credentials; correct"), "{}", said[0]);
        assert!(!format!("{checked:?}").contains("not-the-one"));
        assert!(checked.err.lines().all(|line| line.contains("is experimental")), "{checked:?}");
        assert_eq!(simulated.tally().logins(), 1, "{}", family.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_logs_in_past_another_certificate() {
    let broker = Embedded::start().await;
    let simulated = box_("hitron", true).await;
    let shown = simulated.pin().unwrap().to_string();
    let pinned = box_("hitron", true).await.pin().unwrap().to_string();
    for (pin, named) in [(json!(pinned), vec![&pinned, &shown]), (Json::Null, vec![&shown])] {
        let home = Home::with(broker.port, &[("box", keys(&simulated, &json!({"tls_pin": pin})))]);
        let checked = home.run(&["check", "--connect"]).await;
        assert_eq!(checked.code, 69, "{checked:?}");
        let said = checked.lines()[1];
        assert!(said.starts_with("box: the certificate "), "{said}");
        assert!(said.contains("'tls_pin'"), "{said}");
        for pin in named {
            assert!(said.contains(pin), "{pin} in {said}");
        }
    }
    assert_eq!(simulated.tally().requests(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_not_there_is_one_line_and_69() {
    let port = free_port();
    let simulated = box_("freebox", false).await;
    let home = Home::with(port, &[("box", keys(&simulated, &nothing()))]);
    let checked = home.run(&["check", "--connect"]).await;
    assert_eq!((checked.code, checked.err.as_str()), (69, ""), "{checked:?}");
    let said: Vec<_> = checked.lines().into_iter().filter(|line| line.starts_with("broker ")).collect();
    assert_eq!(said.len(), 1, "{checked:?}");
    assert!(said[0].starts_with(&format!("broker 127.0.0.1:{port}: no connection: ")), "{}", said[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_rejects_the_password_is_one_line_and_77() {
    let broker = Embedded::guarded("bridge", "right").await;
    let simulated = box_("freebox", false).await;
    let home = Home::with(broker.port, &[("box", keys(&simulated, &nothing()))]);
    let mut configuration: Json = serde_json::from_str(&home.read("router2mqtt.json")).unwrap();
    for (password, code, said) in [
        ("wrong", 77, "it refuses the user name or the password; correct 'username' and 'password'"),
        ("right", 0, "connected"),
    ] {
        configuration["mqtt"]["username"] = json!("bridge");
        configuration["mqtt"]["password"] = json!(password);
        home.write("router2mqtt.json", &configuration.to_string());
        let checked = home.run(&["check", "--connect"]).await;
        assert_eq!((checked.code, checked.err.as_str()), (code, ""), "{checked:?}");
        assert_eq!(checked.lines()[2], format!("broker 127.0.0.1:{}: {said}", broker.port));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probe_shows_everything_with_the_summaries() {
    let hitron = box_("hitron", false).await;
    let home = Home::with(1, &[("modem", keys(&hitron, &nothing()))]);
    let table = home.run(&["probe"]).await;
    assert_eq!((table.code, table.err.as_str()), (0, ""), "{table:?}");
    for words in ["model: CGNV4", "│ Router", "│ Downstream", "dBmV"] {
        assert!(table.out.contains(words), "{words} in\n{}", table.out);
    }
    let document = home.run(&["probe", "modem", "--format", "json"]).await;
    let document: Json = serde_json::from_str(&document.out).unwrap();
    let number =
        |key: &str| document["router"][key].as_f64().unwrap_or_else(|| panic!("{key} in {document:#}"));
    let count = |prefix: &str| {
        document["subjects"].as_object().unwrap().keys().filter(|key| key.starts_with(prefix)).count()
    };
    assert!(count("down_") as f64 >= number("down_channels") && number("down_channels") > 0.0);
    assert!(number("down_power_min") <= number("down_power_mean"));
    assert!(number("clients") > 0.0 && number("clients") <= count("client_") as f64);
    assert_eq!(document["faults"], json!({}));
    assert_eq!((hitron.tally().logins(), hitron.tally().logouts()), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fingerprint_can_be_pasted_as_it_is_printed() {
    let broker = Embedded::start().await;
    let simulated = box_("hitron", true).await;
    let home = Home::empty();
    let pin = home.run(&["pin", &simulated.url()]).await;
    assert_eq!((pin.code, pin.err.as_str()), (0, ""), "{pin:?}");
    assert_eq!(pin.lines()[0], format!("tls_pin: \"{}\"", simulated.pin().unwrap()));
    assert_eq!(simulated.tally().requests(), 0);
    let pasted: String = pin.lines().iter().map(|line| format!("    {line}\n")).collect();
    home.write(
        "router2mqtt.yaml",
        &format!(
            "mqtt:\n  url: mqtt://127.0.0.1:{}\nrouters:\n  modem:\n    type: hitron\n    url: {}\n    username: admin\n    password: password\n{pasted}",
            broker.port,
            simulated.url(),
        ),
    );
    let checked = home.run(&["check", "--connect"]).await;
    assert_eq!(checked.code, 0, "{checked:?}");

    let plain = home.run(&["pin", "http://127.0.0.1:1"]).await;
    assert_eq!((plain.code, plain.out.as_str()), (2, ""), "{plain:?}");
    assert!(plain.err.contains("plain HTTP needs no"), "{}", plain.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pairing_ends_in_a_configuration_that_works() {
    let broker = Embedded::start().await;
    let freebox = box_("freebox", false).await;
    let home = Home::empty();
    let register = ["register", "freebox", "--url", &freebox.url()];
    let paired = home.run(&register).await;
    assert_eq!((paired.code, paired.err.as_str()), (0, ""), "{paired:?}");
    assert!(paired.lines()[0].starts_with("Asked. Now accept"), "{}", paired.out);
    // Nobody has ticked the right to restart yet.
    assert!(paired.out.contains("Modification des réglages de la Freebox"), "{}", paired.out);

    let token = home.read("freebox.token");
    assert!(token.trim().len() > 60 && !paired.out.contains(token.trim()), "{}", paired.out);
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(home.path("freebox.token")).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);

    let from = paired.out.find("routers:").unwrap();
    let snippet: Vec<_> = paired.out[from..].lines().take_while(|line| !line.is_empty()).collect();
    let broker = format!("mqtt:\n  url: mqtt://127.0.0.1:{}\n", broker.port);
    home.write("router2mqtt.yaml", &format!("{broker}{}\n", snippet.join("\n")));
    let checked = home.run(&["check", "--connect"]).await;
    assert_eq!((checked.code, checked.err.as_str()), (0, ""), "{checked:?}");

    let again = home.run(&register).await;
    assert_eq!((again.code, again.out.as_str()), (1, ""), "{again:?}");
    assert!(again.err.contains("freebox.token is there already; --force"), "{}", again.err);
    assert_eq!(home.read("freebox.token"), token);
    let forced = home.run(&[&register[..], &["--force"]].concat()).await;
    assert_eq!(forced.code, 0, "{forced:?}");
    assert_ne!(home.read("freebox.token"), token);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pairing_that_is_refused_leaves_no_token() {
    for (trouble, code, words) in
        [(Trouble::WrongPassword, 1, "refused at the box"), (Trouble::LockOut, 69, "refuses logins until")]
    {
        let freebox = box_("freebox", false).await;
        freebox.troubles().begin(trouble);
        let home = Home::empty();
        let paired = home.run(&["register", "freebox", "--url", &freebox.url()]).await;
        assert_eq!(paired.code, code, "{paired:?}");
        assert!(paired.err.contains(words), "{paired:?}");
        assert!(!home.path("freebox.token").exists());
        assert_eq!(freebox.tally().logins(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dashboard_needs_a_broker_and_something_on_it() {
    let (broker, modem) = (Embedded::start().await, box_("hitron", false).await);
    let home = Home::with(broker.port, &[("modem", keys(&modem, &nothing()))]);
    let empty = home.run(&["ha", "dashboard"]).await;
    assert_eq!((empty.code, empty.out.as_str()), (1, ""));
    assert!(empty.err.contains("holds no announcement of this bridge"), "{}", empty.err);
    home.configure(free_port(), &[("modem", keys(&modem, &nothing()))]);
    assert_eq!(home.run(&["ha", "dashboard"]).await.code, 69);
}
