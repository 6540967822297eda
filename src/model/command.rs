use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Action, Bytes, Mac, text};

/// The longest command that is looked at.
pub const MAX_COMMAND_BYTES: usize = 4096;

/// The longest id that is taken from a command and given back in its results.
const MAX_ID: usize = 64;

/// A command as somebody sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What to do.
    pub action: Action,
    /// The sender's own name for this command; given back with every answer.
    pub id: Option<String>,
    /// For [`Action::Pause`]: how long, in minutes.
    pub minutes: Option<u32>,
    /// For what is done to a client: to whom.
    pub client: Option<Mac>,
    /// For [`Action::TopUp`] and [`Action::SetUsed`]: how much, in bytes.
    pub amount: Option<u64>,
}

/// How far a command has come. The last three end it; exactly one of them comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The bridge has taken it.
    Accepted,
    /// The box has taken it.
    Sent,
    /// The box has gone.
    Down,
    /// The box answers again.
    Up,
    /// It has happened, and was seen to have happened.
    Done,
    /// It has not happened.
    Failed,
    /// It was never tried.
    Refused,
}

impl Stage {
    /// True for the three that end a command.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Refused)
    }
}

/// One line of a command's story, as published on `…/<box>/result`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Progress {
    /// The sender's own name for the command.
    pub id: Option<String>,
    /// The action's word; what was asked for when it is no action.
    pub action: String,
    /// To whom it is done, where it is done to a client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// How far it has come.
    pub state: Stage,
    /// Why it failed or was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Seconds since the command was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_s: Option<f64>,
    /// How long the box was away, in seconds; with `up` and `done`, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub down_s: Option<f64>,
}

/// Why a command is not even tried.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// More than [`MAX_COMMAND_BYTES`].
    #[error("the command is longer than {MAX_COMMAND_BYTES} bytes")]
    TooLong,
    /// Not UTF-8.
    #[error("the command is not UTF-8 text")]
    NotText,
    /// Neither a bare word nor a JSON object with an `action`.
    #[error("the command is neither a word nor a JSON object with \"action\": {0}")]
    NotACommand(String),
    /// A number of minutes that is none.
    #[error("\"minutes\" takes a whole number of minutes, such as 15")]
    Minutes,
    /// A client that is no hardware address.
    #[error("\"client\" takes a hardware address, such as 02:00:5e:10:00:01")]
    Client,
    /// Something is to be done to a client, and nobody is named.
    #[error("'{0}' needs a client: {{\"action\":\"{0}\",\"client\":\"02:00:5e:10:00:01\"}}")]
    NoClient(&'static str),
    /// An amount that is none.
    #[error("\"amount\" takes a size such as \"10 GB\", or a number of GB")]
    Amount,
    /// Something that needs an amount, without one.
    #[error("'{0}' needs an amount: {{\"action\":\"{0}\",\"amount\":\"10 GB\"}}")]
    NoAmount(&'static str),
    /// A quota is to be changed that there is not.
    #[error("the box has no quota; give it one with 'quota' in the configuration")]
    NoQuota,
    /// Something is to be done to a client that is not done to clients.
    #[error("'{0}' is nothing that is done to a client; send it to the box")]
    NotOfClients(&'static str),
    /// The box has never shown this client.
    #[error("the box knows no client {0}")]
    UnknownClient(Mac),
    /// The client is the machine that the bridge runs on.
    #[error("{0} is the machine that this bridge runs on; it would cut itself off")]
    Ourselves(Mac),
    /// No such action.
    #[error(transparent)]
    Unknown(#[from] super::action::UnknownAction),
    /// Left on the broker by somebody: it would run at every connection.
    #[error(
        "the command was retained, so it would run again at every start; it was cleared. Send commands without the retain flag"
    )]
    Retained,
    /// The configuration does not allow it.
    #[error("'{0}' is not allowed for this box; add it to 'allow' in the configuration")]
    NotAllowed(&'static str),
    /// Too soon after the last one.
    #[error("too soon after the last one; try again after {0:.0}")]
    CoolingDown(jiff::Timestamp),
    /// The box has a command in progress.
    #[error("another command is in progress")]
    Busy,
    /// The box cannot do that.
    #[error("the box cannot {0}")]
    NotSupported(&'static str),
    /// A latch stops all polling, and this is not what resets it.
    #[error("polling is stopped: {0}. Send retry_login when it is mended")]
    Latched(String),
    /// The bridge is shutting down.
    #[error("the bridge is stopping")]
    Stopping,
}

#[derive(Deserialize)]
struct Written {
    action: Option<Json>,
    id: Option<Json>,
    minutes: Option<Json>,
    client: Option<Json>,
    amount: Option<Json>,
}

/// A refused command, with what could be made out of it for the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The sender's id, when it could be read.
    pub id: Option<String>,
    /// What was asked for, as far as it could be read.
    pub action: String,
    /// Why it is not tried.
    pub why: Refusal,
}

impl Command {
    /// A command without an id.
    pub const fn new(action: Action) -> Self {
        Self { action, id: None, minutes: None, client: None, amount: None }
    }

    /// Reads a command topic's payload: a bare word, or a JSON object. `topic_action` is the last segment of a
    /// per-action topic, where the payload may be anything Home Assistant sends for a button.
    ///
    /// # Errors
    /// Says why the command is not tried, with the id and the action if they could be read.
    pub fn read(payload: &[u8], topic_action: Option<&str>) -> Result<Self, Refused> {
        let asked = topic_action.map_or_else(String::new, |word| text::shorten(word, 40));
        let refuse = |id: Option<String>, action: &str, why: Refusal| Refused {
            id,
            action: if action.is_empty() { asked.clone() } else { text::shorten(action, 40) },
            why,
        };
        if payload.len() > MAX_COMMAND_BYTES {
            return Err(refuse(None, "", Refusal::TooLong));
        }
        let written = std::str::from_utf8(payload).map_err(|_| refuse(None, "", Refusal::NotText))?.trim();
        let said = if written.starts_with('{') {
            serde_json::from_str::<Written>(written)
                .map_err(|error| refuse(None, "", Refusal::NotACommand(error.to_string())))?
        } else {
            let action = topic_action.is_none().then(|| Json::from(written));
            Written { action, id: None, minutes: None, client: None, amount: None }
        };
        let id = said.id.as_ref().and_then(readable_id);
        let word = match (topic_action, said.action.as_ref().and_then(Json::as_str)) {
            (Some(word), _) | (None, Some(word)) if !word.is_empty() => word.to_owned(),
            _ => return Err(refuse(id, "", Refusal::NotACommand("there is no action in it".into()))),
        };
        let Ok(minutes) = readable_minutes(said.minutes.as_ref()) else {
            return Err(refuse(id, &word, Refusal::Minutes));
        };
        let Ok(client) = readable_client(said.client.as_ref()) else {
            return Err(refuse(id, &word, Refusal::Client));
        };
        let Ok(amount) = readable_amount(said.amount.as_ref()) else {
            return Err(refuse(id, &word, Refusal::Amount));
        };
        match word.parse() {
            Ok(action) => Ok(Self { action, id, minutes, client, amount }),
            Err(unknown) => Err(refuse(id, &word, Refusal::Unknown(unknown))),
        }
    }
}

/// The minutes, if there are any; an error when they are no number of minutes.
fn readable_minutes(minutes: Option<&Json>) -> Result<Option<u32>, ()> {
    let Some(minutes) = minutes.filter(|minutes| !minutes.is_null()) else {
        return Ok(None);
    };
    minutes.as_u64().and_then(|minutes| minutes.try_into().ok()).map(Some).ok_or(())
}

/// The client, if one is named; an error when that is no hardware address.
fn readable_client(client: Option<&Json>) -> Result<Option<Mac>, ()> {
    let Some(client) = client.filter(|client| !client.is_null()) else {
        return Ok(None);
    };
    client.as_str().and_then(|client| client.parse().ok()).map(Some).ok_or(())
}

/// The amount in bytes, if there is one: a size such as `10 GB`, or a number of GB, as all amounts are published. An error when
/// it is neither.
fn readable_amount(amount: Option<&Json>) -> Result<Option<u64>, ()> {
    let Some(amount) = amount.filter(|amount| !amount.is_null()) else {
        return Ok(None);
    };
    let text = match amount {
        Json::String(text) => text.clone(),
        Json::Number(number) => format!("{number} GB"),
        _ => return Err(()),
    };
    text.parse::<Bytes>().map(|bytes| Some(bytes.0)).map_err(|_| ())
}

fn readable_id(id: &Json) -> Option<String> {
    match id {
        Json::String(id) => Some(text::shorten(id, MAX_ID)),
        Json::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

impl Command {
    /// The same, as something that is to be done to this client.
    ///
    /// # Errors
    /// When it is nothing that is done to clients.
    pub fn to_client(self, client: Mac) -> Result<Self, Refused> {
        match self.action {
            Action::Do(deed) if deed.needs_client() => Ok(Self { client: Some(client), ..self }),
            action => Err(Refused {
                id: self.id,
                action: action.word().to_owned(),
                why: Refusal::NotOfClients(action.word()),
            }),
        }
    }
}

impl Progress {
    /// A refusal.
    pub fn refused(refused: &Refused) -> Self {
        Self {
            id: refused.id.clone(),
            action: refused.action.clone(),
            client: None,
            state: Stage::Refused,
            reason: Some(refused.why.to_string()),
            after_s: None,
            down_s: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Deed;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_objects_and_buttons_all_work() {
        let reboot = Command::new(Action::Do(Deed::Reboot));
        assert_eq!(Command::read(b"reboot\n", None), Ok(reboot.clone()));
        assert_eq!(Command::read(b"PRESS", Some("reboot")), Ok(reboot.clone()));
        assert_eq!(Command::read(b"", Some("reboot")), Ok(reboot.clone()));
        assert_eq!(
            Command::read(br#"{"action":"reboot","id":"x1","extra":1}"#, None),
            Ok(Command { id: Some("x1".into()), ..reboot.clone() })
        );
        assert_eq!(
            Command::read(br#"{"id":7}"#, Some("reboot")),
            Ok(Command { id: Some("7".into()), ..reboot })
        );
        let pause = Command::read(br#"{"action":"pause","minutes":5}"#, None).unwrap();
        assert_eq!((pause.action, pause.minutes), (Action::Pause, Some(5)));
    }

    #[test]
    fn what_is_no_command_is_refused_with_what_could_be_read() {
        let long = vec![b'x'; MAX_COMMAND_BYTES + 1];
        assert_eq!(Command::read(&long, None).unwrap_err().why, Refusal::TooLong);
        assert_eq!(Command::read(&[0xff, 0xfe], None).unwrap_err().why, Refusal::NotText);
        assert!(matches!(Command::read(b"{\"action\":", None).unwrap_err().why, Refusal::NotACommand(_)));
        assert!(matches!(Command::read(b"", None).unwrap_err().why, Refusal::NotACommand(_)));
        let refused = Command::read(br#"{"action":"explode","id":"7"}"#, None).unwrap_err();
        assert_eq!((refused.id.as_deref(), refused.action.as_str()), (Some("7"), "explode"));
        assert!(
            refused.why.to_string().contains("refresh, retry_login, pause, resume, top_up, set_used, reboot")
        );
        for minutes in ["-1", "1.5", "\"5\"", "1e20", "[]"] {
            let pause = format!(r#"{{"action":"pause","id":"7","minutes":{minutes}}}"#);
            let refused = Command::read(pause.as_bytes(), None).unwrap_err();
            assert_eq!((refused.id.as_deref(), refused.action.as_str()), (Some("7"), "pause"));
            assert_eq!(refused.why, Refusal::Minutes);
        }
        let refused = Command::read(br#"{"action":5,"id":"7"}"#, None).unwrap_err();
        assert_eq!(refused.id.as_deref(), Some("7"));
    }

    #[test]
    fn a_client_is_named_in_the_command_or_by_the_topic() {
        let mac = Mac::new([2, 0, 0x5e, 0x10, 0, 1]);
        let block = Command { client: Some(mac), ..Command::new(Action::Do(Deed::Block)) };
        let written = br#"{"action":"block","client":"02:00:5E:10:00:01"}"#;
        assert_eq!(Command::read(written, None), Ok(block.clone()));
        let pressed = Command::read(b"block", None).unwrap();
        assert_eq!(pressed.client, None);
        assert_eq!(pressed.to_client(mac), Ok(block));
        for client in ["\"phone\"", "7", "[]", "\"\""] {
            let block = format!(r#"{{"action":"block","id":"7","client":{client}}}"#);
            let refused = Command::read(block.as_bytes(), None).unwrap_err();
            assert_eq!((refused.id.as_deref(), refused.why), (Some("7"), Refusal::Client));
        }
        let refused = Command::new(Action::Do(Deed::Reboot)).to_client(mac).unwrap_err();
        assert_eq!(refused.why, Refusal::NotOfClients("reboot"));
        assert!(Refusal::NoClient("block").to_string().contains(r#"{"action":"block","client":""#));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_command_or_a_refusal(payload: Vec<u8>, topic in proptest::option::of(".{0,40}")) {
            let _answer = Command::read(&payload, topic.as_deref());
        }
    }
}
