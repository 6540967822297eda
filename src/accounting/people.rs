use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Calendar, Hours, Interval};
use crate::model::{ItemId, Mac};

/// Somebody of the household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The id.
    pub id: ItemId,
    /// The name.
    pub name: String,
    /// What the person may use in each billing cycle, in bytes.
    pub quota: Option<u64>,
    /// Whether the person's devices are kept from the internet while the quota is used up.
    pub block: bool,
}

/// A device of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its hardware address.
    pub mac: Mac,
    /// When it is theirs; without hours, always, or whenever it is nobody else's.
    pub hours: Option<Hours>,
}

/// Who has which devices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    people: Vec<Person>,
    devices: BTreeMap<Mac, Vec<(Option<Hours>, ItemId)>>,
    others: Option<Person>,
}

/// What is wrong with what is said of people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeopleError {
    /// There is such a person.
    #[error("there are two people with this id")]
    Twice,
    /// The id of those who are nobody's.
    #[error("'others' are all devices that belong to nobody: choose another id")]
    Others,
    /// Two people have the same device at the same time.
    #[error("the device with the address {0} belongs to two people at the same time")]
    Shared(Mac),
}

const OTHERS: &str = "others";

impl People {
    /// Adds somebody with their devices.
    ///
    /// # Errors
    /// When the id is taken, or a device is somebody else's at the same time.
    pub fn add(&mut self, person: Person, devices: Vec<Device>) -> Result<(), PeopleError> {
        if person.id.as_str() == OTHERS {
            return Err(PeopleError::Others);
        }
        if self.people.iter().any(|other| other.id == person.id) {
            return Err(PeopleError::Twice);
        }
        for Device { mac, hours } in devices {
            let owners = self.devices.entry(mac).or_default();
            if owners
                .iter()
                .any(|(theirs, owner)| *owner != person.id && collide(theirs.as_ref(), hours.as_ref()))
            {
                return Err(PeopleError::Shared(mac));
            }
            owners.push((hours, person.id.clone()));
        }
        self.others =
            ItemId::new(OTHERS).map(|id| Person { id, name: "Others".to_owned(), quota: None, block: false });
        self.people.push(person);
        Ok(())
    }

    /// Whether nobody is configured.
    pub const fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Everybody, and at the end those who own what belongs to nobody.
    pub fn iter(&self) -> impl Iterator<Item = &Person> {
        self.people.iter().chain(&self.others)
    }

    /// The person with this id.
    pub fn get(&self, id: &ItemId) -> Option<&Person> {
        self.iter().find(|person| person.id == *id)
    }

    /// The devices that are somebody's.
    pub fn devices(&self) -> BTreeSet<Mac> {
        self.devices.keys().copied().collect()
    }

    /// The devices that are this person's at one time or another.
    pub fn devices_of(&self, id: &ItemId) -> BTreeSet<Mac> {
        let theirs = |owners: &Vec<(Option<Hours>, ItemId)>| owners.iter().any(|(_, owner)| owner == id);
        self.devices.iter().filter(|(_, owners)| theirs(owners)).map(|(mac, _)| *mac).collect()
    }

    /// Whose device it is at a moment; `None` only when nobody is configured.
    pub fn owner(&self, mac: Mac, calendar: &Calendar, at: Timestamp) -> Option<&ItemId> {
        let owners = self.devices.get(&mac).map(Vec::as_slice).unwrap_or_default();
        let now =
            owners.iter().find(|(hours, _)| hours.as_ref().is_some_and(|hours| hours.contain(calendar, at)));
        let owner = now.or_else(|| owners.iter().find(|(hours, _)| hours.is_none())).map(|(_, id)| id);
        owner.or(self.others.as_ref().map(|others| &others.id))
    }

    /// What a device used, in parts that each belong to one person.
    pub fn share(&self, mac: Mac, calendar: &Calendar, passed: &Interval) -> Vec<(&ItemId, Interval)> {
        let owners = self.devices.get(&mac).map(Vec::as_slice).unwrap_or_default();
        let hours = || owners.iter().filter_map(|(hours, _)| hours.as_ref());
        let parts = passed.cut(|at| hours().filter_map(|hours| hours.next_change(calendar, at)).min());
        parts.into_iter().filter_map(|part| Some((self.owner(mac, calendar, part.from)?, part))).collect()
    }
}

/// Whether two people would have a device at the same time. Who has it without hours has it when nobody else does.
fn collide(one: Option<&Hours>, other: Option<&Hours>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => one.overlap(other),
        _ => false,
    }
}
