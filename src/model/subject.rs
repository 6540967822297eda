use std::fmt;
use std::str::FromStr;

use super::{ItemId, Mac};

/// What a reading is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The box itself.
    Router,
    /// A downstream DOCSIS channel, by its channel id (DCID).
    Downstream(ItemId),
    /// An upstream DOCSIS channel, by its channel id (UCID).
    Upstream(ItemId),
    /// A socket of the built-in switch.
    Port(ItemId),
    /// A Wi-Fi radio.
    Radio(ItemId),
    /// A temperature sensor.
    Sensor(ItemId),
    /// A fan.
    Fan(ItemId),
    /// A disk of the box, or attached to it.
    Disk(ItemId),
    /// A device of the household.
    Client(Mac),
    /// A person of the household, by the id that the configuration gives them: what their devices come to.
    Person(ItemId),
}

/// The kinds of [`Subject`], to say what a metric can be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the variants are those of Subject")]
pub enum SubjectKind {
    Router,
    Downstream,
    Upstream,
    Port,
    Radio,
    Sensor,
    Fan,
    Disk,
    Client,
    Person,
}

impl SubjectKind {
    /// Every kind, in the order documents list them.
    pub const ALL: [Self; 10] = [
        Self::Router,
        Self::Downstream,
        Self::Upstream,
        Self::Port,
        Self::Radio,
        Self::Sensor,
        Self::Fan,
        Self::Disk,
        Self::Client,
        Self::Person,
    ];

    /// The topic segments in front of the subject's id; empty for the box itself.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Router => "",
            Self::Downstream => "channel/down",
            Self::Upstream => "channel/up",
            Self::Port => "port",
            Self::Radio => "radio",
            Self::Sensor => "sensor",
            Self::Fan => "fan",
            Self::Disk => "disk",
            Self::Client => "client",
            Self::Person => "person",
        }
    }

    /// The word in front of the subject's id in identifiers; empty for the box itself.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Router => "",
            Self::Downstream => "down",
            Self::Upstream => "up",
            Self::Port => "port",
            Self::Radio => "radio",
            Self::Sensor => "sensor",
            Self::Fan => "fan",
            Self::Disk => "disk",
            Self::Client => "client",
            Self::Person => "person",
        }
    }

    /// What people call such a thing; also the name of one that has none of its own, followed by its id.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Router => "Router",
            Self::Downstream => "Downstream",
            Self::Upstream => "Upstream",
            Self::Port => "Port",
            Self::Radio => "Wi-Fi",
            Self::Sensor => "Sensor",
            Self::Fan => "Fan",
            Self::Disk => "Disk",
            Self::Client => "Client",
            Self::Person => "Person",
        }
    }
}

impl Subject {
    /// Which kind of subject this is.
    pub const fn kind(&self) -> SubjectKind {
        match self {
            Self::Router => SubjectKind::Router,
            Self::Downstream(_) => SubjectKind::Downstream,
            Self::Upstream(_) => SubjectKind::Upstream,
            Self::Port(_) => SubjectKind::Port,
            Self::Radio(_) => SubjectKind::Radio,
            Self::Sensor(_) => SubjectKind::Sensor,
            Self::Fan(_) => SubjectKind::Fan,
            Self::Disk(_) => SubjectKind::Disk,
            Self::Client(_) => SubjectKind::Client,
            Self::Person(_) => SubjectKind::Person,
        }
    }

    /// What tells it from others of its kind; empty for the box itself, twelve hexadecimal digits for a client.
    pub fn id(&self) -> String {
        match self {
            Self::Router => String::new(),
            Self::Downstream(id)
            | Self::Upstream(id)
            | Self::Port(id)
            | Self::Radio(id)
            | Self::Sensor(id)
            | Self::Fan(id)
            | Self::Disk(id)
            | Self::Person(id) => id.as_str().to_owned(),
            Self::Client(mac) => mac.compact(),
        }
    }

    /// The subject of a kind and an id, as [`Subject::kind`] and [`Subject::id`] gave them.
    pub fn of(kind: SubjectKind, id: &str) -> Option<Self> {
        Some(match kind {
            SubjectKind::Router => Self::Router,
            SubjectKind::Downstream => Self::Downstream(ItemId::new(id)?),
            SubjectKind::Upstream => Self::Upstream(ItemId::new(id)?),
            SubjectKind::Port => Self::Port(ItemId::new(id)?),
            SubjectKind::Radio => Self::Radio(ItemId::new(id)?),
            SubjectKind::Sensor => Self::Sensor(ItemId::new(id)?),
            SubjectKind::Fan => Self::Fan(ItemId::new(id)?),
            SubjectKind::Disk => Self::Disk(ItemId::new(id)?),
            SubjectKind::Client => Self::Client(id.parse().ok()?),
            SubjectKind::Person => Self::Person(ItemId::new(id)?),
        })
    }

    /// The topic path below the box, such as `channel/down/9` or `client/02005e100001`; empty for the box itself.
    pub fn path(&self) -> String {
        match self {
            Self::Router => String::new(),
            other => format!("{}/{}", other.kind().path(), other.id()),
        }
    }

    /// The part of a unique id that names the subject, such as `down_9`; empty for the box itself.
    pub fn slug(&self) -> String {
        match self {
            Self::Router => String::new(),
            other => format!("{}_{}", other.kind().slug(), other.id()),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Router => out.write_str("router"),
            other => out.write_str(&other.slug()),
        }
    }
}

/// The text is not what a [`Subject`] prints as.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a subject")]
pub struct SubjectError(String);

impl FromStr for Subject {
    type Err = SubjectError;

    fn from_str(text: &str) -> Result<Self, SubjectError> {
        if text == "router" {
            return Ok(Self::Router);
        }
        let wrong = || SubjectError(text.to_owned());
        let (word, id) = text.split_once('_').ok_or_else(wrong)?;
        let kind = SubjectKind::ALL.into_iter().find(|kind| kind.slug() == word).ok_or_else(wrong)?;
        Self::of(kind, id).ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_reads_back_what_it_prints() {
        for kind in SubjectKind::ALL {
            let subject = Subject::of(kind, "02005e100001").unwrap();
            assert_eq!(subject.to_string().parse(), Ok(subject));
        }
    }
}
