//! A unit behind a link: whether it may be asked, whether it is alive.
//!
//! One request in time at a time; late ones are bounded, and more closely for a unit that is known to be slow. A unit
//! from which nothing comes is dead: only probed, until its first answer. Pure.

use std::time::{Duration, Instant};

use super::link::Stage;
use crate::limits::{
    MODBUS_LATE_MAX, MODBUS_LATE_MAX_OF_SLOW, MODBUS_PROBE_MILLIS_FIRST, MODBUS_PROBE_MILLIS_MAX,
    MODBUS_SILENCE_MILLIS_MIN, MODBUS_UNANSWERED_MAX,
};

/// A unit and what is asked of it.
#[derive(Debug)]
pub(super) struct Unit {
    /// Its number on the link.
    pub(super) number: u8,
    /// The indices of its blocks in the plan.
    pub(super) blocks: Vec<usize>,
    talk: Talk,
}

/// What has been said since the link was made.
#[derive(Debug, Default)]
struct Talk {
    in_time: bool,
    late: usize,
    /// Whether its last answer was late.
    is_slow: bool,
    unanswered: u32,
    /// When the first of the unanswered was sent.
    silent_since: Option<Instant>,
    probe: Option<Probe>,
    /// Until when it is left alone, because it said that it is busy.
    busy_until: Option<Instant>,
}

/// The next attempt at a dead unit.
#[derive(Clone, Copy, Debug)]
struct Probe {
    at: Instant,
    pause: Duration,
}

/// What an event means for a unit's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// Nothing.
    Unchanged,
    /// It is taken for dead from now on.
    Died,
    /// It is alive again.
    Revived,
}

impl Unit {
    /// Returns a unit that was not asked yet.
    pub(super) fn new(number: u8, blocks: Vec<usize>) -> Self {
        Self { number, blocks, talk: Talk::default() }
    }

    /// Forgets what was said: the link is gone.
    pub(super) fn restart(&mut self) {
        self.talk = Talk::default();
    }

    /// Tells whether another request may go out, as far as those before it are concerned.
    pub(super) const fn is_free(&self) -> bool {
        let late_max = if self.talk.is_slow { MODBUS_LATE_MAX_OF_SLOW } else { MODBUS_LATE_MAX };
        !self.talk.in_time && self.talk.late < late_max
    }

    /// Tells whether it has not answered its last request in time.
    pub(super) const fn is_silent(&self) -> bool {
        self.talk.unanswered > 0
    }

    /// Tells whether a request is out whose timeout is not over.
    pub(super) const fn is_asked_in_time(&self) -> bool {
        self.talk.in_time
    }

    /// Returns when the next probe is due, if the unit is dead.
    pub(super) fn probe_at(&self) -> Option<Instant> {
        self.talk.probe.map(|probe| probe.at)
    }

    /// Tells whether the unit is only probed.
    pub(super) const fn is_dead(&self) -> bool {
        self.talk.probe.is_some()
    }

    /// Notes that it is busy.
    pub(super) const fn is_busy_until(&mut self, until: Instant) {
        self.talk.busy_until = Some(until);
    }

    /// Returns when it may be asked that is due at a moment.
    pub(super) fn not_before(&self, due: Instant) -> Instant {
        self.talk.busy_until.map_or(due, |until| until.max(due))
    }

    /// Notes a request.
    pub(super) const fn asked(&mut self) {
        self.talk.in_time = true;
    }

    /// Notes an answer of the unit.
    pub(super) const fn answered(&mut self, stage: Stage) -> Life {
        self.settle(stage);
        let was_dead = self.is_dead();
        self.talk.is_slow = matches!(stage, Stage::Late);
        self.talk.unanswered = 0;
        self.talk.silent_since = None;
        self.talk.probe = None;
        if was_dead { Life::Revived } else { Life::Unchanged }
    }

    /// Notes that a request was settled by something that is no answer of the unit.
    pub(super) fn failed(&mut self, stage: Stage, sent: Instant, now: Instant) -> Life {
        self.settle(stage);
        match stage {
            Stage::InTime => self.unanswered(sent, now),
            // The timeout has been noted.
            Stage::Late => Life::Unchanged,
        }
    }

    /// Notes that a request's answer is late from now on.
    pub(super) fn timed_out(&mut self, sent: Instant, now: Instant) -> Life {
        self.talk.in_time = false;
        self.talk.late += 1;
        self.unanswered(sent, now)
    }

    /// Notes that a late answer will not be taken any more. The unit may have lost the request, so that it need not
    /// be slow.
    pub(super) const fn given_up(&mut self) {
        self.settle(Stage::Late);
        self.talk.is_slow = false;
    }

    const fn settle(&mut self, stage: Stage) {
        match stage {
            Stage::InTime => self.talk.in_time = false,
            Stage::Late => self.talk.late = self.talk.late.saturating_sub(1),
        }
    }

    fn unanswered(&mut self, sent: Instant, now: Instant) -> Life {
        let talk = &mut self.talk;
        talk.unanswered = talk.unanswered.saturating_add(1);
        let silent_since = *talk.silent_since.get_or_insert(sent);
        if let Some(probe) = &mut talk.probe {
            probe.pause = (probe.pause * 2).min(Duration::from_millis(MODBUS_PROBE_MILLIS_MAX));
            probe.at = now + probe.pause;
            return Life::Unchanged;
        }
        let silence = now.saturating_duration_since(silent_since);
        if talk.unanswered < MODBUS_UNANSWERED_MAX || silence < Duration::from_millis(MODBUS_SILENCE_MILLIS_MIN) {
            return Life::Unchanged;
        }
        let pause = Duration::from_millis(MODBUS_PROBE_MILLIS_FIRST);
        talk.probe = Some(Probe { at: now + pause, pause });
        Life::Died
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: Instant, millis: u64) -> Instant {
        start + Duration::from_millis(millis)
    }

    /// Lets requests time out, one each `step` milliseconds, and returns when the unit died.
    fn died_after(start: Instant, unit: &mut Unit, step: u64) -> u64 {
        for number in 0..1000 {
            let (sent, now) = (at(start, number * step), at(start, (number + 1) * step));
            unit.asked();
            if unit.timed_out(sent, now) == Life::Died {
                return (number + 1) * step;
            }
            unit.given_up();
        }
        panic!("it does not die");
    }

    #[test]
    fn five_requests_and_two_seconds_of_silence_are_death() {
        let start = Instant::now();
        assert_eq!(died_after(start, &mut Unit::new(1, vec![]), 1000), 5000);
        assert_eq!(died_after(start, &mut Unit::new(1, vec![]), 100), 2000);
    }

    #[test]
    fn probes_double_up_to_five_seconds_and_an_answer_revives() {
        let start = Instant::now();
        let mut unit = Unit::new(1, vec![]);
        let mut now = died_after(start, &mut unit, 1000);
        let mut pauses = Vec::new();
        for _ in 0..7 {
            let probe = unit.probe_at().unwrap();
            pauses.push(probe.duration_since(at(start, now)).as_millis());
            now = u64::try_from(probe.duration_since(start).as_millis()).unwrap();
            unit.asked();
            assert_eq!(unit.failed(Stage::InTime, at(start, now), at(start, now)), Life::Unchanged);
        }
        assert_eq!(pauses, [250, 500, 1000, 2000, 4000, 5000, 5000]);
        assert_eq!(unit.answered(Stage::Late), Life::Revived);
        assert!(!unit.is_dead() && !unit.is_silent());
    }

    #[test]
    fn a_slow_unit_is_not_buried_under_requests() {
        let start = Instant::now();
        let mut unit = Unit::new(1, vec![]);
        let mut outstanding = 0;
        while unit.is_free() {
            unit.asked();
            unit.timed_out(start, start);
            outstanding += 1;
        }
        assert_eq!(outstanding, MODBUS_LATE_MAX);
        for _ in 0..MODBUS_LATE_MAX - MODBUS_LATE_MAX_OF_SLOW {
            unit.answered(Stage::Late);
            assert!(!unit.is_free());
        }
        unit.answered(Stage::Late);
        assert!(unit.is_free());
    }

    #[test]
    fn one_request_in_time_is_enough() {
        let mut unit = Unit::new(1, vec![]);
        unit.asked();
        assert!(!unit.is_free());
        assert_eq!(unit.answered(Stage::InTime), Life::Unchanged);
        assert!(unit.is_free());
    }
}
