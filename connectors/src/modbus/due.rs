//! When a block is to be read next: a grid of its period, on which missed points stay missed.
//!
//! Pure. Never knows whether its unit is free.

use std::time::{Duration, Instant};

use super::plan::Block;

/// When a block is due.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    period: Duration,
    /// A point of the grid.
    grid: Instant,
    next: Instant,
    /// Whether nothing was asked since the link was made: the first reading does not wait for the grid.
    fresh: bool,
}

impl Due {
    /// Returns when the blocks of a plan are due. Those of one period are spread over it evenly.
    pub(super) fn of(blocks: &[Block], start: Instant) -> Vec<Self> {
        let phase = |(index, block): (usize, &Block)| {
            let same = |block: &&Block, period| block.period == period;
            let before = blocks[..index].iter().filter(|other| same(other, block.period)).count();
            let all = blocks.iter().filter(|other| same(other, block.period)).count();
            (period(block), share(period(block), before, all))
        };
        let due = |(period, phase)| Self { period, grid: start + phase, next: start, fresh: true };
        blocks.iter().enumerate().map(phase).map(due).collect()
    }

    /// Makes the block due now, because the link is new.
    pub(super) const fn restart(&mut self, now: Instant) {
        self.next = now;
        self.fresh = true;
    }

    /// Returns when the block is due.
    pub(super) const fn next(&self) -> Instant {
        self.next
    }

    /// Returns how many points of the grid are missed for good, if nothing can be asked from one moment to another.
    pub(super) fn missed(&self, from: Instant, until: Instant) -> u64 {
        let due = if self.fresh { until } else { self.next.max(from) };
        periods(until.saturating_duration_since(due), self.period)
    }

    /// Moves on to the next point of the grid, and returns how many were missed.
    pub(super) fn asked(&mut self, now: Instant) -> u64 {
        let due = if self.fresh { now } else { self.next };
        let missed = periods(now.saturating_duration_since(due), self.period);
        self.fresh = false;
        let passed = if now < self.grid { 0 } else { periods(now.duration_since(self.grid), self.period) + 1 };
        self.next = self.grid + times(self.period, passed);
        missed
    }
}

/// Returns the period; no configuration has one of nothing, and it would never pass.
fn period(block: &Block) -> Duration {
    block.period.max(Duration::from_millis(1))
}

fn share(period: Duration, part: usize, parts: usize) -> Duration {
    let nanos = period.as_nanos() * part as u128 / parts.max(1) as u128;
    u64::try_from(nanos).map_or(Duration::ZERO, Duration::from_nanos)
}

fn periods(time: Duration, period: Duration) -> u64 {
    u64::try_from(time.as_nanos() / period.as_nanos()).unwrap_or(u64::MAX)
}

fn times(period: Duration, number: u64) -> Duration {
    u64::try_from(period.as_nanos()).map_or(period, |nanos| Duration::from_nanos(nanos.saturating_mul(number)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modbus::tests::plant::block;

    fn millis(number: u64) -> Duration {
        Duration::from_millis(number)
    }

    #[test]
    fn blocks_of_one_period_are_spread_over_it() {
        let every = |period| Block { period: millis(period), ..block() };
        let start = Instant::now();
        let mut due = Due::of(&[every(100), every(30), every(100), every(100), every(100)], start);
        let mut next = |now| {
            due.iter_mut()
                .map(|due| {
                    due.asked(start + millis(now));
                    due.next().duration_since(start).as_millis()
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(next(0), [100, 30, 25, 50, 75]);
        assert_eq!(next(100), [200, 120, 125, 150, 175]);
    }

    #[test]
    fn what_cannot_be_asked_for_a_while_is_missed_but_for_the_last() {
        let start = Instant::now();
        let mut due = Due::of(&[Block { period: millis(100), ..block() }], start)[0];
        assert_eq!(due.missed(start, start + millis(900)), 0, "nothing was asked yet");
        due.asked(start + millis(5));
        for (from, until, missed) in [(10, 99, 0), (10, 150, 0), (10, 200, 1), (10, 450, 3), (250, 450, 2)] {
            assert_eq!(due.missed(start + millis(from), start + millis(until)), missed, "{from} to {until}");
        }
    }

    #[test]
    fn missed_periods_are_counted_and_not_caught_up() {
        let start = Instant::now();
        let mut due = Due::of(&[Block { period: millis(100), ..block() }], start)[0];
        assert_eq!(due.asked(start + millis(5)), 0);
        assert_eq!(due.next(), start + millis(100));
        assert_eq!(due.asked(start + millis(199)), 0);
        assert_eq!(due.next(), start + millis(200));
        assert_eq!(due.asked(start + millis(450)), 2);
        assert_eq!(due.next(), start + millis(500));
        due.restart(start + millis(7777));
        assert_eq!(due.next(), start + millis(7777));
        assert_eq!(due.asked(start + millis(7790)), 0);
        assert_eq!(due.next(), start + millis(7800));
    }
}
