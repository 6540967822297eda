use crate::model::{Count, Readings, Subject, Value, catalog};

/// Counts the devices that are connected. A list that does not say of anybody that they are says nothing of how many
/// there are; an empty one is for the driver to explain.
pub(super) fn count(readings: &mut Readings) {
    let clients = readings.iter().filter(|(subject, _)| matches!(subject, Subject::Client(_)));
    let states: Vec<_> = clients.map(|(_, item)| item.get(catalog::CONNECTED.row())).collect();
    let connected = states.iter().filter(|state| **state == Some(&Value::Flag(true))).count() as u64;
    let is_certain = connected > 0 || states.iter().all(Option::is_some);
    if is_certain && !states.is_empty() {
        readings.router().set(catalog::CLIENTS, Count(connected));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Mac;

    fn clients(states: &[Option<bool>]) -> Option<f64> {
        let mut readings = Readings::default();
        for (number, connected) in (1..).zip(states) {
            let mac = Mac::new([2, 0, 0, 0, 0, number]);
            readings.subject(Subject::Client(mac)).set(catalog::CONNECTED, *connected);
        }
        count(&mut readings);
        readings.number(&Subject::Router, catalog::CLIENTS.row())
    }

    #[test]
    fn only_connected_devices_count() {
        assert_eq!(clients(&[Some(true), Some(false), None]), Some(1.0));
        assert_eq!(clients(&[Some(false), Some(false)]), Some(0.0));
    }

    #[test]
    fn a_list_that_does_not_say_who_is_there_is_no_empty_house() {
        assert_eq!(clients(&[None, None]), None);
        assert_eq!(clients(&[Some(false), None]), None);
        assert_eq!(clients(&[]), None);
    }
}
