//! What a box knows, and what acts do with it.

use std::net::IpAddr;
use std::time::Duration;

use super::access;
use super::admin::Admin;
use super::grammar::{Act, Answer, Code, Method, Stack};
use super::household::{Count, View, Who};
use super::live::Live;
use super::objects::{Objects, Row, chosen};
use super::profile::Profile;
use crate::simulators::Parts;
use crate::simulators::uptime::Uptime;

/// How long a box has been up when the simulation begins.
const BEFORE: Duration = Duration::from_secs(277_384);
/// How often it may count traffic, in seconds.
const INTERVALS: std::ops::RangeInclusive<u64> = 5..=60;
const RADIOS: &str = "LAN_WLAN";
const COUNTS: &str = "STAT_CFG";
const MOBILE: &str = "WAN_LTE_LINK_CFG";

/// What a box knows.
#[derive(Debug)]
pub(super) struct State {
    pub profile: &'static Profile,
    pub admin: Admin,
    objects: Objects,
    count: Count,
    up: Uptime,
}

/// What follows from acts, once they are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Consequences {
    pub reboot: bool,
    pub logout: bool,
}

/// How acts are to be answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    /// Who asks.
    pub from: Option<IpAddr>,
    /// Whether most values are missing.
    pub hollow: bool,
}

impl State {
    pub fn new(profile: &'static Profile, parts: &Parts) -> Self {
        let objects = profile.objects();
        let count = Count::running(parts, Who { radios: radios(&objects), knows_links: profile.knows_links });
        count.settle(&objects);
        Self { profile, admin: Admin::default(), objects, count, up: Uptime::of(&parts.clock, BEFORE) }
    }

    /// The box starts again. It keeps what was set.
    pub fn restart(&mut self) {
        self.admin = Admin::default();
        self.count.begin();
        self.up.restart();
    }

    /// An attribute of an object that has one instance.
    pub fn text(&self, oid: &str, name: &str) -> &str {
        self.objects.text(oid, Stack::NONE, name).unwrap_or_default()
    }

    /// Does what is asked for, one act after the other, until one fails.
    pub fn run(&mut self, acts: &[Act], manner: Manner) -> (Vec<u8>, Consequences) {
        let (mut answer, mut after) = (Answer::default(), Consequences::default());
        for act in acts {
            let done = match act.method {
                Method::Get | Method::List | Method::ListUnder => self.tell(act, manner, &mut answer),
                Method::Set => self.set(act),
                Method::Add => self.add(act, &mut answer),
                Method::Delete => self.delete(act),
                Method::Operate => operate(&act.oid, &mut after),
                Method::Call => self.call(act, manner, &mut answer, &mut after),
                Method::Other => Err(Code::METHOD_NOT_SUPPORTED),
            };
            if let Err(code) = done {
                return (answer.end(code), after);
            }
        }
        (answer.end(Code::OK), after)
    }

    fn tell(&self, act: &Act, manner: Manner, answer: &mut Answer) -> Result<(), Code> {
        let rows = self.rows(&act.oid).ok_or(Code::NO_OBJECT)?;
        for row in chosen(&rows, act)? {
            answer.instance(row.stack, act.index);
            let all = || Ok(row.attrs.iter().collect());
            let some = || act.attrs.iter().map(|(name, _)| row.get(name).ok_or(Code::INVALID_NAME)).collect();
            let attrs: Vec<_> = if act.attrs.is_empty() { all() } else { some() }?;
            for (place, (name, value)) in attrs.into_iter().enumerate() {
                let value = if manner.hollow { hollow(place, name, value) } else { Some(value.as_slice()) };
                if let Some(value) = value {
                    answer.attribute(name, value);
                }
            }
        }
        Ok(())
    }

    fn rows(&self, oid: &str) -> Option<Vec<Row>> {
        let live = Live { uptime: self.up.get(), lan: self.profile.lan };
        let who = Who { radios: radios(&self.objects), knows_links: self.profile.knows_links };
        let view = View { live, who };
        let rows = self.objects.rows(oid)?;
        Some(match oid {
            "LAN_HOST_ENTRY" => view.leases(),
            "LAN_WLAN_ASSOC_DEV" => {
                view.stations(|radio| self.is_on(RADIOS, Stack::of(&[1, radio]), "enable"))
            }
            "ARP_ENTRY" => view.neighbours(),
            "STAT_ENTRY" if !self.is_on(COUNTS, Stack::NONE, "enable") => Vec::new(),
            "STAT_ENTRY" => view.traffic(&self.count, self.text(COUNTS, "interval").parse().unwrap_or(10)),
            _ => rows.iter().map(|row| live.fill(row)).collect(),
        })
    }

    fn is_on(&self, oid: &str, stack: Stack, name: &str) -> bool {
        self.objects.text(oid, stack, name) == Some("1")
    }

    fn set(&mut self, act: &Act) -> Result<(), Code> {
        for (name, value) in &act.attrs {
            let value = value.as_deref().ok_or(Code::INVALID_ARGUMENTS)?;
            match (act.oid.as_str(), name.as_str()) {
                (COUNTS, "action") => match value {
                    "1" => self.count.begin(),
                    "2" => self.count.delete(),
                    _ => return Err(Code::INVALID_VALUE),
                },
                (COUNTS, "interval") if !value.parse().is_ok_and(|seconds| INTERVALS.contains(&seconds)) => {
                    return Err(Code::INVALID_VALUE);
                }
                _ => self.objects.set(&act.oid, act.stack, name, value)?,
            }
        }
        self.follow(act)
    }

    /// Makes an entry of a table, and tells its number.
    fn add(&mut self, act: &Act, answer: &mut Answer) -> Result<(), Code> {
        let stack = access::add(&mut self.objects, act)?;
        answer.instance(stack, act.index);
        self.follow(act)
    }

    fn delete(&mut self, act: &Act) -> Result<(), Code> {
        access::remove(&mut self.objects, act)?;
        self.follow(act)
    }

    /// What else changes with what was set.
    fn follow(&mut self, act: &Act) -> Result<(), Code> {
        match act.oid.as_str() {
            RADIOS => {
                let status = if self.is_on(RADIOS, act.stack, "enable") { "Up" } else { "Disabled" };
                self.objects.set(RADIOS, act.stack, "status", status)
            }
            COUNTS if act.value("enable").is_some() => {
                self.count.begin();
                Ok(())
            }
            access::FIREWALL | access::HOSTS | access::RULES => {
                self.count.settle(&self.objects);
                Ok(())
            }
            MOBILE => {
                let is_on = ["enable", "dataSwitch"].iter().all(|name| self.is_on(MOBILE, act.stack, name));
                self.objects.set(MOBILE, act.stack, "connectStatus", if is_on { "4" } else { "2" })
            }
            _ => Ok(()),
        }
    }

    fn call(
        &self,
        act: &Act,
        manner: Manner,
        answer: &mut Answer,
        after: &mut Consequences,
    ) -> Result<(), Code> {
        match act.oid.as_str() {
            "/cgi/logout" => {
                after.logout = true;
                answer.script(act.index, self.profile.dialect.goodbye());
            }
            "/cgi/info" => {
                let ip = manner.from.map(|ip| ip.to_string()).unwrap_or_default();
                answer.script(
                    act.index,
                    &format!(
                        "var userType=\"Admin\";\nvar bSecured=0;\nvar clientLocal=1;\nvar clientIp=\"{ip}\";\n\
                         var clientMac=\"02:00:5E:20:00:4F\";\n$.ret=0;\n"
                    ),
                );
            }
            "/cgi/clearBusy" => answer.script(act.index, "$.ret=0;\n"),
            _ => return Err(Code::INVALID_CALL),
        }
        Ok(())
    }
}

fn operate(oid: &str, after: &mut Consequences) -> Result<(), Code> {
    match oid {
        "ACT_REBOOT" => after.reboot = true,
        "ACT_WLAN_UPDATE_ASSOC"
        | "ACT_DHCP_RENEW"
        | "ACT_DHCP_RELEASE"
        | "ACT_PPP_CONN"
        | "ACT_PPP_DISCONN" => {}
        "ACT_FACTORY_RESET" => return Err(Code::REQUEST_DENIED),
        _ => return Err(Code::NO_OBJECT),
    }
    Ok(())
}

/// How many radios there are.
fn radios(objects: &Objects) -> u32 {
    let radios = objects.rows(RADIOS).map_or(0, <[Row]>::len);
    u32::try_from(radios).unwrap_or_default().min(2)
}

/// A value of a box that knows next to nothing: what tells instances apart is left, the rest is a placeholder or is not
/// there at all.
fn hollow<'a>(place: usize, name: &str, value: &'a [u8]) -> Option<&'a [u8]> {
    const IDS: [&str; 10] = [
        "modelName",
        "name",
        "WANAccessType",
        "MACAddress",
        "macAddress",
        "associatedDeviceMACAddress",
        "mac",
        "ipAddress",
        "X_TP_Band",
        "SSID",
    ];
    match place % 3 {
        _ if IDS.contains(&name) => Some(value),
        0 => Some(b""),
        1 => Some(b"--"),
        _ => None,
    }
}
