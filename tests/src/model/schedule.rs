//! The schedule: which entry a run takes up, what becomes of it, and when its window is over.

use super::names::{EntryStatus, EventKind};
use super::plant::{Micros, ModelEntry, SECOND};
use super::world::{Planned, World};

impl World<'_> {
    /// Returns the order that is planned for a run which starts then.
    pub(super) fn planned_order(&self, operation: usize, start: Micros) -> Option<String> {
        self.entry_for(operation, start, None).and_then(|entry| self.schedule[entry].what.order.clone())
    }

    /// Returns the entry that a run takes up which starts then: the most urgent, then the earliest, then the first.
    /// With the order of the run, entries of other orders are left out.
    fn entry_for(&self, operation: usize, start: Micros, order: Option<&String>) -> Option<usize> {
        let name = &self.plant.operations[operation].name;
        let mut best: Option<usize> = None;
        for (index, Planned { what, status, .. }) in self.schedule.iter().enumerate() {
            let eligible = matches!(status, EntryStatus::Scheduled | EntryStatus::Paused);
            let contains = what.start <= start && what.end.is_none_or(|end| start < end);
            let other_order = order.is_some() && what.order.is_some() && what.order.as_ref() != order;
            if what.operation != *name || !eligible || !contains || other_order {
                continue;
            }
            let rank = |entry: &ModelEntry| (entry.priority, entry.start);
            if best.is_none_or(|best| rank(what) < rank(&self.schedule[best].what)) {
                best = Some(index);
            }
        }
        best
    }

    /// A record has opened: it is a run of an entry, or is added to the schedule.
    pub(super) fn enter_schedule(&mut self, run: usize) {
        let operation = self.runs[run].operation;
        let configured = &self.plant.operations[operation];
        let record = &self.runs[run].record;
        let order = record.production_order.as_ref();
        let kind = match self.entry_for(operation, record.start, order) {
            Some(entry) => {
                self.schedule[entry].status = EntryStatus::Running;
                self.schedule[entry].run = Some(run);
                return self.tell_entry(EventKind::ScheduleStarted, entry);
            }
            None if configured.auto_add => EventKind::ScheduleAdded,
            None => return,
        };
        let mut added = ModelEntry::new(&configured.name, self.now, self.after(record.expected_duration_seconds));
        added.order.clone_from(&record.production_order);
        self.schedule.push(Planned { what: added, status: EntryStatus::Running, run: Some(run) });
        self.tell_entry(kind, self.schedule.len() - 1);
    }

    fn after(&self, seconds: Option<f64>) -> Option<Micros> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "durations are short")]
        seconds.map(|seconds| self.now + (seconds * SECOND as f64).round() as Micros)
    }

    /// A record has closed: its entry waits for another run if its window is not over.
    pub(super) fn leave_schedule(&mut self, run: usize) {
        let is_its = |entry: &Planned| entry.run == Some(run) && entry.status == EntryStatus::Running;
        let Some(entry) = self.schedule.iter().position(is_its) else { return };
        if self.schedule[entry].what.end.is_some_and(|end| self.now < end) {
            self.schedule[entry].status = EntryStatus::Paused;
        } else {
            self.complete(entry);
        }
    }

    /// Returns when the windows of the entries are over that wait.
    pub(super) fn window_ends(&self) -> impl Iterator<Item = Micros> {
        let waiting = self.schedule.iter().filter(|entry| entry.status == EntryStatus::Paused);
        waiting.filter_map(|entry| entry.what.end)
    }

    /// Phase 6: the windows that are over in this scan.
    pub(super) fn end_windows(&mut self) {
        for entry in 0..self.schedule.len() {
            let Planned { what, status, .. } = &self.schedule[entry];
            if *status == EntryStatus::Paused && what.end.is_some() && what.end == self.due {
                self.complete(entry);
            }
        }
    }

    fn complete(&mut self, entry: usize) {
        self.schedule[entry].status = EntryStatus::Completed;
        self.tell_entry(EventKind::ScheduleCompleted, entry);
    }

    fn tell_entry(&mut self, kind: EventKind, entry: usize) {
        let subject = self.schedule[entry].what.text();
        self.tell_order(kind, &subject);
    }
}
