//! From what survived to an engine that goes on.

use std::collections::BTreeMap;
use std::sync::Arc;

use latchwork_expr::{Cell, Program, Quality, Site, TagSlot, Type, Value};
use ulid::Ulid;

use super::removed::{by_id, with_removed};
use super::schedule::schedule;
use super::{
    Retained, RetainedLink, RetainedOperation, RetainedRecord, RetainedRun, RetainedTag, resume_capture, resume_sites,
};
use crate::captures::Capture;
use crate::clock::ClockWatch;
use crate::handshake::HandshakeState;
use crate::operation::{OperationState, Run};
use crate::order::Orders;
use crate::plant::{LocationIndex, Operation, OperationIndex, Plant, Tag, Trigger};
use crate::record::{OrderLink, Record};
use crate::restart::Unsettled;
use crate::scan::Moment;
use crate::step::Engine;
use crate::timer::TimerKind;
use crate::touched::Tasks;
use crate::trigger::TriggerState;

impl Engine {
    /// Returns the engine as it was retained, for a plant that may be another one since.
    ///
    /// With the very plant it goes on as if nothing had happened. After a restart an [`crate::Input::Boot`] scan
    /// comes first, before any deadline; with another plant an [`crate::Input::Reload`] scan. An operation that
    /// the plant no longer has while a record of it is open is added behind the plant's own, disabled: see
    /// [`Engine::plant`].
    pub fn resume(plant: Arc<Plant>, retained: &Retained) -> Self {
        let plant = with_removed(plant, retained);
        let mut engine = Self::new(plant.clone());
        engine.unsettled = Unsettled::default();
        engine.orders = orders(&plant, retained);
        engine.schedule = schedule(&plant, retained);
        engine.resume_connections(&plant, &retained.connections);
        engine.resume_tags(&plant, &retained.tags);
        engine.resume_operations(&plant, &retained.operations);
        engine.resume_probes(&plant);
        engine.clock = ClockWatch::resumed(retained.clock_ahead_micros);
        if let Some(last) = retained.last {
            engine.set_polls(last);
        }
        engine.last = retained.last;
        engine.follow_all_paths();
        engine
    }

    /// Returns the engine for another plant; an [`crate::Input::Reload`] scan comes next. Every operation counts
    /// as changed: what is retained of it names its plant's expressions.
    #[must_use]
    pub fn reload(&self, plant: Arc<Plant>, now: Moment) -> Self {
        let mut engine = Self::resume(plant, &self.retained(now));
        engine.changed.add_guards();
        engine.last = self.last;
        for operation in (0_u32..).map(OperationIndex).take(engine.operations.len()) {
            engine.changed.add(operation);
        }
        engine
    }

    fn resume_tags(&mut self, plant: &Plant, retained: &[RetainedTag]) {
        let slots = (0_u32..).map(TagSlot).zip(&plant.tags);
        let slots: BTreeMap<&str, TagSlot> = slots.map(|(slot, tag)| (tag.path.as_str(), slot)).collect();
        let mut is_set = vec![false; plant.tags.len()];
        for row in retained {
            let Some(&slot) = slots.get(row.path.as_str()) else { continue };
            let kept = Kept::of(row, &plant.tags[slot.index()]);
            is_set[slot.index()] = kept != Kept::Nothing;
            self.resume_tag(slot, row, kept);
        }
        self.unsettled.add_tags(plant, |slot| is_set[slot.index()]);
        self.resume_derived_sites(plant, retained);
    }

    fn resume_tag(&mut self, slot: TagSlot, row: &RetainedTag, kept: Kept) {
        let read_as = if kept == Kept::All { row.quality } else { Quality::BadStale };
        let is_hidden = self.validity.hider_of(slot).is_some();
        if kept != Kept::All || is_hidden != row.hidden {
            self.unsettled.tags.push(slot);
        }
        let quality = if is_hidden { Quality::BadStale } else { read_as };
        if is_hidden {
            self.validity.read_as[slot.index()] = read_as;
        }
        if kept != Kept::Nothing {
            self.image[slot.index()] = Cell { value: row.value.clone(), quality, time: row.source_time };
        }
    }

    fn resume_derived_sites(&mut self, plant: &Plant, retained: &[RetainedTag]) {
        let rows: BTreeMap<&str, &RetainedTag> = retained.iter().map(|row| (row.path.as_str(), row)).collect();
        for ((rank, sites), slot) in (0..).zip(&mut self.derived_sites).zip(&plant.derived) {
            let tag = &plant.tags[slot.index()];
            let row = rows.get(tag.path.as_str()).filter(|row| Kept::of(row, tag) == Kept::All);
            if let (Some(row), Some(program)) = (row, &tag.expression) {
                *sites = resume_sites(program, &row.sites);
                self.timers.set_derived(rank, Site::due(sites));
            }
        }
    }

    fn resume_operations(&mut self, plant: &Plant, retained: &[RetainedOperation]) {
        let rows: BTreeMap<Ulid, &RetainedOperation> = retained.iter().map(|row| (row.id, row)).collect();
        let locations = by_id(plant);
        for (index, operation) in (0_u32..).map(OperationIndex).zip(&plant.operations) {
            let row = rows.get(&operation.id).copied();
            if let Some(row) = row {
                let run = row.run.as_deref().map(|run| Box::new(self.resumed_run(index, run, &locations)));
                self.operations[index.index()] = resumed(operation, row, run, plant);
            }
            let is_kept = |task, program: &Program| row.is_some_and(|row| is_kept(row, operation, task, program));
            self.unsettled.add_programs(plant, &self.image, index, is_kept);
            self.resume_timers(index, row.and_then(|row| row.run.as_deref()));
        }
        let is_kept = |index: OperationIndex, capture: &Capture| {
            let row = rows.get(&plant.operations[index.index()].id);
            row.is_some_and(|row| resume_capture(capture, &row.captures).is_some())
        };
        self.unsettled.add_captures(plant, &self.image, is_kept);
        self.lineages = self.operations.iter().flat_map(OperationState::lineages).max().unwrap_or_default().0;
    }

    fn resume_timers(&mut self, operation: OperationIndex, run: Option<&RetainedRun>) {
        self.set_hold_timers(operation);
        self.set_run_timers(operation);
        self.set_window_timer(operation);
        self.set_reset_timer(operation);
        for task in [Tasks::START, Tasks::STOP, Tasks::FAULT, Tasks::ORDER] {
            let due = Site::due(self.state(operation).sites(task));
            self.timers.set(operation, TimerKind::of_blocks(task), due);
        }
        for place in 0..self.state(operation).captures.len() {
            let due = Site::due(&self.state(operation).captures[place].sites);
            self.timers.set_capture(self.wiring.capture_of(operation, place).number, due);
        }
        if run.is_some_and(|run| run.record.overrun && !run.overrun_told_early) {
            self.timers.set(operation, TimerKind::Overrun, None);
        }
    }

    fn resumed_run(
        &self,
        operation: OperationIndex,
        run: &RetainedRun,
        locations: &BTreeMap<Ulid, LocationIndex>,
    ) -> Run {
        Run {
            record: self.resumed_record(operation, locations[&run.record.location.id], &run.record),
            lineage: run.lineage,
            interrupted: run.interrupted,
            unknown_order_told: run.unknown_order_told,
            order_seen: run.order_seen.clone(),
            order_is_commanded: run.order_is_commanded,
            pauses: run.pauses.clone(),
        }
    }

    fn resumed_record(&self, operation: OperationIndex, location: LocationIndex, row: &RetainedRecord) -> Record {
        let link = |RetainedLink { name, order }: &RetainedLink| OrderLink {
            name: name.clone(),
            order: order.as_ref().and_then(|order| self.orders.find(order)),
        };
        Record {
            id: row.id,
            operation,
            location,
            status: row.status,
            start: row.start,
            end: None,
            detected_at: row.detected_at,
            order: row.order.as_ref().map(link),
            parent: row.parent,
            schedule: row.schedule,
            start_reason: row.start_reason,
            end_reason: None,
            expected_duration_seconds: row.expected_duration_seconds,
            overrun: row.overrun,
            paused_micros: row.paused_micros,
            detected_after_gap: row.detected_after_gap,
            last_seen: None,
            captures: row.captures.iter().map(|(name, value)| (name.clone(), value.0.clone())).collect(),
            revision: row.revision,
            notes: row.notes.clone(),
            created_by: row.created_by.clone(),
            modified: None,
        }
    }

    /// A probe saw last what its triggers did; where one of those starts anew, it has seen nothing.
    fn resume_probes(&mut self, plant: &Plant) {
        let Self { probes, operations, .. } = self;
        probes.recall(|operation, tasks| {
            let (row, state) = (&plant.operations[operation.index()], &operations[operation.index()]);
            let asked = row.triggers().filter(|(task, _)| tasks.has(*task));
            let mut truths = asked.map(|(task, trigger)| state.trigger(task).truth(trigger.kind));
            let first = truths.next()??;
            truths.all(|truth| truth == Some(first)).then_some(first)
        });
    }
}

/// What is kept of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    /// All: it is the tag that it was.
    All,
    /// The value, which is stale: it came from another place on the wire.
    Value,
    /// Nothing: it is of another kind or type.
    Nothing,
}

impl Kept {
    fn of(row: &RetainedTag, tag: &Tag) -> Self {
        let expression = tag.expression.as_deref().map(Program::text);
        if !fits(&row.value, tag.kind) || row.expression.as_deref() != expression {
            return Self::Nothing;
        }
        match (&row.wire, &tag.wire) {
            (before, now) if before == now => Self::All,
            (Some(_), Some(_)) => Self::Value,
            (Some(_), None) | (None, _) => Self::Nothing,
        }
    }
}

fn fits(value: &Value, kind: Type) -> bool {
    kind == Type::Any || value.is_null() || value.kind() == kind
}

/// Returns the orders: what was retained wins, what the plant has besides is added.
fn orders(plant: &Plant, retained: &Retained) -> Orders {
    let mut orders = Orders::default();
    for row in &retained.orders {
        orders.add(row.to_order());
    }
    orders.add_configured(plant);
    orders
}

fn resumed(operation: &Operation, row: &RetainedOperation, run: Option<Box<Run>>, plant: &Plant) -> OperationState {
    let trigger = |task: Tasks, retained| {
        let trigger = operation.triggers().find(|(other, _)| *other == task);
        trigger.map(|(_, trigger): (_, &Trigger)| TriggerState::remember(trigger, retained)).unwrap_or_default()
    };
    let order = operation.order_program().zip(row.order.as_ref());
    let order = order.filter(|(program, order)| order.expression == program.text());
    let fresh = OperationState::new(operation);
    let captures = operation.captures.iter().zip(fresh.captures);
    let captures = captures.map(|(capture, fresh)| resume_capture(capture, &row.captures).unwrap_or(fresh));
    OperationState {
        start: trigger(Tasks::START, row.start.as_ref()),
        stop: trigger(Tasks::STOP, row.stop.as_ref()),
        fault: trigger(Tasks::FAULT, row.fault.as_ref()),
        order_sites: order.map_or(fresh.order_sites, |(program, order)| resume_sites(program, &order.sites)),
        assigned_order: row.assigned_order.clone(),
        good_order: order.and_then(|(_, order)| order.good.clone()),
        run,
        captures: captures.collect(),
        handshake: HandshakeState::resume(&operation.handshake, &row.handshake, plant),
        last_status: row.last_status,
        latest: row.latest,
        latest_end: row.latest_end,
        last_seen: row.last_seen,
        // Numbers of scans only grow: no later scan is the one that split the run.
        split_in: fresh.split_in,
        counters: row.counters,
        trouble: row.trouble.clone(),
        ignored: None,
    }
}

/// Tells whether what was retained of an operation holds the memory of one of its programs.
fn is_kept(row: &RetainedOperation, operation: &Operation, task: Tasks, program: &Program) -> bool {
    let retained = match task {
        Tasks::START => &row.start,
        Tasks::STOP => &row.stop,
        Tasks::FAULT => &row.fault,
        _ => return row.order.as_ref().is_some_and(|order| order.expression == program.text()),
    };
    let trigger = operation.triggers().find(|(other, _)| *other == task);
    trigger.is_some_and(|(_, trigger)| retained.as_ref().is_some_and(|retained| retained.is_of(trigger)))
}
