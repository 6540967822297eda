//! What the two exporters print that this bridge succeeds, as topics below `router2mqtt/` and the keys to find there.

/// Topic and keys.
pub type Wanted = (&'static str, &'static [&'static str]);

/// The Freebox monitor, on fibre.
pub const FREEBOX: &[Wanted] = &[
    (
        "freebox/state",
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
    ("freebox/fan/fan0_speed/state", &["fan_speed"]),
    ("freebox/port/1/state", &["link", "port_mode", "rx_rate", "tx_rate"]),
    ("freebox/port/4/state", &["link", "port_mode", "rx_rate", "tx_rate"]),
    ("freebox/disk/1000/state", &["disk_total", "disk_used", "temperature"]),
];

/// The Freebox monitor, on a DSL line.
pub const FREEBOX_DSL: &[Wanted] = &[
    (
        "dsl/state",
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
        ],
    ),
    ("dsl/sensor/temp_sw/state", &["temperature"]),
    ("dsl/sensor/temp_cpub/state", &["temperature"]),
    ("dsl/sensor/temp_cpum/state", &["temperature"]),
];

/// The Hitron exporter.
pub const HITRON: &[Wanted] = &[
    (
        "modem/state",
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
    ("modem/channel/down/9/state", &["frequency", "power", "snr", "modulation"]),
    ("modem/channel/up/2/state", &["frequency", "power", "channel_width"]),
];
