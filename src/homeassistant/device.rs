use super::config::Device;
use super::names;
use crate::engine::{BoxView, Known};
use crate::model::{Mac, Subject, Value, catalog};

/// The box. It does not tell its hardware address: another box may have it on its list of clients, and Home Assistant
/// refuses a device whose address is already that of a second one.
pub(super) fn of_box(view: &BoxView) -> Device {
    let (about, identity) = (&view.about, &view.identity);
    Device {
        identifiers: vec![names::of_box(&about.id)],
        connections: Vec::new(),
        name: about.name.clone(),
        manufacturer: view.manufacturer().map(str::to_owned),
        model: identity.model.clone(),
        model_id: identity.model_id.clone(),
        hardware: identity.hardware.clone(),
        software: identity.firmware.clone(),
        serial_number: identity.serial.clone(),
        configuration_url: page(&about.url),
        via_device: None,
    }
}

/// Something of the household. Home Assistant makes one device of all that have a hardware address in common, so what two
/// boxes see is one device there.
pub(super) fn of_client(view: &BoxView, client: &Mac, known: &Known) -> Device {
    let vendor = match view.value(&Subject::Client(*client), catalog::VENDOR.row()) {
        Some(Value::Text(vendor)) => Some(vendor.clone()),
        _ => None,
    };
    Device {
        identifiers: vec![names::of_client(&view.about.id, client)],
        connections: vec![("mac", client.to_string())],
        name: names::client(client, known),
        manufacturer: vendor,
        via_device: Some(names::of_box(&view.about.id)),
        ..Device::default()
    }
}

/// Somebody of the household, as far as this box knows them: by the traffic of their devices.
pub(super) fn of_person(view: &BoxView, person: &Subject, known: &Known) -> Device {
    let name = known.label.clone().unwrap_or_else(|| person.id());
    Device {
        identifiers: vec![names::of_person(&view.about.id, person)],
        name: format!("{name} ({})", view.about.name),
        via_device: Some(names::of_box(&view.about.id)),
        ..Device::default()
    }
}

/// The address of the box's own pages, if it is one that Home Assistant takes: anything else would cost the
/// whole message.
fn page(url: &str) -> Option<String> {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']' | '_');
    // A name or password in the address is nobody's business.
    (!authority.is_empty() && authority.chars().all(fits) && !rest.contains(char::is_whitespace))
        .then(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_pages_are_given() {
        for good in ["http://192.0.2.1", "https://box.example:8443/ui/", "http://[2001:db8::1]/"] {
            assert_eq!(page(good).as_deref(), Some(good));
        }
        for bad in
            ["192.0.2.1", "http://", "ftp://box.example", "http://me:secret@box.example/", "http://a b/"]
        {
            assert_eq!(page(bad), None, "{bad}");
        }
    }
}
