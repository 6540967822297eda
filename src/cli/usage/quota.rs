//! What is used of the quotas by now, as the bridge shows it: with top-ups, and what was said to be used.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::report::Share;
use crate::accounting::{Dates, Quota, QuotaPolicy, QuotaState, Tally};
use crate::config::{Config, RouterConfig};
use crate::history::{Archive, DayFilter, StoreError};
use crate::model::{Subject, Whose};

/// What is used of the quotas of a box, and of the people behind it.
///
/// # Errors
/// When the history cannot be read.
pub(super) fn shares(
    archive: &Archive,
    config: &Config,
    router: &RouterConfig,
    now: Timestamp,
) -> Result<BTreeMap<Subject, Share>, StoreError> {
    let mut states = archive.quota(&router.id)?.map(QuotaState::all_in).unwrap_or_default();
    let mut quota = |subject: Subject, name: &str, policy: QuotaPolicy| {
        let state = states.remove(&subject).unwrap_or_default();
        Quota::new(policy, Whose { subject, name: name.to_owned() }, state)
    };
    let own = quota(Subject::Router, &router.name, router.quota.clone());
    let dates = own.dates(config.calendar.day_of(now));
    let people = config.people.iter().filter(|person| person.quota.is_some()).map(|person| {
        let subject = Subject::Person(person.id.clone());
        (subject.clone(), quota(subject, &person.name, router.quota.of_person(person.quota)))
    });
    let mut shares = BTreeMap::new();
    for (subject, mut quota) in std::iter::once((Subject::Router, own)).chain(people.collect::<Vec<_>>()) {
        let tally = tally(archive, router, &subject, dates)?;
        let figures = quota.judge(now, &config.calendar, &tally, None).figures;
        shares.extend(figures.map(|figures| (subject, Share { limit: figures.limit, used: figures.used })));
    }
    Ok(shares)
}

fn tally(
    archive: &Archive,
    router: &RouterConfig,
    party: &Subject,
    dates: Dates,
) -> Result<Tally, StoreError> {
    let (box_id, party) = (Some(router.id.clone()), Some(party.clone()));
    let filter = DayFilter { box_id, party, from: dates.earliest(), to: Date::MAX };
    Ok(Tally::restore(dates, archive.days(&filter)?))
}
