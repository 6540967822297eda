use router2mqtt::model::SubjectKind::{Disk, Port, Router};
use router2mqtt::model::catalog::{
    BATTERY, COLLISIONS, DISK_FREE, DISK_READ_ERRORS, DISK_STATE, DISK_TOTAL, DISK_USED, DISK_WRITE_ERRORS,
    DUPLEX, FAN_SPEED, LAST_BOOT, LINK, LINK_SPEED, PORT_MODE, RX_ERRORS, RX_RATE, TEMPERATURE, TX_RATE,
    UPTIME,
};

use crate::dashboard::{Dashboard, closed, row};
use crate::figures;
use crate::panel::{Panel, called};
use crate::series::{disk, fan, port, router, sensor};
use crate::table::{Column, table};

pub fn dashboard() -> Dashboard {
    Dashboard {
        word: "box",
        title: "The boxes themselves",
        description: "What the boxes are, how warm they are, and what is plugged into them.",
        about: figures::of_bridge("up"),
        time: "now-24h",
        rows: vec![
            row("The boxes", boxes()),
            row("Temperatures and fans", warmth()),
            row("Sockets", sockets()),
            closed("Disks", disks()),
        ],
    }
}

fn boxes() -> Vec<Panel> {
    let labels = [
        ("name", "Name"),
        ("manufacturer", "Manufacturer"),
        ("model", "Model"),
        ("hardware", "Hardware"),
        ("firmware", "Firmware"),
        ("serial", "Serial number"),
    ];
    vec![
        table(Router, "What they are", &labels, &[Column::from(router(LAST_BOOT))]).tall(8),
        Panel::lines(16, "", &[router(UPTIME)]).meaning("Falls to zero when a box restarts.").zero_based(),
        Panel::stat(8, "", &[router(BATTERY)]).tall(9),
    ]
}

fn warmth() -> Vec<Panel> {
    let temperatures = [sensor(TEMPERATURE), disk(TEMPERATURE)];
    vec![
        Panel::lines(12, "Temperatures", &temperatures)
            .asks(vec![sensor(TEMPERATURE).into(), called(disk(TEMPERATURE), "(disk)")])
            .many(),
        Panel::lines(12, "Fans", &[fan(FAN_SPEED)]).many().zero_based(),
    ]
}

fn sockets() -> Vec<Panel> {
    let labels = [("name", "Socket"), port(PORT_MODE).column(), port(DUPLEX).column()];
    let columns = [
        Column::from(port(LINK)),
        Column::from(port(LINK_SPEED)),
        Column::from(port(RX_RATE)),
        Column::from(port(TX_RATE)),
        Column::grown(port(RX_ERRORS)),
        Column::grown(port(COLLISIONS)),
    ];
    vec![
        Panel::states(12, 10, "Links", &[port(LINK)]),
        Panel::lines(12, "Received and sent by socket", &[port(RX_RATE), port(TX_RATE)])
            .many()
            .mirrored("transmit")
            .tall(10),
        table(Port, "Sockets", &labels, &columns)
            .meaning("Errors within the time that the dashboard shows.")
            .tall(9),
    ]
}

fn disks() -> Vec<Panel> {
    let labels = [("name", "Disk"), disk(DISK_STATE).column()];
    let columns = [
        Column::from(disk(DISK_TOTAL)),
        Column::from(disk(DISK_USED)),
        Column::from(disk(DISK_FREE)),
        Column::grown(disk(DISK_READ_ERRORS)),
        Column::grown(disk(DISK_WRITE_ERRORS)),
    ];
    vec![
        table(Disk, "Disks", &labels, &columns)
            .meaning("Errors within the time that the dashboard shows.")
            .tall(6),
    ]
}
