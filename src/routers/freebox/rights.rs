//! The rights of an application, as Freebox OS lists them for its owner.

use std::collections::BTreeSet;

use serde_json::Value as Json;

/// The right that a reboot needs. New applications do not have it.
pub const SETTINGS: &str = "settings";

/// The keys, and what the box's French pages call them.
const SHOWN: [(&str, &str); 14] = [
    (SETTINGS, "Modification des réglages de la Freebox"),
    ("calls", "Accès au journal d'appels"),
    ("contacts", "Accès à la base de contacts"),
    ("explorer", "Accès aux fichiers de la Freebox"),
    ("downloader", "Accès au gestionnaire de téléchargements"),
    ("parental", "Accès au contrôle parental"),
    ("pvr", "Programmation des enregistrements"),
    ("profile", "Gestion des profils utilisateur"),
    ("tv", "Accès au guide TV"),
    ("player", "Contrôle du Freebox Player"),
    ("camera", "Accès aux caméras"),
    ("home", "Gestion de l'alarme et maison connectée"),
    ("vm", "Contrôle de la VM"),
    ("wdo", "Provisionnement des équipements"),
];

/// A right as its owner finds it, followed by the key, as the wording differs between firmwares and languages.
pub fn shown(key: &str) -> String {
    match SHOWN.iter().find(|(known, _)| *known == key) {
        Some((_, name)) => format!("{name} ({key})"),
        None if key.is_empty() => "which one, the box does not say".to_owned(),
        None => key.to_owned(),
    }
}

/// The rights that a login was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights(BTreeSet<String>);

impl Rights {
    /// From the `permissions` of a login; a right that is not listed is not granted.
    pub(super) fn read(permissions: Option<&Json>) -> Self {
        let granted = permissions.and_then(Json::as_object).into_iter().flatten();
        Self(
            granted
                .filter(|(_, granted)| **granted == Json::Bool(true))
                .map(|(key, _)| key.clone())
                .collect(),
        )
    }

    /// Whether a right is granted, by its key.
    pub fn has(&self, key: &str) -> bool {
        self.0.contains(key)
    }

    /// What has to be ticked in Freebox OS before the bridge can do all it offers.
    pub fn missing(&self) -> Vec<String> {
        [SETTINGS].into_iter().filter(|key| !self.has(key)).map(shown).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_right_that_is_not_listed_is_missing() {
        let granted = |json: Json| Rights::read(Some(&json));
        assert!(granted(json!({"settings": true})).missing().is_empty());
        for json in [json!({"settings": false}), json!({}), json!([]), json!({"settings": "yes"})] {
            let missing = granted(json.clone()).missing();
            assert_eq!(missing, ["Modification des réglages de la Freebox (settings)"], "{json}");
        }
        assert!(!Rights::read(None).has("calls"));
    }
}
