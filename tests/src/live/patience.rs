//! Waiting for what can be seen, and when something was done.

use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::model::time_from_text;

/// How long anything may take: far longer than it does on a busy machine, as only what is broken takes so long.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);
/// How long until it is looked for again.
const PAUSE: Duration = Duration::from_millis(10);
/// How late the gateway may see what a machine did: polling, and a machine with two cores and other tests on it.
pub(super) const LATE_MICROS_MAX: i64 = 2_000_000;

/// Returns what `look` finds, as soon as it does.
pub(super) fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    until_within(PATIENCE, what, look)
}

/// Returns what `look` finds, as soon as it does, where it may take longer than other things.
pub(super) fn until_within<T>(patience: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + patience;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "not seen within {patience:?}: {what}");
        thread::sleep(PAUSE);
    }
}

/// When something was done, in microseconds since 1970: not before the one and not after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Done {
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Done {
    /// Does something.
    pub(super) fn by(act: impl FnOnce()) -> Self {
        let from = now_micros();
        act();
        Self { from, to: now_micros() }
    }

    /// Returns when it was by a clock that is so far ahead.
    pub(super) const fn shifted(self, micros: i64) -> Self {
        Self { from: self.from + micros, to: self.to + micros }
    }

    /// Sees to it that a date of the ledger is that of this deed.
    pub(super) fn assert_dates(self, date: &str) {
        self.assert_dates_within(date, LATE_MICROS_MAX);
    }

    /// The same, with a bound of its own for how late that was seen.
    pub(super) fn assert_dates_within(self, date: &str, late_micros_max: i64) {
        let Self { from, to } = self;
        let found = micros(date);
        assert!((from..=to + late_micros_max).contains(&found), "{found} ({date}) is not from {from} to {to}");
    }
}

/// Returns a date of the ledger in microseconds since 1970.
pub(super) fn micros(date: &str) -> i64 {
    time_from_text(date).unwrap_or_else(|| panic!("`{date}` is no date"))
}

/// Returns the time that everybody's clock on the wall shows, in microseconds since 1970.
pub(super) fn now_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_micros()).unwrap()
}
