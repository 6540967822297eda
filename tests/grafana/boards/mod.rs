//! The dashboards.

mod bridge;
mod clients;
mod docsis;
mod hardware;
mod line;
mod traffic;

use super::dashboard::Dashboard;

pub fn all() -> Vec<Dashboard> {
    vec![
        traffic::dashboard(),
        clients::dashboard(),
        docsis::dashboard(),
        line::dashboard(),
        hardware::dashboard(),
        bridge::dashboard(),
    ]
}
