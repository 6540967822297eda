use super::Node;
use crate::model::{
    Celsius, Identity, Item, ItemId, Readings, Rpm, Seconds, Subject, Text, catalog, printed, text,
};

/// `system/`: the box itself, its sensors and its fans, in the layout of any API version.
pub fn system(system: Node<'_>, seen: &mut Readings) {
    seen.router()
        .set(catalog::UPTIME, system.number("uptime_val").map(Seconds))
        .set(catalog::FIRMWARE, system.text("firmware_version").map(Text::new))
        .set(catalog::AUTHENTICATED, system.flag("box_authenticated"));
    if system.at("sensors").exists() || system.at("fans").exists() {
        lists(system, seen);
    } else {
        flat(system, seen);
    }
}

/// Since version 6: lists, of which a member may lack its value.
fn lists(system: Node<'_>, seen: &mut Readings) {
    for sensor in system.at("sensors").list() {
        if let Some(item) = named(sensor, Subject::Sensor, seen) {
            item.set(catalog::TEMPERATURE, sensor.number("value").map(Celsius));
        }
    }
    for fan in system.at("fans").list() {
        if let Some(item) = named(fan, Subject::Fan, seen) {
            item.set(catalog::FAN_SPEED, fan.number("value").map(Rpm));
        }
    }
}

fn named<'a>(
    thing: Node<'_>,
    subject: fn(ItemId) -> Subject,
    seen: &'a mut Readings,
) -> Option<&'a mut Item> {
    let item = seen.subject(subject(ItemId::new(thing.id("id")?)?));
    Some(item.label(thing.text("name").unwrap_or_default()))
}

/// Up to version 5: each sensor is a field of its own, and there is one fan.
fn flat(system: Node<'_>, seen: &mut Readings) {
    for (key, value) in system.fields().filter(|(key, _)| key.starts_with("temp_")) {
        if let Some(id) = ItemId::new(key) {
            seen.subject(Subject::Sensor(id)).set(catalog::TEMPERATURE, value.as_number().map(Celsius));
        }
    }
    // Called as the lists of later versions call it, so that a firmware update does not make another fan of it.
    if let (Some(speed), Some(id)) = (system.number("fan_rpm"), ItemId::new("fan0_speed")) {
        seen.subject(Subject::Fan(id)).set(catalog::FAN_SPEED, Rpm(speed));
    }
}

/// Who the box is, from `system/` and from the model it announced before the login.
pub fn identity(system: Node<'_>, model_id: Option<&str>, model_name: Option<&str>) -> Identity {
    let info = system.at("model_info");
    let model_id = info.text("name").or(model_id);
    let model_name = info.text("pretty_name").or(model_name);
    let italian = info.text("net_operator").is_some_and(|operator| operator.starts_with("iliad"));
    Identity {
        manufacturer: italian.then(|| "iliad".to_owned()),
        model: commercial_name(model_id.unwrap_or_default())
            .filter(|_| !italian)
            .map(str::to_owned)
            .or_else(|| text::name(model_name?)),
        model_id: model_id.and_then(text::name),
        serial: system.text("serial").and_then(text::name),
        firmware: system.text("firmware_version").and_then(text::name),
        hardware: system.text("board_name").and_then(text::name),
        mac: system.text("mac").and_then(printed::mac),
    }
}

/// What people call a model. Documentation and boxes disagree on what follows the number, so only that is compared.
fn commercial_name(model_id: &str) -> Option<&'static str> {
    let kind = model_id.strip_prefix("fbxgw")?;
    Some(match kind.chars().next()? {
        '7' => "Freebox Delta",
        '8' => "Freebox Pop",
        '9' => "Freebox Ultra",
        _ if kind.ends_with("/full") => "Freebox Revolution",
        _ if kind.ends_with("/mini") => "Freebox Mini 4K",
        _ if kind.ends_with("/one") => "Freebox One",
        _ => return None,
    })
}

/// `update/`: the newest firmware, which is the installed one as long as the box says that it is up to date.
pub fn latest_firmware(update: Node<'_>, installed: Option<&str>) -> Option<String> {
    match update.text("state")? {
        "up_to_date" | "auto_up_to_date" => installed.map(str::to_owned),
        _ => update.at("upgrade_state").text("new_version").map(str::to_owned),
    }
}
