//! Which cards a box gets, from the top to the bottom. A card of which the box has nothing is left out.

/// How a card shows its entities.
#[derive(Clone, Copy, Debug)]
pub(super) enum Card {
    /// One line each.
    List,
    /// The last day as curves, one graph for each unit.
    History,
    /// How much was added on each day of a month.
    PerDay,
    /// A share of 100 %.
    Gauge,
    /// What happened, newest first.
    Logbook,
}

/// Which entities a card shows.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pick {
    /// Those of the box with these keys, in this order.
    Keys(&'static [&'static str]),
    /// Those of the box with this device class.
    Class(&'static str),
    /// Those of the parts of the box whose keys begin and end so: the link of each port, say.
    Each(&'static str, &'static str),
    /// Those of the box on these platforms.
    Platforms(&'static [&'static str]),
    /// The one with this key of each device of the household.
    Clients(&'static str),
    /// The one with this key of each person of the household.
    People(&'static str),
}

/// The cards with their titles.
pub(super) const PLAN: &[(&str, Card, Pick)] = &[
    (
        "Now",
        Card::List,
        Pick::Keys(&[
            "wan",
            "line_quality",
            "problem",
            "last_error",
            "download_rate",
            "upload_rate",
            "clients",
            "sms_unread",
            "ipv4",
            "last_boot",
            "firmware_update",
            "firmware",
        ]),
    ),
    ("Rates", Card::History, Pick::Keys(&["download_rate", "upload_rate"])),
    ("Traffic per day", Card::PerDay, Pick::Keys(&["received", "sent"])),
    ("Used of the plan", Card::Gauge, Pick::Keys(&["quota_percent"])),
    (
        "Plan",
        Card::List,
        Pick::Keys(&[
            "quota",
            "quota_used",
            "quota_left",
            "quota_safe_daily",
            "quota_projected",
            "quota_exhausted",
            "quota_problem",
            "quota_days_left",
        ]),
    ),
    (
        "Usage",
        Card::List,
        Pick::Keys(&[
            "usage_today",
            "usage_yesterday",
            "usage_cycle",
            "usage_last_cycle",
            "cycle_until",
            "month_received",
            "month_sent",
            "data_limit",
        ]),
    ),
    (
        "Reception",
        Card::History,
        Pick::Keys(&["rsrp", "rsrq", "sinr", "rssi", "nr_rsrp", "nr_rsrq", "nr_sinr", "nr_rssi"]),
    ),
    (
        "Cable",
        Card::History,
        Pick::Keys(&[
            "down_snr_min",
            "down_snr_mean",
            "down_power_min",
            "down_power_max",
            "up_power_max",
            "corrected_sum",
            "uncorrected_sum",
        ]),
    ),
    (
        "Telephone line",
        Card::History,
        Pick::Keys(&[
            "snr_margin_down",
            "snr_margin_up",
            "attenuation_down",
            "attenuation_up",
            "xdsl_rate_down",
            "xdsl_rate_up",
        ]),
    ),
    ("Fibre", Card::History, Pick::Keys(&["optical_rx", "optical_tx"])),
    ("Temperatures", Card::History, Pick::Class("temperature")),
    ("Ports", Card::List, Pick::Each("port_", "_link")),
    ("At home", Card::List, Pick::Clients("presence")),
    ("People today", Card::List, Pick::People("usage_today")),
    ("Controls", Card::List, Pick::Platforms(&["switch", "button"])),
    ("What happened", Card::Logbook, Pick::Platforms(&["event"])),
];
