//! A box that follows a script: what passes, when it restarts, and when nobody can reach it are known for each second of
//! its time.

use std::sync::OnceLock;

use async_trait::async_trait;
use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use router2mqtt::model::{
    Bytes, Clock, Counting, Fault, Mac, Overflow, Renewal, Row, Seconds, Section, Sections, Snapshot,
    Subject, catalog,
};
use router2mqtt::routers::{Cadence, Driver};

/// Where the box is: a place with summer time.
pub fn zone() -> TimeZone {
    TimeZone::get("Europe/Oslo").unwrap()
}

/// The first day of the script; the night before it is quiet.
pub const BEGIN: Date = date(2027, 10, 31);
/// The day after the last one: there is a leap day in between.
pub const END: Date = date(2028, 10, 31);

/// The one device whose traffic the box counts, in 32 bits.
pub const PHONE: Mac = Mac::new([2, 0, 0x5e, 0x10, 0, 1]);

/// An hour before midnight is as quiet as two hours after it.
const QUIET: [i8; 4] = [22, 23, 0, 1];

pub fn at(local: DateTime) -> Timestamp {
    local.to_zoned(zone()).unwrap().timestamp()
}

/// What passes in an hour that begins then, in bytes: received, sent, and the phone's share.
fn hour(begin: i64) -> [u64; 3] {
    let local = Timestamp::from_second(begin).unwrap().to_zoned(zone());
    if QUIET.contains(&local.hour()) {
        return [0; 3];
    }
    let mut chance = fastrand::Rng::with_seed(begin.unsigned_abs());
    let received = chance.u64(1_000_000..200_000_000);
    let sent = chance.u64(100_000..20_000_000);
    [received, sent, received / 7 + sent / 3]
}

/// The sums of all hours of the script, up to each of them.
fn sums() -> &'static (i64, Vec<[u64; 3]>) {
    static SUMS: OnceLock<(i64, Vec<[u64; 3]>)> = OnceLock::new();
    SUMS.get_or_init(|| {
        let begin = at(BEGIN.yesterday().unwrap().at(0, 0, 0, 0)).as_second();
        let end = at(END.tomorrow().unwrap().at(0, 0, 0, 0)).as_second();
        let mut sum = [0; 3];
        let hours = (begin..=end).step_by(3600).map(|at| {
            let before = sum;
            let passed = hour(at);
            (0..3).for_each(|way| sum[way] += passed[way]);
            before
        });
        (begin, hours.collect())
    })
}

/// What has passed by this second since the script began.
fn by(second: i64) -> [u64; 3] {
    let (begin, sums) = sums();
    let (place, rest) = ((second - begin) / 3600, (second - begin) % 3600);
    let mut sum = sums[usize::try_from(place).unwrap()];
    let passed = hour(begin + place * 3600);
    (0..3).for_each(|way| sum[way] += passed[way] * rest.unsigned_abs() / 3600);
    sum
}

/// What really passes between two moments: received, sent, and the phone's share.
pub fn passed(from: Timestamp, to: Timestamp) -> [u64; 3] {
    let (before, after) = (by(from.as_second()), by(to.as_second()));
    [0, 1, 2].map(|way| after[way] - before[way])
}

/// What really passes on a day.
pub fn on(day: Date) -> [u64; 3] {
    passed(at(day.at(0, 0, 0, 0)), at(day.tomorrow().unwrap().at(0, 0, 0, 0)))
}

/// Days on which the box restarts in the evening, when somebody is using it.
pub const LOSSY: [Date; 4] = [date(2027, 12, 24), date(2028, 2, 29), date(2028, 3, 26), date(2028, 8, 17)];

/// Nobody reaches the box over these days, midnights included.
pub const AWAY: (Date, Date) = (date(2028, 6, 9), date(2028, 6, 12));

/// The starts of the box: every 17 days in the quiet of the night, and on the lossy days at 19:10.
fn boots() -> &'static [Timestamp] {
    static BOOTS: OnceLock<Vec<Timestamp>> = OnceLock::new();
    BOOTS.get_or_init(|| {
        let nights = BEGIN.series(jiff::Span::new().days(17)).take_while(|day| *day < END);
        let mut boots: Vec<_> = nights.map(|day| at(day.at(0, 40, 0, 0))).collect();
        boots.extend(LOSSY.map(|day| at(day.at(19, 10, 0, 0))));
        // Long before anybody looked.
        boots.push(at(BEGIN.yesterday().unwrap().at(3, 0, 0, 0)));
        boots.sort();
        boots
    })
}

/// Whether the box can be reached: not for six hours on the 5th of each month, nor while it is away for days.
fn is_there(now: Timestamp) -> bool {
    let local = now.to_zoned(zone());
    let (first, last) = AWAY;
    let is_away = at(first.at(14, 0, 0, 0)) <= now && now < at(last.at(9, 0, 0, 0));
    let is_out = local.day() == 5 && (10..16).contains(&local.hour());
    let is_starting = boots().iter().any(|boot| {
        let since = now.duration_since(*boot);
        since >= SignedDuration::from_mins(-2) && since.is_negative()
    });
    !is_away && !is_out && !is_starting
}

#[derive(Debug)]
pub struct Scripted(pub Clock);

#[async_trait]
impl Driver for Scripted {
    async fn poll(&mut self, _: &Sections) -> Result<Snapshot, Fault> {
        let now = self.0.now();
        if !is_there(now) {
            return Err(Fault::Unreachable("as the script has it".to_owned()));
        }
        let boot = *boots().iter().rfind(|boot| **boot <= now).unwrap();
        let [received, sent, phone] = passed(boot, now);
        let mut seen = Snapshot::new(now);
        let uptime = now.duration_since(boot).as_secs_f64().floor();
        seen.section(Section::System).router().set(catalog::UPTIME, Seconds(uptime));
        let connection = seen.section(Section::Connection).router();
        connection.set(catalog::RECEIVED, Bytes(received)).set(catalog::SENT, Bytes(sent));
        let client = seen.section(Section::Clients).subject(Subject::Client(PHONE));
        client.set(catalog::CONNECTED, true).set(catalog::TRAFFIC, Bytes(phone & u64::from(u32::MAX)));
        Ok(seen)
    }

    async fn close(&mut self) {}
}

/// Everything is read at every poll.
pub const PLAN: &[(Section, Cadence)] = &[
    (Section::System, Cadence::Every),
    (Section::Connection, Cadence::Every),
    (Section::Clients, Cadence::Every),
];

/// It counts in 64 bits for the house, and in 32 for a client on a slow line: over outages of hours, too, nobody can doubt
/// how often those went over their end.
pub fn counting(subject: &Subject, _: &Row) -> Counting {
    match subject {
        Subject::Client(_) => Counting {
            bits: 32,
            overflow: Overflow::Wraps,
            renewal: Renewal::Appearance,
            ceiling: Some(100_000),
            rounded: false,
        },
        _ => Counting::USUAL,
    }
}
