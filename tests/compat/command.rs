//! `router2mqtt probe --format …`, as Telegraf and others run it.

use router2mqtt::simulators::{Options, Running, start};
use serde_json::{Value as Json, json};

use crate::support::program::{Home, Outcome, keys};

async fn simulated(family: &str, model: &str) -> Running {
    start(family, Options { model: Some(model.to_owned()), ..Options::default() }).await.unwrap()
}

async fn probe(of: &Running, changed: &Json, words: &[&str]) -> Outcome {
    let home = Home::with(1883, &[("box", keys(of, changed))]);
    home.run(&[&["probe"], words].concat()).await
}

/// Name, value and seconds, and nothing else: what Telegraf's `exec` takes with `data_format = "graphite"`.
#[tokio::test(flavor = "multi_thread")]
async fn telegraf_gets_the_lines_of_the_freebox_script() {
    let freebox = simulated("freebox", "revolution").await;
    let run = probe(&freebox, &json!({}), &["--format", "graphite", "--compat", "freebox"]).await;
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    for line in run.lines() {
        let [path, value, time] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        assert!(path.starts_with("freebox."), "{line}");
        assert!(path.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_')), "{line}");
        assert!(value.parse::<f64>().is_ok() && time.parse::<u64>().unwrap() > 1_700_000_000, "{line}");
    }
    for name in ["state 1", "xdsl_status 5", "switch_1_mode 3", "switch_2_mode 2", "switch_3_link 0"] {
        assert!(run.out.contains(&format!("freebox.{name} ")), "{name} in {}", run.out);
    }
    let run = probe(&freebox, &json!({}), &["--format", "influx", "--compat", "freebox"]).await;
    let endpoint = freebox.url().split("://").nth(1).unwrap().to_owned();
    assert!(
        run.out.contains(&format!("freebox,endpoint={endpoint} xdsl_modulation=\"adsl (adsl2plus_a)\"\n"))
    );
    assert_eq!((freebox.tally().logins(), freebox.tally().logouts()), (2, 2), "the session is ended, too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_is_printed_under_our_own_names() {
    let modem = simulated("hitron", "cgnv4").await;
    for (format, line) in [
        ("graphite", "router2mqtt.box.downstream.9.frequency_hertz 426250000 "),
        ("influx", "router2mqtt,box=box,subject=downstream,id=9 "),
        ("prometheus", "router2mqtt_downstream_frequency_hertz{box=\"box\",channel=\"9\"} 426250000\n"),
        ("openmetrics", "# EOF"),
    ] {
        let run = probe(&modem, &json!({}), &["--format", format]).await;
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{format}");
        assert!(run.out.contains(line), "{line} in {}", run.out);
    }
    let run = probe(&modem, &json!({}), &["--format", "prometheus", "--compat", "hitron"]).await;
    assert!(run.out.contains("# TYPE hitron_system_uptime_seconds_total counter\n"), "{}", run.out);
    assert!(
        run.out.contains("hitron_cm_bpi_info{auth=\"authorized\",tek=\"operational\"} 1\n"),
        "{}",
        run.out
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_prints_nothing_that_could_be_taken_for_a_value() {
    let freebox = simulated("freebox", "ultra").await;
    for format in ["graphite", "influx", "prometheus", "openmetrics"] {
        let run = probe(&freebox, &json!({"app_token": "not-the-one"}), &["--format", format]).await;
        assert_eq!((run.code, run.out.as_str()), (77, ""), "{format}");
        assert!(run.err.contains("box: the box rejected the credentials"), "{}", run.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_a_box_cannot_have_are_refused_before_it_is_asked() {
    let freebox = simulated("freebox", "ultra").await;
    let modem = simulated("hitron", "cgnv4").await;
    for (asked, words, said) in [
        (&freebox, &["--format", "prometheus", "--compat", "hitron"][..], "boxes of the type 'hitron'"),
        (&modem, &["--format", "graphite", "--compat", "hitron"], "is for Prometheus"),
        (&modem, &["--format", "json", "--compat", "hitron"], "goes with '--format' prometheus"),
    ] {
        let run = probe(asked, &json!({}), words).await;
        assert_eq!((run.code, run.out.as_str()), (1, ""), "{words:?}");
        assert!(run.err.contains(said), "{}", run.err);
        assert_eq!(asked.tally().requests(), 0);
    }
    let run = probe(&modem, &json!({}), &["--compat", "toaster"]).await;
    assert_eq!(run.code, 2);
    assert!(run.err.contains("hitron, altibox, freebox"), "{}", run.err);
}
