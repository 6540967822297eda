//! The messages as Home Assistant reads them. The keys are its abbreviations, the fields its full names.
//!
//! `device`, `origin` and the root of a device message are closed: an unknown key or a null there makes Home
//! Assistant drop the whole message. So nothing optional is ever written as null.

use std::collections::BTreeMap;

use serde::Serialize;

/// A message that announces a whole device.
#[derive(Debug, Serialize)]
pub(super) struct DeviceMessage<'a> {
    #[serde(rename = "dev")]
    pub(super) device: &'a Device,
    #[serde(rename = "o")]
    pub(super) origin: Origin,
    #[serde(rename = "avty")]
    pub(super) availability: &'a [Availability],
    #[serde(rename = "avty_mode")]
    pub(super) availability_mode: &'static str,
    pub(super) qos: u8,
    #[serde(rename = "cmps")]
    pub(super) components: BTreeMap<&'a str, &'a Entity>,
}

/// A message that announces one entity.
#[derive(Debug, Serialize)]
pub(super) struct EntityMessage<'a> {
    #[serde(rename = "dev")]
    pub(super) device: &'a Device,
    #[serde(rename = "o")]
    pub(super) origin: Origin,
    pub(super) qos: u8,
    #[serde(flatten)]
    pub(super) entity: &'a Entity,
}

/// A device: a box, or something of the household.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Device {
    #[serde(rename = "ids")]
    pub(super) identifiers: Vec<String>,
    #[serde(rename = "cns", skip_serializing_if = "Vec::is_empty")]
    pub(super) connections: Vec<(&'static str, String)>,
    pub(super) name: String,
    #[serde(rename = "mf", skip_serializing_if = "Option::is_none")]
    pub(super) manufacturer: Option<String>,
    #[serde(rename = "mdl", skip_serializing_if = "Option::is_none")]
    pub(super) model: Option<String>,
    #[serde(rename = "mdl_id", skip_serializing_if = "Option::is_none")]
    pub(super) model_id: Option<String>,
    #[serde(rename = "hw", skip_serializing_if = "Option::is_none")]
    pub(super) hardware: Option<String>,
    #[serde(rename = "sw", skip_serializing_if = "Option::is_none")]
    pub(super) software: Option<String>,
    #[serde(rename = "sn", skip_serializing_if = "Option::is_none")]
    pub(super) serial_number: Option<String>,
    #[serde(rename = "cu", skip_serializing_if = "Option::is_none")]
    pub(super) configuration_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) via_device: Option<String>,
}

/// Who sends the message.
#[derive(Debug, Serialize)]
pub(super) struct Origin {
    pub(super) name: &'static str,
    #[serde(rename = "sw")]
    pub(super) software: &'static str,
    #[serde(rename = "url")]
    pub(super) support_url: &'static str,
}

impl Origin {
    /// Our name in every message: what proves, when one is found on a broker, that it may be ours.
    pub(super) const NAME: &'static str = "router2mqtt";

    /// This program.
    pub(super) const US: Self = Self {
        name: Self::NAME,
        software: env!("CARGO_PKG_VERSION"),
        support_url: env!("CARGO_PKG_REPOSITORY"),
    };
}

/// A topic that says `online` or `offline`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Availability {
    #[serde(rename = "t")]
    pub(super) topic: String,
}

/// An entity of any platform. What a platform does not know stays empty.
#[derive(Debug, Default, Serialize)]
pub(super) struct Entity {
    #[serde(rename = "p")]
    pub(super) platform: &'static str,
    #[serde(rename = "uniq_id")]
    pub(super) unique_id: String,
    #[serde(rename = "def_ent_id")]
    pub(super) default_entity_id: String,
    /// The same for releases before 2025.10; later ones ignore it.
    #[serde(rename = "obj_id")]
    pub(super) object_id: String,
    /// Written as null for the main entity of a device, which is named after the device.
    pub(super) name: Option<String>,
    #[serde(rename = "ic", skip_serializing_if = "Option::is_none")]
    pub(super) icon: Option<&'static str>,
    #[serde(rename = "ent_cat", skip_serializing_if = "Option::is_none")]
    pub(super) category: Option<&'static str>,
    #[serde(rename = "en", skip_serializing_if = "Option::is_none")]
    pub(super) enabled_by_default: Option<bool>,
    #[serde(rename = "dev_cla", skip_serializing_if = "Option::is_none")]
    pub(super) device_class: Option<&'static str>,
    #[serde(rename = "stat_cla", skip_serializing_if = "Option::is_none")]
    pub(super) state_class: Option<&'static str>,
    #[serde(rename = "lrst_val_tpl", skip_serializing_if = "Option::is_none")]
    pub(super) last_reset_template: Option<String>,
    #[serde(rename = "unit_of_meas", skip_serializing_if = "Option::is_none")]
    pub(super) unit: Option<&'static str>,
    #[serde(rename = "sug_dsp_prc", skip_serializing_if = "Option::is_none")]
    pub(super) display_precision: Option<u32>,
    #[serde(rename = "ops", skip_serializing_if = "<[_]>::is_empty")]
    pub(super) options: &'static [&'static str],
    #[serde(rename = "stat_t", skip_serializing_if = "Option::is_none")]
    pub(super) state_topic: Option<String>,
    #[serde(rename = "val_tpl", skip_serializing_if = "Option::is_none")]
    pub(super) value_template: Option<String>,
    #[serde(rename = "pl_on", skip_serializing_if = "Option::is_none")]
    pub(super) payload_on: Option<&'static str>,
    #[serde(rename = "pl_off", skip_serializing_if = "Option::is_none")]
    pub(super) payload_off: Option<&'static str>,
    #[serde(rename = "stat_on", skip_serializing_if = "Option::is_none")]
    pub(super) state_on: Option<&'static str>,
    #[serde(rename = "stat_off", skip_serializing_if = "Option::is_none")]
    pub(super) state_off: Option<&'static str>,
    #[serde(rename = "evt_typ", skip_serializing_if = "<[_]>::is_empty")]
    pub(super) event_types: &'static [&'static str],
    #[serde(rename = "cmd_t", skip_serializing_if = "Option::is_none")]
    pub(super) command_topic: Option<String>,
    #[serde(rename = "json_attr_t", skip_serializing_if = "Option::is_none")]
    pub(super) attributes_topic: Option<String>,
    #[serde(rename = "json_attr_tpl", skip_serializing_if = "Option::is_none")]
    pub(super) attributes_template: Option<String>,
    #[serde(rename = "src_type", skip_serializing_if = "Option::is_none")]
    pub(super) source_type: Option<&'static str>,
    /// Its own availability, where it is not that of the device.
    #[serde(rename = "avty", skip_serializing_if = "Option::is_none")]
    pub(super) availability: Option<Vec<Availability>>,
    #[serde(rename = "avty_mode", skip_serializing_if = "Option::is_none")]
    pub(super) availability_mode: Option<&'static str>,
}
