//! What the history costs: writing much at once, a day of a household minute by minute, and the questions people ask.
//!
//! Prints figures, and asserts nothing. `ROUTER2MQTT_BENCH_DIR` says on which disk; `/tmp` otherwise.

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use router2mqtt::accounting::{Amounts, Band, DayRow, Piece};
use router2mqtt::history::{
    Archive, DayFilter, Import, ImportedHour, Period, Retention, Sample, Sampled, SavedCounter, Series,
    Store, Tick,
};
use router2mqtt::model::{BoxId, Mac, Subject};
use tokio::runtime::Runtime;

const FIRST_DAY: Date = date(2025, 10, 1);

fn begin() -> Timestamp {
    "2025-10-01T00:00:00Z".parse().unwrap()
}

fn after(seconds: i64) -> Timestamp {
    begin().checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

fn client(number: u8) -> Subject {
    Subject::Client(Mac::new([0x02, 0, 0x5e, 0x10, 0, number]))
}

fn box_id(number: u8) -> BoxId {
    format!("box{number}").parse().unwrap()
}

fn open(path: &Path) -> Store {
    Store::open(path, Retention::default(), begin()).unwrap().0
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Milliseconds that this thread has had the processor for.
fn processor_time() -> f64 {
    let account = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    account.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1e6
}

/// How many milliseconds of the processor it takes, in the middle of eleven times: others may be busy, too.
fn timed(mut work: impl FnMut()) -> f64 {
    median(
        (0..11)
            .map(|_| {
                let began = processor_time();
                work();
                processor_time() - began
            })
            .collect(),
    )
}

/// What this process has written: to files, and of that what went on its way to the disk.
fn written() -> (f64, f64) {
    let io = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    let figure = |name: &str| {
        let line = io.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("0");
        line.trim().parse::<f64>().unwrap_or_default() / 1e6
    };
    (figure("wchar:"), figure("write_bytes:"))
}

fn bulk(runtime: &Runtime, path: &Path) {
    const METRICS: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    let store = open(path);
    let ticks: Vec<_> = (0..1000)
        .map(|minute| {
            let samples = (0..100).flat_map(|number| {
                METRICS.map(|metric| Sample {
                    subject: client(number),
                    metric,
                    value: Sampled::Growth(u64::from(number) * 1000),
                })
            });
            Tick { samples: samples.collect(), ..Tick::new(box_id(0), after(minute * 60)) }
        })
        .collect();
    let began = Instant::now();
    runtime.block_on(async {
        for tick in ticks {
            store.commit(tick).await.unwrap();
        }
    });
    let took = began.elapsed().as_secs_f64();
    println!(
        "1,000,000 samples, 1,000 at once, hours made of them: {took:.2} s, {:.0} k/s (aim: 300)",
        1000.0 / took
    );
}

/// A year of hours of 300 series, and 400 days of 200 clients.
fn fill(runtime: &Runtime, path: &Path) {
    let store = open(path);
    runtime.block_on(async {
        for day in 0..400_i64 {
            let hours = (0..24_i64).flat_map(|hour| {
                (0..150_u8).flat_map(move |number| {
                    ["received", "sent"].map(|metric| ImportedHour {
                        subject: client(number),
                        metric: metric.to_owned(),
                        at: after((day * 24 + hour) * 3600),
                        values: vec![Sampled::Growth(1_000_000 + u64::from(number)); 2],
                    })
                })
            });
            let days = (0..200_u8).map(|number| DayRow {
                box_id: box_id(0),
                party: client(number),
                name: Some(format!("Device {number}")),
                date: FIRST_DAY.checked_add(day.days()).unwrap(),
                band: Band::OffPeak,
                free: false,
                amounts: Amounts { received: 1_000_000_000, sent: 10_000_000, mixed: 0 },
                gap_seconds: 0,
            });
            let import = Import {
                source: "bench".to_owned(),
                box_id: box_id(0),
                hours: if day < 365 { hours.collect() } else { Vec::new() },
                days: days.collect(),
            };
            store.import(import).await.unwrap();
        }
    });
}

fn questions(path: &Path) {
    let archive = Archive::open(path).unwrap();
    let series: Vec<Series> = archive.series().unwrap();
    let one = series.get(series.len() / 2).unwrap();
    let year = Period { from: begin(), to: after(366 * 24 * 3600) };
    assert_eq!(archive.hours(one, year).unwrap().len(), 365 * 24);
    println!("a year of hours of one series: {:.1} ms (aim: 10)", timed(|| drop(archive.hours(one, year))));
    let all = DayFilter { box_id: None, party: None, from: FIRST_DAY, to: Date::MAX };
    assert_eq!(archive.days(&all).unwrap().len(), 400 * 200);
    println!(
        "400 days of 200 clients, row by row: {:.1} ms",
        timed(|| archive.each_day(&all, |_| ()).unwrap())
    );
    println!("the same as a list: {:.1} ms (aim: 50)", timed(|| drop(archive.days(&all).unwrap())));
    println!("the same as totals: {:.1} ms", timed(|| drop(archive.totals(&all).unwrap())));
    let size = std::fs::metadata(path).unwrap().len() as f64 / 1e6;
    println!("the file with a year of hours of 300 series, and 400 days of 200 clients: {size:.0} MB");
}

/// What one box of the household has to say in a minute: 60 series, half of its 20 devices busy.
fn minute(number: u8, at: Timestamp, random: &mut fastrand::Rng) -> Tick {
    const GAUGES: [&str; 20] = [
        "snr", "power", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9", "t10", "t11", "t12", "t13",
        "t14", "t15", "t16", "t17", "t18",
    ];
    let mut tick = Tick::new(box_id(number), at);
    tick.samples.extend(GAUGES.map(|metric| Sample {
        subject: Subject::Router,
        metric,
        value: Sampled::Gauge(f64::from(random.u16(0..1000)) / 10.0),
    }));
    for device in 0..20 {
        let busy = random.bool();
        let amounts =
            [random.u64(0..5_000_000), random.u64(0..500_000)].map(|amount| if busy { amount } else { 0 });
        for (metric, amount) in ["received", "sent"].into_iter().zip(amounts) {
            let value = Sampled::Growth(amount);
            tick.samples.push(Sample { subject: client(device), metric, value });
            if busy {
                let state = format!(r#"{{"t":{},"r":{amount},"a":{}}}"#, random.u64(..), at.as_second());
                let (metric, part) = (metric.to_owned(), String::new());
                tick.counters.push(SavedCounter { subject: client(device), metric, part, state });
            }
        }
        if busy {
            let [received, sent] = amounts;
            let amounts = Amounts { received, sent, mixed: 0 };
            let date = at.to_zoned(jiff::tz::TimeZone::UTC).date();
            let band = Band::OffPeak;
            let piece = Piece { date, band, free: false, from: at, to: at, amounts, gap_seconds: 0 };
            tick.pieces.push((client(device), piece));
        }
    }
    tick
}

/// Nine days of a household, minute by minute; the last one is measured, when samples go as fast as they come.
fn days(runtime: &Runtime, path: &Path) {
    const DAYS: i64 = 9;
    let store = open(path);
    let mut random = fastrand::Rng::with_seed(1);
    let (mut before, mut rows, mut times) = ((0.0, 0.0), 0, Vec::new());
    for minute_of_all in 0..DAYS * 1440 {
        if minute_of_all == (DAYS - 1) * 1440 {
            before = written();
        }
        let is_last = minute_of_all >= (DAYS - 1) * 1440;
        for number in 0..5 {
            let at = after(minute_of_all * 60 + i64::from(number) * 11);
            let tick = minute(number, at, &mut random);
            if is_last {
                rows += tick.samples.len() + tick.counters.len() + tick.pieces.len();
            }
            let began = Instant::now();
            runtime.block_on(store.commit(tick)).unwrap();
            if is_last {
                times.push(millis(began.elapsed()));
            }
        }
    }
    drop(store);
    let (files, disk) = written();
    let (files, disk) = (files - before.0, disk - before.1);
    println!("a day of 5 boxes with 300 series, minute by minute, of which there are seven already:");
    println!(
        "  written to files: {files:.0} MB; to the disk: {disk:.0} MB, {:.0} bytes for each of {rows} rows",
        files * 1e6 / rows as f64
    );
    println!("  a tick in the file: {:.2} ms", median(times));
    sizes(path, DAYS as f64);
}

fn sizes(path: &Path, days: f64) {
    let db = rusqlite::Connection::open(path).unwrap();
    let mut query = db.prepare("SELECT name, sum(pgsize) FROM dbstat GROUP BY name").unwrap();
    let tables = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, f64>(1)?))).unwrap();
    let tables: Vec<_> = tables.map(Result::unwrap).collect();
    let size = |names: &[&str]| {
        let named = tables.iter().filter(|(name, _)| names.contains(&name.as_str()));
        named.map(|(_, size)| size / 1e6).sum::<f64>()
    };
    println!("  samples of seven days: {:.0} MB", size(&["sample"]));
    println!(
        "  what stays, each day: {:.2} MB (aim: 1)",
        size(&["hour", "day", "book", "gap", "event"]) / days
    );
}

pub fn run() {
    let place = std::env::var_os("ROUTER2MQTT_BENCH_DIR").unwrap_or_else(|| "/tmp".into());
    let directory = tempfile::tempdir_in(place).unwrap();
    let runtime = Runtime::new().unwrap();
    let file = |name: &str| directory.path().join(name);
    bulk(&runtime, &file("bulk.db"));
    fill(&runtime, &file("questions.db"));
    questions(&file("questions.db"));
    days(&runtime, &file("days.db"));
}
