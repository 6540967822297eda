use crate::model::{Count, Readings, Subject, Value, catalog};

/// Counts the devices that are connected.
pub(super) fn count(readings: &mut Readings) {
    let connected = readings
        .iter()
        .filter(|(subject, item)| {
            matches!(subject, Subject::Client(_))
                && item.get(catalog::CONNECTED.row()) == Some(&Value::Flag(true))
        })
        .count();
    readings.router().set(catalog::CLIENTS, Count(connected as u64));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_connected_devices_count() {
        let mut readings = Readings::default();
        for (mac, connected) in
            [([2, 0, 0, 0, 0, 1], Some(true)), ([2, 0, 0, 0, 0, 2], Some(false)), ([2, 0, 0, 0, 0, 3], None)]
        {
            readings.subject(Subject::Client(crate::model::Mac::new(mac))).set(catalog::CONNECTED, connected);
        }
        count(&mut readings);
        assert_eq!(readings.number(&Subject::Router, catalog::CLIENTS.row()), Some(1.0));
    }
}
