//! What Linux tells of a process.

use std::io;

/// What a process has used.
pub(crate) struct Usage {
    /// CPU time of all its threads that live.
    pub(crate) cpu_seconds: f64,
    /// Memory that is resident now.
    pub(crate) megabytes: f64,
    /// The most that ever was.
    pub(crate) most_megabytes: f64,
}

impl Usage {
    /// Looks at a process. The scheduler counts in nanoseconds, where `stat` has but hundredths of a second.
    pub(crate) fn of(process: u32) -> io::Result<Self> {
        let mut nanos = 0.0;
        for thread in std::fs::read_dir(format!("/proc/{process}/task"))? {
            let times = std::fs::read_to_string(thread?.path().join("schedstat"))?;
            nanos += times.split_whitespace().next().and_then(|ran| ran.parse::<f64>().ok()).unwrap_or(f64::NAN);
        }
        let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
        let megabytes = |key: &str| {
            let found = status.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
            found.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(f64::NAN) / 1024.0
        };
        Ok(Self { cpu_seconds: nanos / 1e9, megabytes: megabytes("VmRSS:"), most_megabytes: megabytes("VmHWM:") })
    }
}
