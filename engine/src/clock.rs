//! The wall clock: noticed when it is set, never followed (`spec/engine.md` section 2).
//!
//! Scans, timers and durations go by the monotonic clock, so that nothing hangs on it.

use crate::effect::{EventKind, Info};
use crate::limits::CLOCK_STEP_MICROS_MIN;
use crate::scan::Moment;
use crate::step::{Engine, Turn};

/// Sees when the wall clock is set: what it was ahead of the monotonic clock when it was last, or first looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockWatch {
    ahead_micros: Option<i64>,
}

impl ClockWatch {
    /// Tells whether the wall clock goes on as it did when it was looked at last.
    #[inline]
    pub(crate) fn goes_on(&self, now: Moment) -> bool {
        self.ahead_micros.is_some_and(|before| !is_step(ahead(now).saturating_sub(before)))
    }

    /// Returns by how many microseconds the wall clock was set before this moment, if it was.
    #[inline]
    pub fn look(&mut self, now: Moment) -> Option<i64> {
        let ahead = ahead(now);
        let step_micros = ahead.saturating_sub(*self.ahead_micros.get_or_insert(ahead));
        if !is_step(step_micros) {
            return None;
        }
        self.ahead_micros = Some(ahead);
        Some(step_micros)
    }

    /// Returns what survives.
    pub(crate) const fn retained(self) -> Option<i64> {
        self.ahead_micros
    }

    /// Returns the watch of what survived: see [`crate::Retained::clock_ahead_micros`].
    pub const fn resumed(ahead_micros: Option<i64>) -> Self {
        Self { ahead_micros }
    }
}

impl Engine {
    /// Tells if the wall clock was set.
    #[inline]
    pub(crate) fn watch_clock(&mut self, turn: &mut Turn<'_>) {
        if let Some(step_micros) = self.clock.look(turn.now) {
            tell(step_micros, turn);
        }
    }
}

#[cold]
fn tell(step_micros: i64, turn: &mut Turn<'_>) {
    turn.tell(EventKind::GatewayClockStepped, Info::ClockStep { connection: None, step_micros });
}

const fn is_step(micros: i64) -> bool {
    micros.unsigned_abs() >= CLOCK_STEP_MICROS_MIN.unsigned_abs()
}

const fn ahead(moment: Moment) -> i64 {
    moment.wall.0.saturating_sub(moment.monotonic.0)
}

#[cfg(test)]
mod tests {
    use latchwork_expr::{Monotonic, Timestamp};

    use super::*;

    #[test]
    fn a_step_is_told_once() {
        let mut watch = ClockWatch::default();
        let seconds = [(0, 100), (1, 101), (2, 3702), (3, 3703), (4, 104), (5, 104), (6, 104)];
        let told = seconds.map(|(monotonic, wall)| {
            let moment = Moment { monotonic: Monotonic(monotonic * 1_000_000), wall: Timestamp(wall * 1_000_000) };
            watch.look(moment).map_or(0, |step| step / 1_000_000)
        });
        assert_eq!(told, [0, 0, 3600, 0, -3600, -1, -1]);
    }

    #[test]
    fn less_than_a_second_is_no_step() {
        let at = |wall| Moment { monotonic: Monotonic(0), wall: Timestamp(wall) };
        let mut watch = ClockWatch::resumed(Some(0));
        assert_eq!([-999_999, 999_999, 1_000_000].map(|wall| watch.look(at(wall))), [None, None, Some(1_000_000)]);
        assert_eq!(watch.look(at(i64::MIN)), Some(i64::MIN));
    }
}
