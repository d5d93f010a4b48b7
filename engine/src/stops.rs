//! Phase 3: open runs end by a fault, by their stop trigger, or because they lasted long enough.

use crate::effect::EventKind;
use crate::lifecycle::{Closing, micros};
use crate::plant::OperationIndex;
use crate::record::{EndReason, Status};
use crate::scan::Moment;
use crate::step::{Engine, Turn};
use crate::touched::Tasks;
use crate::trigger::Edge;

impl Engine {
    /// Closes what ends in this scan, in configuration order.
    pub(crate) fn stop_runs(&mut self, turn: &mut Turn<'_>) {
        for place in 0..self.touched.len() {
            let (operation, tasks) = self.touched.get(place);
            let state = self.state_mut(operation);
            let (fault, stop) = (state.fault.take_fired(), state.stop.take_fired());
            let closing = self.ending(operation, fault, stop, tasks, turn.now);
            if let Some(closing) = closing {
                self.close(operation, closing, turn);
            }
            self.tell_stuck(operation, turn);
        }
    }

    /// Returns how an operation's open run ends in this scan, if it does.
    fn ending(
        &self,
        operation: OperationIndex,
        fault: Option<Edge>,
        stop: Option<Edge>,
        tasks: Tasks,
        now: Moment,
    ) -> Option<Closing> {
        let record = &self.state(operation).run.as_ref()?.record;
        if tasks.has(Tasks::DISABLED_AT_BOOT.or(Tasks::RESTARTED)) {
            let seen = self.state(operation).last_seen.unwrap_or(record.start);
            let is_disabled = tasks.has(Tasks::DISABLED_AT_BOOT);
            return Some(Closing::unseen(seen, if is_disabled { EndReason::Disabled } else { EndReason::Restart }));
        }
        if tasks.has(Tasks::DISABLED) {
            return Some(Closing::unseen(now, EndReason::Disabled));
        }
        if let Some(edge) = fault {
            return Some(Closing::by_edge(edge, Status::Faulted, EndReason::Fault));
        }
        // A stop edge older than the open record's start does not concern that record.
        if let Some(edge) = stop.filter(|edge| edge.at.monotonic >= record.start.monotonic) {
            return Some(Closing::by_edge(edge, Status::Completed, EndReason::Trigger));
        }
        if !tasks.has(Tasks::MAX_DUE) {
            return None;
        }
        let max = micros(self.plant.operations[operation.index()].max_duration_seconds);
        Some(Closing::unflagged(record.start.plus_micros(max), EndReason::MaxDuration))
    }

    /// Tells that an open run's stop trigger, which a reload changed, already finds the machine stopped: no edge
    /// will close the run.
    fn tell_stuck(&mut self, operation: OperationIndex, turn: &mut Turn<'_>) {
        if self.state_mut(operation).stop.take_armed_too_late() {
            self.tell_record(operation, EventKind::OperationStuck, turn.now, turn);
        }
    }
}
