//! Who may pass into the internet: the rules of the box's access control, with ours among those of its owner. Pure.
//!
//! A rule names a host by an entry of another table. What a default action and the action of a rule mean is as public
//! clients of these boxes use them: 0 lets through, 1 denies.

use super::gather::{Lacks, Objects};
use super::grammar::{Act, Answer, Kind, Row};
use super::objects::Object;
use crate::model::{Deed, Fault, Mac};

/// What the names of our own entries begin with; the rest is the address. Nothing else is ever removed. With the address
/// it has 15 signs: how long such names may be is not known, and this is assumed to be short enough.
const OURS: &str = "r2m";

/// What an access control consists of.
const OBJECTS: [Object; 3] = [Object::Firewall, Object::InternalHosts, Object::Rules];

/// The access control of a box.
#[derive(Debug)]
pub(super) struct AccessControl {
    is_on: bool,
    /// Whether it denies everybody who is not named, instead of letting everybody through who is not.
    denies_by_default: bool,
    hosts: Vec<Row>,
    rules: Vec<Row>,
}

/// What to ask of a box, in this order.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Plan {
    pub removals: Vec<Act>,
    pub additions: Vec<Act>,
    /// The owner's own rule that blocks the client whatever we do.
    pub in_the_way: Option<String>,
}

/// What reads it.
pub(super) fn questions() -> Vec<Act> {
    OBJECTS.into_iter().filter_map(|object| object.act(0)).collect()
}

/// What a box without an access control cannot do; `None` while that is not known.
pub(super) fn cannot(objects: &Objects, lacks: &Lacks) -> Option<Vec<Deed>> {
    if OBJECTS.into_iter().all(|object| objects.has(object)) {
        Some(Vec::new())
    } else {
        let lacks = OBJECTS.into_iter().any(|object| lacks.act(object).is_none());
        lacks.then(|| vec![Deed::Block, Deed::Unblock])
    }
}

impl AccessControl {
    /// As one poll has read it; `None` when it has not, or it does not say how it stands.
    pub fn seen(objects: &Objects) -> Option<Self> {
        if !OBJECTS.into_iter().all(|object| objects.has(object)) {
            return None;
        }
        let rows = |object| objects.rows(object).to_vec();
        Self::new(objects.row(Object::Firewall)?, rows(Object::InternalHosts), rows(Object::Rules))
    }

    /// As the answer to [`questions`] says.
    pub fn answered(answer: &Answer) -> Option<Self> {
        Self::new(answer.of(0).first()?, answer.of(1), answer.of(2))
    }

    fn new(firewall: &Row, hosts: Vec<Row>, rules: Vec<Row>) -> Option<Self> {
        let denies_by_default = firewall.flag("defaultAction")?;
        Some(Self { is_on: firewall.flag("enable")?, denies_by_default, hosts, rules })
    }

    /// Whether it keeps this client from the internet; `None` where that hangs on who else is let through.
    pub fn blocks(&self, client: Mac) -> Option<bool> {
        match (self.is_on, self.denies_by_default) {
            (false, _) => Some(false),
            (true, false) => Some(self.rules.iter().any(|rule| self.is_about(rule, client))),
            (true, true) => None,
        }
    }

    /// What blocks this client and nobody else.
    ///
    /// # Errors
    /// [`Fault::NotSupported`] when that cannot be done without cutting off somebody else.
    pub fn block(&self, client: Mac) -> Result<Plan, Fault> {
        let refused = |why: &str| Err(Fault::NotSupported(format!("block a client: {why}")));
        let others_wait = || self.rules.iter().any(|rule| is_enabled(rule) && !is_ours(rule));
        match (self.is_on, self.denies_by_default) {
            (_, true) => {
                return refused("its access control lets nobody through but whom its owner has named");
            }
            (false, false) if others_wait() => {
                return refused(
                    "its access control is off, and its owner's rules would begin to count with ours",
                );
            }
            _ => {}
        }
        let mut plan = Plan::default();
        if !self.rules.iter().any(|rule| self.is_about(rule, client)) {
            plan.removals.extend(self.own_rules(client).map(|rule| removal("RULE", rule)));
            let host = self.host_of(client).and_then(|host| host.text("entryName"));
            if host.is_none() {
                plan.additions.push(addition_of_host(client));
            }
            plan.additions.push(addition_of_rule(client, host.unwrap_or(&name(client))));
        }
        if !self.is_on {
            plan.additions.push(Act::new(Kind::Set, "FIREWALL").with(["enable=1", "defaultAction=0"]));
        }
        Ok(plan)
    }

    /// What takes back what [`Self::block`] did.
    pub fn unblock(&self, client: Mac) -> Plan {
        let own_host = self.hosts.iter().find(|host| host.text("entryName") == Some(&name(client)));
        let is_used = |host: &Row| {
            let named = host.text("entryName");
            self.rules.iter().any(|rule| !is_ours(rule) && rule.text("internalHostRef") == named)
        };
        let host = own_host.filter(|host| !is_used(host)).map(|host| removal("INTERNAL_HOST", host));
        let others = self.rules.iter().filter(|rule| !is_ours(rule));
        let in_the_way = others.filter(|rule| self.is_on && self.is_about(rule, client)).find_map(rule_name);
        Plan {
            // A host that a rule refers to cannot go before the rule.
            removals: self.own_rules(client).map(|rule| removal("RULE", rule)).chain(host).collect(),
            additions: Vec::new(),
            in_the_way: in_the_way.map(str::to_owned),
        }
    }

    /// Whether a rule keeps a client from all of the internet at any time.
    fn is_about(&self, rule: &Row, client: Mac) -> bool {
        let is_whole = ["externalHostRef", "scheduleRef"].iter().all(|name| rule.text(name).is_none())
            && rule.count("protocol").is_none_or(|protocol| protocol == EVERY_PROTOCOL);
        let host = rule.text("internalHostRef");
        is_enabled(rule)
            && rule.flag("action") == Some(true)
            && is_whole
            && host.is_some()
            && self.hosts_of(client).any(|known| known.text("entryName") == host)
    }

    fn hosts_of(&self, client: Mac) -> impl Iterator<Item = &Row> {
        self.hosts.iter().filter(move |host| host.mac("mac") == Some(client) && !is_parental(host))
    }

    /// The entry of a client, ours or the owner's: the box takes each address once.
    fn host_of(&self, client: Mac) -> Option<&Row> {
        self.hosts_of(client).next()
    }

    fn own_rules(&self, client: Mac) -> impl Iterator<Item = &Row> {
        let name = name(client);
        self.rules.iter().filter(move |rule| rule_name(rule) == Some(&name))
    }
}

/// TCP, UDP and ICMP.
const EVERY_PROTOCOL: u64 = 3;

fn name(client: Mac) -> String {
    format!("{OURS}{}", client.compact())
}

fn rule_name(rule: &Row) -> Option<&str> {
    rule.text("ruleName")
}

/// Whether an address follows, and nothing else: an owner may have had the same idea for a beginning.
fn is_ours(rule: &Row) -> bool {
    let rest = rule_name(rule).and_then(|name| name.strip_prefix(OURS));
    rest.is_some_and(|rest| rest.len() == 12 && rest.parse::<Mac>().is_ok())
}

/// Rules of the parental control are in the same table, and have a switch of their own.
fn is_parental(row: &Row) -> bool {
    row.flag("isParentCtrl") == Some(true)
}

fn is_enabled(rule: &Row) -> bool {
    !is_parental(rule) && rule.flag("enable") != Some(false)
}

fn removal(object: &'static str, row: &Row) -> Act {
    Act::new(Kind::Delete, object).at(row.stack)
}

fn addition_of_host(client: Mac) -> Act {
    let mac = client.to_string().to_uppercase();
    Act::new(Kind::Add, "INTERNAL_HOST").with([
        "type=1".to_owned(),
        format!("entryName={}", name(client)),
        format!("mac={mac}"),
    ])
}

fn addition_of_rule(client: Mac, host: &str) -> Act {
    Act::new(Kind::Add, "RULE").with([
        format!("ruleName={}", name(client)),
        format!("internalHostRef={host}"),
        "externalHostRef=".to_owned(),
        "scheduleRef=".to_owned(),
        "action=1".to_owned(),
        "enable=1".to_owned(),
        "direction=0".to_owned(),
        format!("protocol={EVERY_PROTOCOL}"),
    ])
}

#[cfg(test)]
mod tests;
