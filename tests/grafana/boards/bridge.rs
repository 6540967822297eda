use crate::dashboard::{Dashboard, row};
use crate::figures::{of_box, of_bridge, of_process};
use crate::panel::{Panel, Query};
use crate::series::router;
use router2mqtt::model::catalog::LINE_QUALITY;

pub fn dashboard() -> Dashboard {
    Dashboard {
        word: "bridge",
        title: "Bridge health",
        description: "Whether the bridge reads its boxes, how long that takes, what goes wrong, and how the bridge itself is.",
        about: of_bridge("up"),
        time: "now-6h",
        rows: vec![
            row("Boxes", boxes()),
            row("Polls", polls()),
            row("Faults", faults()),
            row("Broker and history", broker()),
            row("Process", process()),
        ],
    }
}

fn age() -> String {
    format!("time() - {}", of_box("last_success_timestamp_seconds"))
}

fn boxes() -> Vec<Panel> {
    vec![
        Panel::states(16, 7, "Boxes that can be read", &[])
            .words(&[("down", "red"), ("up", "green")])
            .meaning("Whether the last poll read something, or the box is still within its patience.")
            .asks(vec![Query::new(of_box("up"), "{{box}}")]),
        Panel::stat(8, "Age of the readings", &[])
            .meaning("How long ago each box was last read.")
            .asks(vec![Query::new(age(), "{{box}}")])
            .unit("s")
            .thresholds(&[(None, "green"), (Some(300.0), "orange"), (Some(900.0), "red")])
            .tall(7)
            .instant(),
        Panel::states(24, 5, "", &[router(LINE_QUALITY)]),
    ]
}

fn polls() -> Vec<Panel> {
    let rate = format!("rate({}[$__rate_interval])", of_box("polls_total"));
    vec![
        Panel::lines(8, "How long a poll takes", &[])
            .meaning("From the first request to the last answer of the last poll that read something.")
            .asks(vec![Query::new(of_box("poll_duration_seconds"), "{{box}}")])
            .unit("s")
            .zero_based(),
        Panel::lines(8, "Polls per minute", &[])
            .meaning("Failed ones included.")
            .asks(vec![Query::new(format!("60 * {rate}"), "{{box}}").step("1m")])
            .zero_based(),
        Panel::lines(8, "Age of the readings over time", &[])
            .meaning("A saw tooth that grows to the period of the polls is as it should be.")
            .asks(vec![Query::new(age(), "{{box}}")])
            .unit("s")
            .zero_based(),
    ]
}

fn faults() -> Vec<Panel> {
    let within = |time: &str| format!("increase({}[{time}])", of_box("faults_total"));
    vec![
        Panel::lines(16, "Faults by class", &[])
            .meaning("What failed, in the words of docs/faults.md.")
            .asks(vec![
                Query::new(
                    format!("sum by (box, class) ({})", within("$__rate_interval")),
                    "{{box}} {{class}}",
                )
                .step("1m"),
            ])
            .barred()
            .zero_based(),
        Panel::bars(8, "Within the time shown", &[])
            .meaning("How many faults of each class.")
            .asks(vec![Query::new(
                format!("sum by (box, class) ({})", within("$__range")),
                "{{box}} {{class}}",
            )])
            .decimals(0)
            .instant(),
        Panel::states(24, 6, "What is wrong", &[])
            .meaning("The class of the fault that a box has, while it has one. Empty when all is well.")
            .words(&[("", "transparent"), ("fault", "orange")])
            .asks(vec![Query::new(of_box("problem"), "{{box}} {{class}}")]),
    ]
}

fn broker() -> Vec<Panel> {
    vec![
        Panel::states(6, 7, "Connection to the broker", &[])
            .words(&[("away", "red"), ("connected", "green")])
            .meaning("Whether the bridge is connected to the MQTT broker.")
            .asks(vec![Query::new(of_bridge("mqtt_connected"), "broker")]),
        Panel::lines(6, "Messages to the broker per minute", &[])
            .meaning("What the bridge published.")
            .asks(vec![
                Query::new(
                    format!("60 * rate({}[$__rate_interval])", of_bridge("mqtt_published_messages_total")),
                    "messages",
                )
                .step("1m"),
            ])
            .zero_based()
            .tall(7),
        Panel::lines(6, "Size of the history", &[])
            .meaning("How much the file takes.")
            .asks(vec![Query::new(of_bridge("history_size_bytes"), "history.db")])
            .unit("decbytes")
            .zero_based()
            .tall(7),
        Panel::lines(6, "Samples that were given up", &[])
            .meaning("Because they could not be written. Has to stay at zero.")
            .asks(vec![
                Query::new(
                    format!("increase({}[$__rate_interval])", of_bridge("history_given_up_samples_total")),
                    "samples",
                )
                .step("1m"),
            ])
            .zero_based()
            .tall(7),
    ]
}

fn process() -> Vec<Panel> {
    vec![
        Panel::lines(8, "Memory", &[])
            .meaning("Resident memory of the bridge.")
            .asks(vec![Query::new(of_process("resident_memory_bytes"), "{{instance}}")])
            .unit("bytes")
            .zero_based(),
        Panel::lines(8, "Processor", &[])
            .meaning("Of one core.")
            .asks(vec![
                Query::new(
                    of_process("cpu_seconds_total").replace(
                        "process_cpu_seconds_total",
                        "rate(process_cpu_seconds_total[$__rate_interval])",
                    ),
                    "{{instance}}",
                )
                .step("1m"),
            ])
            .unit("percentunit")
            .zero_based(),
        Panel::lines(4, "Open files", &[])
            .meaning("Files and connections that the bridge holds open.")
            .asks(vec![Query::new(of_process("open_fds"), "{{instance}}")])
            .zero_based(),
        Panel::stat(4, "Runs since", &[])
            .meaning("When the bridge started.")
            .asks(vec![Query::new(format!("1000 * {}", of_process("start_time_seconds")), "{{instance}}")])
            .unit("dateTimeFromNow")
            .instant()
            .tall(9),
    ]
}
