//! How runs take entries up and leave them, and how windows end.

use latchwork_expr::{Text, Timestamp};

use super::{EntryStatus, Priority, ScheduleEntry};
use crate::effect::{Effect, EventKind, Info};
use crate::ids;
use crate::lifecycle::micros;
use crate::plant::OperationIndex;
use crate::record::{OrderLink, Record};
use crate::scan::{Moment, Monotonic};
use crate::step::{Engine, Turn};
use crate::timer::TimerKind;
use crate::touched::Tasks;

impl Engine {
    /// Returns the entries of the schedule by operation: those that are not over, and of the configuration's all.
    pub fn schedule(&self) -> impl Iterator<Item = &ScheduleEntry> {
        self.schedule.all()
    }

    /// Returns the name of the order that is planned for a run which starts then.
    pub(crate) fn planned_order(&self, operation: OperationIndex, start: Timestamp) -> Option<Text> {
        let place = self.schedule.find(operation, start, |_| true)?;
        self.schedule.of(operation)[place].order.clone()
    }

    /// Makes the record that opens a run of the entry that is planned for it; without one it is added, if that is on.
    /// Its order and its expected duration are known by now. Returns what [`Engine::tell_entered`] tells of it.
    pub(crate) fn enter_schedule(&mut self, operation: OperationIndex, now: Moment) -> Option<EventKind> {
        let record = &self.state(operation).run.as_deref()?.record;
        let (record_id, start) = (record.id, record.start.wall);
        let row = &self.plant.operations[operation.index()];
        let fits = |entry: &ScheduleEntry| self.is_for(entry, record.order.as_ref());
        let found = self.schedule.find(operation, start, fits);
        let (id, kind) = match found {
            Some(place) => {
                let entry = self.schedule.get_mut(operation, place);
                entry.status = EntryStatus::Running;
                entry.record = Some(record_id);
                entry.until = None;
                (entry.id, EventKind::ScheduleStarted)
            }
            None if row.auto_add_to_schedule => {
                let entry = unplanned(record, &self.plant.gateway_id, now);
                let id = entry.id;
                self.schedule.add(entry);
                (id, EventKind::ScheduleAdded)
            }
            None => return None,
        };
        self.state_mut(operation).run.as_mut()?.record.schedule = Some(id);
        self.set_window_timer(operation);
        Some(kind)
    }

    /// Tells whether an entry is for the order that a record has, as far as both have one: an entry of another order is
    /// not what runs now.
    fn is_for(&self, entry: &ScheduleEntry, order: Option<&OrderLink>) -> bool {
        let (Some(planned), Some(link)) = (&entry.order, order) else { return true };
        link.name == *planned || (link.order.is_some() && link.order == self.orders.find(planned))
    }

    /// Tells what became of the entry that the open record has taken up.
    pub(crate) fn tell_entered(&self, operation: OperationIndex, kind: EventKind, turn: &mut Turn<'_>) {
        let Some(id) = self.state(operation).run.as_ref().and_then(|run| run.record.schedule) else { return };
        if let Some(entry) = self.schedule.of(operation).iter().find(|entry| entry.id == id) {
            tell(entry, kind, turn);
        }
    }

    /// A record has closed: its entry is done if its window is over, or has no end; else it may be taken up again.
    pub(crate) fn leave_schedule(&mut self, record: &Record, end: Moment, turn: &mut Turn<'_>) {
        let (Some(id), operation) = (record.schedule, record.operation) else { return };
        let is_left = |entry: &ScheduleEntry| entry.id == id && entry.record == Some(record.id);
        let Some(place) = self.schedule.of(operation).iter().position(is_left) else { return };
        let entry = self.schedule.get_mut(operation, place);
        if entry.status != EntryStatus::Running {
            return;
        }
        let closed = end.wall.max(turn.now.wall);
        match entry.end.filter(|&window_end| closed < window_end) {
            Some(window_end) => {
                entry.status = EntryStatus::Paused;
                entry.until = Some(on_deadlines(window_end, turn.now));
                turn.effects.push(Effect::SchedulePaused(Box::new(entry.clone())));
                self.set_window_timer(operation);
            }
            None => self.complete_entry(operation, place, turn),
        }
    }

    /// Phase 6: entries that are PAUSED at the end of their window are done.
    pub(crate) fn end_windows(&mut self, turn: &mut Turn<'_>) {
        for place in 0..self.touched.len() {
            let (operation, tasks) = self.touched.get(place);
            if tasks.has(Tasks::WINDOW_DUE) {
                self.end_windows_of(operation, turn);
            }
        }
    }

    fn end_windows_of(&mut self, operation: OperationIndex, turn: &mut Turn<'_>) {
        // From the last one on, for those that are forgotten move the ones behind them.
        for place in (0..self.schedule.of(operation).len()).rev() {
            let entry = self.schedule.get_mut(operation, place);
            let (Some(until), Some(end)) = (entry.until, entry.end) else { continue };
            if until > turn.now.monotonic {
                continue;
            }
            if turn.now.wall < end {
                // The wall clock was set back meanwhile, and windows are dates.
                entry.until = Some(on_deadlines(end, turn.now));
            } else {
                self.complete_entry(operation, place, turn);
            }
        }
        self.set_window_timer(operation);
    }

    fn complete_entry(&mut self, operation: OperationIndex, place: usize, turn: &mut Turn<'_>) {
        let entry = self.schedule.get_mut(operation, place);
        entry.status = EntryStatus::Completed;
        entry.until = None;
        tell(entry, EventKind::ScheduleCompleted, turn);
        self.forget_entry(operation, place);
    }

    /// Removes an entry that nothing runs of; returns it as it is then.
    pub(crate) fn cancel_entry(
        &mut self,
        operation: OperationIndex,
        place: usize,
        turn: &mut Turn<'_>,
    ) -> ScheduleEntry {
        let entry = self.schedule.get_mut(operation, place);
        entry.status = EntryStatus::Cancelled;
        entry.until = None;
        tell(entry, EventKind::ScheduleRemoved, turn);
        let cancelled = entry.clone();
        self.forget_entry(operation, place);
        self.set_window_timer(operation);
        cancelled
    }

    /// Forgets an entry that is over, unless the configuration has it.
    fn forget_entry(&mut self, operation: OperationIndex, place: usize) {
        let id = self.schedule.of(operation)[place].id;
        if !self.plant.schedule.iter().any(|planned| planned.id == id) {
            self.schedule.remove(operation, place);
        }
    }

    /// Has the engine woken at the first end of the windows of an operation's PAUSED entries. Not for an operation that
    /// was removed: its entries wait until the configuration has it again, for nobody knows it after a restart.
    pub(crate) fn set_window_timer(&mut self, operation: OperationIndex) {
        if self.plant.operations[operation.index()].is_removed {
            return;
        }
        let first = self.schedule.of(operation).iter().filter_map(|entry| entry.until).min();
        self.timers.set(operation, TimerKind::Window, first);
    }
}

/// Returns the entry of a run that nobody planned.
fn unplanned(record: &Record, gateway_id: &str, now: Moment) -> ScheduleEntry {
    let expected = record.expected_duration_seconds.map(micros);
    ScheduleEntry {
        id: ids::unplanned_entry_id(gateway_id, record.id, now.wall),
        operation: record.operation,
        order: record.order.as_ref().map(|link| link.name.clone()),
        start: now.wall,
        end: expected.map(|expected| now.plus_micros(expected).wall),
        priority: Priority::default(),
        quantity: None,
        status: EntryStatus::Running,
        record: Some(record.id),
        until: None,
    }
}

fn tell(entry: &ScheduleEntry, kind: EventKind, turn: &mut Turn<'_>) {
    turn.tell(kind, Info::Schedule(Box::new(entry.clone())));
}

/// Returns when the wall clock, if it does not step, shows a date.
const fn on_deadlines(date: Timestamp, now: Moment) -> Monotonic {
    now.monotonic.plus_micros(date.0.saturating_sub(now.wall.0))
}
