//! How records open, close and split, with all that hangs on it: ids, children, timers, orders.

use latchwork_expr::{Evaluated, Text, Timestamp};
use ulid::Ulid;

use crate::captures::Cut;
use crate::effect::{EventKind, Info};
use crate::evaluate::is_trusted;
use crate::ids;
use crate::material::seconds_of;
use crate::operation::{Latest, Run};
use crate::pauses::Pauses;
use crate::plant::{ExpectedDuration, OperationIndex, UncertainPolicy};
use crate::record::{EndReason, OrderLink, Record, StartReason, Status};
use crate::scan::Moment;
use crate::step::{Engine, Turn};
use crate::timer::TimerKind;
use crate::trigger::{Edge, Lineage};

/// Up to which scan of an instant something counts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Upto {
    /// That of the edge.
    Edge(u64),
    /// Every one, this one included.
    This,
    /// The one before this.
    Before,
}

impl Upto {
    /// Returns the point that is meant, at an instant that is now or past.
    pub(crate) fn cut(self, at: Moment, turn: &Turn<'_>) -> Cut {
        let scan = match self {
            Self::Edge(scan) => scan,
            Self::This if at.monotonic < turn.now.monotonic => u64::MAX,
            Self::This => turn.sequence,
            Self::Before => turn.sequence.saturating_sub(1),
        };
        Cut { at: at.monotonic, scan }
    }
}

/// How a record closes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Closing {
    /// When; never before the record's start.
    at: Moment,
    /// The status that it keeps.
    status: Status,
    /// Why.
    reason: EndReason,
    /// Whether the edge that closes it was found across a gap.
    after_gap: bool,
    /// Up to which scan of that instant it is measured.
    upto: Upto,
    /// Whether the machine asked for it, and so waits for an answer.
    is_asked: bool,
}

impl Closing {
    /// Returns the closing by an edge, at its time and with its flag.
    pub(crate) const fn by_edge(edge: Edge, status: Status, reason: EndReason) -> Self {
        Self { at: edge.at, status, reason, after_gap: edge.after_gap, upto: Upto::Edge(edge.scan), is_asked: true }
    }

    /// Returns a closing that no edge made: it flags nothing.
    pub(crate) const fn unflagged(at: Moment, reason: EndReason) -> Self {
        Self { at, status: Status::Completed, reason, after_gap: false, upto: Upto::This, is_asked: false }
    }

    /// Returns a closing by a command.
    pub(crate) const fn by_command(at: Moment, status: Status) -> Self {
        Self { at, status, reason: EndReason::Command, after_gap: false, upto: Upto::This, is_asked: false }
    }

    /// Returns a closing of a run whose end nobody saw.
    pub(crate) const fn unseen(at: Moment, reason: EndReason) -> Self {
        Self { at, status: Status::Unknown, reason, after_gap: false, upto: Upto::Before, is_asked: false }
    }

    /// Returns the same closing, measured up to a scan of its instant.
    pub(crate) const fn upto(self, upto: Upto) -> Self {
        Self { upto, ..self }
    }
}

/// How a record opens.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    /// When, already clamped.
    pub(crate) at: Moment,
    /// The scan in which the start fired.
    pub(crate) detected_at: Timestamp,
    /// Why.
    pub(crate) reason: StartReason,
    /// Whether the edge that opens it was found across a gap.
    pub(crate) after_gap: bool,
    /// The record of the parent that it belongs to.
    pub(crate) parent: Option<Ulid>,
    /// The run that it goes on with, and whether that was interrupted; a new one without.
    pub(crate) splits: Option<(Lineage, bool)>,
    /// From which scan of its start on it is measured.
    pub(crate) from: Upto,
    /// What a command wants of it.
    pub(crate) wishes: Wishes,
    /// When the run that it goes on with stood.
    pub(crate) pauses: Pauses,
}

/// What a command wants of the record that it opens.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wishes {
    /// Its order, whatever the rules say.
    pub(crate) order: Option<OrderLink>,
    /// Its notes.
    pub(crate) notes: Option<Text>,
}

impl Engine {
    /// Closes an operation's open record, then its children's; nothing without one.
    pub(crate) fn close(
        &mut self,
        operation: OperationIndex,
        closing: Closing,
        turn: &mut Turn<'_>,
    ) -> Option<Box<Run>> {
        let end = closing.at.not_before(self.state(operation).run.as_ref()?.record.start);
        let last_seen = self.seen_at_end(operation, closing.status, end, turn);
        self.tell_overrun(operation, end, turn);
        let until = closing.upto.cut(closing.at, turn);
        let captures = self.captures_until(operation, until);
        if !captures.is_empty() {
            self.end_captures(operation, until);
            self.closed.push(operation);
        }
        let state = self.state_mut(operation);
        let mut run = state.run.take()?;
        let record = &mut run.record;
        record.captures = captures;
        record.end = Some(end);
        record.status = closing.status;
        record.end_reason = Some(closing.reason);
        record.paused_micros = run.pauses.micros_until(end);
        record.detected_after_gap |= closing.after_gap;
        record.last_seen = last_seen;
        record.revision += 1;
        state.last_status = closing.status;
        state.latest_end = Some(state.latest_end.map_or(end, |latest| latest.latest(end)));
        self.changed.add(operation);
        self.timers.set(operation, TimerKind::MaxDuration, None);
        self.timers.set(operation, TimerKind::Overrun, None);
        turn.tell_of(kind_of_end(closing.status), end, Info::Record(Box::new(run.record.clone())));
        if let Some(link) = &run.record.order {
            self.stop_order(operation, link.order, turn);
        }
        self.leave_schedule(&run.record, end, turn);
        if closing.is_asked {
            self.answer_stop(operation, turn);
        }
        self.close_children(operation, Closing { at: end, reason: EndReason::Parent, ..closing }, turn);
        Some(run)
    }

    fn close_children(&mut self, operation: OperationIndex, closing: Closing, turn: &mut Turn<'_>) {
        for place in 0..self.wiring.children(operation).len() {
            self.close(self.wiring.children(operation)[place], closing, turn);
        }
    }

    /// Opens a record, then its children's.
    pub(crate) fn open(&mut self, operation: OperationIndex, opening: Opening, turn: &mut Turn<'_>) {
        let Opening { at, detected_at, reason, after_gap, parent, splits, from, wishes, pauses } = opening;
        let id = self.next_record_id(operation, at, turn);
        let order_is_commanded = wishes.order.is_some();
        let order = wishes.order.or_else(|| self.resolve_order(operation, at, turn));
        let record = Record {
            id,
            operation,
            location: self.plant.operations[operation.index()].location,
            status: if pauses.stands() { Status::Paused } else { Status::Running },
            start: at,
            end: None,
            detected_at,
            order: order.clone(),
            parent,
            schedule: None,
            start_reason: reason,
            end_reason: None,
            expected_duration_seconds: None,
            overrun: false,
            paused_micros: 0,
            detected_after_gap: after_gap,
            last_seen: None,
            captures: Vec::new(),
            revision: 1,
            notes: wishes.notes,
            created_by: turn.origin.actor.clone(),
            modified: None,
        };
        let (lineage, interrupted) = splits.unwrap_or_else(|| (self.next_lineage(), false));
        let order_seen = order.as_ref().map(|link| link.name.clone());
        let run =
            Run { record, lineage, interrupted, unknown_order_told: false, order_seen, order_is_commanded, pauses };
        self.state_mut(operation).run = Some(Box::new(run));
        self.changed.add(operation);
        self.begin_captures(operation, from.cut(at, turn), turn);
        self.expect(operation, turn);
        self.set_run_timers(operation);
        let entered = self.enter_schedule(operation, turn.now);
        self.tell_record(operation, EventKind::OperationStarted, at, turn);
        if let Some(kind) = entered {
            self.tell_entered(operation, kind, turn);
        }
        self.tell_opening_order(operation, order, turn);
        self.open_children(operation, from, turn);
    }

    /// Opens the children of an operation whose record has just opened. A child is clamped by its
    /// own earlier records, so it may open after its parent.
    fn open_children(&mut self, operation: OperationIndex, from: Upto, turn: &mut Turn<'_>) {
        for place in 0..self.wiring.children(operation).len() {
            let child = self.wiring.children(operation)[place];
            let Some(parent) = &self.state(operation).run else { return };
            let state = self.state(child);
            if state.run.is_some() || !self.plant.operations[child.index()].enabled {
                continue;
            }
            let Record { id, start, detected_at, detected_after_gap, .. } = parent.record;
            let at = state.latest_end.map_or(start, |end| start.latest(end));
            let opening = Opening {
                at,
                detected_at,
                reason: StartReason::Parent,
                after_gap: detected_after_gap,
                parent: Some(id),
                splits: None,
                from: if at == start { from } else { Upto::This },
                wishes: Wishes::default(),
                pauses: parent.pauses.since(start),
            };
            self.open(child, opening, turn);
        }
    }

    /// Closes the open record and opens another of the same run at the same instant, because its
    /// order changed: whatever the conflict strategy and the hold-off.
    pub(crate) fn split_by_order(&mut self, operation: OperationIndex, turn: &mut Turn<'_>) {
        let closing = Closing::unflagged(turn.now, EndReason::ProductionOrderChanged);
        let Some(run) = self.close(operation, closing, turn) else { return };
        self.state_mut(operation).split_in = turn.sequence;
        let opening = Opening {
            at: run.record.end.unwrap_or(turn.now),
            detected_at: turn.now.wall,
            reason: StartReason::ProductionOrderChanged,
            after_gap: false,
            parent: run.record.parent,
            splits: Some((run.lineage, run.interrupted)),
            from: Upto::This,
            wishes: Wishes::default(),
            pauses: run.pauses.since(run.record.end.unwrap_or(turn.now)),
        };
        self.open(operation, opening, turn);
    }

    /// Returns the id of a record that starts now: further records with the same start count up. One that is born from a
    /// command for another time has its id from that.
    fn next_record_id(&mut self, operation: OperationIndex, start: Moment, turn: &Turn<'_>) -> Ulid {
        let state = self.state_mut(operation);
        let ordinal =
            state.latest.filter(|latest| latest.start.wall == start.wall).map_or(0, |latest| latest.ordinal + 1);
        state.latest = Some(Latest { start, ordinal, moved: None });
        let operation = &self.plant.operations[operation.index()];
        match turn.origin.birth {
            Some(command) => ids::born_record_id(&self.plant.gateway_id, operation.id, start.wall, command),
            None => ids::record_id(&self.plant.gateway_id, operation.id, start.wall, ordinal),
        }
    }

    fn next_lineage(&mut self) -> Lineage {
        self.lineages += 1;
        Lineage(self.lineages)
    }

    /// Works out how long the record that has just opened should take.
    fn expect(&mut self, operation: OperationIndex, turn: &mut Turn<'_>) {
        let plant = self.plant.clone();
        let expected = match &plant.operations[operation.index()].expected_duration {
            ExpectedDuration::Static(seconds) => Some(*seconds).filter(|&seconds| seconds > 0.0),
            ExpectedDuration::Expression(program) => {
                let evaluated = self.evaluate_once(operation, program, turn.now);
                let seconds = positive_seconds(&evaluated, plant.uncertain);
                if seconds.is_none() {
                    let text = format!("expected duration `{}` is unknown or not positive", program.text());
                    self.tell_fault(operation, text, turn);
                }
                seconds
            }
            ExpectedDuration::FromOrder => self.seconds_of_order(operation),
        };
        if let Some(run) = &mut self.state_mut(operation).run {
            run.record.expected_duration_seconds = expected;
        }
    }

    /// Returns how long the open record should take by its order, as far as that says so.
    fn seconds_of_order(&self, operation: OperationIndex) -> Option<f64> {
        let record = &self.state(operation).run.as_ref()?.record;
        let order = self.orders.get(record.order.as_ref()?.order?);
        seconds_of(order, record.location, &self.plant)
    }

    pub(crate) fn set_run_timers(&mut self, operation: OperationIndex) {
        let max = self.plant.operations[operation.index()].max_duration_seconds;
        let Some(run) = &self.operations[operation.index()].run else { return };
        let start = run.record.start.monotonic;
        let deadline = |seconds: Option<f64>| seconds.map(|seconds| start.plus_micros(micros(seconds)));
        self.timers.set(operation, TimerKind::MaxDuration, deadline(Some(max).filter(|&max| max > 0.0)));
        // A pause counts for the maximum, but not for what was expected.
        let expected = run.record.expected_duration_seconds.filter(|_| !run.pauses.stands());
        let overrun = deadline(expected).map(|deadline| deadline.plus_micros(run.pauses.micros()));
        self.timers.set(operation, TimerKind::Overrun, overrun);
    }

    /// Tells an event of the open record, which carries it whole.
    pub(crate) fn tell_record(
        &self,
        operation: OperationIndex,
        kind: EventKind,
        occurred: Moment,
        turn: &mut Turn<'_>,
    ) {
        if let Some(record) = self.record_as_of(operation, turn.now) {
            turn.tell_of(kind, occurred, Info::Record(Box::new(record)));
        }
    }

    fn tell_opening_order(&mut self, operation: OperationIndex, order: Option<OrderLink>, turn: &mut Turn<'_>) {
        match order {
            Some(link) => self.take_up_order(operation, &link, turn),
            None => self.tell_missing_order(operation, turn),
        }
    }
}

/// Returns what is told of a record that closes with a status.
const fn kind_of_end(status: Status) -> EventKind {
    match status {
        Status::Faulted => EventKind::OperationFaulted,
        Status::Cancelled => EventKind::OperationCancelled,
        Status::Idle | Status::Running | Status::Paused | Status::Completed | Status::Unknown => {
            EventKind::OperationStopped
        }
    }
}

/// Returns seconds as microseconds, at most what fits.
#[expect(clippy::cast_possible_truncation, reason = "a float beyond the range saturates")]
pub(crate) fn micros(seconds: f64) -> i64 {
    (seconds * 1e6).round() as i64
}

fn positive_seconds(evaluated: &Evaluated, uncertain: UncertainPolicy) -> Option<f64> {
    let seconds = evaluated.value.as_float()?;
    (is_trusted(evaluated.quality, uncertain) && seconds.is_finite() && seconds > 0.0).then_some(seconds)
}
