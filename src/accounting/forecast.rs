use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::Calendar;
use super::calendar::tomorrow;

/// A forecast with its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Likely<T> {
    /// The least that is likely.
    pub low: T,
    /// What will be if it goes on as before.
    pub middle: T,
    /// The most that is likely.
    pub high: T,
}

/// What a household uses on a day, from the days before.
///
/// * A typical day is the mean of up to 28 days. With 14 days or more, weekends are kept apart from other days. Of 7 days or
///   more that are alike, the one with the most counts like the one after it: one evening of films is not a habit.
/// * The range is what four of five such households stay within, if their days differ as much as these did. It grows with the
///   square root of the days to come, and with the doubt about the mean.
/// * With fewer than three whole days there is no forecast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    weekday: f64,
    weekend: f64,
    /// How far a day is from its mean.
    spread: f64,
    /// How many days it was made from.
    days: f64,
}

const LEAST_DAYS: usize = 3;
const DAYS_FOR_WEEKENDS: usize = 14;
const DAYS_FOR_HABITS: usize = 7;
/// Four of five are within so many standard deviations.
const FOUR_OF_FIVE: f64 = 1.2816;
/// The furthest that anybody looks ahead, where no cycle ends.
const HORIZON: i64 = 400;

impl Forecast {
    /// What can be said after these whole days; `None` when they are too few.
    pub fn from_days(days: &[(Date, u64)]) -> Option<Self> {
        if days.len() < LEAST_DAYS {
            return None;
        }
        let amounts = |wanted: &dyn Fn(Date) -> bool| -> Vec<f64> {
            days.iter().filter(|(date, _)| wanted(*date)).map(|(_, bytes)| float(*bytes)).collect()
        };
        let knows_weeks = days.len() >= DAYS_FOR_WEEKENDS;
        let all = typical(amounts(&|_| true));
        let weekend = if knows_weeks { typical(amounts(&is_weekend)) } else { all };
        let weekday = if knows_weeks { typical(amounts(&|date| !is_weekend(date))) } else { all };
        let (all, count) = (all?, float(days.len() as u64));
        let means = Self {
            weekday: weekday.unwrap_or(all),
            weekend: weekend.unwrap_or(all),
            spread: 0.0,
            days: count,
        };
        let squares = days.iter().map(|(date, bytes)| (float(*bytes) - means.on(*date)).powi(2)).sum::<f64>();
        let groups = if knows_weeks { 2.0 } else { 1.0 };
        Some(Self { spread: (squares / (count - groups)).sqrt(), ..means })
    }

    /// What a day comes to.
    fn on(&self, date: Date) -> f64 {
        if is_weekend(date) { self.weekend } else { self.weekday }
    }

    /// What will have been used at the beginning of a day, when so much is used now.
    pub fn by(&self, calendar: &Calendar, now: Timestamp, used: u64, until: Date) -> Likely<u64> {
        let path = self.path(calendar, now).take_while(|step| step.date < until).last();
        let used = float(used);
        path.map_or(Likely { low: used, middle: used, high: used }, |step| Likely {
            low: used + step.more.low,
            middle: used + step.more.middle,
            high: used + step.more.high,
        })
        .map(megabytes)
    }

    /// When so much more will have been used, to the hour. Of the two bounds the low one is the earliest; there is none that is
    /// not before the beginning of the day `until`, where there is one.
    pub fn reaches(
        &self,
        calendar: &Calendar,
        now: Timestamp,
        more: u64,
        until: Option<Date>,
    ) -> Likely<Option<Timestamp>> {
        let end = until.map_or(Timestamp::MAX, |until| calendar.begin(until));
        let when = |amount: fn(&Likely<f64>) -> f64| {
            let at = self.crossing(calendar, now, float(more), amount)?;
            Some(calendar.hour(at).until).filter(|at| *at < end)
        };
        Likely { low: when(|more| more.high), middle: when(|more| more.middle), high: when(|more| more.low) }
    }

    fn crossing(
        &self,
        calendar: &Calendar,
        now: Timestamp,
        goal: f64,
        amount: fn(&Likely<f64>) -> f64,
    ) -> Option<Timestamp> {
        let mut before = 0.0;
        for step in self.path(calendar, now) {
            let then = amount(&step.more);
            if then >= goal {
                let day = calendar.day(step.date);
                let from = day.from.max(now);
                let share = if then > before { (goal - before) / (then - before) } else { 1.0 };
                let rest = day.until.duration_since(from).as_secs_f64();
                let wait = SignedDuration::try_from_secs_f64(rest * share.clamp(0.0, 1.0)).ok()?;
                return from.checked_add(wait).ok();
            }
            before = then;
        }
        None
    }

    /// What will have been used, besides what is used now, at the end of today and of each day to come.
    fn path(&self, calendar: &Calendar, now: Timestamp) -> impl Iterator<Item = Step> {
        let today = calendar.day_of(now);
        let rest_of_today = 1.0 - calendar.share_of_day(now);
        let forecast = *self;
        let end = today.saturating_add(HORIZON.days());
        let (mut days, mut middle, mut least) = (0.0, 0.0, 0.0_f64);
        std::iter::successors(Some(today), |date| Some(tomorrow(*date)))
            .take_while(move |date| *date < end)
            .map(move |date| {
                let share = if date == today { rest_of_today } else { 1.0 };
                days += share;
                middle += forecast.on(date) * share;
                let doubt = FOUR_OF_FIVE * forecast.spread * (days + days * days / forecast.days).sqrt();
                // Nobody gives back what was used.
                least = least.max(middle - doubt);
                Step { date, more: Likely { low: least, middle, high: middle + doubt } }
            })
    }
}

/// What is expected at the end of a day.
struct Step {
    date: Date,
    more: Likely<f64>,
}

impl<T> Likely<T> {
    fn map<U>(self, change: impl Fn(T) -> U) -> Likely<U> {
        Likely { low: change(self.low), middle: change(self.middle), high: change(self.high) }
    }
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The mean of days that are alike.
fn typical(mut amounts: Vec<f64>) -> Option<f64> {
    amounts.sort_by(f64::total_cmp);
    let count = amounts.len();
    if let [.., second, most] = amounts.as_mut_slice()
        && count >= DAYS_FOR_HABITS
    {
        *most = *second;
    }
    (count > 0).then(|| amounts.iter().sum::<f64>() / float(count as u64))
}

#[expect(clippy::cast_precision_loss, reason = "forecasts are not exact")]
const fn float(bytes: u64) -> f64 {
    bytes as f64
}

/// Rounded to whole megabytes: more would be no forecast.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
fn megabytes(bytes: f64) -> u64 {
    ((bytes / 1e6).round() * 1e6) as u64
}
