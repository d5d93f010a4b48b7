//! How fast recorded time passes.

use std::thread::sleep;
use std::time::{Duration, Instant};

use latchwork_engine::{Moment, Monotonic};

/// How fast time passes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speed {
    /// As fast as it can.
    Unbounded,
    /// So many times as fast as recorded.
    Times(f64),
}

/// Lets recorded time pass no faster than asked.
pub(super) struct Pace {
    speed: Speed,
    begun: Instant,
    first: Option<Monotonic>,
}

impl Pace {
    /// Returns the pace of a replay that begins now.
    pub(super) fn new(speed: Speed) -> Self {
        Self { speed, begun: Instant::now(), first: None }
    }

    /// Waits until it is time for a scan.
    #[inline]
    pub(super) fn wait_for(&mut self, at: Moment) {
        if let Speed::Times(factor) = self.speed {
            self.wait_until_due(at, factor);
        }
    }

    fn wait_until_due(&mut self, at: Moment, factor: f64) {
        let first = *self.first.get_or_insert(at.monotonic);
        let micros = u64::try_from(at.monotonic.micros_since(first)).unwrap_or(0);
        let due = Duration::from_micros(micros).div_f64(factor);
        sleep(due.saturating_sub(self.begun.elapsed()));
    }
}
