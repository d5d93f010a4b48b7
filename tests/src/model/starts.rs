//! Phase 5, and how a record opens.

use super::captures::{Pause, Point};
use super::names::{ConflictScope, ConflictStrategy, EndReason, EventKind, RecordStatus, StartReason};
use super::obey::pauses_since;
use super::plant::{ExpectedDuration, MILLISECOND, Micros};
use super::record::{Measured, ModelRecord};
use super::stops::Ending;
use super::trigger::Edge;
use super::world::{Run, World};

/// A record that is about to open.
pub(super) struct Opening {
    operation: usize,
    /// The asked-for start.
    start: Micros,
    reason: StartReason,
    detected_at: Micros,
    flagged: bool,
    /// The run that a split goes on with.
    pub(super) began_as: Option<usize>,
    /// Whether the record names a parent's.
    pub(super) has_parent: bool,
    /// The edge's scan, if the start is the edge's.
    scan: Option<usize>,
    /// The parent's run that it belongs to.
    pub(super) parent: Option<usize>,
    /// The order that a command names.
    pub(super) order: Option<String>,
    /// When the run that it goes on with stood.
    pub(super) pauses: Vec<Pause>,
}

impl Opening {
    /// Returns an unflagged opening of a new run.
    pub(super) fn new(operation: usize, start: Micros, reason: StartReason, detected_at: Micros) -> Self {
        Self {
            operation,
            start,
            reason,
            detected_at,
            flagged: false,
            began_as: None,
            has_parent: false,
            scan: None,
            parent: None,
            order: None,
            pauses: Vec::new(),
        }
    }
}

impl World<'_> {
    /// Phase 5 for one operation.
    pub(super) fn start_phase(&mut self, operation: usize) {
        let Some(edge) = self.found[operation].start.take() else { return };
        if !self.plant.operations[operation].enabled {
            return;
        }
        if self.found[operation].split {
            return self.compare_sequences(operation);
        }
        if self.continues_open_run(operation, &edge) {
            self.counts.continued += 1;
        } else if self.held_off(operation, &edge) {
            self.counts.held_off += 1;
        } else {
            self.start(operation, &edge);
        }
    }

    fn continues_open_run(&self, operation: usize, edge: &Edge) -> bool {
        let open = self.open_run(operation).map(|run| self.runs[run].began_as);
        edge.continues.is_some() && edge.continues == open
    }

    /// Says whether the edge lies before the end of the hold-off after the latest record's start.
    fn held_off(&self, operation: usize, edge: &Edge) -> bool {
        let holdoff = self.plant.operations[operation].restart_holdoff_millis * MILLISECOND;
        let latest = self.runs.iter().rfind(|run| run.operation == operation);
        latest.is_some_and(|latest| edge.at < latest.record.start + holdoff)
    }

    /// A start: pending stops were real, then the conflict strategy decides.
    fn start(&mut self, operation: usize, edge: &Edge) {
        for other in self.scope(operation) {
            self.close_pending(other);
        }
        let conflict = self.scope(operation).into_iter().any(|other| self.open_run(other).is_some());
        match self.plant.operations[operation].conflict_strategy {
            ConflictStrategy::Ignore if conflict => self.counts.ignored += 1,
            ConflictStrategy::ThrowException if conflict => self.tell(EventKind::Conflict, operation),
            ConflictStrategy::StopPrevious | ConflictStrategy::Ignore | ConflictStrategy::ThrowException => {
                self.replace(operation, edge);
            }
        }
    }

    /// Closes what is open in the start's scope, and opens.
    fn replace(&mut self, operation: usize, edge: &Edge) {
        let start = self.clamped_start(operation, edge.at);
        let scan = (start == edge.at).then_some(edge.scan);
        for other in self.scope(operation) {
            if let Some(run) = self.open_run(other) {
                self.close(run, Ending { scan, ..Ending::completed(start, EndReason::Conflict) });
            }
        }
        let mut opening = Opening::new(operation, start, StartReason::Trigger, self.now);
        opening.flagged = edge.flagged;
        opening.scan = scan;
        self.open(&opening);
        self.compare_sequences(operation);
    }

    /// Returns the operations whose runs the operation's start concerns, in configuration order.
    pub(super) fn scope(&self, operation: usize) -> Vec<usize> {
        let operations = &self.plant.operations;
        let stranger = |other: usize| self.plant.topmost(other) != self.plant.topmost(operation);
        match operations[operation].conflict_scope {
            ConflictScope::Operation => vec![operation],
            ConflictScope::Location => (0..operations.len())
                .filter(|other| operations[*other].location == operations[operation].location)
                .filter(|other| *other == operation || stranger(*other))
                .collect(),
        }
    }

    /// Closes the operation's run at the edge of its pending stop hold, which is then used up.
    pub(super) fn close_pending(&mut self, operation: usize) {
        if !self.stop_pending(operation) {
            return;
        }
        let run = self.open_run(operation);
        let hold = self.memories[operation].stop.use_up_hold();
        if let (Some(run), Some(hold)) = (run, hold) {
            // A deadline that passed while nobody could look flags the edge, as if it had fired.
            let flagged = hold.edge.flagged || hold.overdue;
            let scan = Some(hold.edge.scan);
            self.close(run, Ending { flagged, scan, ..Ending::completed(hold.edge.at, EndReason::Trigger) });
        }
    }

    /// Moves a start up to the starts of the open runs and the ends of the closed ones in its scope.
    fn clamped_start(&self, operation: usize, edge: Micros) -> Micros {
        let scope = self.scope(operation);
        let in_scope = self.runs.iter().filter(|run| scope.contains(&run.operation));
        in_scope.map(|run| run.record.end.unwrap_or(run.record.start)).fold(edge, Micros::max)
    }

    /// Opens a record, and those of its children right after.
    pub(super) fn open(&mut self, opening: &Opening) {
        let operation = opening.operation;
        let configured = &self.plant.operations[operation];
        let stands = opening.pauses.last().is_some_and(|(_, to)| to.is_none());
        let order = opening.order.clone().or_else(|| self.resolve_order(operation, opening.start));
        let record = ModelRecord {
            operation: configured.name.clone(),
            location: configured.location.clone(),
            status: if stands { RecordStatus::Paused } else { RecordStatus::Running },
            start: opening.start,
            end: None,
            detected_at: opening.detected_at,
            production_order: None,
            start_reason: opening.reason,
            end_reason: None,
            detected_after_gap: opening.flagged,
            expected_duration_seconds: self.expected_seconds(operation, order.as_deref()),
            overrun: false,
            has_parent: opening.has_parent,
            captures: Measured::default(),
            paused: 0,
        };
        // What a run was measured over no later one of its operation has too.
        let earlier = self.runs.iter().filter(|run| run.operation == operation).filter_map(|run| run.ended_after);
        let begins_after = earlier.fold(self.point(opening.start, opening.scan), Point::max);
        let index = self.runs.len();
        self.runs.push(Run {
            operation,
            began_as: opening.began_as.unwrap_or(index),
            order_seen: None,
            unknown_told: false,
            begins_after,
            ended_after: None,
            start_flagged: opening.flagged,
            parent: opening.parent,
            order_is_commanded: opening.order.is_some(),
            pauses: opening.pauses.clone(),
            record,
        });
        self.tell(EventKind::Started, operation);
        self.take_order(index, order);
        self.enter_schedule(index);
        self.open_children(index, opening.scan);
    }

    /// A child opens at its parent's start, but not before the end of its own earlier records.
    fn open_children(&mut self, parent: usize, scan: Option<usize>) {
        let (operation, flagged) = (self.runs[parent].operation, self.runs[parent].start_flagged);
        let (start, detected_at) = (self.runs[parent].record.start, self.runs[parent].record.detected_at);
        for child in self.plant.children_of(operation) {
            if !self.plant.operations[child].enabled {
                continue;
            }
            let earlier = self.runs.iter().filter(|run| run.operation == child).filter_map(|run| run.record.end);
            let start = earlier.fold(start, Micros::max);
            let mut opening = Opening::new(child, start, StartReason::Parent, detected_at);
            opening.flagged = flagged;
            opening.has_parent = true;
            opening.scan = scan.filter(|_| opening.start == self.runs[parent].record.start);
            opening.parent = Some(parent);
            opening.pauses = pauses_since(&self.runs[parent].pauses, start);
            self.open(&opening);
        }
    }

    /// Returns how long a record that opens now should last.
    fn expected_seconds(&self, operation: usize, order: Option<&str>) -> Option<f64> {
        let seconds = match &self.plant.operations[operation].expected {
            #[expect(clippy::cast_precision_loss, reason = "the model's durations are small")]
            ExpectedDuration::Static(seconds) => *seconds as f64,
            ExpectedDuration::FromOrder => self.seconds_of(order?, operation)?,
            ExpectedDuration::Expression(expression) => self.known(expression)?.number()?,
        };
        (seconds > 0.0).then_some(seconds)
    }

    /// Returns how long an order should take at an operation's location.
    fn seconds_of(&self, order: &str, operation: usize) -> Option<f64> {
        let order = self.plant.orders.iter().find(|other| other.name == order)?;
        let location = &self.plant.operations[operation].location;
        let material = self.plant.materials.iter().find(|material| Some(&material.name) == order.material.as_ref());
        let here = material.and_then(|material| material.rates.iter().find(|(place, _)| place == location));
        let anywhere = || material.and_then(|material| material.rate_per_hour);
        let rate = order.rate_per_hour.or_else(|| here.map(|(_, rate)| *rate)).or_else(anywhere)?;
        #[expect(clippy::cast_precision_loss, reason = "the model's quantities are small")]
        Some((order.quantity? * 3_600) as f64 / rate as f64)
    }
}
