use router2mqtt::model::SubjectKind::{Client, Radio};
use router2mqtt::model::catalog::{
    ACCESS_POINT, BAND, BLOCKED, CHANNEL, CHANNEL_WIDTH, CLIENTS, CONNECTED, CONNECTED_FOR, CONNECTION,
    DOWNLOAD_RATE, IPV4, LAST_SEEN, LINK_SPEED, PHY_RATE_DOWN, PHY_RATE_UP, RADIO_STATE, RSSI,
    STATISTICS_ENABLED, TRAFFIC, TRAFFIC_RATE, UPLOAD_RATE, USAGE_CYCLE, USAGE_TODAY, WIFI,
};

use crate::dashboard::{Dashboard, row, with};
use crate::panel::{Panel, Query};
use crate::series::{Series, client, radio, router};
use crate::table::{Column, sorted, table};

const SIGNAL: &[(Option<f64>, &str)] =
    &[(None, "red"), (Some(-80.0), "orange"), (Some(-70.0), "yellow"), (Some(-60.0), "green")];

pub fn dashboard() -> Dashboard {
    Dashboard {
        word: "clients",
        title: "Clients and Wi-Fi",
        description: "Who is there, how well they are received, and what they use.",
        about: with(client(CONNECTED)),
        time: "now-6h",
        rows: vec![
            row("At a glance", glance()),
            row("Who is there", presence()),
            row("Traffic", traffic()),
            row("Wi-Fi signal", signal()),
            row("Radios", radios()),
        ],
    }
}

/// How many clients there are for each word of a label.
fn counted(series: Series) -> Query {
    let label = series.label();
    let present = format!("{} == 1", client(CONNECTED).raw());
    let described = series.described(&[label]);
    Query::new(
        format!("count by ({label}) (({present}) * on (box, client) group_left ({label}) {described})"),
        format!("{{{{{label}}}}}"),
    )
}

fn glance() -> Vec<Panel> {
    vec![
        Panel::stat(8, "", &[router(CLIENTS)]).background(),
        Panel::stat(8, "Connected by", &[client(CONNECTED)])
            .numbers()
            .meaning(CONNECTION.row().doc.trim())
            .asks(vec![counted(client(CONNECTION))])
            .instant(),
        Panel::stat(4, "", &[router(WIFI)]),
        Panel::stat(4, "", &[router(STATISTICS_ENABLED)]),
    ]
}

fn presence() -> Vec<Panel> {
    let labels = [
        ("name", "Name"),
        client(IPV4).column(),
        client(CONNECTION).column(),
        client(BAND).column(),
        client(ACCESS_POINT).column(),
    ];
    let columns = [
        Column::from(client(CONNECTED)),
        Column::from(client(RSSI)),
        Column::from(client(LINK_SPEED)),
        Column::from(client(CONNECTED_FOR)),
        Column::from(client(LAST_SEEN)),
        Column::from(client(USAGE_TODAY)),
        Column::from(client(USAGE_CYCLE)),
    ];
    vec![
        Panel::states(24, 12, "Presence", &[client(CONNECTED)]),
        Panel::lines(12, "Clients over time", &[router(CLIENTS)]).zero_based().decimals(0).tall(7),
        Panel::states(12, 7, "Kept from the internet", &[client(BLOCKED)])
            .asks(vec![Query::new(
                client(BLOCKED).named(&format!("{} == 1", client(BLOCKED).raw())),
                "{{name}}",
            )])
            .meaning("Only devices that are blocked are shown."),
        sorted(table(Client, "Devices", &labels, &columns).tall(14), USAGE_TODAY.row().name, true),
    ]
}

fn traffic() -> Vec<Panel> {
    vec![
        Panel::lines(12, "Download by client", &[client(DOWNLOAD_RATE)]).many().stacked(),
        Panel::lines(12, "Upload by client", &[client(UPLOAD_RATE)]).many().stacked(),
        Panel::lines(12, "Traffic by client, both directions", &[client(TRAFFIC_RATE)]).many().stacked(),
        Panel::lines(12, "Traffic by client, as counted", &[client(TRAFFIC)]).unit("Bps").many(),
        Panel::bars(24, "Today by client", &[client(USAGE_TODAY)]).tall(12),
    ]
}

fn signal() -> Vec<Panel> {
    vec![
        Panel::lines(16, "Signal by client", &[client(RSSI)]).many(),
        Panel::bars(8, "Weakest now", &[client(RSSI)])
            .asks(vec![Query::new(
                client(RSSI).named(&format!("bottomk(10, {})", client(RSSI).now())),
                "{{name}}",
            )])
            .instant()
            .thresholds(SIGNAL)
            .between(-95.0, -30.0),
        Panel::lines(12, "Link rate down", &[client(PHY_RATE_DOWN)]).many(),
        Panel::lines(12, "Link rate up", &[client(PHY_RATE_UP)]).many(),
    ]
}

fn radios() -> Vec<Panel> {
    let labels = [("name", "Radio"), radio(BAND).column(), radio(RADIO_STATE).column()];
    let columns =
        [Column::from(radio(CHANNEL)), Column::from(radio(CHANNEL_WIDTH)), Column::from(radio(CLIENTS))];
    vec![
        table(Radio, "Radios", &labels, &columns).wide(12).tall(8),
        Panel::lines(6, "Clients by radio", &[radio(CLIENTS)]).zero_based().decimals(0).tall(8),
        Panel::stat(6, "Connected by band", &[client(CONNECTED)])
            .numbers()
            .meaning(BAND.row().doc.trim())
            .asks(vec![counted(client(BAND))])
            .instant()
            .tall(8),
    ]
}
