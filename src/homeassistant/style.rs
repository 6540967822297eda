/// How to announce things to Home Assistant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// The discovery prefix of Home Assistant's MQTT integration.
    pub prefix: String,
    /// Which messages it understands.
    pub layout: Layout,
    /// Where it says that it has started.
    pub status_topic: String,
}

/// Which discovery messages Home Assistant understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One message per device: Home Assistant 2024.11 and later.
    Device,
    /// One message per entity: everything before.
    Component,
    /// None: nobody is to be told.
    Off,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            prefix: "homeassistant".to_owned(),
            layout: Layout::Device,
            status_topic: "homeassistant/status".to_owned(),
        }
    }
}
