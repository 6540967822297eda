use router2mqtt::model::SubjectKind::Person;
use router2mqtt::model::catalog::{
    CYCLE_SINCE, CYCLE_UNTIL, DOWNLOAD_RATE, OFF_PEAK_CYCLE, OFF_PEAK_TODAY, ON_PEAK_CYCLE, ON_PEAK_TODAY,
    QUOTA, QUOTA_DAYS_LEFT, QUOTA_EXHAUSTED, QUOTA_LEFT, QUOTA_PERCENT, QUOTA_PROBLEM, QUOTA_PROJECTED,
    QUOTA_PROJECTED_HIGH, QUOTA_PROJECTED_LOW, QUOTA_SAFE_DAILY, QUOTA_USED, RECEIVED, RECEIVED_CYCLE,
    RECEIVED_TODAY, SENT, SENT_CYCLE, SENT_TODAY, UNACCOUNTED, UPLOAD_RATE, USAGE_CYCLE, USAGE_LAST_CYCLE,
    USAGE_TODAY, USAGE_YESTERDAY,
};
use router2mqtt::model::{Bytes, Metric};
use serde_json::json;

use crate::dashboard::{Dashboard, row, with};
use crate::panel::{Panel, Query, called};
use crate::series::{client, person, router};
use crate::table::{Column, sorted, table};

const SHARE: &[(Option<f64>, &str)] =
    &[(None, "green"), (Some(0.8), "yellow"), (Some(0.95), "orange"), (Some(1.0), "red")];

pub fn dashboard() -> Dashboard {
    Dashboard {
        word: "traffic",
        title: "Traffic and quota",
        description: "What the household uses: now, by day, by billing cycle and by person, and what is left of the quota.",
        about: with(router(USAGE_TODAY)),
        time: "now-24h",
        rows: vec![
            row("At a glance", glance()),
            row("Rates", rates()),
            row("Days", days()),
            row("Billing cycle and quota", quota()),
            row("People", people()),
            row("Devices", devices()),
        ],
    }
}

fn glance() -> Vec<Panel> {
    vec![
        Panel::stat(6, "", &[router(DOWNLOAD_RATE)]).background(),
        Panel::stat(6, "", &[router(UPLOAD_RATE)]).background(),
        Panel::stat(6, "", &[router(USAGE_TODAY)]),
        Panel::stat(6, "", &[router(USAGE_CYCLE)]),
    ]
}

fn rates() -> Vec<Panel> {
    let counted = Panel::lines(12, "As counted", &[router(RECEIVED), router(SENT)])
        .asks(vec![called(router(RECEIVED), "received"), called(router(SENT), "sent")])
        .unit("Bps");
    vec![
        Panel::lines(12, "Download and upload", &[router(DOWNLOAD_RATE), router(UPLOAD_RATE)])
            .mirrored("upload"),
        counted.mirrored("sent"),
    ]
}

/// Each day as a whole, as the bridge has counted it: what it calls yesterday a day later. Half an hour more, so that it is
/// that day in every time zone.
fn whole_days(metric: Metric<Bytes>) -> Query {
    Query::new(format!("{} offset -1d30m", router(metric).raw()), "{{box}}").step("1d")
}

fn days() -> Vec<Panel> {
    let whole = Panel::lines(12, "Whole days", &[router(USAGE_YESTERDAY)])
        .meaning("Each day but the present one. Look at a week or a month.")
        .asks(vec![whole_days(USAGE_YESTERDAY)])
        .barred()
        .zero_based();
    vec![
        Panel::lines(12, "Today so far", &[router(RECEIVED_TODAY), router(SENT_TODAY)]).zero_based(),
        whole.looks_back("31d"),
        Panel::lines(12, "By the household's timetable", &[router(ON_PEAK_TODAY), router(OFF_PEAK_TODAY)])
            .zero_based(),
        Panel::bars(12, "Today and yesterday", &[router(USAGE_TODAY), router(USAGE_YESTERDAY)]),
    ]
}

fn quota() -> Vec<Panel> {
    let dashed =
        [("custom.lineStyle", json!({ "dash": [8, 8], "fill": "dash" })), ("custom.fillOpacity", json!(0))];
    vec![
        Panel::gauge(8, "", &[router(QUOTA_PERCENT)]).thresholds(SHARE).up_to(1.0),
        Panel::stat(4, "", &[router(QUOTA_LEFT)]).tall(6),
        Panel::stat(4, "", &[router(QUOTA_DAYS_LEFT)]).tall(6).decimals(1),
        Panel::stat(4, "", &[router(QUOTA_SAFE_DAILY)]).tall(6),
        Panel::stat(4, "", &[router(QUOTA_PROJECTED)]).tall(6),
        Panel::lines(
            16,
            "Where it leads",
            &[
                router(QUOTA),
                router(QUOTA_USED),
                router(QUOTA_PROJECTED),
                router(QUOTA_PROJECTED_LOW),
                router(QUOTA_PROJECTED_HIGH),
            ],
        )
        .zero_based()
        .style("projected", &dashed)
        .style(
            " quota$",
            &[("color", json!({ "mode": "fixed", "fixedColor": "red" })), ("custom.fillOpacity", json!(0))],
        ),
        Panel::stat(4, "", &[router(QUOTA_EXHAUSTED)]).meaning("Empty while it lasts.").tall(9),
        Panel::stat(4, "", &[router(QUOTA_PROBLEM)]).tall(9),
        Panel::bars(12, "This cycle and the last one", &[router(USAGE_CYCLE), router(USAGE_LAST_CYCLE)])
            .tall(7),
        Panel::bars(
            12,
            "How this cycle's usage divides",
            &[router(RECEIVED_CYCLE), router(SENT_CYCLE), router(ON_PEAK_CYCLE), router(OFF_PEAK_CYCLE)],
        )
        .tall(7),
        Panel::stat(8, "", &[router(CYCLE_SINCE)]),
        Panel::stat(8, "", &[router(CYCLE_UNTIL)]),
        Panel::stat(8, "", &[router(UNACCOUNTED)]),
    ]
}

fn people() -> Vec<Panel> {
    let columns = [
        Column::from(person(USAGE_TODAY)),
        Column::from(person(USAGE_YESTERDAY)),
        Column::from(person(USAGE_CYCLE)),
        Column::from(person(USAGE_LAST_CYCLE)),
        Column::from(person(QUOTA)),
        Column::from(person(QUOTA_LEFT)),
        Column::from(person(QUOTA_PERCENT)),
    ];
    let all = table(Person, "People", &[("name", "Name")], &columns).tall(8);
    vec![
        Panel::bars(8, "Today by person", &[person(USAGE_TODAY)]),
        Panel::bars(8, "This cycle by person", &[person(USAGE_CYCLE)]),
        Panel::gauge(8, "Quota used by person", &[person(QUOTA_PERCENT)])
            .thresholds(SHARE)
            .up_to(1.0)
            .tall(9),
        Panel::lines(24, "Today by person, as it grows", &[person(USAGE_TODAY)]).zero_based(),
        sorted(all, USAGE_CYCLE.row().name, true),
    ]
}

fn devices() -> Vec<Panel> {
    let top = |metric: Metric<Bytes>| {
        let series = client(metric);
        Query::new(series.named(&format!("topk(15, {})", series.now())), "{{name}}")
    };
    let bars =
        |title, metric| Panel::bars(12, title, &[client(metric)]).asks(vec![top(metric)]).instant().tall(12);
    vec![
        bars("Devices that used most today", USAGE_TODAY),
        bars("Devices that used most in this cycle", USAGE_CYCLE),
    ]
}
