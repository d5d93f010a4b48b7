//! The gateway's clock: instants of this process as moments of the engine.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use latchwork_engine::limits::CLOCK_STEP_MICROS_MIN;
use latchwork_engine::{Moment, Monotonic};
use latchwork_expr::Timestamp;

use crate::replay::whole_micros;

/// Turns instants into moments and back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    anchor: Instant,
    base: Moment,
    speed: f64,
}

impl Clock {
    /// Returns a clock that begins now and goes on after the last committed scan: at its monotonic time
    /// and what the wall clock has gone since, if it went forward (`spec/engine.md` section 10).
    pub(super) fn new(last: Option<Moment>, speed: f64) -> Self {
        let wall = wall_now();
        let monotonic = last
            .map_or(Monotonic(wall.0), |last| last.monotonic.plus_micros(wall.0.saturating_sub(last.wall.0).max(0)));
        Self { anchor: Instant::now(), base: Moment { monotonic, wall }, speed }
    }

    /// Returns an instant as a moment.
    pub(super) fn moment(&self, instant: Instant) -> Moment {
        let elapsed = signed_micros(instant, self.anchor);
        if self.is_real() {
            let wall = wall_now().0 + signed_micros(instant, Instant::now());
            return Moment { monotonic: self.base.monotonic.plus_micros(elapsed), wall: Timestamp(wall) };
        }
        #[expect(clippy::cast_precision_loss, reason = "a simulation of 285 years keeps its microseconds")]
        let micros = whole_micros(elapsed as f64 * self.speed);
        self.base.plus_micros(micros)
    }

    /// Returns the instant at which it is so late; none beyond what this machine's clock can tell.
    pub(super) fn instant(&self, at: Monotonic) -> Option<Instant> {
        let micros = u64::try_from(at.micros_since(self.base.monotonic)).unwrap_or(0);
        let wait = Duration::from_micros(micros);
        self.anchor.checked_add(if self.is_real() { wait } else { wait.div_f64(self.speed) })
    }

    /// Tells whether time passes as it does for everybody.
    #[expect(clippy::float_cmp, reason = "exactly the speed that was asked for")]
    fn is_real(&self) -> bool {
        self.speed == 1.0
    }
}

/// Returns the time of a scan that comes at a moment, after one at `last`: later than that by both clocks.
///
/// Unless the wall clock was set back: then the dates go back with it. What is less than a step is the unevenness of
/// reading two clocks one after the other; left in, two runs of a burst could begin at the same microsecond with others
/// between them, and would be one record. What merely came late to be taken is moved on both clocks alike.
pub(super) fn following(last: Moment, at: Moment) -> Moment {
    let next = last.plus_micros(1);
    let at = at.plus_micros(next.monotonic.micros_since(at.monotonic).max(0));
    let by_wall = at.wall.0.saturating_sub(last.wall.0);
    let was_set_back = by_wall.saturating_sub(at.monotonic.micros_since(last.monotonic)) <= -CLOCK_STEP_MICROS_MIN;
    let wall = if was_set_back { at.wall } else { at.wall.max(next.wall) };
    Moment { wall, ..at }
}

/// Returns the wall time.
pub(crate) fn wall_now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let micros = |time: Duration| i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
    Timestamp(since.map_or_else(|before| -micros(before.duration()), micros))
}

fn signed_micros(instant: Instant, origin: Instant) -> i64 {
    let micros = |time: Duration| i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
    instant.checked_duration_since(origin).map_or_else(|| -micros(origin - instant), micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_on_after_the_last_scan() {
        let wall = wall_now().0;
        let last = Moment { monotonic: Monotonic(5), wall: Timestamp(wall - 1_000_000) };
        let clock = Clock::new(Some(last), 1.0);
        let passed = clock.base.monotonic.0 - 5 - 1_000_000;
        assert!((0..60_000_000).contains(&passed), "{passed}");
    }

    #[test]
    fn never_goes_back_when_the_wall_clock_did() {
        let last = Moment { monotonic: Monotonic(5), wall: Timestamp(wall_now().0 + 3_600_000_000) };
        assert_eq!(Clock::new(Some(last), 1.0).base.monotonic, Monotonic(5));
    }

    fn moment(monotonic: i64, wall: i64) -> Moment {
        Moment { monotonic: Monotonic(monotonic), wall: Timestamp(wall) }
    }

    #[test]
    fn no_two_scans_are_at_one_time() {
        let last = moment(100, 5_000_100);
        for (at, expected) in [
            (moment(150, 5_000_150), moment(150, 5_000_150)),
            (moment(90, 5_000_090), moment(101, 5_000_101)),
            // The thread was held up between the readings of the two clocks.
            (moment(150, 5_000_060), moment(150, 5_000_101)),
            (moment(150, 5_000_100), moment(150, 5_000_101)),
        ] {
            assert_eq!(following(last, at), expected, "{at:?}");
        }
    }

    #[test]
    fn what_was_received_long_ago_is_no_clock_set_back() {
        let last = moment(9_000_000, 59_000_000);
        assert_eq!(following(last, moment(2_000_000, 52_000_000)), moment(9_000_001, 59_000_001));
        // Unless it was: the clock showed an hour less by then.
        let hour = 3_600_000_000;
        let set_back = following(last, moment(2_000_000, 52_000_000 - hour));
        assert_eq!(set_back, moment(9_000_001, 59_000_001 - hour));
    }

    #[test]
    fn dates_go_back_when_the_wall_clock_is_set_back() {
        let back = 5_000_100 - CLOCK_STEP_MICROS_MIN;
        assert_eq!(following(moment(100, 5_000_100), moment(150, back)), moment(150, back));
    }

    #[test]
    fn a_deadline_comes_when_the_clock_shows_it() {
        for speed in [0.5, 1.0, 10.0] {
            let clock = Clock::new(None, speed);
            let deadline = clock.base.monotonic.plus_millis(2000);
            let instant = clock.instant(deadline).unwrap();
            let micros = clock.moment(instant).monotonic.micros_since(deadline);
            assert!(micros.abs() <= 1, "{speed}: {micros}");
        }
    }
}
