//! The scenario's time by the clock: how far it is, and how long a piece of it takes.

use std::time::Duration;

use tokio::time::Instant;

/// When the scenario began, and how many times as fast as written it goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// When it began.
    pub(super) started: Instant,
    /// How many times as fast.
    pub(super) speed: f64,
}

impl Pace {
    /// Returns how far the scenario is, in its milliseconds.
    pub(super) fn millis(self) -> u64 {
        u64::try_from(self.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Returns how far the scenario is.
    pub(super) fn elapsed(self) -> Duration {
        self.started.elapsed().mul_f64(self.speed)
    }

    /// Returns how long a piece of the scenario takes.
    pub(super) fn real(self, scenario: Duration) -> Duration {
        scenario.div_f64(self.speed)
    }

    /// Returns when the scenario is so far.
    pub(super) fn at(self, scenario: Duration) -> Instant {
        self.started + self.real(scenario)
    }
}
