//! Phase 6 of captures: which levels are followed from here on; and what a record that opens begins with.

use latchwork_expr::Value;

use super::{CaptureKey, Cut};
use crate::plant::OperationIndex;
use crate::step::{Engine, Turn};

impl Engine {
    /// Begins to follow the captures of operations that run from now on or may have begun to, ends it for those that
    /// ended, and begins and ends pauses.
    pub(crate) fn settle_captures(&mut self, turn: &mut Turn<'_>) {
        if !self.wiring.has_captures() {
            return;
        }
        for place in 0..self.touched.len() {
            // Phase 4 touched those below too: a start hold of a parent concerns them all.
            self.settle_operation(self.touched.get(place).0, turn);
        }
        while let Some(operation) = self.closed.pop() {
            self.settle_operation(operation, turn);
        }
    }

    fn settle_operation(&mut self, operation: OperationIndex, turn: &mut Turn<'_>) {
        let is_measured = self.is_measured(operation);
        for place in 0..self.state(operation).captures.len() {
            let key = self.wiring.capture_of(operation, place);
            if is_measured { self.follow(key, turn) } else { self.leave(key) }
        }
    }

    /// Begins to follow a capture that is not, and a pause that began or ended.
    fn follow(&mut self, key: CaptureKey, turn: &mut Turn<'_>) {
        self.ensure_level(key, turn);
        let paused = self.is_paused(key.operation);
        let state = self.state_mut(key.operation);
        let course = &mut state.captures[key.place];
        course.tape.set_paused(Cut { at: turn.now.monotonic, scan: turn.sequence }, paused);
        if state.run.is_none() {
            course.start = Value::Null;
        }
    }

    /// Ends following a capture. One that keeps state goes on, for its memory must see everything.
    fn leave(&mut self, key: CaptureKey) {
        let keeps_state = self.plant.operations[key.operation.index()].captures[key.place].program.keeps_state();
        let course = &mut self.state_mut(key.operation).captures[key.place];
        course.start = Value::Null;
        if keeps_state { course.tape.drop_before(None) } else { course.tape.clear() }
    }

    /// Evaluates a capture of which no level is kept. One that keeps state was not evaluated yet: asking it would be a
    /// sample that never was.
    fn ensure_level(&mut self, key: CaptureKey, turn: &mut Turn<'_>) {
        if !self.state(key.operation).captures[key.place].tape.is_empty() {
            return;
        }
        let plant = self.plant.clone();
        let keeps_state = plant.operations[key.operation.index()].captures[key.place].program.keeps_state();
        let level = if keeps_state { Value::Null } else { self.capture_level(&plant, key, turn) };
        let paused = self.is_paused(key.operation);
        let from = Cut { at: turn.now.monotonic, scan: turn.sequence };
        self.state_mut(key.operation).captures[key.place].tape.take(from, level, paused);
    }

    /// Begins to measure the record that has just opened, from its start.
    pub(crate) fn begin_captures(&mut self, operation: OperationIndex, start: Cut, turn: &mut Turn<'_>) {
        // A run that was cut while it stood begins in a pause.
        let run = self.state(operation).run.as_ref();
        let stands = run.is_some_and(|run| run.pauses.stands_at(run.record.start));
        let never_stood = run.is_none_or(|run| run.pauses.are_none());
        for place in 0..self.state(operation).captures.len() {
            let key = self.wiring.capture_of(operation, place);
            self.renew_level_of_host(key, start, turn);
            self.ensure_level(key, turn);
            let course = &mut self.state_mut(operation).captures[place];
            if never_stood {
                course.tape.forget_pauses();
            }
            course.start = course.tape.begin(start, stands);
        }
    }

    /// What a run was measured over no later one of the operation has too, not even one whose edge lies in an earlier scan
    /// of the same time.
    pub(crate) fn end_captures(&mut self, operation: OperationIndex, end: Cut) {
        for course in &mut self.state_mut(operation).captures {
            course.tape.begin_at(end);
        }
    }

    /// What a capture says of the operation itself is that of the record that has just opened, from its start.
    fn renew_level_of_host(&mut self, key: CaptureKey, start: Cut, turn: &mut Turn<'_>) {
        let plant = self.plant.clone();
        let program = &plant.operations[key.operation.index()].captures[key.place].program;
        if !program.reads_host() || program.keeps_state() {
            return;
        }
        let level = self.capture_level(&plant, key, turn);
        let tape = &mut self.state_mut(key.operation).captures[key.place].tape;
        tape.clear();
        tape.take(start, level, false);
    }
}
