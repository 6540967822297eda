//! The models: hardware, and the firmware that makes the difference.

use std::time::Duration;

use super::cipher::Login;

/// A model.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Profile {
    /// The word on the command line.
    pub name: &'static str,
    /// How it wants its password.
    pub login: Login,
    /// Whether it counts kilobytes and kbit/s, as firmware V100R001 does, or bytes and bit/s, as V200R001 does.
    pub kilo: bool,
    /// Whether the traffic can be read without a login, and the modem's figures with one: V200R001.
    pub modern: bool,
    /// How long a session lasts that nobody uses.
    pub idle: Duration,
}

const V100: Profile = Profile {
    name: "b593-sp102",
    login: Login::Rsa,
    kilo: true,
    modern: false,
    idle: Duration::from_secs(60),
};

const V200: Profile = Profile {
    name: "b593s-22",
    login: Login::Hash,
    kilo: false,
    modern: true,
    idle: Duration::from_secs(300),
};

/// Every model, the usual one first: B593 with V100R001C07SP102; B593u-12 with the firmware before; Speedport LTE II;
/// B593s-22 with V200R001B270 and with V200R001C1143SP051; E5172.
pub(super) static PROFILES: [Profile; 6] = [
    V100,
    Profile { name: "b593u-12", login: Login::Base64, ..V100 },
    Profile { name: "speedport-lte-ii", login: Login::RsaToken, ..V100 },
    V200,
    Profile { name: "b593s-22-sp051", login: Login::DoubleHash, ..V200 },
    Profile { name: "e5172", login: Login::Rsa, ..V200 },
];

/// Their words.
pub(super) const NAMES: &[&str] =
    &["b593-sp102", "b593u-12", "speedport-lte-ii", "b593s-22", "b593s-22-sp051", "e5172"];

/// The profile of this word.
pub(super) fn profile(name: Option<&str>) -> &'static Profile {
    let [usual, others @ ..] = &PROFILES;
    others.iter().find(|profile| Some(profile.name) == name).unwrap_or(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_a_model() {
        assert_eq!(PROFILES.each_ref().map(|profile| profile.name).as_slice(), NAMES);
        for name in NAMES {
            assert_eq!(profile(Some(name)).name, *name);
        }
    }
}
