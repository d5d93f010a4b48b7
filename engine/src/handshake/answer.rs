//! What the PLC is told: that its start or stop is durable, or that its start opened nothing.

use latchwork_expr::{TagSlot, Value};

use super::{Acknowledgement, TagWrite, WriteKind};
use crate::effect::Effect;
use crate::explain::Why;
use crate::plant::{OperationIndex, Plant};
use crate::step::{Engine, Turn};
use crate::timer::TimerKind;
use crate::touched::Tasks;

/// What became of a start that fired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StartOutcome {
    /// A record opened.
    Opened,
    /// The open run goes on: its start was a short interruption's end.
    Continues,
    /// Nothing opened: the hold-off or an open run was in the way.
    Refused,
    /// Nobody looks: the operation is disabled.
    Disabled,
}

impl StartOutcome {
    /// Returns what a start comes to that opens nothing by itself.
    pub(crate) const fn of(why: &Why) -> Self {
        match why {
            Why::OrderOpened => Self::Opened,
            Why::Continues => Self::Continues,
            Why::HeldOff(_) | Why::Conflict { .. } => Self::Refused,
            Why::Disabled => Self::Disabled,
        }
    }
}

impl Engine {
    /// Answers a start, for the operation and for those that follow it.
    pub(crate) fn answer_start(&mut self, operation: OperationIndex, outcome: StartOutcome, turn: &mut Turn<'_>) {
        if !self.wiring.has_handshakes() || outcome == StartOutcome::Disabled {
            return;
        }
        if outcome == StartOutcome::Opened {
            self.check_sequence(operation, turn);
        }
        let plant = self.plant.clone();
        if let Some(row) = acknowledgement(&plant, operation).filter(|row| row.of.has_starts()) {
            let value = match outcome {
                StartOutcome::Opened | StartOutcome::Continues => Some(&row.success),
                StartOutcome::Refused => row.failure.as_ref(),
                StartOutcome::Disabled => None,
            };
            self.answer(operation, row, value, turn);
        }
        for place in 0..self.wiring.children(operation).len() {
            let child = self.wiring.children(operation)[place];
            if self.shares_start(operation, child, outcome) {
                self.answer_start(child, outcome, turn);
            }
        }
    }

    /// Tells whether what became of an operation's start became of a child's too: the child's record opened with the
    /// operation's, or would have.
    fn shares_start(&self, operation: OperationIndex, child: OperationIndex, outcome: StartOutcome) -> bool {
        let parents_record = self.state(operation).run.as_ref().map(|run| run.record.id);
        let run = self.state(child).run.as_ref();
        match outcome {
            StartOutcome::Opened | StartOutcome::Continues => {
                run.is_some_and(|run| run.record.parent == parents_record)
            }
            StartOutcome::Refused => self.plant.operations[child.index()].enabled,
            StartOutcome::Disabled => false,
        }
    }

    /// Answers a stop: the record has just closed because the machine asked for it.
    pub(crate) fn answer_stop(&mut self, operation: OperationIndex, turn: &mut Turn<'_>) {
        if !self.wiring.has_handshakes() {
            return;
        }
        let plant = self.plant.clone();
        if let Some(row) = acknowledgement(&plant, operation).filter(|row| row.of.has_stops()) {
            self.answer(operation, row, Some(&row.success), turn);
        }
    }

    /// Phase 6: answers that have stood long enough end.
    pub(crate) fn end_answers(&mut self, turn: &mut Turn<'_>) {
        for place in 0..self.touched.len() {
            let (operation, tasks) = self.touched.get(place);
            if tasks.has(Tasks::RESET_DUE) {
                self.end_answer(operation, turn);
            }
        }
    }

    fn end_answer(&mut self, operation: OperationIndex, turn: &mut Turn<'_>) {
        // An answer of this very scan has begun its own time.
        let reset = &mut self.state_mut(operation).handshake.reset;
        if reset.take_if(|at| *at <= turn.now.monotonic).is_none() {
            return;
        }
        let plant = self.plant.clone();
        let row = acknowledgement(&plant, operation);
        if let Some((row, reset)) = row.and_then(|row| Some((row, row.reset.as_ref()?))) {
            let kind = WriteKind::Reset { after_millis: reset.after_millis };
            write(row.tag, &reset.value, kind, turn);
        }
    }

    /// Has a value written, and the answer end in its time.
    fn answer(&mut self, operation: OperationIndex, row: &Acknowledgement, value: Option<&Value>, turn: &mut Turn<'_>) {
        let Some(value) = value else { return };
        write(row.tag, value, WriteKind::Answer, turn);
        for place in 0..self.wiring.answering(row.tag).len() {
            let other = self.wiring.answering(row.tag)[place];
            if self.state(other).handshake.reset.is_some() {
                self.set_reset(other, None, turn);
            }
        }
        self.set_reset(operation, row.reset.as_ref().map(|reset| reset.after_millis), turn);
    }

    fn set_reset(&mut self, operation: OperationIndex, after_millis: Option<u64>, turn: &Turn<'_>) {
        let at = after_millis.map(|millis| turn.now.monotonic.plus_millis(millis));
        self.state_mut(operation).handshake.reset = at;
        self.changed.add(operation);
        self.set_reset_timer(operation);
    }

    /// Has the engine woken when an answer is to end.
    pub(crate) fn set_reset_timer(&mut self, operation: OperationIndex) {
        let at = self.state(operation).handshake.reset;
        self.timers.set(operation, TimerKind::Reset, at);
    }
}

fn acknowledgement(plant: &Plant, operation: OperationIndex) -> Option<&Acknowledgement> {
    plant.operations[operation.index()].handshake.acknowledgement.as_ref()
}

fn write(tag: TagSlot, value: &Value, kind: WriteKind, turn: &mut Turn<'_>) {
    turn.effects.push(Effect::Write(Box::new(TagWrite { tag, value: value.clone(), kind })));
}
