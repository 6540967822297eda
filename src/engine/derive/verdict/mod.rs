//! What the figures of a line come to: one word for each technology and for the line as a whole, and the reason.
//!
//! - `scale`, `grade`, `policy`: from a figure to a grade
//! - `docsis`, `codewords`, `lte`, `xdsl`: which figures there are, and which stand for each other
//! - `evidence`: from many grades to one, and who is to blame
//! - `steady`: how many readings it takes to change one's mind

mod codewords;
mod docsis;
mod evidence;
mod grade;
mod lte;
mod policy;
mod scale;
mod steady;
#[cfg(test)]
mod tests;
mod xdsl;

use jiff::Timestamp;

use self::codewords::Codewords;
use self::steady::Steady;
use crate::model::{Item, Metric, Readings, Section, Snapshot, State, Text, Value, catalog, text};

pub use grade::Grade;
pub use policy::{DocsisScales, LinePolicy, LteScales, Patience, XdslScales};
pub use scale::Scale;

/// The verdicts on the line of one box. OFDM channels may be read far less often than others, so they have their own.
#[derive(Debug, Default)]
pub(crate) struct LineQuality {
    carriers: Channels,
    wide: Channels,
    lte: Steady,
    xdsl: Steady,
}

/// The DOCSIS channels of one section.
#[derive(Debug, Default)]
struct Channels {
    codewords: Codewords,
    verdict: Steady,
}

/// What the box says besides the figures.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Circumstances<'a> {
    /// What the connection runs over, in the words of [`catalog::MEDIA`].
    pub(crate) media: Option<&'a str>,
    /// When the box started.
    pub(crate) booted: Option<Timestamp>,
}

impl LineQuality {
    /// Forgets what was concluded from a section.
    pub(crate) fn forget(&mut self, section: Section) {
        match section {
            Section::Line => *self = Self { wide: std::mem::take(&mut self.wide), ..Self::default() },
            Section::WideChannels => self.wide = Channels::default(),
            _ => {}
        }
    }

    /// Takes in what was read, and adds the verdicts to it.
    pub(crate) fn observe(&mut self, seen: &mut Snapshot, about: Circumstances<'_>, policy: &LinePolicy) {
        if let Some(readings) = read(seen, Section::WideChannels) {
            self.wide.observe(readings, about.booted, policy, true);
        }
        let Some(readings) = read(seen, Section::Line) else {
            return;
        };
        let (patience, margin) = (&policy.patience, policy.patience.margin);
        self.carriers.observe(readings, about.booted, policy, false);
        self.lte.observe(lte::judge(readings, &policy.lte, margin), patience);
        self.xdsl.observe(xdsl::judge(readings, &policy.xdsl, margin), patience);
        self.tell(seen.section(Section::Line).router(), about.media);
    }

    fn tell(&self, router: &mut Item, media: Option<&str>) {
        let docsis =
            Verdict::worst([&self.carriers, &self.wide].map(|channels| Verdict::of(&channels.verdict)));
        let (lte, xdsl) = (Verdict::of(&self.lte), Verdict::of(&self.xdsl));
        let used = |media_words: &[&str]| media.is_none_or(|media| media_words.contains(&media));
        let line = Verdict::worst([
            docsis.clone().filter(|_| used(&["cable"])),
            lte.clone().filter(|_| used(&["backup_4g", "lte", "5g"])),
            xdsl.clone().filter(|_| used(&["xdsl"])),
        ]);
        for (verdict, quality, reason) in [
            (line, catalog::LINE_QUALITY, catalog::LINE_QUALITY_REASON),
            (docsis, catalog::DOCSIS_QUALITY, catalog::DOCSIS_QUALITY_REASON),
            (lte, catalog::LTE_QUALITY, catalog::LTE_QUALITY_REASON),
            (xdsl, catalog::XDSL_QUALITY, catalog::XDSL_QUALITY_REASON),
        ] {
            if let Some(verdict) = verdict {
                put(router, &verdict, quality, reason);
            }
        }
    }
}

impl Channels {
    fn observe(
        &mut self,
        readings: &Readings,
        booted: Option<Timestamp>,
        policy: &LinePolicy,
        in_company: bool,
    ) {
        let lost = &self.codewords.lost(readings, booted);
        let judge =
            docsis::Judge { scales: &policy.docsis, margin: policy.patience.margin, lost, in_company };
        self.verdict.observe(judge.judge(readings), &policy.patience);
    }
}

fn read(seen: &Snapshot, wanted: Section) -> Option<&Readings> {
    seen.sections().find(|(section, _)| *section == wanted)?.1.ok()
}

/// What is told of one technology; no grade as long as the readings do not suffice for one.
#[derive(Clone, Debug)]
struct Verdict {
    grade: Option<Grade>,
    reasons: Vec<String>,
}

impl Verdict {
    fn of(steady: &Steady) -> Option<Self> {
        let reasons = steady.reason().map(str::to_owned).into_iter().collect();
        let told = steady.is_open() || steady.shown().is_some();
        told.then(|| Self { grade: steady.shown(), reasons })
    }

    /// The worst of them, with the reasons of all that are as bad.
    fn worst<const N: usize>(verdicts: [Option<Self>; N]) -> Option<Self> {
        let verdicts = verdicts.into_iter().flatten();
        verdicts.reduce(|mut worst, other| match other.grade.cmp(&worst.grade) {
            std::cmp::Ordering::Greater => other,
            std::cmp::Ordering::Less => worst,
            std::cmp::Ordering::Equal => {
                worst.reasons.extend(other.reasons);
                worst
            }
        })
    }
}

fn put(router: &mut Item, verdict: &Verdict, quality: Metric<State>, reason: Metric<Text>) {
    // Longer than a name may be.
    let why = text::shorten(&verdict.reasons.join("; "), evidence::LONGEST);
    router.set(quality, verdict.grade.map(|grade| State::new(grade.word())));
    router.put(reason.row(), Some(why).filter(|why| !why.is_empty()).map(Value::Text));
}
