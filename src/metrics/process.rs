use std::fs;
use std::sync::LazyLock;
use std::time::Duration;

use rustix::param::clock_ticks_per_second;
use rustix::process::{Resource, getrlimit};
use rustix::time::{ClockId, clock_gettime};

/// What the system says of this process. What it does not say is not there: only Linux tells all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Process {
    /// The memory that is really in use, in bytes.
    pub resident: Option<u64>,
    /// The addresses in use, in bytes.
    pub virtual_memory: Option<u64>,
    /// How long it had a processor, all threads together.
    pub processor: Option<Duration>,
    /// Files and connections that are open.
    pub open_files: Option<u64>,
    /// How many may be open.
    pub most_files: Option<u64>,
    /// Threads.
    pub threads: Option<u64>,
    /// When it started, in seconds since 1970.
    pub started: Option<f64>,
}

impl Process {
    /// As it is now.
    pub fn now() -> Self {
        /// It does not change, and finding out takes longer than all the rest.
        static STARTED: LazyLock<Option<f64>> = LazyLock::new(started);
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let kilobytes = |name| field(&status, name)?.checked_mul(1024);
        Self {
            resident: kilobytes("VmRSS:"),
            virtual_memory: kilobytes("VmSize:"),
            processor: clock_gettime(ClockId::ProcessCPUTime).try_into().ok(),
            open_files: open_files(),
            most_files: getrlimit(Resource::Nofile).current,
            threads: field(&status, "Threads:"),
            started: *STARTED,
        }
    }
}

/// The number behind a name at the beginning of a line.
fn field(text: &str, name: &str) -> Option<u64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

/// Without the one that looks.
fn open_files() -> Option<u64> {
    let open = fs::read_dir("/proc/self/fd").ok()?.count();
    u64::try_from(open).ok()?.checked_sub(1)
}

fn started() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let boot = field(&fs::read_to_string("/proc/stat").ok()?, "btime ")?;
    began(&stat, boot, clock_ticks_per_second())
}

/// When a process began, from its line: field 22 are clock ticks since the system started.
#[expect(clippy::cast_precision_loss, reason = "exact for 285 thousand years")]
fn began(stat: &str, boot: u64, ticks_per_second: u64) -> Option<f64> {
    // The name of the program, field 2, is in brackets, and may have blanks and brackets in it.
    let (_, rest) = stat.rsplit_once(')')?;
    let ticks: u64 = rest.split_whitespace().nth(19)?.parse().ok()?;
    Some(boot as f64 + ticks as f64 / ticks_per_second as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_began_so_many_ticks_after_the_system() {
        let stat =
            "4711 (router2 (mqtt) x) S 1 4711 4711 0 -1 4194560 2170 0 3 0 11 7 0 0 20 0 5 0 250150 73 9 18";
        assert_eq!(began(stat, 1_700_000_000, 100), Some(1_700_002_501.5));
        assert_eq!(began("4711 (router2mqtt) S 1", 1_700_000_000, 100), None);
        assert_eq!(began("", 0, 100), None);
    }

    #[test]
    fn what_is_not_there_is_absent() {
        let status = "Name:\trouter2mqtt\nVmRSS:\t    7424 kB\nThreads:\t5\n";
        assert_eq!(field(status, "VmRSS:"), Some(7424));
        assert_eq!(field(status, "Threads:"), Some(5));
        assert_eq!(field(status, "VmSize:"), None);
        assert_eq!(field("Threads:\tmany", "Threads:"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn linux_tells_all_of_it() {
        let Process { resident, virtual_memory, processor, open_files, threads, started, .. } =
            Process::now();
        assert!(resident > Some(100_000) && resident < virtual_memory, "{resident:?} of {virtual_memory:?}");
        assert!(processor > Some(Duration::ZERO));
        assert!(open_files >= Some(3), "{open_files:?}");
        assert!(threads >= Some(1));
        // After 2020, whatever the clock of the machine says now.
        assert!(started > Some(1.6e9), "{started:?}");
    }
}
