//! Who is kept from the internet: at somebody's order, or by the bridge itself for as long as a quota is used up.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use reqwest::Url;
use serde::{Deserialize, Serialize};
use tokio::net::UdpSocket;
use tokio::time::Instant;

use super::keeper::Keeper;
use super::orders::Story;
use crate::model::{Cause, Deed, EventKind, Mac, Refusal, Subject, Task, Value, Whose, catalog};

/// How long the bridge rests after an order of its own that came to nothing, before it gives another one.
const REST: Duration = Duration::from_secs(600);

/// What the bridge is to do by itself.
#[derive(Debug, Default)]
pub(super) struct Withholding {
    /// Whose devices are to be kept from the internet; nothing before anybody has said so.
    wanted: Option<BTreeMap<Mac, Whose>>,
    /// When the next order may be given, after one that has not been seen to be carried out.
    not_before: Option<Instant>,
}

/// A device that the bridge itself keeps from the internet. What the owner of the box has blocked is never among these,
/// so that it is never undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Withheld {
    stage: Stage,
    /// The person, as a subject, and by name.
    whose: String,
    name: String,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    /// It was ordered; noted before, so that a bridge that dies in the middle knows whose block it is.
    Ordered,
    /// It was seen to be blocked.
    Blocked,
    /// Somebody let it in again, or it must not be blocked: it is left alone until the reason is gone.
    LeftAlone,
}

/// An order that the bridge gives by itself.
struct Step {
    client: Mac,
    blocked: bool,
    whose: Whose,
}

impl Keeper {
    /// Says which devices are to be kept from the internet, and whose quota is the reason. What the bridge has blocked
    /// and is not among them is let in again; so this must not be called before all quotas are known.
    ///
    /// The orders are given after the next polls, one at a time, each once, and only where the configuration allows `block`
    /// and the box can do it; what the bridge itself has blocked is undone in any case. Who is blocked already is none of
    /// the bridge's business, and whom somebody lets in again is left alone until the quota is no longer used up.
    pub fn withhold(&mut self, wanted: BTreeMap<Mac, Whose>) {
        self.withholding.wanted = Some(wanted);
    }

    /// Whether this may be done to the client whom it concerns.
    pub(super) async fn admit_access(&mut self, task: Task) -> Result<(), Refusal> {
        let Task::Access { client, blocked } = task else { return Ok(()) };
        if self.view.cannot.contains(&task.deed()) {
            return Err(Refusal::NotSupported(if blocked { "block clients" } else { "unblock clients" }));
        }
        if self.view.shape.get(&Subject::Client(client)).is_none() {
            return Err(Refusal::UnknownClient(client));
        }
        if blocked && self.is_this_machine(client).await {
            return Err(Refusal::Ourselves(client));
        }
        Ok(())
    }

    /// Gives the next order that the bridge gives by itself, if there is one and the box is well.
    pub(super) async fn settle_access(&mut self) {
        let rests = self.withholding.not_before.is_some_and(|moment| Instant::now() < moment);
        if rests || self.errand.is_some() || self.may_not_log_in() {
            return;
        }
        let Some(Step { client, blocked, whose }) = self.next_step() else { return };
        if blocked && self.is_this_machine(client).await {
            tracing::warn!(r#box = %self.charge.about.id, %client, "is the machine that this bridge runs on, and is not blocked");
            return self.note_withheld(client, Some((Stage::LeftAlone, &whose)));
        }
        if blocked {
            self.note_withheld(client, Some((Stage::Ordered, &whose)));
        }
        let word = if blocked { "the quota is used up; blocking" } else { "the quota is open; unblocking" };
        tracing::info!(r#box = %self.charge.about.id, %client, person = whose.name, "{word}");
        self.withholding.not_before = Some(Instant::now() + REST);
        let task = Task::Access { client, blocked };
        self.begin_errand(task, Story::untold(task.deed(), Cause::Quota(whose))).await;
    }

    /// What is to be done next, as far as the box shows how its clients stand.
    fn next_step(&mut self) -> Option<Step> {
        let wanted = self.withholding.wanted.clone()?;
        let held = self.withheld();
        for (client, withheld) in held.iter().filter(|(client, _)| !wanted.contains_key(client)) {
            let is_blocked = self.shown(&Subject::Client(*client), catalog::BLOCKED) != Some(false);
            if withheld.stage == Stage::LeftAlone || (withheld.stage == Stage::Blocked && !is_blocked) {
                self.note_withheld(*client, None);
            } else {
                return Some(Step { client: *client, blocked: false, whose: withheld.whose() });
            }
        }
        if !self.charge.allow.contains(&Deed::Block) || self.view.cannot.contains(&Deed::Block) {
            return None;
        }
        for (client, whose) in wanted {
            match (held.get(&client).map(|withheld| withheld.stage), self.is_blocked(client)) {
                (None | Some(Stage::Ordered), Some(false)) => {
                    return Some(Step { client, blocked: true, whose });
                }
                // The bridge ended before it saw what came of its order.
                (Some(Stage::Ordered), Some(true)) => {
                    self.note_withheld(client, Some((Stage::Blocked, &whose)));
                }
                _ => {}
            }
        }
        None
    }

    /// Takes in that a client was seen to be blocked, or to be let in again.
    pub(super) fn access_changed(&mut self, client: Mac, blocked: bool, cause: Cause, is_news: bool) {
        match &cause {
            Cause::Quota(whose) => {
                self.withholding.not_before = None;
                self.note_withheld(client, blocked.then_some((Stage::Blocked, whose)));
            }
            // From now on it is as somebody wants it.
            Cause::Command if blocked => self.note_withheld(client, None),
            Cause::Command => {
                if let Some(withheld) = self.withheld().get(&client) {
                    self.note_withheld(client, Some((Stage::LeftAlone, &withheld.whose())));
                }
            }
        }
        if is_news {
            let subject = Subject::Client(client);
            let name = self.view.shape.get(&subject).and_then(|known| known.label.clone());
            self.news.push(if blocked {
                EventKind::ClientBlocked { client: subject, name, cause }
            } else {
                EventKind::ClientUnblocked { client: subject, name, cause }
            });
        }
    }

    fn is_blocked(&self, client: Mac) -> Option<bool> {
        self.shown(&Subject::Client(client), catalog::BLOCKED)
    }

    fn withheld(&self) -> BTreeMap<Mac, Withheld> {
        let remembered = self.memory().recall(&self.charge.about.id).withheld;
        remembered.into_iter().filter_map(|(mac, withheld)| Some((mac.parse().ok()?, withheld))).collect()
    }

    fn note_withheld(&self, client: Mac, now: Option<(Stage, &Whose)>) {
        self.memory().update(&self.charge.about.id, |remembered| {
            match now {
                None => remembered.withheld.remove(&client.to_string()),
                Some((stage, whose)) => {
                    let (whose, name) = (whose.subject.to_string(), whose.name.clone());
                    remembered.withheld.insert(client.to_string(), Withheld { stage, whose, name })
                }
            };
        });
    }

    /// Whether the box has this client at the address from which the bridge talks to it.
    async fn is_this_machine(&mut self, client: Mac) -> bool {
        let address = match self.view.value(&Subject::Client(client), catalog::IPV4.row()) {
            Some(Value::Text(address)) => address.parse::<IpAddr>().ok(),
            _ => None,
        };
        address.is_some() && address == own_address(&self.charge.about.url).await
    }
}

impl Withheld {
    fn whose(&self) -> Whose {
        Whose { subject: self.whose.parse().unwrap_or(Subject::Router), name: self.name.clone() }
    }
}

/// Our own address on the way to a box; `None` when there is no way. Nothing is sent: a datagram socket that is
/// connected only looks for the way.
async fn own_address(url: &str) -> Option<IpAddr> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
    let socket = UdpSocket::bind(("0.0.0.0", 0)).await.ok()?;
    socket.connect((host, url.port_or_known_default()?)).await.ok()?;
    Some(socket.local_addr().ok()?.ip())
}
