//! When a block is to be read next: a grid of its period, on which missed points stay missed.
//!
//! What is read once is tried until it was; what the device says that it does not have is tried again now and then.
//! Pure. Never knows whether its unit is free.

use std::time::{Duration, Instant};

use super::plan::Block;
use crate::limits::{MODBUS_HOLE_MILLIS, MODBUS_ONCE_RETRY_MILLIS, MODBUS_PAUSE_MILLIS_MIN};

/// When a block is due.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    /// `None` is once.
    period: Option<Duration>,
    /// A point of the grid.
    grid: Instant,
    /// `None` is never, while this link lasts.
    next: Option<Instant>,
    /// Whether nothing was asked since the link was made: the first reading does not wait for the grid.
    fresh: bool,
    stage: Stage,
}

/// How a block stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// It is read as configured.
    Read,
    /// The device does not have it: it is probed.
    Hole,
    /// Others read what it read.
    Retired,
}

impl Due {
    /// Returns when the blocks of a plan are due. Those of one period are spread over it evenly, in groups that follow one
    /// another no faster than they must: blocks of one group are asked one after the other, and each pause costs a device and
    /// the gateway a waking up more.
    pub(super) fn of(blocks: &[Block], start: Instant) -> Vec<Self> {
        let phase = |(index, block): (usize, &Block)| {
            let same = |block: &&Block, period| block.period == period;
            let before = blocks[..index].iter().filter(|other| same(other, block.period)).count();
            let all = blocks.iter().filter(|other| same(other, block.period)).count();
            (block.period.map(period), phase_of(block.period.map_or(Duration::ZERO, period), before, all))
        };
        let due =
            |(period, phase)| Self { period, grid: start + phase, next: Some(start), fresh: true, stage: Stage::Read };
        blocks.iter().enumerate().map(phase).map(due).collect()
    }

    /// Makes the block due now, because the link is new.
    pub(super) fn restart(&mut self, now: Instant) {
        if self.stage != Stage::Retired {
            self.next = Some(now);
            self.fresh = true;
        }
    }

    /// Returns when the block is due, if ever.
    pub(super) const fn next(&self) -> Option<Instant> {
        self.next
    }

    /// Returns how many points of the grid are missed for good, if nothing can be asked from one moment to another.
    pub(super) fn missed(&self, from: Instant, until: Instant) -> u64 {
        let (Some(next), Some(period), Stage::Read) = (self.next, self.period, self.stage) else { return 0 };
        let due = if self.fresh { until } else { next.max(from) };
        periods(until.saturating_duration_since(due), period)
    }

    /// Moves on to when the block is due after this, and returns how many points of the grid were missed.
    pub(super) fn asked(&mut self, now: Instant) -> u64 {
        let due = if self.fresh { now } else { self.next.unwrap_or(now) };
        self.fresh = false;
        match (self.stage, self.period) {
            (Stage::Hole, _) => self.next = Some(now + Duration::from_millis(MODBUS_HOLE_MILLIS)),
            (Stage::Read | Stage::Retired, None) => {
                self.next = Some(now + Duration::from_millis(MODBUS_ONCE_RETRY_MILLIS));
            }
            (Stage::Read | Stage::Retired, Some(period)) => {
                self.next = Some(self.grid_after(now, period));
                return periods(now.saturating_duration_since(due), period);
            }
        }
        0
    }

    /// Notes that the block was read.
    pub(super) fn read(&mut self, now: Instant) {
        match (self.stage, self.period) {
            (Stage::Retired, _) | (Stage::Read, Some(_)) => {}
            (Stage::Read | Stage::Hole, None) => (self.next, self.stage) = (None, Stage::Read),
            (Stage::Hole, Some(period)) => (self.next, self.stage) = (Some(self.grid_after(now, period)), Stage::Read),
        }
    }

    /// Makes the block due at a moment, whatever its grid says.
    pub(super) const fn again(&mut self, at: Instant) {
        self.next = Some(at);
        self.fresh = true;
    }

    /// Notes that the device does not have the block: it is probed from now on.
    pub(super) fn became_hole(&mut self, now: Instant) {
        self.stage = Stage::Hole;
        self.next = Some(now + Duration::from_millis(MODBUS_HOLE_MILLIS));
    }

    /// Notes that others read what this one read.
    pub(super) const fn retire(&mut self) {
        self.stage = Stage::Retired;
        self.next = None;
    }

    fn grid_after(&self, now: Instant, period: Duration) -> Instant {
        let passed = if now < self.grid { 0 } else { periods(now.duration_since(self.grid), period) + 1 };
        self.grid + times(period, passed)
    }
}

/// Returns the period; no configuration has one of nothing, and it would never pass.
fn period(period: Duration) -> Duration {
    period.max(Duration::from_millis(1))
}

/// Returns where in a period the block of this place among `all` is due.
fn phase_of(period: Duration, place: usize, all: usize) -> Duration {
    let room = usize::try_from(period.as_millis() / u128::from(MODBUS_PAUSE_MILLIS_MIN)).unwrap_or(usize::MAX);
    let groups = all.min(room).max(1);
    let group = place as u128 * groups as u128 / all.max(1) as u128;
    let nanos = period.as_nanos() * group / groups as u128;
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
        let every = |period| Block { period: Some(millis(period)), ..block() };
        let start = Instant::now();
        let mut due = Due::of(&[every(400), every(30), every(400), every(400), every(400)], start);
        let mut next = |now| {
            due.iter_mut()
                .map(|due| {
                    due.asked(start + millis(now));
                    due.next().unwrap().duration_since(start).as_millis()
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(next(0), [400, 30, 100, 200, 300]);
        assert_eq!(next(400), [800, 420, 500, 600, 700]);
    }

    #[test]
    fn many_blocks_are_spread_in_groups() {
        let phases = |period, all| {
            let phases = (0..all).map(|place| phase_of(millis(period), place, all).as_millis());
            phases.collect::<Vec<_>>()
        };
        assert_eq!(phases(100, 4), [0, 0, 50, 50]);
        assert_eq!(phases(100, 3), [0, 0, 50]);
        assert_eq!(phases(10, 3), [0, 0, 0]);
        assert_eq!(phases(150, 7), [0, 0, 0, 50, 50, 100, 100]);
    }

    #[test]
    fn what_cannot_be_asked_for_a_while_is_missed_but_for_the_last() {
        let start = Instant::now();
        let mut due = Due::of(&[Block { period: Some(millis(100)), ..block() }], start)[0];
        assert_eq!(due.missed(start, start + millis(900)), 0, "nothing was asked yet");
        due.asked(start + millis(5));
        for (from, until, missed) in [(10, 99, 0), (10, 150, 0), (10, 200, 1), (10, 450, 3), (250, 450, 2)] {
            assert_eq!(due.missed(start + millis(from), start + millis(until)), missed, "{from} to {until}");
        }
    }

    #[test]
    fn missed_periods_are_counted_and_not_caught_up() {
        let start = Instant::now();
        let mut due = Due::of(&[Block { period: Some(millis(100)), ..block() }], start)[0];
        assert_eq!(due.asked(start + millis(5)), 0);
        assert_eq!(due.next(), Some(start + millis(100)));
        assert_eq!(due.asked(start + millis(199)), 0);
        assert_eq!(due.next(), Some(start + millis(200)));
        assert_eq!(due.asked(start + millis(450)), 2);
        assert_eq!(due.next(), Some(start + millis(500)));
        due.restart(start + millis(7777));
        assert_eq!(due.next(), Some(start + millis(7777)));
        assert_eq!(due.asked(start + millis(7790)), 0);
        assert_eq!(due.next(), Some(start + millis(7800)));
    }

    #[test]
    fn what_is_read_once_is_tried_until_it_was() {
        let start = Instant::now();
        let mut due = Due::of(&[Block { period: None, ..block() }], start)[0];
        assert_eq!((due.next(), due.asked(start)), (Some(start), 0));
        assert_eq!(due.next(), Some(start + millis(MODBUS_ONCE_RETRY_MILLIS)));
        due.read(start + millis(10));
        assert_eq!((due.next(), due.missed(start, start + millis(99_999))), (None, 0));
        due.restart(start + millis(50));
        assert_eq!(due.next(), Some(start + millis(50)));
    }

    #[test]
    fn a_hole_is_probed_each_minute_until_it_is_none() {
        let start = Instant::now();
        let mut due = Due::of(&[Block { period: Some(millis(100)), ..block() }], start)[0];
        due.asked(start);
        due.became_hole(start);
        assert_eq!(due.next(), Some(start + millis(60_000)));
        assert_eq!(due.asked(start + millis(60_001)), 0);
        assert_eq!(due.next(), Some(start + millis(120_001)));
        due.read(start + millis(60_010));
        assert_eq!(due.next(), Some(start + millis(60_100)));
        due.retire();
        due.restart(start + millis(70_000));
        assert_eq!(due.next(), None);
    }
}
