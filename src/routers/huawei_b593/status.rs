//! The icons of the web page, which anybody may ask for: each is a number that names a picture.

use super::wire::{content, element};
use crate::model::{Count, Fault, Item, State, Text, catalog};

/// The codes of the icons that say something here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Status {
    signal: Option<u64>,
    sim: Option<u64>,
    connect: Option<u64>,
    mode: Option<u64>,
    roaming: Option<u64>,
    /// The icon, and the number beside it.
    sms: Option<(u64, Option<u64>)>,
}

impl Status {
    /// Reads the document. Builds differ in which icons they have.
    pub fn of(document: &str) -> Result<Self, &'static str> {
        let document = content(document, "Status").ok_or("it is not the status of the icons")?;
        let code = |name| element(document, name)?.parse().ok();
        Ok(Self {
            signal: code("SIG"),
            sim: code("SIM"),
            connect: code("Connect"),
            mode: code("Mode"),
            roaming: code("Roam"),
            sms: element(document, "SMS").and_then(message_icon),
        })
    }

    /// Whether the box is connected to its provider.
    pub fn is_connected(self) -> Option<bool> {
        match self.connect? {
            26 => Some(true),
            24 | 25 | 57 => Some(false),
            _ => None,
        }
    }

    /// What the icon of the connection says.
    pub fn connection(self, out: &mut Item) {
        let state = match self.connect {
            Some(26) => Some("up"),
            Some(25) => Some("going_up"),
            Some(24 | 57) => Some("down"),
            _ => None,
        };
        out.set(catalog::WAN_STATE, state.map(State::new));
    }

    /// What the icons of the mobile network say. Each mode has two pictures.
    pub fn line(self, out: &mut Item) {
        let generation = match self.mode {
            Some(28 | 60) => Some("2G"),
            Some(29 | 61) => Some("3G"),
            Some(30 | 62) => Some("4G"),
            _ => None,
        };
        let sim = match self.sim {
            Some(14) => Some("absent"),
            Some(15) => Some("ready"),
            Some(16) => Some("pin_required"),
            Some(17) => Some("error"),
            Some(54) => Some("puk_required"),
            Some(56) => Some("locked"),
            _ => None,
        };
        let roaming = match self.roaming {
            Some(31) => Some(false),
            Some(32) => Some(true),
            _ => None,
        };
        let bars = self.signal.and_then(|code| code.checked_sub(18)).filter(|bars| *bars <= 5);
        out.set(catalog::SIGNAL_LEVEL, bars.map(Count))
            .set(catalog::NETWORK_TYPE, generation.map(Text::new))
            .set(catalog::SIM_STATE, sim.map(State::new))
            .set(catalog::ROAMING, roaming);
    }

    /// Whether there is an icon for messages.
    pub const fn has_messages(self) -> bool {
        self.sms.is_some()
    }

    /// What the icon for messages says. The number counts new messages only beside the picture for new messages.
    pub fn messages(self, out: &mut Item) {
        let unread = match self.sms {
            Some((48 | 58, _)) => Some(0),
            Some((49, number)) => number,
            _ => None,
        };
        out.set(catalog::SMS_UNREAD, unread.map(Count));
    }
}

/// `49,3`: the picture for new messages, and three of them.
fn message_icon(said: &str) -> Option<(u64, Option<u64>)> {
    let (code, number) = said.split_once(',').unwrap_or((said, ""));
    Some((code.trim().parse().ok()?, number.trim().parse().ok()))
}

/// The document, or why it is none.
pub(super) fn read(what: &str, document: &str) -> Result<Status, Fault> {
    Status::of(document).map_err(|why| Fault::malformed(what, why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Metric, Quantity, Value};

    fn status(inner: &str) -> Status {
        Status::of(&format!("<?xml version=\"1.0\"?>\n<Status>{inner}</Status>")).unwrap()
    }

    fn shown<Q: Quantity>(fill: impl Fn(&mut Item), metric: Metric<Q>) -> String {
        let mut item = Item::default();
        fill(&mut item);
        metric.row().show(item.get(metric.row())).to_string()
    }

    fn line<Q: Quantity>(inner: &str, metric: Metric<Q>) -> String {
        shown(|item| status(inner).line(item), metric)
    }

    #[test]
    fn the_icons_of_a_connected_box() {
        let all = "<WIFI>2</WIFI><SIM>15</SIM><SIG>22</SIG><Connect>26</Connect><Connect6>24</Connect6>\
                   <Connect4>26</Connect4>\n<Mode>62</Mode><Roam>31</Roam><Battery>45</Battery><SMS>49,3</SMS>\
                   <WanErrCode>0</WanErrCode>";
        assert_eq!(line(all, catalog::SIGNAL_LEVEL), "4");
        assert_eq!(line(all, catalog::NETWORK_TYPE), "\"4G\"");
        assert_eq!(line(all, catalog::SIM_STATE), "\"ready\"");
        assert_eq!(line(all, catalog::ROAMING), "false");
        assert_eq!(status(all).is_connected(), Some(true));
        assert_eq!(shown(|item| status(all).connection(item), catalog::WAN_STATE), "\"up\"");
        assert_eq!(shown(|item| status(all).messages(item), catalog::SMS_UNREAD), "3");
    }

    #[test]
    fn each_code_has_its_meaning_and_others_have_none() {
        for (code, bars) in
            [("18", "0"), ("19", "1"), ("23", "5"), ("24", "null"), ("17", "null"), ("", "null")]
        {
            assert_eq!(line(&format!("<SIG>{code}</SIG>"), catalog::SIGNAL_LEVEL), bars, "{code}");
        }
        for (code, mode) in
            [("28", "\"2G\""), ("61", "\"3G\""), ("30", "\"4G\""), ("27", "null"), ("59", "null")]
        {
            assert_eq!(line(&format!("<Mode>{code}</Mode>"), catalog::NETWORK_TYPE), mode, "{code}");
        }
        for (code, sim) in [("14", "\"absent\""), ("16", "\"pin_required\""), ("54", "\"puk_required\"")] {
            assert_eq!(line(&format!("<SIM>{code}</SIM>"), catalog::SIM_STATE), sim, "{code}");
        }
        for (code, roaming) in [("32", "true"), ("33", "null")] {
            assert_eq!(line(&format!("<Roam>{code}</Roam>"), catalog::ROAMING), roaming, "{code}");
        }
        for (code, connected) in [("24", Some(false)), ("25", Some(false)), ("57", Some(false)), ("99", None)]
        {
            assert_eq!(status(&format!("<Connect>{code}</Connect>")).is_connected(), connected, "{code}");
        }
    }

    #[test]
    fn the_number_of_messages_is_that_of_new_ones_only_beside_their_icon() {
        for (said, unread) in [
            ("48,0", "0"),
            ("58,7", "0"),
            ("49,12", "12"),
            ("49", "null"),
            ("50,20", "null"),
            ("x,1", "null"),
        ] {
            let icon = format!("<SMS>{said}</SMS>");
            assert_eq!(shown(|item| status(&icon).messages(item), catalog::SMS_UNREAD), unread, "{said}");
        }
        assert!(!status("").has_messages());
    }

    #[test]
    fn an_icon_that_is_missing_is_unknown() {
        let mut item = Item::default();
        status("").line(&mut item);
        assert!(item.iter().all(|(_, value): (_, Option<&Value>)| value.is_none()));
    }

    #[test]
    fn another_document_is_not_the_status() {
        for document in ["", "<html></html>", "<Status><SIG>22</SIG>", "<error>1</error>"] {
            assert!(Status::of(document).is_err(), "{document}");
        }
    }
}
