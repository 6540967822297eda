use std::fmt;

/// How lines travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// In one connection that is kept.
    Tcp,
    /// In datagrams, of which nobody says whether they arrive.
    Udp,
}

impl Protocol {
    /// The word in front of an address.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// Where Carbon, or whoever speaks as it does, takes lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// How lines travel.
    pub protocol: Protocol,
    /// A name, or an address without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { protocol, host, port } = self;
        let word = protocol.word();
        if host.contains(':') {
            write!(out, "{word}://[{host}]:{port}")
        } else {
            write!(out, "{word}://{host}:{port}")
        }
    }
}
