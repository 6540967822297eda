//! An invented household: a fibre box that sees everybody, and a cable modem that sees nobody.

use crate::engine::{BoxView, World};
use crate::model::{
    Action, BitRate, Bytes, Celsius, Count, Decibel, DecibelMillivolt, DecibelMilliwatt, Frequency, Identity,
    ItemId, Mac, Moment, Rpm, Section, State, Subject, Text, catalog,
};
use crate::mqtt::testing::{a_box, a_world, at, read};

pub(super) fn phone() -> Mac {
    Mac::new([0, 0, 0x5e, 0, 0x53, 1])
}

fn item(id: impl std::fmt::Display) -> ItemId {
    ItemId::new(id).unwrap()
}

pub(in crate::homeassistant) fn household() -> World {
    a_world([fibre_box(), cable_modem()])
}

pub(super) fn cable_modem() -> BoxView {
    let mut view = a_box("modem", Section::Connection, |readings| {
        readings.router().set(catalog::WAN, true).set(catalog::RECEIVED, Bytes(49_556_332_677));
    });
    view.identity = Identity {
        model: Some("CODA-45".into()),
        serial: Some("INVENTED0001".into()),
        firmware: Some("7.1.1".into()),
        hardware: Some("1A".into()),
        mac: Some(Mac::new([0, 0, 0x5e, 0, 0x53, 0xfe])),
        ..Identity::default()
    };
    read(&mut view, Section::System, |readings| {
        readings.router().set(catalog::FIRMWARE, Text::new("7.1.1"));
    });
    read(&mut view, Section::Line, |readings| {
        let down = readings.subject(Subject::Downstream(item(9)));
        down.set(catalog::FREQUENCY, Frequency(602e6)).set(catalog::POWER, DecibelMillivolt(3.2));
        down.set(catalog::SNR, Decibel(40.9)).set(catalog::CORRECTED, Count(12));
        down.set(catalog::CHANNEL_TYPE, State::new("sc_qam")).set(catalog::PORT_ID, Count(1));
        readings.router().set(catalog::LINE_QUALITY, State::new("good"));
    });
    read(&mut view, Section::Ports, |readings| {
        let port = readings.subject(Subject::Port(item(1)));
        port.set(catalog::LINK, true).set(catalog::LINK_SPEED, BitRate::megabits(1000.0));
    });
    read(&mut view, Section::Wifi, |readings| {
        readings.router().set(catalog::WIFI, true);
    });
    read(&mut view, Section::Log, |_| {});
    view
}

pub(super) fn fibre_box() -> BoxView {
    let mut view = a_box("freebox", Section::Connection, |readings| {
        let router = readings.router();
        router.set(catalog::WAN, true).set(catalog::DOWNLOAD_RATE, BitRate::bytes(289_259.0));
        router.set(catalog::MEDIA, State::new("ftth")).set(catalog::IPV4, Text::new("192.0.2.44"));
        router.set(catalog::OPTICAL_RX, DecibelMilliwatt(-18.31));
    });
    view.about.name = "Freebox".into();
    view.about.manufacturer = "Freebox SAS";
    view.about.family = "freebox";
    view.about.url = "https://box.example".into();
    view.about.actions = Action::all().collect();
    view.identity = Identity {
        model: Some("Freebox Ultra".into()),
        model_id: Some("fbxgw9-r1".into()),
        ..Identity::default()
    };
    read(&mut view, Section::System, |readings| {
        readings.router().set(catalog::LAST_BOOT, Moment(at("2026-10-30T06:00:00Z")));
        readings.router().set(catalog::FIRMWARE, Text::new("4.9.1"));
        readings.subject(Subject::Sensor(item("cpu"))).label("CPU").set(catalog::TEMPERATURE, Celsius(51.5));
        readings.subject(Subject::Fan(item("fan0"))).label("Fan 1").set(catalog::FAN_SPEED, Rpm(1200.0));
    });
    read(&mut view, Section::Updates, |readings| {
        readings.router().set(catalog::LATEST_FIRMWARE, Text::new("4.9.2"));
    });
    read(&mut view, Section::Ports, |readings| {
        readings.subject(Subject::Port(item(3))).label("Ethernet 3").set(catalog::LINK, false);
    });
    read(&mut view, Section::Wifi, |readings| {
        readings.router().set(catalog::WIFI, true);
        let radio = readings.subject(Subject::Radio(item("5g")));
        radio.label("Wi-Fi 5 GHz").set(catalog::CHANNEL, Count(36)).set(catalog::CLIENTS, Count(4));
    });
    read(&mut view, Section::Clients, |readings| {
        let client = readings.subject(Subject::Client(phone()));
        client
            .label("Anna's phone")
            .set(catalog::CONNECTED, true)
            .set(catalog::BLOCKED, false)
            .set(catalog::RSSI, DecibelMilliwatt(-61.0));
        client.set(catalog::VENDOR, Text::new("Example Phones")).set(catalog::HOST_NAME, Text::new("phone"));
    });
    view
}

/// The same box before anything has been read from it in this run: what it has is remembered, what it says is
/// not.
pub(super) fn unread(view: &BoxView) -> BoxView {
    let mut unread = BoxView::new(view.about.clone());
    for (subject, known) in view.shape.iter() {
        unread.shape.remember(subject.clone(), known.clone());
    }
    unread
}
