use jiff::Timestamp;

use crate::accounting::rows::Rows;
use crate::accounting::{Calendar, Dates, Forecast, Likely, Tally, days_between};
use crate::model::{Bytes, Days, Item, Moment, Share, SubjectKind, catalog};

/// What a quota comes to at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct QuotaFigures {
    /// What may be used, in bytes.
    pub limit: u64,
    /// What is used, in bytes: without free hours, and as the operator counts where that was said.
    pub used: u64,
    /// What is left, in bytes.
    pub left: u64,
    /// What share is used, in per cent; `None` when nothing may be used at all.
    pub percent: Option<f64>,
    /// Days, and parts of days, until the cycle ends.
    pub days_left: Option<f64>,
    /// What can be used each day until then, in bytes.
    pub safe_daily: Option<u64>,
    /// What will have been used then, in bytes.
    pub projected: Option<Likely<u64>>,
    /// When the quota will be used up, or was.
    pub exhausted: Likely<Option<Timestamp>>,
}

impl QuotaFigures {
    /// The figures, when so much is used; `since` is when it was all of it, if it is.
    pub(super) fn of(
        now: Timestamp,
        calendar: &Calendar,
        tally: &Tally,
        used: u64,
        limit: u64,
        since: Option<Timestamp>,
    ) -> Self {
        let Dates { today, cycle, .. } = *tally.dates();
        let left = limit.saturating_sub(used);
        let rest_of_today = 1.0 - calendar.share_of_day(now);
        let days_left =
            cycle.until.map(|until| f64::from((days_between(today, until) - 1).max(0)) + rest_of_today);
        let forecast = Forecast::from_days(&tally.whole_days());
        let exhausted = match (since, &forecast) {
            (Some(_), _) | (None, None) => Likely { low: None, middle: since, high: None },
            (None, Some(forecast)) => forecast.reaches(calendar, now, left, cycle.until),
        };
        Self {
            limit,
            used,
            left,
            percent: percent(used, limit),
            days_left,
            safe_daily: days_left.map(|days| per_day(left, days)),
            projected: forecast
                .zip(cycle.until)
                .map(|(forecast, until)| forecast.by(calendar, now, used, until)),
            exhausted,
        }
    }

    /// Whether the quota is used up.
    pub const fn is_exhausted(&self) -> bool {
        self.used >= self.limit
    }

    /// Puts the figures into the item of the box or the person: what is not known is set as unknown.
    pub fn put(&self, item: &mut Item, kind: SubjectKind) {
        let mut rows = Rows { item, kind };
        rows.set(catalog::QUOTA, Some(Bytes(self.limit)));
        rows.set(catalog::QUOTA_USED, Some(Bytes(self.used)));
        rows.set(catalog::QUOTA_LEFT, Some(Bytes(self.left)));
        rows.set(catalog::QUOTA_PERCENT, self.percent.map(Share));
        rows.set(catalog::QUOTA_DAYS_LEFT, self.days_left.map(Days));
        rows.set(catalog::QUOTA_SAFE_DAILY, self.safe_daily.map(Bytes));
        let projected = self.projected;
        rows.set(catalog::QUOTA_PROJECTED, projected.map(|likely| Bytes(likely.middle)));
        rows.set(catalog::QUOTA_PROJECTED_LOW, projected.map(|likely| Bytes(likely.low)));
        rows.set(catalog::QUOTA_PROJECTED_HIGH, projected.map(|likely| Bytes(likely.high)));
        rows.set(catalog::QUOTA_EXHAUSTED, self.exhausted.middle.map(Moment));
        rows.set(catalog::QUOTA_EXHAUSTED_EARLIEST, self.exhausted.low.map(Moment));
        rows.set(catalog::QUOTA_EXHAUSTED_LATEST, self.exhausted.high.map(Moment));
        rows.set(catalog::QUOTA_PROBLEM, Some(self.is_exhausted()));
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share is not exact")]
fn percent(used: u64, limit: u64) -> Option<f64> {
    (limit > 0).then(|| used as f64 * 100.0 / limit as f64)
}

/// In whole megabytes, rather too few than too many.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate is not exact, and a cast of a float saturates"
)]
fn per_day(left: u64, days: f64) -> u64 {
    ((left as f64 / days.max(1.0) / 1e6).floor() * 1e6) as u64
}
