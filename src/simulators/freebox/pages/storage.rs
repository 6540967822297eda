//! `storage/`.

use serde_json::{Value as Json, json};

use super::super::envelope::{Failure, Page};
use super::super::profile::Disks;
use super::Moment;

impl Moment<'_> {
    pub(super) fn storage(&self, path: &[&str]) -> Page {
        let disks = self.disks();
        match path {
            ["disk"] => Ok((!disks.is_empty()).then(|| disks.into())),
            ["disk", id] => {
                let id: u64 = id.parse().map_err(|_| Failure::NO_ENTRY)?;
                let disk = disks.into_iter().find(|disk| disk.get("id") == Some(&json!(id)));
                disk.map(Some).ok_or(Failure::NO_ENTRY)
            }
            ["partition"] => {
                let partitions = disks.iter().filter_map(|disk| disk.get("partitions")?.as_array());
                Ok(Some(partitions.flatten().cloned().collect()))
            }
            ["raid"] => Ok(None),
            ["config"] => {
                Ok(Some(json!({"external_pm_enabled": true, "external_pm_idle_before_spindown": 10})))
            }
            _ => Err(Failure::NOT_FOUND),
        }
    }

    fn disks(&self) -> Vec<Json> {
        let disk = |id, kind, celsius, size, partition: &Json| self.disk(id, kind, celsius, size, partition);
        match self.about.profile.disks {
            Disks::None => Vec::new(),
            Disks::Internal => {
                let main = self.partition(0, 2, "Disque dur", 244_950_000_000);
                vec![disk(0, "internal", 40, 250_050_000_000, &main)]
            }
            Disks::Nvme => {
                let main = self.partition(1000, 1001, "Nas", 1_960_000_000_000);
                vec![disk(1000, "nvme", 51, 2_000_000_000_000, &main)]
            }
            Disks::Raid => {
                let member = |id| disk(id, "sata", 31, 2_000_000_000_000, &raid_member(id));
                let main = self.partition(3000, 3000, "Volume", 1_960_000_000_000);
                vec![member(1000), member(2000), disk(3000, "raid", 0, 2_000_000_000_000, &main)]
            }
        }
    }

    fn disk(&self, id: u64, kind: &str, celsius: u64, size: u64, partition: &Json) -> Json {
        let member = kind == "sata";
        json!({
            "id": id, "type": kind, "connector": 0, "state": if member { "disabled" } else { "enabled" },
            "table_type": if member { "raid" } else { "gpt" }, "total_bytes": size,
            "temp": self.about.age.swing(celsius, 1, id), "spinning": true, "idle": false, "idle_duration": 0,
            "active_duration": 0, "read_requests": self.about.age.seconds() * 3, "write_requests": self.about.age.seconds() * 7,
            "read_error_requests": 0, "write_error_requests": 0,
            "model": if kind == "raid" { "" } else { "Example Disk 2000" }, "serial": "SIMULATED0003", "firmware": "SIM1",
            "partitions": [partition],
        })
    }

    /// Sizes are rounded to 10 MB, and a little more is used every minute.
    fn partition(&self, disk: u64, id: u64, label: &str, size: u64) -> Json {
        let used = size / 4 + self.about.age.seconds() / 60 * 10_000_000;
        json!({
            "id": id, "disk_id": disk, "label": label, "fstype": "ext4", "state": "mounted", "internal": disk == 0,
            "fsck_result": "no_run_yet", "path": "L1NpbXVsYXRlZA==", "total_bytes": size, "used_bytes": used,
            "free_bytes": size.saturating_sub(used),
        })
    }
}

fn raid_member(disk: u64) -> Json {
    json!({
        "id": disk, "disk_id": disk, "label": "Volume", "fstype": "raid", "state": "umounted", "internal": false,
        "fsck_result": "no_run_yet", "path": "L1ZvbHVtZQ==", "total_bytes": 0, "used_bytes": 0, "free_bytes": 0,
    })
}
