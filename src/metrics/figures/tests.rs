use std::time::Duration;

use super::*;
use crate::engine::{About, Availability};
use crate::metrics::{Format, write};
use crate::model::{Fault, FaultClass};

fn view(id: &str) -> BoxView {
    BoxView::new(About {
        id: id.parse().unwrap(),
        name: id.into(),
        family: "any",
        manufacturer: "Anybody",
        url: "http://192.0.2.1".into(),
        actions: Vec::new(),
    })
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn world() -> World {
    let mut world = World::default();
    let mut modem = view("modem");
    modem.availability = Availability::Online { since: at(0) };
    modem.record.polls = 7;
    modem.record.last_success = Some(at(1_790_000_000));
    modem.record.took = Some(Duration::from_millis(1250));
    modem.record.faults.insert(FaultClass::TimedOut, 2);
    modem.record.faults.insert(Fault::CredentialsRejected.class(), 1);
    world.put(modem);
    world.put(view("never-seen"));
    world.put_history(StoreHealth { size: 4096, ..StoreHealth::default() });
    world
}

#[test]
fn the_bridge_tells_how_it_is_doing() {
    let figures = Figures {
        started: at(1_780_000_000),
        mqtt: Some(Mqtt { connected: true, settled: false, published: 12, reconnections: 1 }),
        process: Process {
            resident: Some(7_602_176),
            processor: Some(Duration::from_millis(1500)),
            open_files: Some(12),
            ..Process::default()
        },
    };
    let text = write(&of_the_bridge(&world(), &figures), Format::OpenMetrics);
    insta::assert_snapshot!(text.replace(env!("CARGO_PKG_VERSION"), "1.2.3"), @r#"
    # HELP process_cpu_seconds How long the process had a processor.
    # TYPE process_cpu_seconds counter
    # UNIT process_cpu_seconds seconds
    process_cpu_seconds_total 1.5
    # HELP process_open_fds Files and connections that are open.
    # TYPE process_open_fds gauge
    process_open_fds 12
    # HELP process_resident_memory_bytes The memory in use.
    # TYPE process_resident_memory_bytes gauge
    # UNIT process_resident_memory_bytes bytes
    process_resident_memory_bytes 7602176
    # HELP router2mqtt The bridge.
    # TYPE router2mqtt info
    router2mqtt_info{version="1.2.3"} 1
    # HELP router2mqtt_faults Faults of polls since the bridge started, by their class; those of single sections count, too.
    # TYPE router2mqtt_faults counter
    router2mqtt_faults_total{box="modem",class="timed_out"} 2
    router2mqtt_faults_total{box="modem",class="credentials_rejected"} 1
    # HELP router2mqtt_history_given_up_samples Samples that were given up since the bridge started, as they could not be written for too long.
    # TYPE router2mqtt_history_given_up_samples counter
    router2mqtt_history_given_up_samples_total 0
    # HELP router2mqtt_history_size_bytes What the file of the history takes.
    # TYPE router2mqtt_history_size_bytes gauge
    # UNIT router2mqtt_history_size_bytes bytes
    router2mqtt_history_size_bytes 4096
    # HELP router2mqtt_history_trouble Whether the history cannot be written.
    # TYPE router2mqtt_history_trouble gauge
    router2mqtt_history_trouble 0
    # HELP router2mqtt_last_success_timestamp_seconds When a poll last read something.
    # TYPE router2mqtt_last_success_timestamp_seconds gauge
    # UNIT router2mqtt_last_success_timestamp_seconds seconds
    router2mqtt_last_success_timestamp_seconds{box="modem"} 1790000000
    # HELP router2mqtt_mqtt_connected Whether the broker is connected.
    # TYPE router2mqtt_mqtt_connected gauge
    router2mqtt_mqtt_connected 1
    # HELP router2mqtt_mqtt_published_messages Messages sent to the broker since the bridge started.
    # TYPE router2mqtt_mqtt_published_messages counter
    router2mqtt_mqtt_published_messages_total 12
    # HELP router2mqtt_mqtt_reconnections How often the broker was connected again since the bridge started.
    # TYPE router2mqtt_mqtt_reconnections counter
    router2mqtt_mqtt_reconnections_total 1
    # HELP router2mqtt_mqtt_settled Whether the broker has confirmed everything that was to be said.
    # TYPE router2mqtt_mqtt_settled gauge
    router2mqtt_mqtt_settled 0
    # HELP router2mqtt_poll_duration_seconds How long the last poll took that read something.
    # TYPE router2mqtt_poll_duration_seconds gauge
    # UNIT router2mqtt_poll_duration_seconds seconds
    router2mqtt_poll_duration_seconds{box="modem"} 1.25
    # HELP router2mqtt_polls Polls since the bridge started, the failed ones included.
    # TYPE router2mqtt_polls counter
    router2mqtt_polls_total{box="modem"} 7
    router2mqtt_polls_total{box="never-seen"} 0
    # HELP router2mqtt_start_time_seconds When the bridge started.
    # TYPE router2mqtt_start_time_seconds gauge
    # UNIT router2mqtt_start_time_seconds seconds
    router2mqtt_start_time_seconds 1780000000
    # HELP router2mqtt_up Whether the box can be read.
    # TYPE router2mqtt_up gauge
    router2mqtt_up{box="modem"} 1
    router2mqtt_up{box="never-seen"} 0
    # EOF
    "#);
}

#[test]
fn what_is_not_known_is_not_there() {
    let figures = Figures { started: at(0), mqtt: None, process: Process::default() };
    let families = of_the_bridge(&World::default(), &figures);
    let names: Vec<_> = families.iter().map(Family::sample_name).collect();
    assert_eq!(names, ["router2mqtt_info", "router2mqtt_start_time_seconds"]);
}
