//! What the programs print that this bridge succeeds, as topics below the box and the keys to find there.

use router2mqtt::simulators::{Options, Running, start};

use super::observer::Observer;

/// Topic and keys.
pub type Wanted = (&'static str, &'static [&'static str]);

/// A program that is succeeded, by the box that it reads.
pub struct Seed {
    /// What the box is called here.
    pub id: &'static str,
    family: &'static str,
    model: &'static str,
    tls: bool,
    pub wanted: &'static [Wanted],
}

impl Seed {
    /// The box, simulated.
    pub async fn start(&self) -> Running {
        let options = Options { tls: self.tls, model: Some(self.model.to_owned()), ..Options::default() };
        start(self.family, options).await.unwrap()
    }
}

/// Waits until a broker holds everything that is wanted of a box.
pub async fn seen_on(observer: &Observer, seed: &Seed) {
    for (topic, keys) in seed.wanted {
        observer
            .wait_json(&format!("router2mqtt/{}/{topic}", seed.id), |state| {
                keys.iter().all(|key| state.get(key).is_some_and(|value| !value.is_null()))
            })
            .await;
    }
}

pub const SEEDS: &[Seed] = &[
    Seed { id: "freebox", family: "freebox", model: "ultra", tls: false, wanted: FREEBOX },
    Seed { id: "dsl", family: "freebox", model: "revolution", tls: false, wanted: FREEBOX_DSL },
    Seed { id: "modem", family: "hitron", model: "cgnv4", tls: true, wanted: HITRON },
    Seed { id: "altibox", family: "altibox", model: "fibre", tls: false, wanted: ALTIBOX },
    Seed { id: "b593", family: "huawei_b593", model: "b593u-12", tls: false, wanted: B593 },
    Seed { id: "archer", family: "tplink", model: "archer-c20", tls: false, wanted: TPLINK },
];

/// The Freebox monitor, on fibre.
const FREEBOX: &[Wanted] = &[
    (
        "state",
        &[
            "wan",
            "wan_state",
            "media",
            "received",
            "sent",
            "download_rate",
            "upload_rate",
            "line_rate_down",
            "line_rate_up",
            "optical_rx",
            "optical_tx",
            "uptime",
            "last_boot",
            "firmware",
        ],
    ),
    ("fan/fan0_speed/state", &["fan_speed"]),
    ("port/1/state", &["link", "port_mode", "rx_rate", "tx_rate"]),
    ("port/4/state", &["link", "port_mode", "link_speed", "duplex", "rx_rate", "tx_rate"]),
    ("disk/1000/state", &["disk_total", "disk_used", "temperature"]),
];

/// The Freebox monitor, on a DSL line.
const FREEBOX_DSL: &[Wanted] = &[
    (
        "state",
        &[
            "xdsl_state",
            "xdsl_modulation",
            "xdsl_protocol",
            "xdsl_uptime",
            "xdsl_es_down",
            "attenuation_down",
            "snr_margin_down",
            "xdsl_rate_down",
            "xdsl_hec_down",
            "xdsl_crc_down",
            "xdsl_ses_down",
            "xdsl_fec_down",
            "xdsl_max_rate_down",
            "xdsl_es_up",
            "attenuation_up",
            "snr_margin_up",
            "xdsl_rate_up",
            "xdsl_hec_up",
            "xdsl_crc_up",
            "xdsl_ses_up",
            "xdsl_fec_up",
            "xdsl_max_rate_up",
            "xdsl_rtx_tx_down",
            "xdsl_rtx_c_down",
            "xdsl_rtx_uc_down",
            "xdsl_rtx_tx_up",
            "xdsl_rtx_c_up",
            "xdsl_rtx_uc_up",
        ],
    ),
    ("sensor/temp_sw/state", &["temperature"]),
    ("sensor/temp_cpub/state", &["temperature"]),
    ("sensor/temp_cpum/state", &["temperature"]),
];

/// The Hitron exporter.
const HITRON: &[Wanted] = &[
    (
        "state",
        &[
            "uptime",
            "device_clock",
            "received",
            "sent",
            "lan_received",
            "lan_sent",
            "bpi_auth",
            "bpi_tek",
            "firmware",
            "down_channels",
            "up_channels",
            "down_power_min",
            "down_snr_mean",
            "worst_channel",
        ],
    ),
    ("info", &["model", "serial", "firmware", "hardware"]),
    ("channel/down/9/state", &["port_id", "frequency", "power", "snr", "modulation"]),
    ("channel/up/2/state", &["frequency", "power", "channel_width"]),
];

/// The Altibox exporter: a device on Wi-Fi, one on a cable, and one without a name.
const ALTIBOX: &[Wanted] = &[
    (
        "client/00005e005341/state",
        &["connected", "connection", "band", "access_point", "ipv4", "host_name", "rssi"],
    ),
    ("client/00005e005342/state", &["connection", "port"]),
    ("client/00005e005347/state", &["vendor"]),
];

/// The collector for the B593.
const B593: &[Wanted] = &[(
    "state",
    &[
        "received",
        "sent",
        "download_rate",
        "upload_rate",
        "ipv4",
        "usage_today",
        "usage_cycle",
        "received_cycle",
        "sent_cycle",
        "quota",
        "quota_used",
        "quota_left",
        "quota_percent",
        "quota_safe_daily",
        "quota_days_left",
        "quota_problem",
        "unaccounted",
    ],
)];

/// The logger for TP-Link.
const TPLINK: &[Wanted] = &[
    ("state", &["statistics_enabled", "usage_today", "usage_cycle", "quota_left"]),
    ("client/02005e200001/state", &["traffic", "blocked", "usage_today", "usage_cycle"]),
    (
        "person/alice/state",
        &[
            "usage_today",
            "usage_cycle",
            "on_peak_today",
            "off_peak_today",
            "on_peak_cycle",
            "off_peak_cycle",
            "quota",
            "quota_left",
            "quota_percent",
            "quota_problem",
        ],
    ),
    ("person/others/state", &["usage_cycle"]),
];
