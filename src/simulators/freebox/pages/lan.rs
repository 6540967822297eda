//! `lan/` and `dhcp/`.

use serde_json::json;

use super::super::envelope::{Failure, Page};
use super::super::household::all;
use super::Moment;

impl Moment<'_> {
    pub(super) fn lan(&self, path: &[&str]) -> Page {
        match path {
            ["config"] => Ok(Some(json!({
                "ip": "192.168.1.254", "name": "Freebox Server", "name_dns": "freebox-server",
                "name_mdns": "Freebox-Server", "name_netbios": "Freebox_Server",
                "mode": if self.about.profile.bridge { "bridge" } else { "router" },
            }))),
            ["browser", ..] if self.about.profile.bridge => Err(Failure::NO_DEVICE),
            ["browser", "interfaces"] => Ok(Some(json!([
                {"name": "pub", "host_count": all().count()},
                {"name": "wifiguest", "host_count": 0},
            ]))),
            ["browser", "pub"] => {
                let hosts = all().map(|(number, device)| device.host(number, &self.about));
                Ok(Some(self.shuffled(hosts.collect())))
            }
            ["browser", "wifiguest"] => Ok(None),
            ["browser", "types"] => Ok(Some(json!([
                {"type": "workstation", "name": "Ordinateur", "category": "personal_device", "icon": ""},
                {"type": "freebox_player", "name": "Freebox Player", "icon": ""},
            ]))),
            ["browser", _] => Err(Failure::NO_DEVICE),
            _ => Err(Failure::NOT_FOUND),
        }
    }

    pub(super) fn dhcp(&self, path: &[&str]) -> Page {
        match path {
            _ if self.about.profile.bridge => Err(Failure::SERVICE_DOWN),
            ["config"] => Ok(Some(json!({
                "enabled": true, "sticky_assign": true, "gateway": "192.168.1.254", "netmask": "255.255.255.0",
                "ip_range_start": "192.168.1.1", "ip_range_end": "192.168.1.200", "always_broadcast": false,
                "dns": ["192.168.1.254", "", "", "", ""],
            }))),
            ["dynamic_lease"] => {
                let leases = all().map(|(number, device)| device.lease(number, &self.about));
                Ok(Some(self.shuffled(leases.collect())))
            }
            ["static_lease"] => Ok(None),
            _ => Err(Failure::NOT_FOUND),
        }
    }
}
