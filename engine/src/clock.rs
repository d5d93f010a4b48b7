//! The wall clock: noticed when it is set, never followed (`spec/engine.md` section 2).
//!
//! Scans, timers and durations go by the monotonic clock, so that nothing hangs on it.

use crate::effect::{EventKind, Info};
use crate::limits::CLOCK_STEP_MICROS_MIN;
use crate::scan::Moment;
use crate::step::{Engine, Turn};

impl Engine {
    /// Takes the time of a scan, and tells if the wall clock was set since the one before.
    #[inline]
    pub(crate) fn note_time(&mut self, turn: &mut Turn<'_>) {
        if let Some(last) = self.last.replace(turn.now) {
            let step_micros = step_between(last, turn.now);
            if step_micros.unsigned_abs() >= CLOCK_STEP_MICROS_MIN.unsigned_abs() {
                turn.tell(EventKind::GatewayClockStepped, Info::ClockStep { connection: None, step_micros });
            }
        }
    }
}

/// Returns how much more the wall clock went from one moment to another than the monotonic one.
#[inline]
fn step_between(last: Moment, now: Moment) -> i64 {
    let by_wall = now.wall.0.saturating_sub(last.wall.0);
    by_wall.saturating_sub(now.monotonic.micros_since(last.monotonic))
}

#[cfg(test)]
mod tests {
    use latchwork_expr::{Monotonic, Timestamp};

    use super::*;

    fn moment(monotonic: i64, wall: i64) -> Moment {
        Moment { monotonic: Monotonic(monotonic), wall: Timestamp(wall) }
    }

    #[test]
    fn a_step_is_what_the_clocks_differ_by() {
        let last = moment(100, 5_000);
        for (now, step) in [
            (moment(150, 5_050), 0),
            (moment(150, 4_050), -1_000),
            (moment(100, 9_000), 4_000),
            (moment(100, i64::MIN), i64::MIN),
            (moment(i64::MAX, 5_000), 100 - i64::MAX),
        ] {
            assert_eq!(step_between(last, now), step, "{now:?}");
        }
    }
}
