//! Phase 5: what starts, through hold-off and conflicts (`spec/engine.md` sections 4, 5 and 7).

use crate::effect::{EventKind, Info};
use crate::handshake::StartOutcome;
use crate::lifecycle::{Closing, Opening, Upto, Wishes};
use crate::pauses::Pauses;
use crate::plant::{ConflictScope, ConflictStrategy, OperationIndex};
use crate::record::{EndReason, StartReason, Status};
use crate::scan::Moment;
use crate::step::{Engine, Turn};
use crate::trigger::Edge;

impl Engine {
    /// Opens what starts in this scan, in configuration order.
    pub(crate) fn start_runs(&mut self, turn: &mut Turn<'_>) {
        for place in 0..self.touched.len() {
            let (operation, _) = self.touched.get(place);
            if let Some(edge) = self.state_mut(operation).start.take_fired() {
                let outcome = self.start_run(operation, edge, turn);
                self.answer_start(operation, outcome, turn);
            }
        }
    }

    /// Does what a start asks for; returns what became of it.
    fn start_run(&mut self, operation: OperationIndex, edge: Edge, turn: &mut Turn<'_>) -> StartOutcome {
        let state = self.state(operation);
        if !self.plant.operations[operation.index()].enabled {
            return StartOutcome::Disabled;
        }
        // An order opened a new record of this operation in this very scan: that is the start.
        if state.split_in == turn.sequence {
            return StartOutcome::Opened;
        }
        if state.run.as_ref().is_some_and(|run| edge.continues == Some(run.lineage)) {
            self.state_mut(operation).counters.continued += 1;
            return StartOutcome::Continues;
        }
        if self.is_held_off(operation, edge) {
            self.state_mut(operation).counters.held_off += 1;
            return StartOutcome::Refused;
        }
        self.complete_pending_stops(operation, turn);
        if self.gives_way(operation, turn) {
            return StartOutcome::Refused;
        }
        let (at, from) = self.replace_runs(operation, edge, turn);
        let opening = Opening {
            at,
            detected_at: turn.now.wall,
            reason: StartReason::Trigger,
            after_gap: edge.after_gap,
            parent: None,
            splits: None,
            from,
            wishes: Wishes::default(),
            pauses: Pauses::default(),
        };
        self.open(operation, opening, turn);
        StartOutcome::Opened
    }

    /// Tells whether the edge, before any clamping, lies within the hold-off of the latest record.
    fn is_held_off(&self, operation: OperationIndex, edge: Edge) -> bool {
        let holdoff = self.plant.operations[operation.index()].restart_holdoff_millis;
        let latest = self.state(operation).latest;
        latest.is_some_and(|latest| edge.at.monotonic < latest.began().monotonic.plus_millis(holdoff))
    }

    /// A new start shows that a pending stop was real: the runs in scope whose stop hold is pending
    /// close at their stop edge, and the hold is used up.
    pub(crate) fn complete_pending_stops(&mut self, operation: OperationIndex, turn: &mut Turn<'_>) {
        for place in 0..self.scope_len(operation) {
            let Some(other) = self.in_scope(operation, place) else { continue };
            let state = self.state_mut(other);
            if !state.stop_is_pending() {
                continue;
            }
            let Some(edge) = state.stop.use_up_hold() else { continue };
            self.set_hold_timers(other);
            self.close(other, Closing::by_edge(edge, Status::Completed, EndReason::Trigger), turn);
        }
    }

    /// Tells whether the start gives way to a run that is open in its scope, and says so.
    fn gives_way(&mut self, operation: OperationIndex, turn: &mut Turn<'_>) -> bool {
        let others = (0..self.scope_len(operation)).filter_map(|place| self.in_scope(operation, place));
        let Some(open) = others.filter_map(|other| self.state(other).run.as_ref()).map(|run| run.record.id).next()
        else {
            return false;
        };
        match self.plant.operations[operation.index()].conflict_strategy {
            ConflictStrategy::StopPrevious => false,
            ConflictStrategy::Ignore => {
                self.count_conflict(operation);
                true
            }
            ConflictStrategy::ThrowException => {
                self.count_conflict(operation);
                self.state_mut(operation).counters.faults += 1;
                turn.tell(EventKind::OperationConflict, Info::Conflict { operation, open });
                true
            }
        }
    }

    /// Counts a start that gave way.
    pub(crate) fn count_conflict(&mut self, operation: OperationIndex) {
        let strategy = self.plant.operations[operation.index()].conflict_strategy;
        let counters = &mut self.state_mut(operation).counters;
        match strategy {
            ConflictStrategy::StopPrevious => {}
            ConflictStrategy::Ignore => counters.ignored += 1,
            ConflictStrategy::ThrowException => counters.refused += 1,
        }
        self.changed.add(operation);
    }

    /// Closes the open runs in scope at the start's time, which is returned: the edge's, moved up to
    /// the latest start of the runs that it replaces and to the latest end of any earlier run. They
    /// close in configuration order; a child whose parent closed before it ended with that.
    pub(crate) fn replace_runs(
        &mut self,
        operation: OperationIndex,
        edge: Edge,
        turn: &mut Turn<'_>,
    ) -> (Moment, Upto) {
        let mut at = edge.at;
        for place in 0..self.scope_len(operation) {
            let Some(other) = self.in_scope(operation, place) else { continue };
            let state = self.state(other);
            let start = state.run.as_ref().map(|run| run.record.start);
            at = start.into_iter().chain(state.latest_end).fold(at, Moment::latest);
        }
        // Moved up, it is no longer that of the edge's scan.
        let from = if at.monotonic == edge.at.monotonic { Upto::Edge(edge.scan) } else { Upto::This };
        for place in 0..self.scope_len(operation) {
            let Some(other) = self.in_scope(operation, place) else { continue };
            self.close(other, Closing::unflagged(at, EndReason::Conflict).upto(from), turn);
        }
        (at, from)
    }

    /// Returns how many operations may be in the scope of a start: see [`Engine::in_scope`].
    pub(crate) fn scope_len(&self, operation: OperationIndex) -> usize {
        let row = &self.plant.operations[operation.index()];
        match row.conflict_scope {
            ConflictScope::Operation => 1,
            ConflictScope::Location => self.wiring.located(row.location.index()).len(),
        }
    }

    /// Returns the operation at a place of the scope; `None` for the own family's others.
    pub(crate) fn in_scope(&self, operation: OperationIndex, place: usize) -> Option<OperationIndex> {
        let row = &self.plant.operations[operation.index()];
        match row.conflict_scope {
            ConflictScope::Operation => Some(operation),
            ConflictScope::Location => {
                let other = self.wiring.located(row.location.index())[place];
                (other == operation || !self.wiring.same_family(operation, other)).then_some(other)
            }
        }
    }
}
