//! Finds hardware and internet addresses in text, whatever stands around them.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::pseudonyms::Pseudonyms;

const MAC_PAIRS: usize = 6;

impl Pseudonyms {
    /// The text with every address replaced; `with_v4` is false where four numbers with dots are a version.
    pub(super) fn addresses(&mut self, text: &str, with_v4: bool) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        let mut before = ' ';
        while let Some(c) = rest.chars().next() {
            let found = if starts_address(before, c) { self.address(rest, before, with_v4) } else { None };
            let (length, replacement) = found.unwrap_or((c.len_utf8(), None));
            let (taken, left) = rest.split_at_checked(length).unwrap_or((rest, ""));
            out.push_str(replacement.as_deref().unwrap_or(taken));
            before = taken.chars().next_back().unwrap_or(' ');
            rest = left;
        }
        out
    }

    /// How much of the text's beginning is an address, and what to write in its place.
    fn address(&mut self, text: &str, before: char, with_v4: bool) -> Option<(usize, Option<String>)> {
        self.spaced_mac(text)
            .or_else(|| self.dotted_mac(text))
            .or_else(|| self.bare_mac(text))
            .or_else(|| self.ipv6(text))
            .or_else(|| if with_v4 && before != '.' { self.ipv4(text) } else { None })
            .map(|(length, replacement)| (length, Some(replacement)))
    }

    /// Pairs of digits with colons or dashes: a hardware address, or a longer identifier that ends with one.
    fn spaced_mac(&mut self, text: &str) -> Option<(usize, String)> {
        let separator = text.chars().nth(2).filter(|c| matches!(c, ':' | '-'))?;
        let token = run(text, |c| c.is_ascii_hexdigit() || c == separator);
        let token = token.trim_end_matches(separator);
        ends_well(text, token)?;
        let pairs: Vec<_> = token.split(separator).collect();
        let head = pairs.len().checked_sub(MAC_PAIRS)?;
        if pairs.iter().any(|pair| pair.len() != 2) {
            return None;
        }
        let (head, tail) = pairs.split_at_checked(head)?;
        let mac = self.mac(tail.concat().parse().ok()?);
        let digits: Vec<_> = mac.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let new = like(&tail.concat(), digits.join(&separator.to_string()));
        let kept = head.iter().map(|pair| format!("{pair}{separator}")).collect::<String>();
        Some((token.len(), kept + &new))
    }

    /// Three groups of four digits with dots between them, as some makers write it.
    fn dotted_mac(&mut self, text: &str) -> Option<(usize, String)> {
        let token = run(text, |c| c.is_ascii_hexdigit() || c == '.');
        let token = token.trim_end_matches('.');
        ends_well(text, token)?;
        let groups: Vec<_> = token.split('.').collect();
        if groups.len() != 3 || groups.iter().any(|group| group.len() != 4) {
            return None;
        }
        let digits = self.mac(groups.concat().parse().ok()?).compact();
        let (a, rest) = digits.split_at_checked(4)?;
        let (b, c) = rest.split_at_checked(4)?;
        Some((token.len(), like(token, format!("{a}.{b}.{c}"))))
    }

    /// Twelve digits, with a letter among them, as a counter can have twelve numbers; or the identifier of a DHCPv6
    /// client that ends with such an address.
    fn bare_mac(&mut self, text: &str) -> Option<(usize, String)> {
        let token = run(text, |c| c.is_ascii_alphanumeric());
        let identifies_client = ["00010001", "00030001"].iter().any(|kind| token.starts_with(kind));
        let (head, digits) = token.split_at_checked(token.len().checked_sub(2 * MAC_PAIRS)?)?;
        let has_letter = digits.bytes().any(|byte| byte.is_ascii_alphabetic());
        if !(head.is_empty() && has_letter || identifies_client) {
            return None;
        }
        let mac = self.mac(digits.parse().ok()?);
        Some((token.len(), format!("{head}{}", like(digits, mac.compact()))))
    }

    fn ipv6(&mut self, text: &str) -> Option<(usize, String)> {
        let token = run(text, |c| c.is_ascii_hexdigit() || matches!(c, ':' | '.'));
        if token.bytes().filter(|byte| *byte == b':').count() < 2 {
            return None;
        }
        // The end of a sentence is no part of an address; but an address may end with two colons.
        let shorter = token.trim_end_matches('.');
        let shortest = token.trim_end_matches(['.', ':']);
        let (token, address) = [token, shorter, shortest]
            .into_iter()
            .find_map(|token| Some((token, token.parse::<Ipv6Addr>().ok()?)))?;
        ends_well(text, token)?;
        let stand_in = self.v6(address);
        // Unchanged addresses keep their spelling.
        Some((token.len(), if stand_in == address { token.to_owned() } else { stand_in.to_string() }))
    }

    fn ipv4(&mut self, text: &str) -> Option<(usize, String)> {
        let token = run(text, |c| c.is_ascii_digit() || c == '.').trim_end_matches('.');
        let address = token.parse::<Ipv4Addr>().ok()?;
        ends_well(text, token)?;
        let mut after = text.get(token.len()..)?.chars();
        // As in 4.5.10.201-CD, the version of a firmware.
        if after.next() == Some('-') && after.next().is_some_and(|c| c.is_ascii_alphabetic()) {
            return None;
        }
        Some((token.len(), self.v4(address).to_string()))
    }
}

const fn starts_address(before: char, first: char) -> bool {
    !before.is_ascii_alphanumeric() && before != ':' && (first.is_ascii_hexdigit() || first == ':')
}

/// The longest beginning of the text whose characters all pass.
fn run(text: &str, passes: impl Fn(char) -> bool) -> &str {
    let end = text.find(|c| !passes(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Nothing that could belong to it follows.
fn ends_well(text: &str, token: &str) -> Option<()> {
    let next = text.get(token.len()..)?.chars().next();
    (!token.is_empty() && !next.is_some_and(|c| c.is_ascii_alphanumeric())).then_some(())
}

/// In capitals when the original has capitals.
fn like(original: &str, text: String) -> String {
    if original.bytes().any(|byte| byte.is_ascii_uppercase()) { text.to_ascii_uppercase() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(text: &str) -> String {
        Pseudonyms::default().addresses(text, true)
    }

    #[test]
    fn hardware_addresses_keep_their_spelling() {
        assert_eq!(
            redacted("00:00:5E:00:53:AB 00-00-5e-00-53-ab 0000.5e00.53ab 00005E0053AB"),
            "02:00:00:00:00:01 02-00-00-00-00-01 0200.0000.0001 020000000001"
        );
        assert_eq!(
            redacted("ether-00:00:5e:00:53:ab, 00:00:5E:00:53:AC."),
            "ether-02:00:00:00:00:01, 02:00:00:00:00:02."
        );
        assert_eq!(redacted("mac_00005e0053ab"), "mac_020000000001");
        assert_eq!(redacted("0003000100005e0053ab"), "00030001020000000001");
        assert_eq!(redacted("00:03:00:01:00:00:5e:00:53:ab"), "00:03:00:01:02:00:00:00:00:01");
    }

    #[test]
    fn what_only_looks_like_an_address_stays() {
        for text in [
            "12:34:56",
            "2026-11-20 08:00:00",
            "123456789012",
            "4.5.10.201-CD-UPC",
            "v1.2.3.4",
            "1.2.3",
            "1.2.3.4.5",
            "256.1.1.1",
            "deadbeefcafe00",
            "a:b:c",
            "std::fmt",
            "https://box:80/",
            "-40:-50:-60",
            "079h:12m:04s",
            "",
        ] {
            assert_eq!(redacted(text), text);
        }
    }

    #[test]
    fn internet_addresses_are_found_anywhere() {
        assert_eq!(redacted("from 192.168.0.7:443 to 198.18.0.9."), "from 192.0.2.7:443 to 203.0.113.1.");
        assert_eq!(redacted("192.168.0.10-192.168.0.50"), "192.0.2.10-192.0.2.50");
        assert_eq!(redacted("192.168.0.0/24,255.255.255.0"), "192.0.2.0/24,255.255.255.0");
        assert_eq!(redacted("[fd00:e0a:1:2::1]:80 fd00:e0a::/32."), "[2001:db8::1]:80 2001:db8::2/32.");
        assert_eq!(redacted("fe80::1234:5678:9abc:def0%eth0 ::1"), "fe80::1%eth0 ::1");
        assert_eq!(redacted("FD00:E0A:0:0:0:0:0:1"), "2001:db8::1");
    }

    #[test]
    fn versions_are_left_alone_where_they_are_expected() {
        assert_eq!(Pseudonyms::default().addresses("21.333.01.00 1.2.3.4", false), "21.333.01.00 1.2.3.4");
    }
}
