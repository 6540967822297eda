use std::collections::BTreeSet;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

/// Which addresses may be visited on a request.
///
/// Only addresses decide. A name has to be listed as it is, and what it stands for has to be covered by an address or a network as well, so
/// that nobody who answers for a name can send us elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    networks: Vec<IpNet>,
    names: BTreeSet<String>,
}

/// One entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// All addresses of a network; a single address is a network of its own.
    Network(IpNet),
    /// A host by this name, in small letters.
    Name(String),
}

/// Neither an address, nor a network, nor a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AllowedError {
    /// None of them.
    #[error("an address such as 192.168.100.1, a network such as 192.168.0.0/24 or a host name is expected")]
    Form,
    /// A network that is no limit.
    #[error("that is every address there is; name the network of your boxes")]
    Everything,
}

impl FromStr for Who {
    type Err = AllowedError;

    fn from_str(text: &str) -> Result<Self, AllowedError> {
        let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        match network {
            Ok(network) if network.prefix_len() == 0 => Err(AllowedError::Everything),
            Ok(network) => Ok(Self::Network(network)),
            // What has no letter is an address that went wrong.
            Err(_) if is_name(text) => Ok(Self::Name(text.to_ascii_lowercase())),
            Err(_) => Err(AllowedError::Form),
        }
    }
}

fn is_name(text: &str) -> bool {
    text.len() <= 253
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

impl Allowed {
    /// Whether this address may be visited, however it is written.
    pub fn covers(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// Whether a host may be looked up by this name.
    pub fn names(&self, host: &str) -> bool {
        self.names.contains(&host.to_ascii_lowercase())
    }

    /// Whether no address is covered, so that nothing is allowed at all.
    pub const fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }
}

impl FromIterator<Who> for Allowed {
    fn from_iter<I: IntoIterator<Item = Who>>(list: I) -> Self {
        list.into_iter().fold(Self::default(), |mut allowed, who| {
            match who {
                Who::Network(network) => allowed.networks.push(network),
                Who::Name(name) => {
                    allowed.names.insert(name);
                }
            }
            allowed
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(list: &[&str]) -> Allowed {
        list.iter().map(|text| text.parse::<Who>().unwrap()).collect()
    }

    #[test]
    fn addresses_and_networks_are_covered_however_they_are_written() {
        let allowed = allowed(&["192.168.100.1", "198.51.100.0/24", "2001:db8::/64", "Modem.Example"]);
        let covers = |text: &str| allowed.covers(text.parse().unwrap());
        for address in ["192.168.100.1", "198.51.100.7", "2001:db8::7", "::ffff:192.168.100.1"] {
            assert!(covers(address), "{address}");
        }
        for address in
            ["192.168.100.2", "198.51.101.7", "2001:db8:0:1::7", "127.0.0.1", "::1", "::ffff:127.0.0.1"]
        {
            assert!(!covers(address), "{address}");
        }
        assert!(
            allowed.names("MODEM.example") && !allowed.names("modem.example.") && !allowed.names("example")
        );
    }

    #[test]
    fn what_is_none_of_them_is_said() {
        for text in ["", "192.168.100", "192.168.0.0/33", "127.1", "modem/24", "[::1]", "a b", "http://modem"]
        {
            assert_eq!(text.parse::<Who>(), Err(AllowedError::Form), "{text}");
        }
        for text in ["0.0.0.0/0", "::/0"] {
            assert_eq!(text.parse::<Who>(), Err(AllowedError::Everything), "{text}");
        }
        assert!(allowed(&["modem"]).is_empty() && !allowed(&["::1"]).is_empty());
    }
}
