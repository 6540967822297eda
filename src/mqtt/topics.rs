//! The name of every topic, in one place.

use crate::model::{Action, BoxId, Mac, Subject};

/// The topics of a bridge, below its prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topics {
    prefix: String,
}

/// What a message on a command topic is addressed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandTopic {
    /// The box.
    pub box_id: BoxId,
    /// The last segment of a per-action topic.
    pub action: Option<String>,
    /// The client, of a client's own topic.
    pub client: Option<Mac>,
}

/// The order in which messages are sent, so that a reader never meets a value it does not know the meaning
/// of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// What there is: everything outside our own prefix.
    Discovery,
    /// Whether it can be trusted.
    Availability,
    /// Its values.
    State,
}

impl Topics {
    /// The topics below this prefix, which may have several segments.
    pub fn new(prefix: &str) -> Self {
        Self { prefix: prefix.trim_matches('/').to_owned() }
    }

    /// What all of them begin with.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The filter that matches every topic of the bridge.
    pub fn everything(&self) -> String {
        format!("{}/#", self.prefix)
    }

    /// `<prefix>/bridge/availability`: `online`, or `offline` by last will. Retained.
    pub fn bridge_availability(&self) -> String {
        self.under("bridge/availability")
    }

    /// `<prefix>/bridge/info`: the version of the bridge. Retained.
    pub fn bridge_info(&self) -> String {
        self.under("bridge/info")
    }

    /// `<prefix>/bridge/history`: how the history is doing. Retained.
    pub fn bridge_history(&self) -> String {
        self.under("bridge/history")
    }

    /// `<prefix>/bridge/fence`: the bridge sends itself a word here to learn that the broker has told it
    /// everything.
    pub fn fence(&self) -> String {
        self.under("bridge/fence")
    }

    /// `<prefix>/<box>/availability`: `online` or `offline`. Retained.
    pub fn availability(&self, id: &BoxId) -> String {
        self.of(id, "availability")
    }

    /// `<prefix>/<box>/info`: what the box says it is, as a JSON object. Retained.
    pub fn info(&self, id: &BoxId) -> String {
        self.of(id, "info")
    }

    /// The info topic of the box whose availability topic this is.
    pub fn info_beside(&self, availability: &str) -> Option<String> {
        let id = self.within(availability)?.strip_suffix("/availability")?.parse().ok()?;
        Some(self.info(&id))
    }

    /// `<prefix>/<box>/state`, or `<prefix>/<box>/<subject>/state`: every metric of a subject as a JSON
    /// object. Retained.
    pub fn state(&self, id: &BoxId, subject: &Subject) -> String {
        match subject {
            Subject::Router => self.of(id, "state"),
            other => self.of(id, &format!("{}/state", other.path())),
        }
    }

    /// `<prefix>/<box>/client/<mac>/presence`: `home`, `not_home`, or `None` when unknown. Retained.
    pub fn presence(&self, id: &BoxId, client: &Mac) -> String {
        self.of(id, &format!("client/{}/presence", client.compact()))
    }

    /// `<prefix>/<box>/client/<mac>/attributes`: what rarely changes of a client, as a JSON object. Retained.
    pub fn attributes(&self, id: &BoxId, client: &Mac) -> String {
        self.of(id, &format!("client/{}/attributes", client.compact()))
    }

    /// `<prefix>/<box>/problem`: what is wrong, and what to do about it, as a JSON object. Retained.
    pub fn problem(&self, id: &BoxId) -> String {
        self.of(id, "problem")
    }

    /// `<prefix>/<box>/firmware`: the installed and the latest firmware, as a JSON object. Retained.
    pub fn firmware(&self, id: &BoxId) -> String {
        self.of(id, "firmware")
    }

    /// `<prefix>/<box>/command`: takes a word or a JSON object.
    pub fn command(&self, id: &BoxId) -> String {
        self.of(id, "command")
    }

    /// `<prefix>/<box>/command/<action>`: takes any payload but an empty one.
    pub fn command_for(&self, id: &BoxId, action: Action) -> String {
        self.of(id, &format!("command/{action}"))
    }

    /// `<prefix>/<box>/client/<mac>/command`: takes what may be done to a client, as a word or a JSON object.
    pub fn client_command(&self, id: &BoxId, client: &Mac) -> String {
        self.of(id, &format!("client/{}/command", client.compact()))
    }

    /// `<prefix>/<box>/result`: how commands fare, one JSON object each step. Not retained.
    pub fn result(&self, id: &BoxId) -> String {
        self.of(id, "result")
    }

    /// `<prefix>/<box>/event`: what happens, one JSON object each time. Not retained.
    pub fn event(&self, id: &BoxId) -> String {
        self.of(id, "event")
    }

    /// Everything below a box begins so.
    pub fn below(&self, id: &BoxId) -> String {
        self.of(id, "")
    }

    /// The filters that find every command, and nothing else.
    pub fn command_filters(&self) -> [String; 3] {
        [self.under("+/command"), self.under("+/command/+"), self.under("+/client/+/command")]
    }

    /// The filters that find every retained message of ours, and no command: so none is delivered twice.
    pub fn retained_filters(&self) -> Vec<String> {
        [
            "bridge/history",
            "+/info",
            "+/availability",
            "+/state",
            "+/problem",
            "+/firmware",
            "+/+/+/state",
            "+/+/+/+/state",
            "+/client/+/presence",
            "+/client/+/attributes",
        ]
        .map(|filter| self.under(filter))
        .to_vec()
    }

    /// Whether we publish retained messages on the topic.
    pub fn retains(&self, topic: &str) -> bool {
        self.has(topic) && self.retained_filters().iter().any(|filter| matches(filter, topic))
    }

    /// Whether the topic lies below our prefix.
    pub fn has(&self, topic: &str) -> bool {
        self.within(topic).is_some()
    }

    /// What a command topic is addressed to; `None` for any other topic.
    pub fn read_command(&self, topic: &str) -> Option<CommandTopic> {
        let segments: Vec<_> = self.within(topic)?.split('/').collect();
        let (box_id, action, client) = match *segments.as_slice() {
            [box_id, "command"] => (box_id, None, None),
            [box_id, "command", action] => (box_id, Some(action.to_owned()), None),
            [box_id, "client", client, "command"] => (box_id, None, Some(client.parse().ok()?)),
            _ => return None,
        };
        Some(CommandTopic { box_id: box_id.parse().ok()?, action, client })
    }

    /// When to send a message on this topic.
    pub fn rank(&self, topic: &str) -> Rank {
        match self.within(topic) {
            None => Rank::Discovery,
            Some(below) if below.ends_with("/availability") => Rank::Availability,
            Some(_) => Rank::State,
        }
    }

    fn within<'a>(&self, topic: &'a str) -> Option<&'a str> {
        topic.strip_prefix(self.prefix.as_str())?.strip_prefix('/')
    }

    fn of(&self, id: &BoxId, rest: &str) -> String {
        format!("{}/{id}/{rest}", self.prefix)
    }

    fn under(&self, rest: &str) -> String {
        format!("{}/{rest}", self.prefix)
    }
}

/// Whether a topic filter matches a topic, by the rules of MQTT 3.1.1, section 4.7.
pub(super) fn matches(filter: &str, topic: &str) -> bool {
    let mut topic = topic.split('/');
    for level in filter.split('/') {
        match (level, topic.next()) {
            ("#", _) => return true,
            ("+", Some(_)) => {}
            (level, Some(segment)) if level == segment => {}
            _ => return false,
        }
    }
    topic.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Deed, SubjectKind};

    fn modem() -> BoxId {
        "modem".parse().unwrap()
    }

    #[test]
    fn command_topics_are_read_back() {
        let topics = Topics::new("home/router2mqtt/");
        let general = CommandTopic { box_id: modem(), action: None, client: None };
        let reboot = CommandTopic { box_id: modem(), action: Some("reboot".into()), client: None };
        let mac = Mac::new([2, 0, 0x5e, 0x10, 0, 1]);
        let client = CommandTopic { box_id: modem(), action: None, client: Some(mac) };
        assert_eq!(topics.read_command(&topics.client_command(&modem(), &mac)), Some(client));
        assert_eq!(topics.read_command("home/router2mqtt/modem/client/phone/command"), None);
        assert_eq!(topics.read_command(&topics.command(&modem())), Some(general));
        let for_reboot = topics.command_for(&modem(), Action::Do(Deed::Reboot));
        assert_eq!(topics.read_command(&for_reboot), Some(reboot));
        for other in ["home/router2mqtt/bridge/command", "home/router2mqtt/modem/state", "x/modem/command"] {
            assert_eq!(topics.read_command(other), None, "{other}");
        }
        assert_eq!(topics.read_command("home/router2mqtt/modem/command/a/b"), None);
    }

    #[test]
    fn the_filters_find_every_retained_topic_and_no_command() {
        let topics = Topics::new("r");
        let mac = Mac::new([2, 0, 0x5e, 0x10, 0, 1]);
        let mut retained = vec![
            topics.bridge_availability(),
            topics.bridge_info(),
            topics.bridge_history(),
            topics.info(&modem()),
            topics.availability(&modem()),
            topics.presence(&modem(), &mac),
            topics.attributes(&modem(), &mac),
            topics.problem(&modem()),
            topics.firmware(&modem()),
        ];
        let subjects = SubjectKind::ALL.map(|kind| Subject::of(kind, "02005e100001").unwrap());
        retained.extend(subjects.map(|subject| topics.state(&modem(), &subject)));
        let found = |topic: &str| topics.retains(topic);
        for topic in retained {
            assert!(found(&topic), "{topic}");
        }
        for action in Action::all() {
            assert!(!found(&topics.command_for(&modem(), action)));
        }
        assert!(!found(&topics.client_command(&modem(), &mac)));
        for fleeting in [topics.command(&modem()), topics.result(&modem()), topics.event(&modem())] {
            assert!(!found(&fleeting), "{fleeting}");
        }
    }

    #[test]
    fn filters_match_as_the_standard_says() {
        assert!(matches("a/#", "a/b/c") && matches("a/#", "a") && matches("a/+/c", "a/b/c"));
        assert!(!matches("a/+", "a/b/c") && !matches("a/+/c", "a/b") && !matches("a", "b"));
    }

    #[test]
    fn discovery_is_sent_before_availability_before_states() {
        let topics = Topics::new("r");
        let config = topics.rank("homeassistant/device/router2mqtt_modem/config");
        let availability = topics.rank(&topics.availability(&modem()));
        let state = topics.rank(&topics.state(&modem(), &Subject::Router));
        assert!(config < availability && availability < state);
        assert_eq!(topics.rank(&topics.bridge_availability()), Rank::Availability);
    }
}
