//! Whose turn it is: units one after the other, each with what has been due for the longest.

use std::time::Instant;

use latchwork_config::connections::SilentAfterErrors;

use super::Poller;
use crate::limits::MODBUS_IN_TIME_MAX;
use crate::modbus::unit::Unit;

impl Poller {
    /// Returns the units that may be asked now or later without anything else happening before.
    pub(super) fn askable(&self) -> impl Iterator<Item = usize> {
        let counts = |unit: &&Unit| unit.is_asked_in_time() && !unit.is_silent();
        let is_full = self.units.iter().filter(counts).count() >= MODBUS_IN_TIME_MAX;
        let is_taken = self.session.as_ref().is_none_or(|session| session.line.is_taken());
        let is_free = move |unit: &Unit| unit.is_free() && (!is_full || unit.is_silent()) && !is_taken;
        self.units.iter().enumerate().filter(move |(_, unit)| is_free(unit)).map(|(index, _)| index)
    }

    /// Returns when a unit is to be asked next.
    pub(super) fn due_at(&self, index: usize) -> Option<Instant> {
        let unit = &self.units[index];
        let due = unit.probe_at().or_else(|| self.timetable.next(index).map(|(at, _)| at));
        let due = due.map(|due| unit.not_before(due))?;
        Some(self.silent_at(unit.number).map_or(due, |silent| silent.max(due)))
    }

    /// Returns when the line will have been silent for long enough after errors that a unit may be asked. A dead unit,
    /// which fails at every probe, has no other one wait.
    pub(super) fn silent_at(&self, unit: u8) -> Option<Instant> {
        let is_dead = |number: u8| self.units.iter().any(|unit| unit.number == number && unit.is_dead());
        let waits_for = |failed: u8| match self.modbus.silent_after_errors {
            SilentAfterErrors::Line => failed == unit || !is_dead(failed),
            SilentAfterErrors::Unit => failed == unit,
        };
        self.session.as_ref()?.line.not_before(waits_for)
    }

    /// Returns the block of a unit that has been due for the longest.
    fn next_block(&self, index: usize) -> Option<usize> {
        let unit = &self.units[index];
        let first = self.timetable.next(index).map(|(_, block)| block);
        // A dead unit of which all was read is probed all the same.
        first.or_else(|| unit.blocks.first().copied().filter(|_| unit.is_dead()))
    }

    /// Returns the unit whose turn it is.
    pub(super) fn next_unit(&self, now: Instant) -> Option<usize> {
        if self.session.as_ref()?.quiet_until > now {
            return None;
        }
        let count = self.units.len();
        let due = self.askable().filter(|&unit| self.due_at(unit).is_some_and(|at| at <= now));
        due.min_by_key(|unit| (unit + count - self.first) % count)
    }

    /// Asks a unit for the block that has been due for the longest.
    pub(super) fn ask(&mut self, unit: usize, now: Instant) {
        let (Some(block), Some(session)) = (self.next_block(unit), &mut self.session) else { return };
        self.health.overruns.add(self.timetable.change(unit, block, |due| due.asked(now)));
        self.health.requests.add_one();
        self.requests.extend_from_slice(&session.line.ask(block, &self.blocks[block], now));
        session.quiet_until = now + self.modbus.pause_between_requests;
        self.units[unit].asked();
        self.first = (unit + 1) % self.units.len();
    }
}
