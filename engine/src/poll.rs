//! Polls: expressions that want to be evaluated at multiples of a rate since the epoch, whatever their tags bring.
//!
//! Expressions of one rate share a timer, so that a thousand `now()` cost one deadline.

use latchwork_expr::Program;

use crate::latch::add;
use crate::scan::{Moment, Monotonic};
use crate::step::Engine;
use crate::wiring::Target;

/// What is evaluated at one rate.
#[derive(Debug)]
pub(crate) struct Poll {
    rate_millis: u32,
    targets: Vec<Target>,
}

impl Poll {
    /// Returns the polls of programs, the fastest first.
    pub(crate) fn all(programs: &[(&Program, Target)]) -> Vec<Self> {
        let mut polls: Vec<Self> = Vec::new();
        for (program, target) in programs {
            for &rate_millis in program.polls().iter().filter(|&&rate| rate > 0) {
                match polls.iter_mut().find(|poll| poll.rate_millis == rate_millis) {
                    Some(poll) => poll.targets.push(*target),
                    None => polls.push(Self { rate_millis, targets: vec![*target] }),
                }
            }
        }
        polls.sort_by_key(|poll| poll.rate_millis);
        polls
    }
}

impl Engine {
    /// Sets the timers of all polls, seen from a scan.
    pub(crate) fn set_polls(&mut self, now: Moment) {
        for (number, poll) in (0..).zip(self.wiring.polls()) {
            self.timers.set_poll(number, next_multiple(poll.rate_millis, now));
        }
    }

    /// Marks what is evaluated at a rate, and sets its timer anew.
    pub(crate) fn run_poll(&mut self, number: u32, now: Moment) {
        let poll = &self.wiring.polls()[number as usize];
        self.timers.set_poll(number, next_multiple(poll.rate_millis, now));
        for &target in &poll.targets {
            add(target, &mut self.touched, &mut self.probes);
        }
    }
}

/// Returns when the wall clock, if it does not step, shows the next multiple of a rate since the epoch.
fn next_multiple(rate_millis: u32, now: Moment) -> Monotonic {
    let rate = i64::from(rate_millis) * 1000;
    now.monotonic.plus_micros(rate - now.wall.0.rem_euclid(rate))
}

#[cfg(test)]
mod tests {
    use latchwork_expr::Timestamp;

    use super::*;

    #[test]
    fn polls_are_multiples_of_their_rate_on_the_wall() {
        let next = |monotonic, wall| {
            next_multiple(1000, Moment { monotonic: Monotonic(monotonic), wall: Timestamp(wall) }).0 - monotonic
        };
        assert_eq!(next(7, 2_400_000), 600_000);
        assert_eq!(next(7, 3_000_000), 1_000_000);
        assert_eq!(next(7, -1), 1);
        assert_eq!(next(i64::MAX - 5, 0), 5);
    }
}
