use super::Node;
use crate::model::{Bytes, Celsius, Count, ItemId, Readings, Subject, Text, catalog};

/// `storage/disk/`: each disk with its first mounted partition.
pub fn disks(disks: Node<'_>, seen: &mut Readings) {
    for disk in disks.list() {
        let Some(item) = disk.id("id").and_then(ItemId::new) else {
            continue;
        };
        let partitions = || disk.at("partitions").list();
        let partition = partitions().find(|partition| is_mounted(*partition));
        let bytes = |key| partition?.count(key).map(Bytes);
        // 0 °C is what USB bridges and RAID volumes say for want of a sensor.
        let temperature = disk.number("temp").filter(|celsius| *celsius > 0.0);
        seen.subject(Subject::Disk(item))
            .label(name(disk, partition.or_else(|| partitions().next())).unwrap_or_default())
            .set(catalog::TEMPERATURE, temperature.map(Celsius))
            .set(catalog::DISK_STATE, disk.text("state").map(Text::new))
            .set(catalog::DISK_READ_ERRORS, disk.count("read_error_requests").map(Count))
            .set(catalog::DISK_WRITE_ERRORS, disk.count("write_error_requests").map(Count))
            .set(catalog::DISK_TOTAL, bytes("total_bytes"))
            .set(catalog::DISK_USED, bytes("used_bytes"))
            .set(catalog::DISK_FREE, bytes("free_bytes"));
    }
}

/// What the owner calls it, or else what it is. A disk of which nothing is told at the moment keeps the name it has.
fn name<'a>(disk: Node<'a>, partition: Option<Node<'a>>) -> Option<&'a str> {
    let partition = partition?;
    partition.text("label").or_else(|| disk.text("model")).or_else(|| disk.text("type"))
}

/// The members of a RAID carry partitions without a size.
fn is_mounted(partition: Node<'_>) -> bool {
    partition.text("state") == Some("mounted") && partition.count("total_bytes").is_some_and(|size| size > 0)
}
