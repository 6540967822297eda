//! A dashboard: rows of panels, one after the other.

use serde_json::{Value as Json, json};

use super::panel::{Panel, datasource};
use super::series::{Series, router};
use router2mqtt::model::catalog;

/// How wide Grafana's grid is.
pub const WIDTH: u32 = 24;

/// What a dashboard consists of.
pub struct Dashboard {
    /// The name of its file, and what stands behind `router2mqtt-` in its uid.
    pub word: &'static str,
    pub title: &'static str,
    pub description: &'static str,
    /// Only boxes that have this can be chosen; without one, all that are configured.
    pub about: String,
    /// The time it opens with.
    pub time: &'static str,
    pub rows: Vec<Row>,
}

/// Panels under a headline.
pub struct Row {
    pub title: &'static str,
    pub panels: Vec<Panel>,
    /// Closed until somebody opens it: not every household has it.
    pub closed: bool,
}

pub fn row(title: &'static str, panels: Vec<Panel>) -> Row {
    Row { title, panels, closed: false }
}

pub fn closed(title: &'static str, panels: Vec<Panel>) -> Row {
    Row { title, panels, closed: true }
}

/// The boxes that have this.
pub fn with(series: Series) -> String {
    series.name()
}

impl Dashboard {
    pub fn json(&self) -> Json {
        json!({
            "annotations": { "list": [restarts()] },
            "description": self.description,
            "editable": true,
            "fiscalYearStartMonth": 0,
            "graphTooltip": 1,
            "id": null,
            "links": [{
                "asDropdown": true,
                "icon": "external link",
                "includeVars": true,
                "keepTime": true,
                "tags": ["router2mqtt"],
                "targetBlank": false,
                "title": "router2mqtt",
                "type": "dashboards",
            }],
            "panels": self.panels(),
            "refresh": "30s",
            "schemaVersion": 38,
            "tags": ["router2mqtt"],
            "templating": { "list": [sources(), boxes(&self.about)] },
            "time": { "from": self.time, "to": "now" },
            "timepicker": {},
            "timezone": "browser",
            "title": self.title,
            "uid": format!("router2mqtt-{}", self.word),
            "version": 1,
            "weekStart": "",
        })
    }

    /// Row by row; within a row from left to right, and down when the line is full.
    fn panels(&self) -> Json {
        let mut placed = Vec::new();
        let (mut top, mut id) = (0, 0);
        for row in &self.rows {
            id += 1;
            let mut headline = json!({
                "type": "row",
                "id": id,
                "title": row.title,
                "collapsed": row.closed,
                "gridPos": { "x": 0, "y": top, "w": WIDTH, "h": 1 },
                "panels": [],
            });
            top += 1;
            let mut inside = Vec::new();
            let (mut left, mut y, mut tallest) = (0, top, 0);
            for panel in &row.panels {
                if left + panel.width > WIDTH {
                    (left, y, tallest) = (0, y + tallest, 0);
                }
                id += 1;
                let mut json = panel.json.clone();
                json["id"] = json!(id);
                json["gridPos"] = json!({ "x": left, "y": y, "w": panel.width, "h": panel.height });
                inside.push(json);
                left += panel.width;
                tallest = tallest.max(panel.height);
            }
            if row.closed {
                headline["panels"] = Json::Array(inside);
                placed.push(headline);
            } else {
                top = y + tallest;
                placed.push(headline);
                placed.append(&mut inside);
            }
        }
        Json::Array(placed)
    }
}

/// Where the figures come from: whoever opens the dashboard chooses.
fn sources() -> Json {
    json!({
        "current": {},
        "hide": 0,
        "includeAll": false,
        "label": "Data source",
        "multi": false,
        "name": "datasource",
        "options": [],
        "query": "prometheus",
        "refresh": 1,
        "regex": "",
        "type": "datasource",
    })
}

fn boxes(about: &str) -> Json {
    let query = format!("label_values({about}, box)");
    json!({
        "allValue": null,
        "current": { "selected": true, "text": ["All"], "value": ["$__all"] },
        "datasource": datasource(),
        "definition": query,
        "hide": 0,
        "includeAll": true,
        "label": "Box",
        "multi": true,
        "name": "box",
        "options": [],
        "query": { "query": query, "refId": "boxes" },
        "refresh": 2,
        "regex": "",
        "sort": 1,
        "type": "query",
    })
}

/// A mark wherever a box restarted.
fn restarts() -> Json {
    json!({
        "datasource": datasource(),
        "enable": true,
        "expr": format!("changes({}[$__rate_interval]) > 0", router(catalog::LAST_BOOT).raw()),
        "iconColor": "orange",
        "name": "Restarts",
        "step": "1m",
        "titleFormat": "{{box}} restarted",
    })
}
