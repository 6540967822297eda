//! Stand-ins: the same one each time for the same original, so that a recording still makes sense.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::model::Mac;

/// The stand-ins given out so far.
#[derive(Debug, Default)]
pub(super) struct Pseudonyms {
    secrets: BTreeMap<String, String>,
    names: BTreeMap<String, String>,
    hosts: BTreeMap<String, String>,
    macs: BTreeMap<Mac, Mac>,
    v4: BTreeMap<Ipv4Addr, Ipv4Addr>,
    v4_taken: BTreeMap<Ipv4Addr, ()>,
    v6: BTreeMap<Ipv6Addr, Ipv6Addr>,
}

const SECRET: &str = "redacted-";
const NAME: &str = "name-";

/// The host under which a recording knows the box.
pub(super) const BOX: &str = "box";

/// Whether a value is one of our stand-ins for secrets and names.
pub(crate) fn is_pseudonym(value: &str) -> bool {
    [SECRET, NAME].iter().any(|word| {
        value.strip_prefix(word).is_some_and(|number| {
            !number.is_empty() && number.len() <= 9 && number.bytes().all(|byte| byte.is_ascii_digit())
        })
    })
}

impl Pseudonyms {
    pub(super) fn secret(&mut self, original: &str) -> String {
        numbered(&mut self.secrets, SECRET, original)
    }

    pub(super) fn name(&mut self, original: &str) -> String {
        numbered(&mut self.names, NAME, original)
    }

    /// The first host is the box; browsers record others, too.
    pub(super) fn host(&mut self, original: &str) -> String {
        if original == BOX || original.ends_with(".example") {
            return original.to_owned();
        }
        let next = match self.hosts.len() {
            0 => BOX.to_owned(),
            others => format!("other-{others}.example"),
        };
        self.hosts.entry(original.to_owned()).or_insert(next).clone()
    }

    /// Locally administered addresses that begin with 02:00:00 belong to nobody.
    pub(super) fn mac(&mut self, original: Mac) -> Mac {
        let [a, b, c, ..] = original.bytes();
        if [a, b, c] == [2, 0, 0]
            || matches!(original.bytes(), [0, 0, 0, 0, 0, 0] | [255, 255, 255, 255, 255, 255])
        {
            return original;
        }
        let [.., high, middle, low] = number(self.macs.len()).to_be_bytes();
        *self.macs.entry(original).or_insert(Mac::new([2, 0, 0, high, middle, low]))
    }

    /// Addresses from the ranges that are set aside for documentation: private ones become 192.0.2.x, and then
    /// 198.51.100.x; public ones 203.0.113.x. The last number of private ones stays where possible.
    pub(super) fn v4(&mut self, original: Ipv4Addr) -> Ipv4Addr {
        if means_nobody_v4(original) {
            return original;
        }
        if let Some(known) = self.v4.get(&original) {
            return *known;
        }
        let [.., last] = original.octets();
        let free = |address: &Ipv4Addr| !self.v4_taken.contains_key(address);
        let hosts = || 1_u8..=254;
        let chosen = if original.is_private() {
            std::iter::once(last)
                .chain(hosts())
                .map(|host| Ipv4Addr::new(192, 0, 2, host))
                .chain(hosts().map(|host| Ipv4Addr::new(198, 51, 100, host)))
                .find(free)
                .unwrap_or(Ipv4Addr::new(198, 51, 100, 255))
        } else {
            hosts()
                .map(|host| Ipv4Addr::new(203, 0, 113, host))
                .find(free)
                .unwrap_or(Ipv4Addr::new(203, 0, 113, 255))
        };
        self.v4.insert(original, chosen);
        self.v4_taken.insert(chosen, ());
        chosen
    }

    /// 2001:db8::n, which is set aside for documentation; link-local ones stay link-local.
    pub(super) fn v6(&mut self, original: Ipv6Addr) -> Ipv6Addr {
        if means_nobody_v6(original) {
            return original;
        }
        let [.., high, low] = split(number(self.v6.len()));
        let stand_in = if original.is_unicast_link_local() {
            Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, high, low)
        } else {
            Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, high, low)
        };
        *self.v6.entry(original).or_insert(stand_in)
    }
}

fn numbered(known: &mut BTreeMap<String, String>, word: &str, original: &str) -> String {
    if is_pseudonym(original) {
        return original.to_owned();
    }
    let next = format!("{word}{}", known.len() + 1);
    known.entry(original.to_owned()).or_insert(next).clone()
}

/// The next number for a map with so many entries.
fn number(entries: usize) -> u32 {
    u32::try_from(entries).unwrap_or(u32::MAX - 1) + 1
}

fn split(number: u32) -> [u16; 2] {
    let [a, b, c, d] = number.to_be_bytes();
    [u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])]
}

fn means_nobody_v4(address: Ipv4Addr) -> bool {
    let bits = address.to_bits();
    let is_netmask = bits.leading_ones() + bits.trailing_zeros() == 32;
    is_netmask
        || address.is_documentation()
        || address.is_loopback()
        || address.is_multicast()
        || address.octets()[0] == 0
}

fn means_nobody_v6(address: Ipv6Addr) -> bool {
    let documentation = matches!(address.segments(), [0x2001, 0xdb8, ..]);
    let stand_in = matches!(address.segments(), [0xfe80, 0, 0, 0, 0, 0, _, _]);
    documentation || stand_in || address.is_loopback() || address.is_unspecified() || address.is_multicast()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_original_has_the_same_stand_in() {
        let mut pseudonyms = Pseudonyms::default();
        assert_eq!(pseudonyms.secret("hunter22"), "redacted-1");
        assert_eq!(pseudonyms.secret("other"), "redacted-2");
        assert_eq!(pseudonyms.secret("hunter22"), "redacted-1");
        assert_eq!(pseudonyms.secret("redacted-7"), "redacted-7");
        assert_eq!(pseudonyms.name("Home"), "name-1");
    }

    #[test]
    fn the_first_host_is_the_box() {
        let mut pseudonyms = Pseudonyms::default();
        assert_eq!(pseudonyms.host("192.168.0.1"), "box");
        assert_eq!(pseudonyms.host("telemetry.invalid"), "other-1.example");
        assert_eq!(pseudonyms.host("192.168.0.1"), "box");
        assert_eq!(pseudonyms.host("box"), "box");
    }

    #[test]
    fn addresses_become_those_of_nobody() {
        let mut pseudonyms = Pseudonyms::default();
        let mut v4 = |text: &str| pseudonyms.v4(text.parse().unwrap()).to_string();
        assert_eq!(v4("192.168.0.1"), "192.0.2.1");
        assert_eq!(v4("10.0.0.1"), "192.0.2.2");
        assert_eq!(v4("192.168.0.77"), "192.0.2.77");
        assert_eq!(v4("198.18.0.8"), "203.0.113.1");
        assert_eq!(v4("192.168.0.1"), "192.0.2.1");
        for kept in ["255.255.255.0", "255.255.255.255", "0.0.0.0", "127.0.0.1", "224.0.0.251", "192.0.2.99"]
        {
            assert_eq!(v4(kept), kept);
        }
        let mut v6 = |text: &str| pseudonyms.v6(text.parse().unwrap()).to_string();
        assert_eq!(v6("fd00:e0a::1"), "2001:db8::1");
        assert_eq!(v6("fe80::11:22ff:fe33:4455"), "fe80::2");
        for kept in ["::1", "::", "ff02::1", "2001:db8::5", "fe80::2"] {
            assert_eq!(v6(kept), kept);
        }
        let mac = |text: &str| text.parse::<Mac>().unwrap();
        assert_eq!(pseudonyms.mac(mac("00:00:5e:00:53:77")), mac("02:00:00:00:00:01"));
        assert_eq!(pseudonyms.mac(mac("02:00:00:00:00:07")), mac("02:00:00:00:00:07"));
    }

    #[test]
    fn there_are_stand_ins_for_any_number_of_addresses() {
        let mut pseudonyms = Pseudonyms::default();
        for number in 0..2000_u32 {
            assert!(pseudonyms.v4(Ipv4Addr::from(0x0a00_0001 + number)).is_documentation());
            assert!(pseudonyms.v4(Ipv4Addr::from(0xc612_0001 + number)).is_documentation());
        }
    }
}
