//! The axis on which timers run.

use serde::{Deserialize, Serialize};

/// A point on the monotonic axis, in microseconds. Deadlines, holds and durations live here: the wall
/// clock may step, this axis does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Monotonic(pub i64);

impl Monotonic {
    /// Returns the point so many microseconds later, saturating at the ends of time.
    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Returns the point `millis` milliseconds later, saturating at the end of time.
    #[must_use]
    pub fn plus_millis(self, millis: u64) -> Self {
        Self(self.0.saturating_add(i64::try_from(millis).unwrap_or(i64::MAX).saturating_mul(1000)))
    }

    /// Returns the microseconds from `earlier` to this point.
    pub const fn micros_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}
