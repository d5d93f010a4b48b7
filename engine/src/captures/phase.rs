//! Phase 2 of captures: those that read what a scan brings, or whose block is due, take their level.

use latchwork_expr::{Evaluated, Program, Site, Text, Value};

use super::number::{finite, value_of};
use super::{Capture, CaptureMode, Course, Cut, Ended};
use crate::evaluate::{context, host, is_trusted};
use crate::limits::CAPTURE_PIECES_MAX;
use crate::operation::OperationState;
use crate::plant::{Operation, OperationIndex, Plant, UncertainPolicy};
use crate::record::Status;
use crate::scan::Moment;
use crate::step::{Engine, Turn};
use crate::wiring::Target;

/// A capture's number among those of the plant, its operation, and its place there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CaptureKey {
    /// Among the captures of the plant, in configuration order.
    pub(crate) number: u32,
    /// The operation.
    pub(crate) operation: OperationIndex,
    /// Among the operation's.
    pub(crate) place: usize,
}

impl Engine {
    /// Has the captures that the scan touches take their level, before anything opens or closes: both at an edge count
    /// the level of the edge's scan.
    #[inline(never)]
    pub(crate) fn take_captures(&mut self, turn: &mut Turn<'_>) {
        let plant = self.plant.clone();
        self.touched.sort_captures();
        for place in 0..self.touched.captures() {
            let key = self.wiring.capture(self.touched.capture(place));
            self.take_capture(&plant, key, turn);
        }
        self.touched.clear_captures();
    }

    fn take_capture(&mut self, plant: &Plant, key: CaptureKey, turn: &mut Turn<'_>) {
        let capture = &plant.operations[key.operation.index()].captures[key.place];
        if !self.is_measured(key.operation) && !capture.program.keeps_state() {
            // What it was when it was last measured is not what it is now.
            self.state_mut(key.operation).captures[key.place].tape.clear();
            return;
        }
        let level = self.capture_level(plant, key, turn);
        let from = self.level_since(&level, turn);
        self.fold(key, capture.mode);
        let paused = self.is_paused(key.operation);
        let tape = &mut self.state_mut(key.operation).captures[key.place].tape;
        if tape.take(from, level, paused) || capture.program.keeps_state() {
            self.changed.add_aged(key.operation);
        }
        if self.state(key.operation).captures[key.place].tape.len() > CAPTURE_PIECES_MAX {
            self.coarsen(key, capture.mode);
        }
    }

    /// Makes one piece of what no run can begin or end in any more; before a run there is nothing to make of it.
    fn fold(&mut self, key: CaptureKey, mode: CaptureMode) {
        let floor = self.floor(key);
        let state = self.state_mut(key.operation);
        let tape = &mut state.captures[key.place].tape;
        match &state.run {
            Some(_) => tape.fold(mode, floor),
            None => tape.drop_before(floor),
        }
    }

    /// Returns since when a level stands: this scan. What is unknown because the gateway was down has been so since the
    /// scan before.
    fn level_since(&self, level: &Value, turn: &Turn<'_>) -> Cut {
        let down = self.boot_scan == Some(turn.sequence) && level.is_null();
        let at = self.last.filter(|_| down).map_or(turn.now.monotonic, |last| last.monotonic);
        Cut { at, scan: turn.sequence }
    }

    /// Keeps only the edges of pending holds apart: there are too many pieces.
    #[cold]
    fn coarsen(&mut self, key: CaptureKey, mode: CaptureMode) {
        let mut marks: Vec<Cut> = self.boundaries(key).collect();
        marks.sort_unstable();
        marks.dedup();
        // Few holds are pending at a time; where there are more than fit, the oldest are kept apart.
        marks.truncate(CAPTURE_PIECES_MAX / 4);
        self.state_mut(key.operation).captures[key.place].tape.coarsen(mode, &marks);
    }

    /// Returns the earliest point at which a run may still begin or end.
    fn floor(&self, key: CaptureKey) -> Option<Cut> {
        self.boundaries(key).min()
    }

    /// Returns the points at which a run may still begin or end: edges of pending holds. One that lies before what is kept
    /// is moved up to the start of the open run, of which every scan counts then.
    fn boundaries(&self, key: CaptureKey) -> impl Iterator<Item = Cut> {
        let beginning = self.state(key.operation).captures[key.place].tape.beginning().unwrap_or_default();
        let moved_up = Cut { scan: u64::MAX, ..beginning };
        self.edges(key.operation).map(move |edge| if edge < beginning { moved_up } else { edge })
    }

    /// Tells whether an operation's captures are looked at: a run is open, or one may open at an edge in the past.
    pub(super) fn is_measured(&self, operation: OperationIndex) -> bool {
        let may_open = || self.lineage_up(operation).any(|index| self.state(index).start.hold().is_some());
        self.state(operation).run.is_some() || (self.plant.operations[operation.index()].enabled && may_open())
    }

    pub(super) fn is_paused(&self, operation: OperationIndex) -> bool {
        self.state(operation).run.as_ref().is_some_and(|run| run.record.status == Status::Paused)
    }

    /// Returns the edges of the pending holds at which a run of an operation may begin or end: its own, its parents',
    /// and those of starts that look for conflicts where it is.
    fn edges(&self, operation: OperationIndex) -> impl Iterator<Item = Cut> {
        let own = self.lineage_up(operation).flat_map(|index| {
            let state = self.state(index);
            [state.start.hold(), state.stop.hold()]
        });
        let is_open = self.state(operation).run.is_some();
        let others = self.lineage_up(operation).filter(move |_| is_open).flat_map(|index| {
            let location = self.plant.operations[index.index()].location;
            self.wiring.claimants(location.index()).iter().map(|&other| self.state(other).start.hold())
        });
        own.chain(others).flatten().map(|hold| hold.edge.cut())
    }

    /// Returns an operation and its parents.
    fn lineage_up(&self, operation: OperationIndex) -> impl Iterator<Item = OperationIndex> {
        std::iter::successors(Some(operation), |index| self.plant.operations[index.index()].parent)
    }

    /// Evaluates a capture's expression; what it gives is null while it is unknown, or nothing that its mode can count.
    pub(super) fn capture_level(&mut self, plant: &Plant, key: CaptureKey, turn: &mut Turn<'_>) -> Value {
        let CaptureKey { number, operation, place } = key;
        let capture = &plant.operations[operation.index()].captures[place];
        let host = host(plant, operation, self.state(operation), &capture.program, self.before);
        let sites = &mut self.operations[operation.index()].captures[place].sites;
        let evaluated = capture.program.evaluate(&mut context(&self.image, plant, operation, turn.now, &host, sites));
        if capture.program.keeps_state() {
            self.timers.set_capture(number, Site::next_due(sites, turn.now.monotonic));
        }
        self.follow_paths(Target::Capture(number));
        if evaluated.is_error() {
            let by_path = self.state(operation).captures[place].sites.iter().filter_map(Site::tag).collect::<Vec<_>>();
            self.tell_failure(operation, &capture.program, &by_path, &host, turn);
        }
        counted(capture.mode, evaluated, plant.uncertain)
    }

    /// Returns the values of an operation's captures so far, as of now.
    pub(crate) fn captures_so_far(&self, operation: OperationIndex, now: Moment) -> Vec<(Text, Value)> {
        let to = Cut { at: now.monotonic, scan: u64::MAX };
        let captures = &self.plant.operations[operation.index()].captures;
        let courses = &self.state(operation).captures;
        let value =
            |(capture, course): (&Capture, &Course)| (capture.name.clone(), course.value(capture.mode, to, Ended::No));
        captures.iter().zip(courses).map(value).collect()
    }

    /// Returns the values of an operation's captures for a run that ends at a point.
    pub(crate) fn captures_until(&self, operation: OperationIndex, end: Cut) -> Vec<(Text, Value)> {
        let captures = &self.plant.operations[operation.index()].captures;
        let courses = &self.state(operation).captures;
        let value = |(capture, course): (&Capture, &Course)| {
            (capture.name.clone(), course.value(capture.mode, end, Ended::Yes))
        };
        captures.iter().zip(courses).map(value).collect()
    }
}

/// Returns what `{record.captures.…}` reads: the captures that a program names, of the open record, as of the end of the
/// scan before.
pub(crate) fn captures_before(
    row: &Operation,
    state: &OperationState,
    program: &Program,
    before: Cut,
) -> Vec<(String, Value)> {
    if state.run.is_none() {
        return Vec::new();
    }
    let named = row.captures.iter().zip(&state.captures);
    let named = named.filter(|(capture, _)| program.captures().iter().any(|name| *name == *capture.name));
    named.map(|(capture, course)| (capture.name.to_string(), course.value(capture.mode, before, Ended::No))).collect()
}

/// Returns what a mode can count of an evaluation; null for all else.
fn counted(mode: CaptureMode, evaluated: Evaluated, uncertain: UncertainPolicy) -> Value {
    let Evaluated { value, quality } = evaluated;
    if !is_trusted(quality, uncertain) {
        return Value::Null;
    }
    match mode {
        CaptureMode::AtStart | CaptureMode::AtStop | CaptureMode::CountOfChanges => {
            let is_nan = matches!(value, Value::Float(value) if value.is_nan());
            if is_nan { Value::Null } else { value }
        }
        CaptureMode::Delta { .. }
        | CaptureMode::Min
        | CaptureMode::Max
        | CaptureMode::Mean
        | CaptureMode::SumOfIncreases => finite(&value).map_or(Value::Null, value_of),
        CaptureMode::TrueSeconds => truth(&value),
    }
}

/// Returns a value as a truth, as a trigger sees it; null for what is none.
fn truth(value: &Value) -> Value {
    match value {
        Value::Boolean(truth) => Value::Boolean(*truth),
        Value::Integer(number) => Value::Boolean(*number != 0),
        Value::Float(number) if !number.is_nan() => Value::Boolean(*number != 0.0),
        Value::Float(_)
        | Value::Null
        | Value::String(_)
        | Value::Date(_)
        | Value::Dataset(_)
        | Value::Document(_)
        | Value::Quality(_) => Value::Null,
    }
}
