//! The models that can be simulated.

use serde_json::{Value as Json, json};

/// What a simulated model has.
#[derive(Debug)]
pub struct Profile {
    /// The word that selects it.
    pub name: &'static str,
    /// The newest version of the API it speaks.
    pub api: (u64, u64),
    /// `box_model`.
    pub model: &'static str,
    /// `box_model_name`.
    pub model_name: &'static str,
    /// `board_name`.
    pub board: &'static str,
    /// `firmware_version`.
    pub firmware: &'static str,
    /// What the connection runs over.
    pub media: Media,
    /// Whether it hands everything through.
    pub bridge: bool,
    /// Sensors: id, name, °C.
    pub sensors: &'static [(&'static str, &'static str, u64)],
    /// Fans: id, name, turns per minute.
    pub fans: &'static [(&'static str, &'static str, u64)],
    /// Radios.
    pub radios: &'static [Radio],
    /// Ports: number, name, Mbit/s or 0 when nothing is plugged in.
    pub ports: &'static [(u64, &'static str, u64)],
    /// Disks.
    pub disks: Disks,
}

/// What a connection runs over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// Fibre.
    Ftth,
    /// Copper.
    Xdsl,
    /// The 4G module, while the fibre is down.
    Backup4g,
}

/// A radio.
#[derive(Debug)]
pub struct Radio {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: &'static str,
    /// Its band.
    pub band: &'static str,
    /// Its channel.
    pub channel: u64,
    /// Its width in MHz, in words, as the box has it.
    pub width: &'static str,
}

/// Which disks there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disks {
    /// None.
    None,
    /// The one inside a Revolution.
    Internal,
    /// One NVMe.
    Nvme,
    /// Two bays that make up one volume.
    Raid,
}

const fn radio(id: u64, name: &'static str, band: &'static str, channel: u64, width: &'static str) -> Radio {
    Radio { id, name, band, channel, width }
}

const ULTRA: Profile = Profile {
    name: "ultra",
    api: (16, 0),
    model: "fbxgw9-r1",
    model_name: "Freebox v9 (r1)",
    board: "fbxgw9r",
    firmware: "4.12.2",
    media: Media::Ftth,
    bridge: false,
    sensors: &[
        ("temp_cpu0", "Température CPU 0", 57),
        ("temp_cpu1", "Température CPU 1", 58),
        ("temp_cpu2", "Température CPU 2", 58),
        ("temp_cpu3", "Température CPU 3", 59),
        ("temp_hdd", "Disque dur", 51),
        ("temp_t1", "Température 1", 55),
    ],
    fans: &[("fan0_speed", "Ventilateur 1", 630)],
    radios: &[
        radio(0, "2.4G", "2d4g", 6, "20"),
        radio(1, "5G", "5g", 44, "80"),
        radio(10, "5G high", "5g", 108, "160"),
        radio(11, "6G", "6g", 37, "320"),
    ],
    ports: &[
        (1, "Ethernet 1", 1000),
        (2, "Ethernet 2", 1000),
        (3, "Ethernet 3", 0),
        (4, "Ethernet 4", 2500),
        (9999, "Sfp lan", 0),
    ],
    disks: Disks::Nvme,
};

const REVOLUTION: Profile = Profile {
    name: "revolution",
    api: (9, 1),
    model: "fbxgw-r2/full",
    model_name: "Freebox Server (r2)",
    board: "fbxgw2r",
    firmware: "4.6.5",
    media: Media::Xdsl,
    sensors: &[
        ("temp_hdd", "Disque dur", 39),
        ("temp_sw", "Température Switch", 48),
        ("temp_cpum", "Température CPU M", 58),
        ("temp_cpub", "Température CPU B", 54),
    ],
    fans: &[("fan0_speed", "Ventilateur 1", 2100)],
    radios: &[radio(0, "2.4G", "2d4g", 11, "40"), radio(1, "5G", "5g", 36, "80")],
    ports: &[(1, "Ethernet 1", 1000), (2, "Ethernet 2", 100), (3, "Ethernet 3", 0), (4, "Ethernet 4", 0)],
    disks: Disks::Internal,
    ..ULTRA
};

/// The models, the usual one first.
static MODELS: [Profile; 6] = [
    ULTRA,
    Profile { name: "bridge", bridge: true, ..ULTRA },
    REVOLUTION,
    Profile { name: "revolution-v3", api: (3, 0), firmware: "3.5.8", ..REVOLUTION },
    Profile {
        name: "delta",
        api: (15, 0),
        model: "fbxgw7-r1/full",
        model_name: "Freebox v7 (r1)",
        board: "fbxgw7r",
        firmware: "4.9.14",
        sensors: &[
            ("temp_hdd0", "Disque dur 1", 34),
            ("temp_hdd1", "Disque dur 2", 35),
            ("temp_t1", "Température 1", 46),
            ("temp_t2", "Température 2", 44),
            ("temp_t3", "Température 3", 47),
            ("temp_cpu_cp_master", "Température CPU CP Master", 61),
            ("temp_cpu_cp_slave", "Température CPU CP Slave", 60),
            ("temp_cpu_ap", "Température CPU AP", 58),
        ],
        fans: &[("fan0_speed", "Ventilateur 1", 1500), ("fan1_speed", "Ventilateur 2", 1470)],
        radios: &[
            radio(0, "2.4G", "2d4g", 1, "20"),
            radio(1, "5G", "5g", 36, "80"),
            radio(2, "5G high", "5g", 100, "80"),
        ],
        disks: Disks::Raid,
        ..ULTRA
    },
    Profile {
        name: "pop-4g",
        api: (12, 2),
        model: "fbxgw8-r1",
        model_name: "Freebox v8 (r1)",
        board: "fbxgw8r",
        firmware: "4.8.10",
        media: Media::Backup4g,
        sensors: &[("temp_t1", "Température 1", 52), ("temp_cpub", "Température CPU B", 61)],
        radios: &[radio(0, "2.4G", "2d4g", 6, "20"), radio(1, "5G", "5g", 36, "80")],
        disks: Disks::None,
        ..ULTRA
    },
];

impl Profile {
    /// The model of this name, or the usual one.
    pub fn of(name: Option<&str>) -> &'static Self {
        let [usual, ..] = &MODELS;
        MODELS.iter().find(|profile| Some(profile.name) == name).unwrap_or(usual)
    }

    /// `model_info` of `system/`.
    pub fn info(&self) -> Json {
        json!({
            "name": self.model,
            "pretty_name": self.model_name,
            "net_operator": "free_fra",
            "default_language": "fra",
            "wifi_country": "FR",
            "has_dsl": self.media == Media::Xdsl,
            "has_vm": self.api.0 >= 7,
            "customer_hdd_slots": 1,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_that_is_offered_exists() {
        let names: Vec<_> = MODELS.iter().map(|profile| profile.name).collect();
        assert_eq!(names, super::super::FAMILY.models);
    }
}
