//! What becomes of parts of a box that cannot be read while the rest can: asked again at the next poll, then told in one
//! line, however many they are.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::Problem;
use super::keeper::Keeper;
use crate::model::{Fault, Section};

/// How long to leave alone what the box does not let us read, or does not have.
const RIGHT_PATIENCE: Duration = Duration::from_secs(600);

/// The sections that could not be read at their last time, while others could.
#[derive(Debug, Default)]
pub(super) struct Lost {
    sections: BTreeMap<Section, Loss>,
    /// Sections that were told to be lost, and are back.
    back: Vec<Section>,
}

#[derive(Debug)]
struct Loss {
    fault: Fault,
    since: Timestamp,
    failures: u32,
    told: bool,
}

impl Loss {
    /// One lost page is nothing to tell anybody, but a refusal will not change by asking again.
    const fn is_worth_telling(&self) -> bool {
        self.failures >= 2 || is_refusal(&self.fault)
    }
}

/// Whether the box works, and just does not give what it was asked for.
const fn is_refusal(fault: &Fault) -> bool {
    matches!(fault, Fault::MissingRight(_) | Fault::NotSupported(_))
}

impl Lost {
    fn miss(&mut self, section: Section, fault: Fault, now: Timestamp) -> &Loss {
        let loss = self.sections.entry(section).or_insert_with(|| Loss {
            fault: fault.clone(),
            since: now,
            failures: 0,
            told: false,
        });
        loss.told &= loss.fault.class() == fault.class();
        loss.failures += 1;
        loss.fault = fault;
        loss
    }

    /// Takes note that a section could be read.
    pub(super) fn find(&mut self, section: Section) {
        if self.sections.remove(&section).is_some_and(|loss| loss.told) {
            self.back.push(section);
        }
    }

    /// Takes note that nothing at all could be read, which is another story.
    pub(super) fn forget_untold(&mut self) {
        self.sections.retain(|_, loss| loss.told);
    }

    fn told(&self) -> impl Iterator<Item = (&Section, &Loss)> {
        self.sections.iter().filter(|(_, loss)| loss.told && !is_refusal(&loss.fault))
    }

    /// What a part of the box keeps to itself is a problem as long as it lasts; a right that is missing is not.
    pub(super) fn problem(&self) -> Option<Problem> {
        let told = || self.told();
        let (_, first) = told().next()?;
        Some(Problem {
            class: first.fault.class(),
            summary: format!(
                "{} cannot be read, while the rest can: {}",
                listed(told().map(|(section, _)| *section)),
                first.fault
            ),
            advice: first.fault.advice().to_owned(),
            since: told().map(|(_, loss)| loss.since).min()?,
        })
    }
}

impl Keeper {
    /// Takes in that a section could not be read.
    pub(super) fn miss_section(&mut self, section: Section, fault: Fault, now: Timestamp) {
        tracing::debug!(r#box = %self.charge.about.id, section = section.name(), %fault, "a section cannot be read");
        self.view.record.count(&fault);
        let loss = self.health.lost.miss(section, fault, now);
        if is_refusal(&loss.fault) {
            self.schedule.defer(section, RIGHT_PATIENCE);
        } else if loss.failures == 1 {
            self.schedule.defer(section, Duration::ZERO);
        }
    }

    /// Says which sections were lost, and that all of them are back: one line each.
    pub(super) fn tell_of_sections(&mut self) {
        let id = &self.charge.about.id;
        let lost = &mut self.health.lost;
        let mut news: Vec<_> =
            lost.sections.iter_mut().filter(|(_, loss)| !loss.told && loss.is_worth_telling()).collect();
        if let Some((_, first)) = news.first() {
            let sections = listed(news.iter().map(|(section, _)| **section));
            let fault = &first.fault;
            tracing::warn!(r#box = %id, sections, %fault, advice = fault.advice(), "cannot be read, while the rest can");
        }
        for (_, loss) in &mut news {
            loss.told = true;
        }
        if lost.told().next().is_none() && !lost.back.is_empty() {
            let sections = listed(std::mem::take(&mut lost.back));
            tracing::info!(r#box = %id, sections, "can be read again");
        }
    }
}

fn listed(sections: impl IntoIterator<Item = Section>) -> String {
    sections.into_iter().map(Section::name).collect::<Vec<_>>().join(", ")
}
