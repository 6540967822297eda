use router2mqtt::model::catalog::*;

use crate::dashboard::{Dashboard, closed, row, with};
use crate::panel::Panel;
use crate::series::router;
use crate::texts::texts;

pub fn dashboard() -> Dashboard {
    Dashboard {
        word: "line",
        title: "Line: fibre, DSL, mobile",
        description: "The connection to the provider, and the figures of what it runs over.",
        about: with(router(WAN)),
        time: "now-24h",
        rows: vec![
            row("Connection", connection()),
            closed("Fibre", fibre()),
            closed("DSL", dsl()),
            closed("Mobile network", mobile()),
            closed("Mobile contract", contract()),
        ],
    }
}

fn connection() -> Vec<Panel> {
    vec![
        Panel::states(12, 5, "", &[router(WAN)]),
        Panel::states(12, 5, "", &[router(LINE_QUALITY)]),
        Panel::states(12, 5, "", &[router(WAN_STATE)]),
        Panel::states(12, 5, "", &[router(MEDIA)]),
        Panel::stat(12, "", &[router(WAN_UPTIME)]),
        Panel::stat(12, "Capacity of the line", &[router(LINE_RATE_DOWN), router(LINE_RATE_UP)]),
        texts("Addresses", &[router(IPV4), router(IPV6)]).tall(6),
    ]
}

fn fibre() -> Vec<Panel> {
    vec![
        Panel::lines(16, "Optical power", &[router(OPTICAL_RX), router(OPTICAL_TX)]),
        Panel::states(8, 9, "Optical link", &[router(OPTICAL_LINK), router(OPTICAL_SIGNAL)]),
    ]
}

fn dsl() -> Vec<Panel> {
    let errors = |title, series: &[_]| Panel::lines(12, title, series).unit("suffix:/s");
    vec![
        Panel::states(24, 4, "", &[router(XDSL_STATE)]),
        Panel::lines(
            12,
            "Synchronised and attainable rates",
            &[
                router(XDSL_RATE_DOWN),
                router(XDSL_MAX_RATE_DOWN),
                router(XDSL_RATE_UP),
                router(XDSL_MAX_RATE_UP),
            ],
        ),
        Panel::lines(12, "SNR margin", &[router(SNR_MARGIN_DOWN), router(SNR_MARGIN_UP)]),
        Panel::lines(12, "Attenuation", &[router(ATTENUATION_DOWN), router(ATTENUATION_UP)]),
        errors("Repaired errors", &[router(XDSL_FEC_DOWN), router(XDSL_FEC_UP)]),
        errors(
            "Errors",
            &[router(XDSL_CRC_DOWN), router(XDSL_CRC_UP), router(XDSL_HEC_DOWN), router(XDSL_HEC_UP)],
        ),
        errors(
            "Errored seconds",
            &[router(XDSL_ES_DOWN), router(XDSL_ES_UP), router(XDSL_SES_DOWN), router(XDSL_SES_UP)],
        ),
        Panel::stat(24, "", &[router(XDSL_UPTIME)]),
    ]
}

fn mobile() -> Vec<Panel> {
    vec![
        Panel::states(12, 5, "", &[router(LTE_QUALITY)]),
        Panel::stat(6, "", &[router(SIGNAL_LEVEL)]).tall(5),
        Panel::stat(6, "", &[router(ROAMING)]).tall(5),
        Panel::lines(12, "Strength", &[router(RSRP), router(RSSI)]),
        Panel::lines(12, "Cleanness", &[router(RSRQ), router(SINR)]),
        Panel::lines(12, "5G strength", &[router(NR_RSRP)]),
        Panel::lines(12, "5G cleanness", &[router(NR_RSRQ), router(NR_SINR)]),
        texts("Network", &[router(OPERATOR), router(NETWORK_TYPE), router(BAND), router(CELL_ID)]).tall(6),
        Panel::states(12, 5, "", &[router(SIM_STATE)]),
        Panel::states(12, 5, "", &[router(MOBILE_DATA)]),
    ]
}

fn contract() -> Vec<Panel> {
    let month =
        Panel::lines(16, "This month, as the box counts it", &[router(MONTH_RECEIVED), router(MONTH_SENT)]);
    vec![
        month.totals(&[router(MONTH_RECEIVED), router(MONTH_SENT)]).zero_based(),
        Panel::stat(4, "", &[router(DATA_LIMIT)]).tall(9),
        Panel::stat(4, "Text messages", &[router(SMS_UNREAD), router(SMS_INBOX)]).tall(9),
    ]
}
