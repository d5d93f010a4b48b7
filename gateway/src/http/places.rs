//! How many connections there may be: as many as fit, and as the process has file handles for.

use std::fs;

use super::limits::{CONNECTIONS_MAX, HANDLES_ASSUMED, HANDLES_SHARE};

/// Returns how many connections there may be at a time.
pub(super) fn connections_max() -> usize {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    CONNECTIONS_MAX.min(handles(&limits) / HANDLES_SHARE)
}

/// Reads how many files the process may have open (`proc_pid_limits(5)`).
fn handles(limits: &str) -> usize {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next());
    match soft {
        Some("unlimited") => usize::MAX,
        Some(number) => number.parse().unwrap_or(HANDLES_ASSUMED),
        None => HANDLES_ASSUMED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_own_words_are_read() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
                      Max processes             127447               127447               processes \n\
                      Max open files            1024                 524288               files     \n";
        assert_eq!(handles(limits), 1024);
        assert_eq!(handles("Max open files            unlimited            unlimited            files"), usize::MAX);
        assert_eq!(handles(""), HANDLES_ASSUMED);
    }
}
