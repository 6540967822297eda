//! What the endpoints say.

use super::document::{Field, empty, value};
use super::household;
use super::life::Life;
use super::profile::{Profile, Radio};
use crate::simulators::Noise;

/// The fields of an endpoint; `None` when there is no such thing.
pub(super) fn page(endpoint: &str, profile: &Profile, life: &mut Life, noise: &Noise) -> Option<Vec<Field>> {
    if profile.lacks.contains(&endpoint) {
        return None;
    }
    Some(match endpoint {
        "device/basic_information" => basic_information(profile),
        "device/information" => information(profile, life),
        "device/signal" => signal(profile.radio, noise),
        "monitoring/status" => status(profile, life),
        "monitoring/traffic-statistics" => traffic(life),
        "monitoring/month_statistics" => month(life),
        "monitoring/start_date" => plan(),
        "monitoring/check-notifications" => notifications(profile),
        "monitoring/converged-status" => {
            vec![value("SimState", 257), value("SimLockEnable", 0), value("CurrentLanguage", "en_us")]
        }
        "net/current-plmn" => plmn(),
        "net/net-mode" => vec![
            value("NetworkMode", "00"),
            value("NetworkBand", "100200000CE80380"),
            value("LTEBand", "1A08A0C00DF"),
        ],
        "sms/sms-count" => messages(),
        "dialup/mobile-dataswitch" => vec![value("dataswitch", u8::from(life.data_is_on()))],
        "cradle/status-info" => cradle(profile.radio),
        "lan/HostInfo" => household::all(life),
        "wlan/host-list" => household::on_wifi(profile, life),
        _ => return None,
    })
}

fn basic_information(profile: &Profile) -> Vec<Field> {
    let mut fields = vec![
        value("productfamily", "LTE"),
        value("classify", profile.classify),
        value("multimode", 0),
        value("restore_default_status", 0),
        value("sim_save_pin_enable", 0),
        value("devicename", profile.name),
    ];
    if profile.called.is_empty() {
        fields.extend([value("SoftwareVersion", profile.firmware), value("WebUIVersion", "21.100.31.00.03")]);
    } else {
        fields.push(value("spreadname_en", profile.called));
    }
    fields
}

fn information(profile: &Profile, life: &Life) -> Vec<Field> {
    let mut fields = vec![
        value("DeviceName", profile.name),
        value("SerialNumber", "SIMULATED0000001"),
        value("Imei", "000000000000001"),
        value("Imsi", "001010000000001"),
        value("Iccid", "0000000000000000001"),
        value("Msisdn", ""),
        value("HardwareVersion", "WL2B520M"),
        value("SoftwareVersion", profile.firmware),
        value("WebUIVersion", "21.100.44.00.03"),
        value("MacAddress1", household::BOX),
        value("MacAddress2", ""),
        value("ProductFamily", "LTE"),
        value("Classify", profile.classify),
        value("supportmode", "LTE|WCDMA|GSM"),
        value("workmode", if life.is_connected() { "LTE" } else { "NO SERVICE" }),
    ];
    if profile.tells_uptime {
        fields.extend([
            value("WanIPAddress", "198.51.100.113"),
            value("wan_dns_address", "192.0.2.53,192.0.2.54"),
            value("WanIPv6Address", "2001:db8::113"),
            value("wan_ipv6_dns_address", ""),
            value("uptime", life.uptime().as_secs()),
        ]);
    }
    if !profile.called.is_empty() {
        fields.push(value("spreadname_en", profile.called));
    }
    fields
}

/// What a radio without service leaves empty.
const LEVELS: [&str; 12] = [
    "pci",
    "sc",
    "cell_id",
    "rsrq",
    "rsrp",
    "rssi",
    "sinr",
    "rscp",
    "ecio",
    "ulbandwidth",
    "dlbandwidth",
    "band",
];

fn signal(radio: Radio, noise: &Noise) -> Vec<Field> {
    if matches!(radio, Radio::Untold | Radio::Silent) {
        let mut fields = empty(&LEVELS);
        let told = if radio == Radio::Untold { value("psatt", 1) } else { value("plmn", "00101") };
        fields.extend([value("mode", if radio == Radio::Untold { "7" } else { "" }), told]);
        return fields;
    }
    let near = |level: i64| level + i64::try_from(noise.whole(0, 2)).unwrap_or_default();
    let mut fields = vec![
        value("pci", 0),
        value("sc", ""),
        value("cell_id", "3313439"),
        value("rsrq", format!("{}dB", near(-10))),
        value("rsrp", format!("{}dBm", near(-105))),
        value("rssi", format!("{}dBm", near(-80))),
        value("sinr", format!("{}dB", near(5))),
        value("mode", 7),
        value("ulbandwidth", "20MHz"),
        value("dlbandwidth", "20MHz"),
        value("txpower", "PPusch:14dBm PPucch:-4dBm PSrs:19dBm PPrach:22dBm"),
        value("dl_mcs", "mcsDownCarrier1Code0:2 mcsDownCarrier1Code1:15 "),
        value("earfcn", "DL:2850 UL:20850"),
        value("tac", 11_019),
        value("band", 7),
        value("nei_cellid", "No1:494No2:493"),
        value("plmn", "00101"),
    ];
    if radio == Radio::Nsa {
        fields.retain(|field| !matches!(field, Field::Value("rssi" | "sinr" | "cell_id", _)));
        fields.extend([
            value("rssi", ">=-51dBm"),
            value("sinr", ">=30dB"),
            value("cell_id", "0000000003313439"),
            value("nrsinr", format!("{}dB", near(16))),
            value("nrrsrp", format!("{}dBm", near(-93))),
            value("nrrsrq", "-10.0dB"),
            value("nrrssi", format!("{}dBm", near(-70))),
        ]);
    }
    fields
}

fn status(profile: &Profile, life: &Life) -> Vec<Field> {
    let silent = profile.radio == Radio::Silent;
    let battery = |text: &'static str| if profile.has_battery { text } else { "" };
    vec![
        value("ConnectionStatus", if life.is_connected() { 901 } else { 902 }),
        value("WifiConnectionStatus", ""),
        value("SignalStrength", ""),
        value("SignalIcon", if silent { 0 } else { 3 }),
        // Without a card, the last network is still there.
        value("CurrentNetworkType", if silent { 4 } else { 19 }),
        value("CurrentServiceDomain", 3),
        value("RoamingStatus", 0),
        value("BatteryStatus", battery("1")),
        value("BatteryLevel", battery("4")),
        value("BatteryPercent", battery("87")),
        value("simlockStatus", 0),
        value("PrimaryDns", "192.0.2.53"),
        value("SecondaryDns", "192.0.2.54"),
        value("CurrentWifiUser", household::wifi_users(life)),
        value("TotalWifiUser", 64),
        value("ServiceStatus", if silent { 0 } else { 2 }),
        value("SimStatus", 1),
        value("WifiStatus", 1),
        value(
            "CurrentNetworkTypeEx",
            match profile.radio {
                Radio::Silent => 0,
                Radio::Nsa => 1011,
                Radio::Lte | Radio::Untold => 101,
            },
        ),
        value("maxsignal", 5),
        value("classify", profile.classify),
        value("flymode", 0),
    ]
}

fn traffic(life: &mut Life) -> Vec<Field> {
    let (counts, connected) = (life.count(), life.connected_for().as_secs());
    vec![
        value("CurrentConnectTime", connected),
        value("CurrentUpload", counts.current.sent),
        value("CurrentDownload", counts.current.received),
        value("CurrentDownloadRate", counts.rate.received),
        value("CurrentUploadRate", counts.rate.sent),
        value("TotalUpload", counts.total.sent),
        value("TotalDownload", counts.total.received),
        value("TotalConnectTime", connected + 1_660_145),
        value("showtraffic", 1),
    ]
}

fn month(life: &mut Life) -> Vec<Field> {
    let (month, began) = (life.count().month, life.month_began());
    vec![
        value("CurrentMonthDownload", month.received),
        value("CurrentMonthUpload", month.sent),
        value("MonthDuration", life.connected_for().as_secs()),
        value("MonthLastClearTime", format!("{}-{}-{}", began.year(), began.month(), began.day())),
    ]
}

fn plan() -> Vec<Field> {
    vec![
        value("StartDay", 1),
        value("DataLimit", "40GB"),
        value("DataLimitAwoke", 0),
        value("MonthThreshold", 90),
        value("DayThreshold", 90),
        value("SetMonthData", 1),
        value("trafficmaxlimit", 42_949_672_960_u64),
        value("turnoffdataenable", 0),
        value("turnoffdataswitch", 0),
        value("turnoffdataflag", 0),
    ]
}

fn notifications(profile: &Profile) -> Vec<Field> {
    let newer = profile.radio == Radio::Nsa;
    vec![
        value("UnreadMessage", 5),
        value("SmsStorageFull", 0),
        value("OnlineUpdateStatus", if newer { 12 } else { 14 }),
    ]
}

fn plmn() -> Vec<Field> {
    vec![
        value("State", 0),
        value("FullName", "Example Mobile"),
        value("ShortName", "EX"),
        value("Numeric", "00101"),
        value("Rat", 7),
        value("Spn", ""),
    ]
}

fn messages() -> Vec<Field> {
    let counts = [
        ("LocalUnread", 5),
        ("LocalInbox", 18),
        ("LocalOutbox", 3),
        ("LocalDraft", 0),
        ("LocalDeleted", 0),
        ("SimUnread", 0),
        ("SimInbox", 2),
        ("SimOutbox", 0),
        ("SimDraft", 0),
        ("LocalMax", 500),
        ("SimMax", 20),
        ("SimUsed", 2),
        ("NewMsg", 0),
    ];
    counts.iter().map(|(name, count)| value(name, count)).collect()
}

fn cradle(radio: Radio) -> Vec<Field> {
    let plugged = radio == Radio::Silent;
    vec![
        value("cradlestatus", u8::from(plugged)),
        value("connectionmode", 3),
        value("connectstatus", if plugged { "901" } else { "" }),
        value("ipaddress", if plugged { "198.51.100.113" } else { "" }),
        value("currenttime", if plugged { 1154 } else { 0 }),
    ]
}
