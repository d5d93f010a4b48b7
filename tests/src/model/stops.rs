//! Phase 3, and how a record closes.

use super::names::{EndReason, EventKind, RecordStatus};
use super::plant::{Micros, SECOND};
use super::world::World;

/// How a record closes.
#[derive(Clone, Copy)]
pub(super) struct Ending {
    /// The asked-for end.
    pub(super) at: Micros,
    /// Why.
    pub(super) reason: EndReason,
    /// The status that it leaves.
    pub(super) status: RecordStatus,
    /// Whether the edge was found across a gap.
    pub(super) flagged: bool,
    /// The edge's scan, if it is at an edge's time.
    pub(super) scan: Option<usize>,
}

impl Ending {
    /// Returns an ordinary, unflagged ending.
    pub(super) fn completed(at: Micros, reason: EndReason) -> Self {
        Self { at, reason, status: RecordStatus::Completed, flagged: false, scan: None }
    }
}

impl World<'_> {
    /// Phase 3 for one operation: a fault, else a stop, else the maximum.
    pub(super) fn stop_phase(&mut self, operation: usize) {
        let Some(run) = self.open_run(operation) else { return };
        let start = self.runs[run].record.start;
        let unseen = self.unseen.remove(&operation);
        let found = &self.found[operation];
        let ending = if let Some(seen) = unseen {
            // What is unknown since then is no part of it.
            let scan = Some(self.scan - 1);
            Some(Ending { status: RecordStatus::Unknown, scan, ..Ending::completed(seen, EndReason::Restart) })
        } else if self.is_put_out[operation] {
            Some(Ending { status: RecordStatus::Unknown, ..Ending::completed(self.now, EndReason::Disabled) })
        } else if let Some(fault) = &found.fault {
            let (flagged, scan) = (fault.flagged, None);
            Some(Ending { at: self.now, reason: EndReason::Fault, status: RecordStatus::Faulted, flagged, scan })
        } else if let Some(stop) = found.stop.as_ref().filter(|stop| stop.at >= start) {
            let scan = Some(stop.scan);
            Some(Ending { flagged: stop.flagged, scan, ..Ending::completed(stop.at, EndReason::Trigger) })
        } else {
            let due = self.maximum_deadline(run).filter(|deadline| Some(*deadline) == self.due);
            due.map(|deadline| Ending::completed(deadline, EndReason::MaxDuration))
        };
        if let Some(ending) = ending {
            self.close(run, ending);
        }
    }

    /// Closes a record, and those of its children right after.
    pub(super) fn close(&mut self, run: usize, ending: Ending) {
        let operation = self.runs[run].operation;
        let ended_after = self.point(ending.at, ending.scan).max(self.runs[run].begins_after);
        let measured = self.measured(run, ended_after, true);
        self.runs[run].ended_after = Some(ended_after);
        let record = &mut self.runs[run].record;
        record.captures = measured;
        let end = ending.at.max(record.start);
        record.end = Some(end);
        record.end_reason = Some(ending.reason);
        record.status = ending.status;
        record.detected_after_gap |= ending.flagged;
        self.runs[run].record.paused = self.paused_until(run, end);
        self.memories[operation].lost_in_stop_hold = false;
        self.check_overrun(run, end);
        self.tell_closed(operation, ending.status);
        self.write_stop_status(run);
        self.leave_schedule(run);
        for child in self.plant.children_of(operation) {
            if let Some(child_run) = self.open_run(child) {
                self.close(child_run, Ending { at: end, reason: EndReason::Parent, ..ending });
            }
        }
    }

    fn tell_closed(&mut self, operation: usize, status: RecordStatus) {
        match status {
            RecordStatus::Faulted => self.tell(EventKind::Faulted, operation),
            RecordStatus::Cancelled => self.tell(EventKind::Cancelled, operation),
            RecordStatus::Completed | RecordStatus::Unknown | RecordStatus::Running | RecordStatus::Paused => {
                self.tell(EventKind::Stopped, operation);
            }
        }
    }

    /// Phase 6 for one operation: a record that is open at its deadline overruns.
    ///
    /// A deadline that was past when the record opened has a scan of its own.
    pub(super) fn timer_phase(&mut self, operation: usize) {
        let Some(run) = self.open_run(operation).filter(|run| *run < self.runs_before) else { return };
        if self.overrun_deadline(run).is_some_and(|deadline| Some(deadline) == self.due) {
            self.overrun(run);
        }
    }

    /// A record that closes may have lasted too long before any timer could tell.
    fn check_overrun(&mut self, run: usize, end: Micros) {
        let record = &self.runs[run].record;
        let running = end - record.start - self.paused_until(run, end);
        let is_over = record.expected_micros().is_some_and(|expected| running > expected);
        if is_over && !record.overrun {
            self.overrun(run);
        }
    }

    fn overrun(&mut self, run: usize) {
        self.runs[run].record.overrun = true;
        self.tell(EventKind::Overrun, self.runs[run].operation);
    }

    /// Returns when the record has lasted its maximum.
    pub(super) fn maximum_deadline(&self, run: usize) -> Option<Micros> {
        let run = &self.runs[run];
        let seconds = self.plant.operations[run.operation].max_duration_seconds;
        (seconds > 0).then(|| run.record.start + seconds * SECOND)
    }

    /// Returns when the record has run as long as expected, unless that is past and told, or the run stands.
    pub(super) fn overrun_deadline(&self, run: usize) -> Option<Micros> {
        let record = &self.runs[run].record;
        let stands = record.status == RecordStatus::Paused;
        let deadline = record.start + record.expected_micros()? + self.paused_until(run, self.now);
        (!record.overrun && !stands).then_some(deadline)
    }
}
