use router2mqtt::model::SubjectKind::{Downstream, Upstream};
use router2mqtt::model::catalog::{
    self, CHANNEL_TYPE, CHANNEL_WIDTH, CM_DHCP, CM_DOWNLOAD_CONFIG, CM_NETWORK_ACCESS, CM_RANGING,
    CM_REGISTRATION, CM_TIME_OF_DAY, CORRECTED, CORRECTED_SUM, DOCSIS_QUALITY, DOWN_CHANNELS, DOWN_POWER_MAX,
    DOWN_POWER_MEAN, DOWN_POWER_MIN, DOWN_SNR_MAX, DOWN_SNR_MEAN, DOWN_SNR_MIN, FREQUENCY, MODULATION, POWER,
    UNCORRECTED, UNCORRECTED_SUM, UP_CHANNELS, UP_POWER_MAX, UP_POWER_MEAN, UP_POWER_MIN,
};

use crate::dashboard::{Dashboard, closed, row, with};
use crate::panel::{Panel, Query};
use crate::series::{down, router, up};
use crate::table::{Column, sorted, table};

/// What 256QAM needs, as docs/line-quality.md has it.
const SNR_LEVEL: &[(Option<f64>, &str)] =
    &[(None, "red"), (Some(30.0), "orange"), (Some(31.0), "yellow"), (Some(33.0), "green")];
const DOWN_LEVEL: &[(Option<f64>, &str)] = &[
    (None, "red"),
    (Some(-15.0), "orange"),
    (Some(-10.0), "yellow"),
    (Some(-7.0), "green"),
    (Some(7.0), "yellow"),
    (Some(10.0), "orange"),
    (Some(15.0), "red"),
];
const UP_LEVEL: &[(Option<f64>, &str)] =
    &[(None, "green"), (Some(49.0), "yellow"), (Some(51.0), "orange"), (Some(53.0), "red")];

pub fn dashboard() -> Dashboard {
    Dashboard {
        word: "docsis",
        title: "DOCSIS",
        description: "The cable line: levels, SNR and damaged codewords of each channel, and what they come to.",
        about: with(router(DOWN_CHANNELS)),
        time: "now-24h",
        rows: vec![
            row("At a glance", glance()),
            row("Downstream", downstream()),
            row("Codewords", codewords()),
            row("Upstream", upstream()),
            row("Channels", channels()),
            closed("Provisioning", provisioning()),
        ],
    }
}

fn glance() -> Vec<Panel> {
    let lost = Query::new(router(UNCORRECTED_SUM).growth("24h"), "{{box}}");
    vec![
        Panel::states(16, 4, "", &[router(DOCSIS_QUALITY)]),
        Panel::stat(4, "Channels", &[router(DOWN_CHANNELS), router(UP_CHANNELS)]),
        Panel::stat(4, "Lost in 24 hours", &[router(UNCORRECTED_SUM)])
            .asks(vec![lost])
            .decimals(0)
            .thresholds(&[(None, "green"), (Some(1.0), "yellow"), (Some(10_000.0), "orange")]),
        Panel::lines(
            8,
            "SNR of all channels",
            &[router(DOWN_SNR_MIN), router(DOWN_SNR_MEAN), router(DOWN_SNR_MAX)],
        ),
        Panel::lines(
            8,
            "Downstream level of all channels",
            &[router(DOWN_POWER_MIN), router(DOWN_POWER_MEAN), router(DOWN_POWER_MAX)],
        ),
        Panel::lines(
            8,
            "Upstream level of all channels",
            &[router(UP_POWER_MIN), router(UP_POWER_MEAN), router(UP_POWER_MAX)],
        ),
    ]
}

fn downstream() -> Vec<Panel> {
    let worst = down(catalog::SNR).now();
    let worst = down(catalog::SNR).named(&format!("bottomk(10, {worst})"));
    vec![
        Panel::lines(12, "SNR by channel", &[down(catalog::SNR)]).many().tall(11),
        Panel::lines(12, "Downstream level by channel", &[down(POWER)]).many().tall(11),
        Panel::bars(12, "Worst channels by SNR", &[down(catalog::SNR)])
            .asks(vec![Query::new(worst, "{{box}} {{name}}")])
            .instant()
            .thresholds(SNR_LEVEL),
        Panel::bars(12, "Downstream level now", &[down(POWER)]).thresholds(DOWN_LEVEL).between(-20.0, 20.0),
    ]
}

fn codewords() -> Vec<Panel> {
    let damaged = down(UNCORRECTED).growth("$__range");
    let damaged = down(UNCORRECTED).named(&format!("topk(10, {damaged})"));
    vec![
        Panel::lines(12, "Corrected codewords per second", &[down(CORRECTED)]).unit("suffix:/s").many(),
        Panel::lines(12, "Uncorrected codewords per second", &[down(UNCORRECTED)]).unit("suffix:/s").many(),
        Panel::bars(12, "Worst channels by uncorrected codewords", &[down(UNCORRECTED)])
            .meaning("Within the time that the dashboard shows.")
            .asks(vec![Query::new(damaged, "{{box}} {{name}}")])
            .instant()
            .decimals(0)
            .thresholds(&[(None, "green"), (Some(1.0), "yellow"), (Some(10_000.0), "red")]),
        Panel::lines(12, "All channels, per second", &[router(CORRECTED_SUM), router(UNCORRECTED_SUM)])
            .unit("suffix:/s"),
    ]
}

fn upstream() -> Vec<Panel> {
    vec![
        Panel::lines(16, "Upstream level by channel", &[up(POWER)]).many(),
        Panel::bars(8, "Upstream level now", &[up(POWER)]).thresholds(UP_LEVEL),
    ]
}

fn channels() -> Vec<Panel> {
    let down_labels = [("name", "Channel"), down(MODULATION).column(), down(CHANNEL_TYPE).column()];
    let down_figures = [
        Column::from(down(FREQUENCY)),
        Column::from(down(POWER)),
        Column::from(down(catalog::SNR)),
        Column::grown(down(CORRECTED)),
        Column::grown(down(UNCORRECTED)),
    ];
    let up_figures = [Column::from(up(FREQUENCY)), Column::from(up(POWER)), Column::from(up(CHANNEL_WIDTH))];
    let frequency = FREQUENCY.row().name;
    vec![
        sorted(table(Downstream, "Downstream channels", &down_labels, &down_figures), frequency, false)
            .meaning("Codewords within the time that the dashboard shows."),
        sorted(table(Upstream, "Upstream channels", &down_labels, &up_figures), frequency, false).tall(7),
    ]
}

fn provisioning() -> Vec<Panel> {
    let steps = [
        router(CM_RANGING),
        router(CM_DHCP),
        router(CM_TIME_OF_DAY),
        router(CM_DOWNLOAD_CONFIG),
        router(CM_REGISTRATION),
        router(CM_NETWORK_ACCESS),
    ];
    vec![Panel::states(24, 9, "Steps of the registration", &steps)]
}
