//! What the name of a field says about its value.

use std::borrow::Cow;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    /// Opens something, or tells one household, box or line from all others.
    Secret,
    /// What the owner called something.
    Name,
    /// A version: four numbers with dots between them are no address here.
    Version,
    /// Anything else.
    Plain,
}

/// Parts of names of fields that are secret wherever they appear.
const SECRET_PARTS: [&str; 17] = [
    "password",
    "passwd",
    "passphrase",
    "presharedkey",
    "token",
    "secret",
    "credential",
    "username",
    "serial",
    "imei",
    "imsi",
    "iccid",
    "msisdn",
    "phonenumber",
    "latitude",
    "longitude",
    "sessionid",
];

/// Ends of names of fields that are secret.
const SECRET_ENDS: [&str; 6] = ["pwd", "pws", "key", "psk", "pin", "puk"];

/// Names of fields that are secret.
const SECRETS: [&str; 38] = [
    "pass",
    "pw",
    "sn",
    "uid",
    "uuid",
    "userid",
    "user",
    "usr",
    "login",
    "account",
    "email",
    "phone",
    "mobile",
    "sid",
    "stok",
    "tok",
    "session",
    "sessionindex",
    "presession",
    "sesinfo",
    "tokinfo",
    "challenge",
    "sign",
    "cnonce",
    "clientproof",
    "serversignature",
    "hwid",
    "deviceid",
    "apidomain",
    "sipuri",
    "sipuser",
    "cellid",
    "eci",
    "enodebid",
    "caller",
    "callee",
    "number",
    "xsrf",
];

/// Parts of names of fields that hold what the owner called something.
const NAME_PARTS: [&str; 8] = [
    "ssid",
    "hostname",
    "primaryname",
    "friendlyname",
    "actualname",
    "nickname",
    "netbiosname",
    "computername",
];

/// Parts of names of fields that hold a version.
const VERSION_PARTS: [&str; 5] = ["version", "firmware", "swver", "hwver", "fwver"];

/// Names of fields that hold what the owner called something when they stand beside a device's address.
const NAMES_OF_DEVICES: [&str; 9] =
    ["name", "names", "devicename", "defaultname", "domainname", "alias", "label", "comment", "description"];

/// Parts of names of fields that say that an object is about a device of the household.
const MARKS_OF_DEVICES: [&str; 4] = ["mac", "hwaddr", "l2ident", "hostname"];

/// Parts of names of fields that say that an object is about the box itself, whose model has to stay readable.
const MARKS_OF_BOXES: [&str; 3] = ["version", "firmware", "serial"];

/// Fields in which the name of another value is given, as in `{"name": "wpaKey", "value": "…"}`.
const LABELS: [&str; 4] = ["name", "key", "id", "param"];

impl Sense {
    /// What a value is under this name alone.
    pub(super) fn of(name: &str) -> Self {
        let name = plain(name);
        let name = name.as_ref();
        // With a public key passwords are encrypted; it is the same for everybody, or made for the occasion.
        let is_public = name.contains("pub") && name.ends_with("key");
        if is_public {
            Self::Plain
        } else if SECRETS.contains(&name)
            || SECRET_PARTS.iter().any(|part| name.contains(part))
            || SECRET_ENDS.iter().any(|end| name.ends_with(end))
        {
            Self::Secret
        } else if NAME_PARTS.iter().any(|part| name.contains(part)) {
            Self::Name
        } else if VERSION_PARTS.iter().any(|part| name.contains(part)) {
            Self::Version
        } else {
            Self::Plain
        }
    }

    /// What the headers of this name carry.
    pub(super) fn of_header(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let asks = name.starts_with("www-") || name.starts_with("proxy-authenticate");
        let secret =
            ["auth", "token", "session", "csrf", "xsrf", "key"].iter().any(|part| name.contains(part));
        if secret && !asks { Self::Secret } else { Self::of(&name) }
    }
}

/// What the names of an object's fields, taken together, say about its values.
#[derive(Clone, Debug)]
pub(super) struct Surroundings {
    about_a_device: bool,
    labelled: Option<Sense>,
}

impl Surroundings {
    /// From the fields of an object: their names, and their values where these are text.
    pub(super) fn of<'a>(fields: impl Iterator<Item = (&'a str, Option<&'a str>)>) -> Self {
        let fields: Vec<_> = fields.map(|(name, value)| (plain(name), value)).collect();
        let any =
            |marks: &[&str]| fields.iter().any(|(name, _)| marks.iter().any(|mark| name.contains(mark)));
        let has_value = fields.iter().any(|(name, _)| name == "value");
        let labels = fields.iter().filter(|(name, _)| has_value && LABELS.contains(&name.as_ref()));
        let senses = labels.filter_map(|(_, value)| *value).map(Sense::of);
        Self {
            about_a_device: any(&MARKS_OF_DEVICES) && !any(&MARKS_OF_BOXES),
            // Of several labels, the one that says something.
            labelled: senses.reduce(|one, other| if one == Sense::Plain { other } else { one }),
        }
    }

    /// What the value under this name is.
    pub(super) fn sense(&self, name: &str) -> Sense {
        let short = plain(name);
        let short = short.as_ref();
        if self.about_a_device && NAMES_OF_DEVICES.contains(&short) {
            return Sense::Name;
        }
        match self.labelled {
            Some(sense) if short == "value" => sense,
            // It says what the value is, and is no secret itself.
            Some(_) if LABELS.contains(&short) => Sense::Plain,
            _ => Sense::of(name),
        }
    }
}

/// Whether a value is an index or a level rather than anybody's number.
pub(super) fn is_small_number(value: &str) -> bool {
    value.len() <= 3 && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a value says how something is set rather than what it is called.
pub(super) fn is_setting(value: &str) -> bool {
    const WORDS: [&str; 11] =
        ["on", "off", "yes", "no", "true", "false", "enable", "disable", "enabled", "disabled", "auto"];
    is_small_number(value) || WORDS.iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// A name in lower case, without what different boxes put between its words.
fn plain(name: &str) -> Cow<'_, str> {
    if name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_by_many_names() {
        for name in [
            "password",
            "admin_password",
            "passPhrase",
            "pwd",
            "pws",
            "wifiKey",
            "key",
            "session_token",
            "app_token",
            "sipPassword",
            "pin",
            "WPSPin",
            "SerialNumber",
            "serial",
            "Imei",
            "ICCID",
            "uid",
            "PhoneNumber",
            "preSession",
            "stok",
            "challenge",
            "__RequestVerificationToken",
        ] {
            assert_eq!(Sense::of(name), Sense::Secret, "{name}");
        }
        for name in ["SoftwareVersion", "firmware", "sw_ver"] {
            assert_eq!(Sense::of(name), Sense::Version, "{name}");
        }
        for name in ["ssidName", "SSID", "hostName", "primary_name"] {
            assert_eq!(Sense::of(name), Sense::Name, "{name}");
        }
        for name in [
            "uptime",
            "model_name",
            "snr",
            "ping_ms",
            "signal",
            "rsaPubKey",
            "status",
            "data",
            "bytes_down",
            "dns_server",
        ] {
            assert_eq!(Sense::of(name), Sense::Plain, "{name}");
        }
    }

    #[test]
    fn a_name_is_private_beside_a_hardware_address_only() {
        let of = |names: &[&'static str]| Surroundings::of(names.iter().map(|name| (*name, None)));
        assert_eq!(of(&["name", "macaddr"]).sense("name"), Sense::Name);
        assert_eq!(of(&["domain_name", "l2ident"]).sense("domain_name"), Sense::Name);
        assert_eq!(of(&["name", "speed"]).sense("name"), Sense::Plain);
        assert_eq!(of(&["DeviceName", "MacAddress1", "SoftwareVersion"]).sense("DeviceName"), Sense::Plain);
    }

    #[test]
    fn a_value_is_known_by_the_label_beside_it() {
        let fields = [("name", Some("wpaKey")), ("value", Some("abc"))];
        let surroundings = Surroundings::of(fields.into_iter());
        assert_eq!(surroundings.sense("value"), Sense::Secret);
        let fields = [("key", Some("uptime")), ("value", Some("12"))];
        let surroundings = Surroundings::of(fields.into_iter());
        assert_eq!((surroundings.sense("value"), surroundings.sense("key")), (Sense::Plain, Sense::Plain));
    }
}
