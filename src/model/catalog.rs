//! Every metric there is, one row each. This is the only place that knows a name, a unit or a class.
//!
//! `docs/reference.md` is generated from here, and so is every payload.

use super::metric::metrics;
use super::{
    BitRate, Bytes, Celsius, Count, Days, Decibel, DecibelMillivolt, DecibelMilliwatt, Frequency, Kind,
    Metric, Moment, Percent, Quantity, Row, Rpm, Seconds, Share, Shows, State, SubjectKind, Text,
};

metrics! {
    // The connection to the provider.
    /// Whether the connection to the provider is up.
    WAN: Flag<bool> { key: "wan", name: "WAN", on: [Router], shows: Primary, class: Some("connectivity") }
    /// The state of the connection in the box's own steps.
    WAN_STATE: State<State> { key: "wan_state", name: "WAN state", on: [Router], shows: Diagnostic, options: &["up", "going_up", "going_down", "down"], icon: Some("mdi:wan") }
    /// Seconds since the connection to the provider came up.
    WAN_UPTIME: Gauge<Seconds> { key: "wan_uptime", name: "WAN uptime", on: [Router], shows: Hidden }
    /// What the connection runs over.
    MEDIA: State<State> { key: "media", name: "Connection media", on: [Router], shows: Diagnostic, options: &["ftth", "ethernet", "xdsl", "backup_4g", "cable", "lte", "5g"], icon: Some("mdi:transit-connection-variant") }
    /// How the box connects: plain Ethernet, RFC 2684 or PPP over ATM.
    WAN_PROTOCOL: State<State> { key: "wan_protocol", name: "WAN protocol", on: [Router], shows: Diagnostic, options: &["ethernet", "rfc2684", "pppoatm"], icon: Some("mdi:wan") }
    /// The current rate towards the house; on a client, towards the client.
    DOWNLOAD_RATE: Gauge<BitRate> { key: "download_rate", name: "Download rate", on: [Router, Client], shows: Primary, hidden_on: &[SubjectKind::Client] }
    /// The current rate out of the house; on a client, from the client.
    UPLOAD_RATE: Gauge<BitRate> { key: "upload_rate", name: "Upload rate", on: [Router, Client], shows: Primary, hidden_on: &[SubjectKind::Client] }
    /// What came into the house since the box began to count; on a client, what went to the client.
    RECEIVED: Counter<Bytes> { key: "received", name: "Received", on: [Router, Client], shows: Primary }
    /// What left the house since the box began to count; on a client, what came from the client.
    SENT: Counter<Bytes> { key: "sent", name: "Sent", on: [Router, Client], shows: Primary }
    /// The capacity of the line towards the house.
    LINE_RATE_DOWN: Gauge<BitRate> { key: "line_rate_down", name: "Line speed down", on: [Router], shows: Diagnostic }
    /// The capacity of the line out of the house.
    LINE_RATE_UP: Gauge<BitRate> { key: "line_rate_up", name: "Line speed up", on: [Router], shows: Diagnostic }
    /// The public IPv4 address; on a client, its address at home.
    IPV4: Text<Text> { key: "ipv4", name: "IPv4 address", on: [Router, Client], shows: Diagnostic, hidden_on: &[SubjectKind::Client], icon: Some("mdi:ip-network") }
    /// The public IPv6 address; on a client, its address.
    IPV6: Text<Text> { key: "ipv6", name: "IPv6 address", on: [Router, Client], shows: Diagnostic, hidden_on: &[SubjectKind::Client], icon: Some("mdi:ip-network") }
    /// The ports of a shared IPv4 address that belong to this line.
    IPV4_PORTS: Text<Text> { key: "ipv4_ports", name: "IPv4 ports", on: [Router], shows: Hidden, icon: Some("mdi:ip-network") }
    /// The address of the box inside the house.
    LAN_IPV4: Text<Text> { key: "lan_ipv4", name: "LAN IPv4 address", on: [Router], shows: Hidden, icon: Some("mdi:ip-network") }
    /// The box works as a router, or hands everything through as a bridge.
    MODE: State<State> { key: "mode", name: "Mode", on: [Router], shows: Diagnostic, options: &["router", "bridge"], icon: Some("mdi:router-network") }
    /// What the box received from the house.
    LAN_RECEIVED: Counter<Bytes> { key: "lan_received", name: "LAN received", on: [Router], shows: Hidden }
    /// What the box sent into the house.
    LAN_SENT: Counter<Bytes> { key: "lan_sent", name: "LAN sent", on: [Router], shows: Hidden }

    // What the bridge makes of the line.
    /// How well the line runs: the worst of the technologies that are in use.
    LINE_QUALITY: State<State> { key: "line_quality", name: "Line quality", on: [Router], shows: Primary, options: &["good", "tolerable", "marginal", "critical"], icon: Some("mdi:speedometer"), reason: Some("line_quality_reason") }
    /// Why the line is not good: the worst channels or figures, and how many of them there are.
    LINE_QUALITY_REASON: Text<Text> { key: "line_quality_reason", name: "Line quality reason", on: [Router], shows: Attribute }
    /// How well the cable line runs.
    DOCSIS_QUALITY: State<State> { key: "docsis_quality", name: "DOCSIS quality", on: [Router], shows: Hidden, options: &["good", "tolerable", "marginal", "critical"], icon: Some("mdi:speedometer"), reason: Some("docsis_quality_reason") }
    /// Why the cable line is not good.
    DOCSIS_QUALITY_REASON: Text<Text> { key: "docsis_quality_reason", name: "DOCSIS quality reason", on: [Router], shows: Attribute }
    /// How well the mobile network is received.
    LTE_QUALITY: State<State> { key: "lte_quality", name: "LTE quality", on: [Router], shows: Hidden, options: &["good", "tolerable", "marginal", "critical"], icon: Some("mdi:speedometer"), reason: Some("lte_quality_reason") }
    /// Why the mobile network is not received well.
    LTE_QUALITY_REASON: Text<Text> { key: "lte_quality_reason", name: "LTE quality reason", on: [Router], shows: Attribute }
    /// How well the telephone line runs.
    XDSL_QUALITY: State<State> { key: "xdsl_quality", name: "DSL quality", on: [Router], shows: Hidden, options: &["good", "tolerable", "marginal", "critical"], icon: Some("mdi:speedometer"), reason: Some("xdsl_quality_reason") }
    /// Why the telephone line is not good.
    XDSL_QUALITY_REASON: Text<Text> { key: "xdsl_quality_reason", name: "DSL quality reason", on: [Router], shows: Attribute }

    // The box itself.
    /// When the box started. Steady: it only moves when the box restarts.
    LAST_BOOT: Moment<Moment> { key: "last_boot", name: "Last boot", on: [Router], shows: Diagnostic }
    /// Seconds since the box started.
    UPTIME: Gauge<Seconds> { key: "uptime", name: "Uptime", on: [Router], shows: Hidden }
    /// The firmware it runs.
    FIRMWARE: Text<Text> { key: "firmware", name: "Firmware", on: [Router], shows: Diagnostic, icon: Some("mdi:package-up") }
    /// The newest firmware there is, where the box says so.
    LATEST_FIRMWARE: Text<Text> { key: "latest_firmware", name: "Latest firmware", on: [Router], shows: Attribute }
    /// Whether the operator has authenticated the box.
    AUTHENTICATED: Flag<bool> { key: "authenticated", name: "Authenticated by the operator", on: [Router], shows: Diagnostic, icon: Some("mdi:shield-check") }
    /// What the box's own clock shows, in its own words and time zone.
    DEVICE_CLOCK: Text<Text> { key: "device_clock", name: "Clock", on: [Router], shows: Hidden, icon: Some("mdi:clock-outline") }
    /// A temperature.
    TEMPERATURE: Gauge<Celsius> { key: "temperature", name: "Temperature", on: [Sensor, Disk], shows: Diagnostic }
    /// How fast a fan turns; 0 is a fan that stands still.
    FAN_SPEED: Gauge<Rpm> { key: "fan_speed", name: "Speed", on: [Fan], shows: Diagnostic, icon: Some("mdi:fan") }
    /// The charge of the box's battery.
    BATTERY: Gauge<Percent> { key: "battery", name: "Battery", on: [Router], shows: Diagnostic, class: Some("battery") }

    // Fibre.
    /// Optical power that arrives.
    OPTICAL_RX: Gauge<DecibelMilliwatt> { key: "optical_rx", name: "Optical power received", on: [Router], shows: Diagnostic }
    /// Optical power that leaves.
    OPTICAL_TX: Gauge<DecibelMilliwatt> { key: "optical_tx", name: "Optical power sent", on: [Router], shows: Diagnostic }
    /// Whether the optical link is up.
    OPTICAL_LINK: Flag<bool> { key: "optical_link", name: "Optical link", on: [Router], shows: Diagnostic, class: Some("connectivity") }
    /// Whether light arrives.
    OPTICAL_SIGNAL: Flag<bool> { key: "optical_signal", name: "Optical signal", on: [Router], shows: Diagnostic, icon: Some("mdi:lightbulb-on-outline") }
    /// Whether an optical module is in the slot.
    SFP_PRESENT: Flag<bool> { key: "sfp_present", name: "Optical module", on: [Router], shows: Hidden, icon: Some("mdi:expansion-card") }
    /// Whether the optical module has power.
    SFP_POWERED: Flag<bool> { key: "sfp_powered", name: "Optical module power", on: [Router], shows: Hidden, class: Some("power") }
    /// The optical module: maker and model.
    SFP_MODEL: Text<Text> { key: "sfp_model", name: "Optical module model", on: [Router], shows: Hidden, icon: Some("mdi:expansion-card") }
    /// The kind of optical link, such as `pon`.
    OPTICAL_TYPE: Text<Text> { key: "optical_type", name: "Optical link type", on: [Router], shows: Hidden, icon: Some("mdi:transit-connection-variant") }

    // xDSL.
    /// Where the line stands in its training.
    XDSL_STATE: State<State> { key: "xdsl_state", name: "DSL state", on: [Router], shows: Diagnostic, options: &["down", "training", "started", "chan_analysis", "msg_exchange", "showtime", "disabled"], icon: Some("mdi:phone-classic") }
    /// The modulation: ADSL or VDSL.
    XDSL_MODULATION: Text<Text> { key: "xdsl_modulation", name: "DSL modulation", on: [Router], shows: Diagnostic, icon: Some("mdi:sine-wave") }
    /// The variant of the modulation, such as `adsl2plus_a`.
    XDSL_PROTOCOL: Text<Text> { key: "xdsl_protocol", name: "DSL protocol", on: [Router], shows: Diagnostic, icon: Some("mdi:sine-wave") }
    /// Seconds since the line synchronised.
    XDSL_UPTIME: Gauge<Seconds> { key: "xdsl_uptime", name: "DSL uptime", on: [Router], shows: Hidden }
    /// The synchronised rate downstream.
    XDSL_RATE_DOWN: Gauge<BitRate> { key: "xdsl_rate_down", name: "DSL rate down", on: [Router], shows: Diagnostic }
    /// The rate the line could reach downstream.
    XDSL_MAX_RATE_DOWN: Gauge<BitRate> { key: "xdsl_max_rate_down", name: "DSL attainable rate down", on: [Router], shows: Diagnostic }
    /// The SNR margin downstream: how much noise may still be added.
    SNR_MARGIN_DOWN: Gauge<Decibel> { key: "snr_margin_down", name: "SNR margin down", on: [Router], shows: Diagnostic }
    /// The attenuation downstream.
    ATTENUATION_DOWN: Gauge<Decibel> { key: "attenuation_down", name: "Attenuation down", on: [Router], shows: Diagnostic }
    /// Errors that forward error correction repaired, downstream.
    XDSL_FEC_DOWN: Counter<Count> { key: "xdsl_fec_down", name: "DSL FEC errors down", on: [Router], shows: Hidden, icon: Some("mdi:alert-circle-outline") }
    /// Blocks with a wrong checksum, downstream.
    XDSL_CRC_DOWN: Counter<Count> { key: "xdsl_crc_down", name: "DSL CRC errors down", on: [Router], shows: Hidden, icon: Some("mdi:alert-circle-outline") }
    /// Cells with a wrong header checksum, downstream.
    XDSL_HEC_DOWN: Counter<Count> { key: "xdsl_hec_down", name: "DSL HEC errors down", on: [Router], shows: Hidden, icon: Some("mdi:alert-circle-outline") }
    /// Seconds with at least one error, downstream.
    XDSL_ES_DOWN: Counter<Count> { key: "xdsl_es_down", name: "DSL errored seconds down", on: [Router], shows: Hidden, icon: Some("mdi:alert-circle-outline") }
    /// Seconds with many errors, downstream.
    XDSL_SES_DOWN: Counter<Count> { key: "xdsl_ses_down", name: "DSL severely errored seconds down", on: [Router], shows: Hidden, icon: Some("mdi:alert-circle-outline") }
    /// Blocks that were sent again, downstream.
    XDSL_RTX_TX_DOWN: Counter<Count> { key: "xdsl_rtx_tx_down", name: "DSL retransmissions down", on: [Router], shows: Hidden, icon: Some("mdi:alert-circle-outline") }
    /// Blocks that sending again repaired, downstream.
    XDSL_RTX_C_DOWN: Counter<Count> { key: "xdsl_rtx_c_down", name: "DSL retransmissions corrected down", on: [Router], shows: Hidden, icon: Some("mdi:alert-circle-outline") }
    /// Blocks that stayed broken, downstream.
    XDSL_RTX_UC_DOWN: Counter<Count> { key: "xdsl_rtx_uc_down", name: "DSL retransmissions failed down", on: [Router], shows: Hidden, icon: Some("mdi:alert-circle-outline") }
    /// The synchronised rate upstream.
    XDSL_RATE_UP: Gauge<BitRate> { key: "xdsl_rate_up", name: "DSL rate up", on: [Router], shows: Diagnostic }
    /// The rate the line could reach upstream.
    XDSL_MAX_RATE_UP: Gauge<BitRate> { key: "xdsl_max_rate_up", name: "DSL attainable rate up", on: [Router], shows: Diagnostic }
    /// The SNR margin upstream: how much noise may still be added.
    SNR_MARGIN_UP: Gauge<Decibel> { key: "snr_margin_up", name: "SNR margin up", on: [Router], shows: Diagnostic }
    /// The attenuation upstream.
    ATTENUATION_UP: Gauge<Decibel> { key: "attenuation_up", name: "Attenuation up", on: [Router], shows: Diagnostic }
    /// Errors that forward error correction repaired, upstream.
    XDSL_FEC_UP: Counter<Count> { key: "xdsl_fec_up", name: "DSL FEC errors up", on: [Router], shows: Hidden, icon: Some("mdi:alert-circle-outline") }
    /// Blocks with a wrong checksum, upstream.
    XDSL_CRC_UP: Counter<Count> { key: "xdsl_crc_up", name: "DSL CRC errors up", on: [Router], shows: Hidden, icon: Some("mdi:alert-circle-outline") }
    /// Cells with a wrong header checksum, upstream.
    XDSL_HEC_UP: Counter<Count> { key: "xdsl_hec_up", name: "DSL HEC errors up", on: [Router], shows: Hidden, icon: Some("mdi:alert-circle-outline") }
    /// Seconds with at least one error, upstream.
    XDSL_ES_UP: Counter<Count> { key: "xdsl_es_up", name: "DSL errored seconds up", on: [Router], shows: Hidden, icon: Some("mdi:alert-circle-outline") }
    /// Seconds with many errors, upstream.
    XDSL_SES_UP: Counter<Count> { key: "xdsl_ses_up", name: "DSL severely errored seconds up", on: [Router], shows: Hidden, icon: Some("mdi:alert-circle-outline") }
    /// Blocks that were sent again, upstream.
    XDSL_RTX_TX_UP: Counter<Count> { key: "xdsl_rtx_tx_up", name: "DSL retransmissions up", on: [Router], shows: Hidden, icon: Some("mdi:alert-circle-outline") }
    /// Blocks that sending again repaired, upstream.
    XDSL_RTX_C_UP: Counter<Count> { key: "xdsl_rtx_c_up", name: "DSL retransmissions corrected up", on: [Router], shows: Hidden, icon: Some("mdi:alert-circle-outline") }
    /// Blocks that stayed broken, upstream.
    XDSL_RTX_UC_UP: Counter<Count> { key: "xdsl_rtx_uc_up", name: "DSL retransmissions failed up", on: [Router], shows: Hidden, icon: Some("mdi:alert-circle-outline") }

    // Mobile networks.
    /// The state of the mobile modem.
    LTE_STATE: Text<Text> { key: "lte_state", name: "LTE state", on: [Router], shows: Diagnostic, icon: Some("mdi:signal-4g") }
    /// Whether the mobile modem is attached to a network.
    LTE_ATTACHED: Flag<bool> { key: "lte_attached", name: "LTE attached", on: [Router], shows: Diagnostic, class: Some("connectivity") }
    /// Reference signal received power.
    RSRP: Gauge<DecibelMilliwatt> { key: "rsrp", name: "RSRP", on: [Router], shows: Diagnostic }
    /// Reference signal received quality.
    RSRQ: Gauge<Decibel> { key: "rsrq", name: "RSRQ", on: [Router], shows: Diagnostic }
    /// Received signal strength.
    RSSI: Gauge<DecibelMilliwatt> { key: "rssi", name: "RSSI", on: [Router, Client], shows: Diagnostic }
    /// Signal to interference plus noise ratio.
    SINR: Gauge<Decibel> { key: "sinr", name: "SINR", on: [Router], shows: Diagnostic }
    /// Reference signal received power of the 5G cell.
    NR_RSRP: Gauge<DecibelMilliwatt> { key: "nr_rsrp", name: "5G RSRP", on: [Router], shows: Diagnostic }
    /// Reference signal received quality of the 5G cell.
    NR_RSRQ: Gauge<Decibel> { key: "nr_rsrq", name: "5G RSRQ", on: [Router], shows: Diagnostic }
    /// Received signal strength of the 5G cell.
    NR_RSSI: Gauge<DecibelMilliwatt> { key: "nr_rssi", name: "5G RSSI", on: [Router], shows: Diagnostic }
    /// Signal to interference plus noise ratio of the 5G cell.
    NR_SINR: Gauge<Decibel> { key: "nr_sinr", name: "5G SINR", on: [Router], shows: Diagnostic }
    /// Signal bars, 0 to 5.
    SIGNAL_LEVEL: Gauge<Count> { key: "signal_level", name: "Signal level", on: [Router], shows: Diagnostic, icon: Some("mdi:signal") }
    /// The frequency band: of the mobile network, of a radio, of a client's Wi-Fi.
    BAND: Text<Text> { key: "band", name: "Band", on: [Router, Radio, Client], shows: Diagnostic, hidden_on: &[SubjectKind::Client], icon: Some("mdi:radio-tower") }
    /// Country and network code of the mobile operator (PLMN), such as `20801`.
    PLMN: Text<Text> { key: "plmn", name: "Network code", on: [Router], shows: Hidden, icon: Some("mdi:sim") }
    /// The name of the mobile operator.
    OPERATOR: Text<Text> { key: "operator", name: "Operator", on: [Router], shows: Diagnostic, icon: Some("mdi:radio-tower") }
    /// The generation of the mobile network, or its exact technology, such as `4G` or `HSPA+`.
    NETWORK_TYPE: Text<Text> { key: "network_type", name: "Network type", on: [Router], shows: Diagnostic, icon: Some("mdi:signal-4g") }
    /// The cell of the mobile network.
    CELL_ID: Text<Text> { key: "cell_id", name: "Cell ID", on: [Router], shows: Diagnostic, icon: Some("mdi:radio-tower") }
    /// The physical cell identity: which of the neighbouring cells is heard.
    PCI: Text<Text> { key: "pci", name: "Physical cell ID", on: [Router], shows: Hidden, icon: Some("mdi:radio-tower") }
    /// Whether the connection runs over a foreign network.
    ROAMING: Flag<bool> { key: "roaming", name: "Roaming", on: [Router], shows: Diagnostic, icon: Some("mdi:earth") }
    /// The state of the SIM card.
    SIM_STATE: State<State> { key: "sim_state", name: "SIM", on: [Router], shows: Diagnostic, options: &["ready", "absent", "pin_required", "puk_required", "locked", "error"], icon: Some("mdi:sim") }
    /// Whether the connection over the mobile network is switched on.
    MOBILE_DATA: Flag<bool> { key: "mobile_data", name: "Mobile data", on: [Router], shows: Diagnostic, icon: Some("mdi:swap-vertical") }

    // The mobile contract: messages, and the volume of the month.
    /// Text messages that nobody has read.
    SMS_UNREAD: Gauge<Count> { key: "sms_unread", name: "Unread messages", on: [Router], shows: Primary, icon: Some("mdi:message-badge-outline") }
    /// Text messages in the inbox.
    SMS_INBOX: Gauge<Count> { key: "sms_inbox", name: "Messages", on: [Router], shows: Diagnostic, icon: Some("mdi:message-outline") }
    /// What came into the house in the current month, as the box counts it; it begins anew each month.
    MONTH_RECEIVED: Counter<Bytes> { key: "month_received", name: "Received this month", on: [Router], shows: Primary }
    /// What left the house in the current month, as the box counts it; it begins anew each month.
    MONTH_SENT: Counter<Bytes> { key: "month_sent", name: "Sent this month", on: [Router], shows: Primary }
    /// The monthly data limit that is set on the box itself.
    DATA_LIMIT: Gauge<Bytes> { key: "data_limit", name: "Data limit", on: [Router], shows: Diagnostic }

    // DOCSIS channels.
    /// The centre frequency; of an OFDM channel, of its first subcarrier.
    FREQUENCY: Gauge<Frequency> { key: "frequency", name: "Frequency", on: [Downstream, Upstream], shows: Hidden }
    /// The level: received downstream, transmitted upstream.
    POWER: Gauge<DecibelMillivolt> { key: "power", name: "Power", on: [Downstream, Upstream], shows: Hidden, icon: Some("mdi:signal") }
    /// Signal-to-noise ratio (receive modulation error ratio, RxMER).
    SNR: Gauge<Decibel> { key: "snr", name: "SNR", on: [Downstream], shows: Hidden }
    /// The modulation, such as `256QAM`.
    MODULATION: Text<Text> { key: "modulation", name: "Modulation", on: [Downstream, Upstream], shows: Hidden, icon: Some("mdi:sine-wave") }
    /// The kind of channel.
    CHANNEL_TYPE: State<State> { key: "channel_type", name: "Channel type", on: [Downstream, Upstream], shows: Hidden, options: &["sc_qam", "ofdm", "tdma", "atdma", "scdma", "ofdma"], icon: Some("mdi:sine-wave") }
    /// The width of the channel.
    CHANNEL_WIDTH: Gauge<Frequency> { key: "channel_width", name: "Channel width", on: [Downstream, Upstream, Radio], shows: Hidden }
    /// The number of the receiver or transmitter that holds the channel.
    PORT_ID: Gauge<Count> { key: "port_id", name: "Receiver", on: [Downstream, Upstream], shows: Attribute }
    /// What the box calls the channel, where that does not tell it from the others.
    CHANNEL_ID: Gauge<Count> { key: "channel_id", name: "Channel ID", on: [Downstream, Upstream], shows: Attribute }
    /// Codewords that forward error correction repaired.
    CORRECTED: Counter<Count> { key: "corrected", name: "Corrected codewords", on: [Downstream], shows: Hidden, icon: Some("mdi:check-circle-outline") }
    /// Codewords that could not be repaired: data that was lost.
    UNCORRECTED: Counter<Count> { key: "uncorrected", name: "Uncorrected codewords", on: [Downstream], shows: Hidden, icon: Some("mdi:alert-circle-outline") }
    /// What the channel carried.
    CHANNEL_RECEIVED: Counter<Bytes> { key: "channel_received", name: "Received", on: [Downstream], shows: Hidden }
    /// Whether the channel is locked, with everything that belongs to it.
    LOCKED: Flag<bool> { key: "locked", name: "Locked", on: [Downstream, Upstream], shows: Hidden, icon: Some("mdi:lock-check") }
    /// The size of the Fourier transform of an OFDM channel, such as `4K`.
    FFT: Text<Text> { key: "fft", name: "FFT size", on: [Downstream, Upstream], shows: Hidden, icon: Some("mdi:sine-wave") }
    /// The level of an OFDMA channel within 1.6 MHz, to compare with other channels.
    POWER_1_6: Gauge<DecibelMillivolt> { key: "power_1_6", name: "Power per 1.6 MHz", on: [Upstream], shows: Hidden, icon: Some("mdi:signal") }
    /// How often the OFDM channels may still be read before the modem has to rest; it is restored when the modem restarts.
    OFDM_READS_LEFT: Gauge<Count> { key: "ofdm_reads_left", name: "OFDM reads left", on: [Router], shows: Diagnostic, icon: Some("mdi:counter") }

    // All DOCSIS channels together.
    /// How many downstream channels are in use.
    DOWN_CHANNELS: Gauge<Count> { key: "down_channels", name: "Downstream channels", on: [Router], shows: Diagnostic, icon: Some("mdi:format-list-numbered") }
    /// How many upstream channels are in use.
    UP_CHANNELS: Gauge<Count> { key: "up_channels", name: "Upstream channels", on: [Router], shows: Diagnostic, icon: Some("mdi:format-list-numbered") }
    /// The lowest level over all downstream channels.
    DOWN_POWER_MIN: Gauge<DecibelMillivolt> { key: "down_power_min", name: "Downstream power min", on: [Router], shows: Diagnostic, icon: Some("mdi:signal") }
    /// The mean level over all downstream channels.
    DOWN_POWER_MEAN: Gauge<DecibelMillivolt> { key: "down_power_mean", name: "Downstream power mean", on: [Router], shows: Diagnostic, icon: Some("mdi:signal") }
    /// The highest level over all downstream channels.
    DOWN_POWER_MAX: Gauge<DecibelMillivolt> { key: "down_power_max", name: "Downstream power max", on: [Router], shows: Diagnostic, icon: Some("mdi:signal") }
    /// The lowest level over all upstream channels.
    UP_POWER_MIN: Gauge<DecibelMillivolt> { key: "up_power_min", name: "Upstream power min", on: [Router], shows: Diagnostic, icon: Some("mdi:signal") }
    /// The mean level over all upstream channels.
    UP_POWER_MEAN: Gauge<DecibelMillivolt> { key: "up_power_mean", name: "Upstream power mean", on: [Router], shows: Diagnostic, icon: Some("mdi:signal") }
    /// The highest level over all upstream channels.
    UP_POWER_MAX: Gauge<DecibelMillivolt> { key: "up_power_max", name: "Upstream power max", on: [Router], shows: Diagnostic, icon: Some("mdi:signal") }
    /// The lowest SNR over all downstream channels.
    DOWN_SNR_MIN: Gauge<Decibel> { key: "down_snr_min", name: "Downstream SNR min", on: [Router], shows: Diagnostic }
    /// The mean SNR over all downstream channels.
    DOWN_SNR_MEAN: Gauge<Decibel> { key: "down_snr_mean", name: "Downstream SNR mean", on: [Router], shows: Diagnostic }
    /// The highest SNR over all downstream channels.
    DOWN_SNR_MAX: Gauge<Decibel> { key: "down_snr_max", name: "Downstream SNR max", on: [Router], shows: Diagnostic }
    /// The downstream channel with the lowest SNR.
    WORST_CHANNEL: Text<Text> { key: "worst_channel", name: "Worst downstream channel", on: [Router], shows: Diagnostic, icon: Some("mdi:trophy-broken") }
    /// Corrected codewords of all single-carrier channels.
    CORRECTED_SUM: Counter<Count> { key: "corrected_sum", name: "Corrected codewords", on: [Router], shows: Diagnostic, icon: Some("mdi:check-circle-outline") }
    /// Uncorrected codewords of all single-carrier channels.
    UNCORRECTED_SUM: Counter<Count> { key: "uncorrected_sum", name: "Uncorrected codewords", on: [Router], shows: Diagnostic, icon: Some("mdi:alert-circle-outline") }

    // DOCSIS provisioning.
    /// The modem's hardware is initialised.
    CM_HW_INIT: Flag<bool> { key: "cm_hw_init", name: "DOCSIS hardware", on: [Router], shows: Hidden, icon: Some("mdi:check-network-outline") }
    /// A downstream channel is locked.
    CM_FIND_DOWNSTREAM: Flag<bool> { key: "cm_find_downstream", name: "DOCSIS downstream lock", on: [Router], shows: Hidden, icon: Some("mdi:check-network-outline") }
    /// Upstream ranging is done.
    CM_RANGING: Flag<bool> { key: "cm_ranging", name: "DOCSIS ranging", on: [Router], shows: Diagnostic, icon: Some("mdi:check-network-outline") }
    /// The modem has an address of its own.
    CM_DHCP: Flag<bool> { key: "cm_dhcp", name: "DOCSIS DHCP", on: [Router], shows: Hidden, icon: Some("mdi:check-network-outline") }
    /// The modem has the time.
    CM_TIME_OF_DAY: Flag<bool> { key: "cm_time_of_day", name: "DOCSIS time of day", on: [Router], shows: Hidden, icon: Some("mdi:check-network-outline") }
    /// The operator's configuration file is loaded.
    CM_DOWNLOAD_CONFIG: Flag<bool> { key: "cm_download_config", name: "DOCSIS configuration file", on: [Router], shows: Hidden, icon: Some("mdi:check-network-outline") }
    /// The modem is registered at the operator's CMTS.
    CM_REGISTRATION: Flag<bool> { key: "cm_registration", name: "DOCSIS registration", on: [Router], shows: Diagnostic, class: Some("connectivity") }
    /// The operator lets the modem pass traffic.
    CM_NETWORK_ACCESS: Flag<bool> { key: "cm_network_access", name: "DOCSIS network access", on: [Router], shows: Diagnostic, class: Some("connectivity") }
    /// Traffic is switched on.
    CM_TRAFFIC: Flag<bool> { key: "cm_traffic", name: "DOCSIS traffic", on: [Router], shows: Hidden, icon: Some("mdi:check-network-outline") }
    /// Early authentication and encryption, in the modem's words.
    CM_EAE: Text<Text> { key: "cm_eae", name: "Early authentication", on: [Router], shows: Hidden, icon: Some("mdi:lock-outline") }
    /// Baseline privacy: authorisation.
    BPI_AUTH: Text<Text> { key: "bpi_auth", name: "BPI authorisation", on: [Router], shows: Diagnostic, icon: Some("mdi:lock-outline") }
    /// Baseline privacy: traffic encryption key.
    BPI_TEK: Text<Text> { key: "bpi_tek", name: "BPI traffic key", on: [Router], shows: Diagnostic, icon: Some("mdi:key-outline") }
    /// The modem's own address in the operator's network, not the customer's.
    CM_IP: Text<Text> { key: "cm_ip", name: "DOCSIS address", on: [Router], shows: Hidden, icon: Some("mdi:ip-network") }
    /// The network mask of the modem's own address.
    CM_NETMASK: Text<Text> { key: "cm_netmask", name: "DOCSIS network mask", on: [Router], shows: Hidden, icon: Some("mdi:ip-network") }
    /// The gateway of the modem's own address.
    CM_GATEWAY: Text<Text> { key: "cm_gateway", name: "DOCSIS gateway", on: [Router], shows: Hidden, icon: Some("mdi:ip-network") }
    /// The lease of the modem's own address, as the modem counts it.
    CM_LEASE: Gauge<Seconds> { key: "cm_lease", name: "DOCSIS address lease", on: [Router], shows: Hidden }
    /// The operator's configuration file.
    CM_CONFIG: Text<Text> { key: "cm_config", name: "DOCSIS configuration file name", on: [Router], shows: Hidden, icon: Some("mdi:file-cog-outline") }
    /// The frequency the modem tuned to first.
    TUNED_FREQUENCY: Gauge<Frequency> { key: "tuned_frequency", name: "Tuned frequency", on: [Router], shows: Hidden }

    // Switch ports.
    /// Whether something is plugged in and talking.
    LINK: Flag<bool> { key: "link", name: "Link", on: [Port], shows: Diagnostic, class: Some("connectivity") }
    /// The negotiated speed; unknown while the link is down.
    LINK_SPEED: Gauge<BitRate> { key: "link_speed", name: "Link speed", on: [Port, Client], shows: Diagnostic, hidden_on: &[SubjectKind::Client] }
    /// Whether both sides may talk at once.
    DUPLEX: State<State> { key: "duplex", name: "Duplex", on: [Port], shows: Hidden, options: &["half", "full", "auto"], icon: Some("mdi:swap-horizontal") }
    /// The negotiated mode in the box's words, such as `1000BaseT-FD`.
    PORT_MODE: Text<Text> { key: "port_mode", name: "Link mode", on: [Port], shows: Hidden, icon: Some("mdi:ethernet") }
    /// The rate at which the box receives on the port.
    RX_RATE: Gauge<BitRate> { key: "rx_rate", name: "Receive rate", on: [Port], shows: Hidden }
    /// The rate at which the box sends on the port.
    TX_RATE: Gauge<BitRate> { key: "tx_rate", name: "Transmit rate", on: [Port], shows: Hidden }
    /// What the box received on the port.
    RX_BYTES: Counter<Bytes> { key: "rx_bytes", name: "Received", on: [Port], shows: Hidden }
    /// What the box sent on the port.
    TX_BYTES: Counter<Bytes> { key: "tx_bytes", name: "Transmitted", on: [Port], shows: Hidden }
    /// Frames with errors that the box received on the port.
    RX_ERRORS: Counter<Count> { key: "rx_errors", name: "Receive errors", on: [Port], shows: Hidden, icon: Some("mdi:alert-circle-outline") }
    /// Collisions on the port.
    COLLISIONS: Counter<Count> { key: "collisions", name: "Collisions", on: [Port], shows: Hidden, icon: Some("mdi:alert-circle-outline") }

    // Wi-Fi radios.
    /// Whether Wi-Fi is switched on.
    WIFI: Flag<bool> { key: "wifi", name: "Wi-Fi", on: [Router], shows: Diagnostic, icon: Some("mdi:wifi") }
    /// What the radio is doing, in the box's words, such as `active` or `dfs`.
    RADIO_STATE: Text<Text> { key: "radio_state", name: "State", on: [Radio], shows: Diagnostic, icon: Some("mdi:access-point") }
    /// The channel in use.
    CHANNEL: Gauge<Count> { key: "channel", name: "Channel", on: [Radio], shows: Diagnostic, icon: Some("mdi:access-point") }
    /// How many devices are connected.
    CLIENTS: Gauge<Count> { key: "clients", name: "Clients", on: [Router, Radio], shows: Primary, icon: Some("mdi:devices") }

    // Clients.
    /// Whether the box sees the device on the network.
    CONNECTED: Flag<bool> { key: "connected", name: "Connected", on: [Client], shows: Hidden, class: Some("connectivity") }
    /// Whether the box keeps the device from the internet.
    BLOCKED: Flag<bool> { key: "blocked", name: "Blocked", on: [Client], shows: Diagnostic, icon: Some("mdi:web-cancel") }
    /// How the device is connected.
    CONNECTION: State<State> { key: "connection", name: "Connection", on: [Client], shows: Diagnostic, hidden_on: &[SubjectKind::Client], options: &["wifi", "ethernet"], icon: Some("mdi:lan-connect") }
    /// How the device is connected, in the words of a box that has words of its own, such as `WIFI5GHZ`.
    CONNECTION_TYPE: Text<Text> { key: "connection_type", name: "Connection type", on: [Client], shows: Attribute }
    /// The rate of the Wi-Fi link towards the device.
    PHY_RATE_DOWN: Gauge<BitRate> { key: "phy_rate_down", name: "Wi-Fi link rate down", on: [Client], shows: Hidden }
    /// The rate of the Wi-Fi link from the device.
    PHY_RATE_UP: Gauge<BitRate> { key: "phy_rate_up", name: "Wi-Fi link rate up", on: [Client], shows: Hidden }
    /// The access point or repeater that the device is connected to.
    ACCESS_POINT: Text<Text> { key: "access_point", name: "Access point", on: [Client], shows: Diagnostic, hidden_on: &[SubjectKind::Client], icon: Some("mdi:access-point") }
    /// The socket that the device is plugged into, such as `LAN4`.
    CLIENT_PORT: Text<Text> { key: "port", name: "Port", on: [Client], shows: Attribute }
    /// The network the device is connected to.
    SSID: Text<Text> { key: "ssid", name: "SSID", on: [Client], shows: Attribute }
    /// The Wi-Fi generation, such as `ax`.
    WIFI_STANDARD: Text<Text> { key: "wifi_standard", name: "Wi-Fi standard", on: [Client], shows: Attribute }
    /// The name the device gives itself.
    HOST_NAME: Text<Text> { key: "host_name", name: "Host name", on: [Client], shows: Attribute }
    /// Who made the device, from its hardware address.
    VENDOR: Text<Text> { key: "vendor", name: "Vendor", on: [Client], shows: Attribute }
    /// What kind of device the box takes it for.
    HOST_TYPE: Text<Text> { key: "host_type", name: "Type", on: [Client], shows: Attribute }
    /// The part of the home network it is in, such as `pub` or `wifiguest`.
    NETWORK: Text<Text> { key: "network", name: "Network", on: [Client], shows: Attribute }
    /// Seconds since the device associated.
    CONNECTED_FOR: Gauge<Seconds> { key: "connected_for", name: "Connected for", on: [Client], shows: Hidden }
    /// All of the device's traffic, in both directions, of boxes that do not tell one from the other.
    TRAFFIC: Counter<Bytes> { key: "traffic", name: "Traffic", on: [Client], shows: Primary }
    /// Whether the box counts the traffic of each device. Many do so only when told to.
    STATISTICS_ENABLED: Flag<bool> { key: "statistics_enabled", name: "Traffic statistics", on: [Router], shows: Diagnostic, icon: Some("mdi:counter") }
    /// When the box last saw the device.
    LAST_SEEN: Moment<Moment> { key: "last_seen", name: "Last seen", on: [Client], shows: Hidden }

    // Disks.
    /// The size of the first mounted partition.
    DISK_TOTAL: Gauge<Bytes> { key: "disk_total", name: "Size", on: [Disk], shows: Diagnostic }
    /// What is used of it.
    DISK_USED: Gauge<Bytes> { key: "disk_used", name: "Used", on: [Disk], shows: Diagnostic }
    /// What is free of it.
    DISK_FREE: Gauge<Bytes> { key: "disk_free", name: "Free", on: [Disk], shows: Diagnostic }
    /// The state of the disk in the box's words.
    DISK_STATE: Text<Text> { key: "disk_state", name: "State", on: [Disk], shows: Diagnostic, icon: Some("mdi:harddisk") }
    /// Reads that failed.
    DISK_READ_ERRORS: Counter<Count> { key: "disk_read_errors", name: "Read errors", on: [Disk], shows: Hidden, icon: Some("mdi:alert-circle-outline") }
    /// Writes that failed.
    DISK_WRITE_ERRORS: Counter<Count> { key: "disk_write_errors", name: "Write errors", on: [Disk], shows: Hidden, icon: Some("mdi:alert-circle-outline") }

    // What the bridge counts. A day begins at midnight in the household's time zone, a cycle with the bill.
    /// The current rate of both directions together, of boxes that do not tell one from the other.
    TRAFFIC_RATE: Gauge<BitRate> { key: "traffic_rate", name: "Traffic rate", on: [Client], shows: Hidden }
    /// When today began.
    TODAY_SINCE: Moment<Moment> { key: "today_since", name: "Today since", on: [Router, Client, Person], shows: Attribute }
    /// All traffic of today, in both directions.
    USAGE_TODAY: Tally<Bytes> { key: "usage_today", name: "Usage today", on: [Router, Client, Person], shows: Primary, since: Some("today_since") }
    /// What was received today.
    RECEIVED_TODAY: Tally<Bytes> { key: "received_today", name: "Received today", on: [Router, Person], shows: Hidden, since: Some("today_since") }
    /// What was sent today.
    SENT_TODAY: Tally<Bytes> { key: "sent_today", name: "Sent today", on: [Router, Person], shows: Hidden, since: Some("today_since") }
    /// Traffic of today at times that are on-peak by the household's timetable.
    ON_PEAK_TODAY: Tally<Bytes> { key: "on_peak_today", name: "On-peak usage today", on: [Router, Client, Person], shows: Hidden, quiet_on: &[SubjectKind::Client], since: Some("today_since") }
    /// Traffic of today at all other times.
    OFF_PEAK_TODAY: Tally<Bytes> { key: "off_peak_today", name: "Off-peak usage today", on: [Router, Client, Person], shows: Hidden, quiet_on: &[SubjectKind::Client], since: Some("today_since") }
    /// All traffic of yesterday, in both directions.
    USAGE_YESTERDAY: Gauge<Bytes> { key: "usage_yesterday", name: "Usage yesterday", on: [Router, Client, Person], shows: Primary, hidden_on: &[SubjectKind::Client] }
    /// What was received yesterday.
    RECEIVED_YESTERDAY: Gauge<Bytes> { key: "received_yesterday", name: "Received yesterday", on: [Router, Person], shows: Hidden }
    /// What was sent yesterday.
    SENT_YESTERDAY: Gauge<Bytes> { key: "sent_yesterday", name: "Sent yesterday", on: [Router, Person], shows: Hidden }
    /// When the billing cycle began; without one, the calendar month.
    CYCLE_SINCE: Moment<Moment> { key: "cycle_since", name: "Cycle began", on: [Router, Client, Person], shows: Diagnostic, quiet_on: &[SubjectKind::Client, SubjectKind::Person] }
    /// When the billing cycle ends, and the next one begins.
    CYCLE_UNTIL: Moment<Moment> { key: "cycle_until", name: "Cycle ends", on: [Router], shows: Diagnostic }
    /// All traffic of this billing cycle, in both directions.
    USAGE_CYCLE: Tally<Bytes> { key: "usage_cycle", name: "Usage this cycle", on: [Router, Client, Person], shows: Primary, since: Some("cycle_since") }
    /// What was received in this billing cycle.
    RECEIVED_CYCLE: Tally<Bytes> { key: "received_cycle", name: "Received this cycle", on: [Router, Person], shows: Hidden, since: Some("cycle_since") }
    /// What was sent in this billing cycle.
    SENT_CYCLE: Tally<Bytes> { key: "sent_cycle", name: "Sent this cycle", on: [Router, Person], shows: Hidden, since: Some("cycle_since") }
    /// Traffic of this billing cycle at times that are on-peak by the household's timetable.
    ON_PEAK_CYCLE: Tally<Bytes> { key: "on_peak_cycle", name: "On-peak usage this cycle", on: [Router, Client, Person], shows: Diagnostic, quiet_on: &[SubjectKind::Client], since: Some("cycle_since") }
    /// Traffic of this billing cycle at all other times.
    OFF_PEAK_CYCLE: Tally<Bytes> { key: "off_peak_cycle", name: "Off-peak usage this cycle", on: [Router, Client, Person], shows: Diagnostic, quiet_on: &[SubjectKind::Client], since: Some("cycle_since") }
    /// All traffic of the billing cycle before this one.
    USAGE_LAST_CYCLE: Gauge<Bytes> { key: "usage_last_cycle", name: "Usage last cycle", on: [Router, Client, Person], shows: Primary, hidden_on: &[SubjectKind::Client] }
    /// What was received in the billing cycle before this one.
    RECEIVED_LAST_CYCLE: Gauge<Bytes> { key: "received_last_cycle", name: "Received last cycle", on: [Router, Person], shows: Hidden }
    /// What was sent in the billing cycle before this one.
    SENT_LAST_CYCLE: Gauge<Bytes> { key: "sent_last_cycle", name: "Sent last cycle", on: [Router, Person], shows: Hidden }
    /// For how long of this billing cycle traffic may have passed uncounted: around restarts of the box, and wherever its figures leave doubt.
    UNACCOUNTED: Tally<Seconds> { key: "unaccounted", name: "Unaccounted time", on: [Router, Client, Person], shows: Diagnostic, quiet_on: &[SubjectKind::Client, SubjectKind::Person], since: Some("cycle_since") }

    // Quotas.
    /// What may be used in this billing cycle.
    QUOTA: Gauge<Bytes> { key: "quota", name: "Quota", on: [Router, Person], shows: Diagnostic }
    /// What of the quota is used: without free times, and as the operator counts where that was said.
    QUOTA_USED: Tally<Bytes> { key: "quota_used", name: "Quota used", on: [Router, Person], shows: Primary, since: Some("cycle_since") }
    /// What is left of the quota.
    QUOTA_LEFT: Gauge<Bytes> { key: "quota_left", name: "Quota left", on: [Router, Person], shows: Primary }
    /// What share of the quota is used; more than 100 % when it is exceeded.
    QUOTA_PERCENT: Gauge<Share> { key: "quota_percent", name: "Quota used share", on: [Router, Person], shows: Primary, icon: Some("mdi:gauge") }
    /// How long until the billing cycle ends.
    QUOTA_DAYS_LEFT: Gauge<Days> { key: "quota_days_left", name: "Days left in cycle", on: [Router], shows: Diagnostic }
    /// What can be used each day until the cycle ends without exceeding the quota.
    QUOTA_SAFE_DAILY: Gauge<Bytes> { key: "quota_safe_daily", name: "Safe daily usage", on: [Router, Person], shows: Primary }
    /// What will have been used when the cycle ends, if it goes on as in the days before.
    QUOTA_PROJECTED: Gauge<Bytes> { key: "quota_projected", name: "Projected usage", on: [Router], shows: Primary }
    /// The least that is likely to have been used then.
    QUOTA_PROJECTED_LOW: Gauge<Bytes> { key: "quota_projected_low", name: "Projected usage, low", on: [Router], shows: Hidden }
    /// The most that is likely to have been used then.
    QUOTA_PROJECTED_HIGH: Gauge<Bytes> { key: "quota_projected_high", name: "Projected usage, high", on: [Router], shows: Hidden }
    /// When the quota will be used up, if that is before the cycle ends.
    QUOTA_EXHAUSTED: Moment<Moment> { key: "quota_exhausted", name: "Quota used up on", on: [Router], shows: Primary }
    /// The earliest day on which that is likely.
    QUOTA_EXHAUSTED_EARLIEST: Moment<Moment> { key: "quota_exhausted_earliest", name: "Quota used up on, earliest", on: [Router], shows: Hidden }
    /// The latest day on which that is likely.
    QUOTA_EXHAUSTED_LATEST: Moment<Moment> { key: "quota_exhausted_latest", name: "Quota used up on, latest", on: [Router], shows: Hidden }
    /// Whether the quota is used up.
    QUOTA_PROBLEM: Flag<bool> { key: "quota_problem", name: "Quota used up", on: [Router, Person], shows: Primary, class: Some("problem") }

    // The bridge's own view.
    /// How long the last poll took.
    POLL_TIME: Gauge<Seconds> { key: "poll_time", name: "Poll time", on: [Router], shows: Hidden, icon: Some("mdi:timer-outline") }
}

/// The row of a key on a kind of subject.
pub fn find(kind: SubjectKind, key: &str) -> Option<&'static Row> {
    ALL.iter().copied().find(|row| row.key == key && row.on.contains(&kind))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_key_names_one_metric_of_a_subject() {
        for kind in SubjectKind::ALL {
            let rows: Vec<_> = ALL.iter().filter(|row| row.on.contains(&kind)).collect();
            let keys: BTreeSet<_> = rows.iter().map(|row| row.key).collect();
            let names: BTreeSet<_> = rows.iter().map(|row| row.name).collect();
            assert_eq!(keys.len(), rows.len(), "{kind:?}");
            assert_eq!(names.len(), rows.len(), "{kind:?}");
        }
    }

    #[test]
    fn rows_are_complete_and_consistent() {
        for row in ALL {
            assert_eq!(super::super::text::slug(row.key), row.key);
            assert!(row.doc.trim().ends_with('.'), "{}", row.key);
            assert_eq!(row.kind == Kind::State, !row.options.is_empty(), "{}", row.key);
            assert!(!row.on.is_empty(), "{}", row.key);
            for (kind, key) in row.on.iter().zip(row.reason.iter().cycle()) {
                let reason = find(*kind, key).unwrap();
                assert_eq!((reason.kind, reason.shows), (Kind::Text, Shows::Attribute), "{key}");
            }
        }
    }
}
