//! What is read: what was asked for, what the catalog knows, and nothing that is not there.

use std::collections::BTreeSet;
use std::sync::Mutex;

use router2mqtt::model::{Kind, Overflow, Readings, Section, Subject, Value, catalog};
use router2mqtt::routers::{FAMILIES, Family};
use router2mqtt::simulators::Trouble;

use crate::boxes::{Subjected, values};

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Number(number) => *number == 0.0,
        Value::Count(count) => *count == 0,
        _ => false,
    }
}

#[tokio::test]
async fn what_is_read_is_what_was_asked_for_and_what_the_catalog_knows() {
    let found = &Mutex::new(BTreeSet::new());
    Subjected::each(|box_| async move {
        let mut driver = box_.driver();
        let each = box_.family.sections.iter().map(|(section, _)| [*section].into_iter().collect());
        for wanted in each.chain([box_.everything()]) {
            let seen = driver.poll(&wanted).await.unwrap();
            for (section, outcome) in seen.sections() {
                assert!(wanted.wants(section), "{}: {section:?} was not asked for", box_.name);
                is_as_the_catalog_has_it(&box_.name, section, outcome.unwrap());
                found.lock().unwrap().insert((box_.family.name, section));
            }
        }
        driver.close().await;
    })
    .await;
    let sections =
        |family: &'static Family| family.sections.iter().map(|(section, _)| (family.name, *section));
    let promised: BTreeSet<_> = FAMILIES.iter().flat_map(|family| sections(family)).collect();
    assert_eq!(*found.lock().unwrap(), promised, "some box of each family has what the family promises");
}

fn is_as_the_catalog_has_it(name: &str, section: Section, readings: &Readings) {
    for (subject, item) in readings.iter() {
        for (row, value) in item.iter() {
            let place = format!("{name}: {section:?}, {subject}, {}", row.key);
            assert!(row.on.contains(&subject.kind()), "{place} has no place there");
            match value {
                Some(Value::Number(number)) => assert!(number.is_finite(), "{place}"),
                Some(Value::Text(text)) => {
                    assert!(!text.trim().is_empty(), "{place}");
                    let known = row.kind != Kind::State || row.options.contains(&text.as_str());
                    assert!(known, "{place}: {text}");
                }
                _ => {}
            }
        }
    }
}

#[tokio::test]
async fn what_is_missing_is_unknown_and_never_zero_or_somebody_else() {
    Subjected::each(|box_| async move {
        let mut driver = box_.driver();
        let well = driver.poll(&box_.everything()).await.unwrap();
        box_.simulated.troubles().begin(Trouble::MissingFields);
        let ill = driver.poll(&box_.everything()).await.unwrap();
        driver.close().await;
        let (well_values, ill_values) = (values(&well), values(&ill));
        assert!(ill_values.len() < well_values.len(), "{}: nothing is missing", box_.name);
        for (place, value) in ill_values {
            let before = well_values.get(&place);
            let before = before.unwrap_or_else(|| panic!("{}: {place:?} is new: {value:?}", box_.name));
            assert!(is_zero(before) || !is_zero(&value), "{}: {place:?} became zero", box_.name);
            if let (Value::Flag(_) | Value::Text(_), Value::Flag(_) | Value::Text(_)) = (before, &value) {
                assert_eq!(before, &value, "{}: {place:?}", box_.name);
            }
        }
        let mut identity = well.identity.clone();
        identity.update(ill.identity);
        assert_eq!(identity, well.identity, "{}", box_.name);
    })
    .await;
}

#[tokio::test]
async fn what_a_box_lacks_is_left_out_and_not_failed() {
    Subjected::each(|box_| async move {
        let mut driver = box_.driver();
        // What the box lacks may be found out at the first poll, and is no news at the second.
        for poll in ["first", "second"] {
            let seen = driver.poll(&box_.everything()).await.unwrap();
            let failed: Vec<_> = seen.sections().filter(|(_, outcome)| outcome.is_err()).collect();
            assert!(failed.is_empty(), "{}, {poll} poll: {failed:?}", box_.name);
            assert!(!values(&seen).is_empty(), "{}", box_.name);
        }
        driver.close().await;
    })
    .await;
}

#[tokio::test]
async fn how_each_counter_counts_is_known() {
    Subjected::each(|box_| async move {
        let mut driver = box_.driver();
        let seen = driver.poll(&box_.everything()).await.unwrap();
        driver.close().await;
        for ((subject, key), value) in values(&seen) {
            let row = catalog::find(subject.kind(), key).unwrap();
            if row.kind != Kind::Counter {
                continue;
            }
            let how = (box_.family.counting)(&subject, row);
            let place = format!("{}: {subject}, {key}: {how:?}", box_.name);
            assert!((1..=64).contains(&how.bits), "{place}");
            let overflows = how.bits < 64 && how.overflow == Overflow::Wraps;
            assert!(
                !overflows || how.ceiling.is_some(),
                "{place}: nobody could tell an overflow from a restart"
            );
            let Value::Count(count) = value else { panic!("{place}: {value:?} is no count") };
            let parts = if subject == Subject::Router { 64 } else { 4 };
            assert!(how.bits == 64 || count < parts << how.bits, "{place}: {count} is too much");
        }
    })
    .await;
}

#[test]
fn each_familys_page_says_how_its_counters_behave() {
    for family in FAMILIES {
        let page = format!("{}/docs/routers/{}.md", env!("CARGO_MANIFEST_DIR"), family.name);
        assert!(std::fs::read_to_string(&page).unwrap().contains("\nCounters: "), "{page}");
    }
}
