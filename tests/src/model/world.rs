//! All that the model remembers between scans, and the plain questions about it.

use std::collections::{BTreeMap, BTreeSet};

use super::blocks::Sites;
use super::captures::{Course, Pause, Point};
use super::expression::{Evaluation, Expression, Image};
use super::names::{EntryStatus, EventKind, FirstScan, OrderStatus, Uncertain};
use super::plant::{Micros, ModelEntry, ModelPlant};
use super::record::{Counts, ModelEvent, ModelRecord, Outcome, Rejected};
use super::trigger::{Edge, TriggerMemory};
use super::validity::Belief;
use super::value::{ModelQuality, ModelValue, Reading};

/// The running model.
pub(super) struct World<'p> {
    /// What is configured.
    pub(super) plant: &'p ModelPlant,
    /// The scan's time.
    pub(super) now: Micros,
    /// Which scan it is, counted from 1.
    pub(super) scan: usize,
    /// The deadline that this scan is for, unless samples made it.
    pub(super) due: Option<Micros>,
    /// The tags that this scan brings.
    pub(super) brought: BTreeSet<String>,
    /// What was read.
    pub(super) read: Image,
    /// What is believed of it.
    pub(super) image: Image,
    /// What is known of the connections.
    pub(super) beliefs: Vec<Belief>,
    /// The triggers' memories, one of each per operation.
    pub(super) memories: Vec<Memories>,
    /// What this scan's evaluation found, per operation.
    pub(super) found: Vec<Found>,
    /// Every record ever opened, in that order.
    pub(super) runs: Vec<Run>,
    /// How many of them were there before this scan.
    pub(super) runs_before: usize,
    /// Every order.
    pub(super) orders: Vec<(String, OrderStatus)>,
    /// Every entry of the schedule, also those that are done.
    pub(super) schedule: Vec<Planned>,
    /// Every event.
    pub(super) events: Vec<ModelEvent>,
    /// What was counted.
    pub(super) counts: Counts,
    /// The orders that commands assigned to runs to come.
    pub(super) assigned: Vec<Option<String>>,
    /// The last numbers of the machines' counters.
    pub(super) sequences: Vec<Option<f64>>,
    /// Why commands did nothing.
    pub(super) rejections: Vec<Rejected>,
    /// The last scan in which an operation's stop level was known, or it had none.
    pub(super) seen: Vec<Option<Micros>>,
    /// If the gateway starts with this scan: the time of its last one before.
    pub(super) died: Option<Micros>,
    /// The operations whose runs end at this start of the gateway, and when those were seen last.
    pub(super) unseen: BTreeMap<usize, Micros>,
    /// Of each operation, whether a reload finds it disabled in this scan.
    pub(super) is_put_out: Vec<bool>,
}

/// What an operation's triggers remember.
#[derive(Default)]
pub(super) struct Memories {
    pub(super) start: TriggerMemory,
    pub(super) stop: TriggerMemory,
    pub(super) fault: TriggerMemory,
    /// What their expressions saw and gave last.
    pub(super) start_level: Level,
    pub(super) stop_level: Level,
    pub(super) fault_level: Level,
    /// Whether the stop level is known.
    pub(super) stop_is_known: bool,
    /// Of each capture, the same.
    pub(super) capture_levels: Vec<Level>,
    /// Of each capture, its value in every scan so far.
    pub(super) courses: Vec<Course>,
    /// Whether the start level was lost while the open run's stop hold was pending.
    pub(super) lost_in_stop_hold: bool,
}

impl Memories {
    fn of(captures: usize) -> Self {
        let capture_levels = (0..captures).map(|_| Level::default()).collect();
        Self { capture_levels, courses: vec![Course::new(); captures], ..Self::default() }
    }
}

/// What an expression with memory saw, and gave last.
pub(super) struct Level {
    pub(super) sites: Sites,
    pub(super) last: Reading,
    /// Whether it is another than before: it is evaluated as soon as there is something for it to read.
    is_new: bool,
}

impl Level {
    /// Returns that of an expression that a reload brought.
    pub(super) fn new() -> Self {
        Self { is_new: true, ..Self::default() }
    }
}

impl Default for Level {
    fn default() -> Self {
        Self { sites: Sites::default(), last: Reading::NONE, is_new: false }
    }
}

/// What a scan found for an operation.
#[derive(Default)]
pub(super) struct Found {
    pub(super) start: Option<Edge>,
    pub(super) stop: Option<Edge>,
    pub(super) fault: Option<Edge>,
    /// Whether phase 4 opened a new record.
    pub(super) split: bool,
}

/// An entry of the schedule with what became of it.
pub(super) struct Planned {
    /// What is planned.
    pub(super) what: ModelEntry,
    /// What became of it.
    pub(super) status: EntryStatus,
    /// The record that took it up last.
    pub(super) run: Option<usize>,
}

impl Planned {
    fn of(entry: &ModelEntry) -> Self {
        Self { what: entry.clone(), status: EntryStatus::Scheduled, run: None }
    }
}

/// A record with what the model knows about it besides.
pub(super) struct Run {
    /// The operation.
    pub(super) operation: usize,
    /// The index of the record that the run began with: a split is the same run.
    pub(super) began_as: usize,
    /// The good order value that was acted on last.
    pub(super) order_seen: Option<String>,
    /// Whether an unknown order was told.
    pub(super) unknown_told: bool,
    /// After which scan of its start it is measured.
    pub(super) begins_after: Point,
    /// Up to which scan of its end it was measured.
    pub(super) ended_after: Option<Point>,
    /// The flag of the edge that opened the record, which its children take.
    pub(super) start_flagged: bool,
    /// The parent's run that it belongs to.
    pub(super) parent: Option<usize>,
    /// Whether a command named its order.
    pub(super) order_is_commanded: bool,
    /// From when to when it stood by command.
    pub(super) pauses: Vec<Pause>,
    /// The record.
    pub(super) record: ModelRecord,
}

impl<'p> World<'p> {
    /// Returns the world before the first scan.
    pub(super) fn new(plant: &'p ModelPlant) -> Self {
        Self {
            plant,
            now: 0,
            scan: 0,
            due: None,
            brought: BTreeSet::new(),
            read: Image::new(),
            image: Image::new(),
            beliefs: plant.connections.iter().map(|_| Belief::default()).collect(),
            memories: plant.operations.iter().map(|operation| Memories::of(operation.captures.len())).collect(),
            found: Vec::new(),
            runs: Vec::new(),
            runs_before: 0,
            orders: plant.orders.iter().map(|order| (order.name.clone(), order.status)).collect(),
            schedule: plant.schedule.iter().map(Planned::of).collect(),
            events: Vec::new(),
            counts: Counts::default(),
            assigned: vec![None; plant.operations.len()],
            sequences: vec![None; plant.operations.len()],
            rejections: Vec::new(),
            seen: vec![None; plant.operations.len()],
            died: None,
            unseen: BTreeMap::new(),
            is_put_out: vec![false; plant.operations.len()],
        }
    }

    /// Returns the operation's open record.
    pub(super) fn open_run(&self, operation: usize) -> Option<usize> {
        self.runs.iter().position(|run| run.operation == operation && run.record.end.is_none())
    }

    /// Says whether the operation's open record has a pending stop hold whose edge is not older than it.
    pub(super) fn stop_pending(&self, operation: usize) -> bool {
        let Some(run) = self.open_run(operation) else { return false };
        let hold = self.memories[operation].stop.hold.as_ref();
        hold.is_some_and(|hold| hold.edge.at >= self.runs[run].record.start)
    }

    /// Says whether the operation or any operation above it has such a pending stop hold.
    pub(super) fn stop_pending_above(&self, operation: usize) -> bool {
        self.stop_pending(operation)
            || self.plant.parent_of(operation).is_some_and(|parent| self.stop_pending_above(parent))
    }

    /// Returns what an expression's first known level does for an operation.
    pub(super) fn first_scan(&self, operation: usize) -> FirstScan {
        self.plant.operations[operation].first_scan.unwrap_or(self.plant.first_scan)
    }

    /// Returns an expression's value if it is known.
    pub(super) fn known(&self, expression: &Expression) -> Option<ModelValue> {
        let (image, now, sites) = (&self.image, self.now, &mut Sites::default());
        self.trusted(expression.evaluate(&mut Evaluation { image, now, first_scan: self.plant.first_scan, sites }))
    }

    /// Returns a trigger's level if it is known. An expression with memory is evaluated only in a scan that brings one
    /// of its tags, or at a time that one of its blocks asked for.
    pub(super) fn known_level(
        &mut self,
        operation: usize,
        expression: &Expression,
        level: impl FnOnce(&mut Memories) -> &mut Level,
    ) -> Option<ModelValue> {
        let first_scan = self.first_scan(operation);
        let (image, now, due) = (&self.image, self.now, self.due);
        let read = &self.read;
        let Level { sites, last, is_new } = level(&mut self.memories[operation]);
        let mut tags = BTreeSet::new();
        expression.add_tags(&mut tags);
        let is_brought = !tags.is_disjoint(&self.brought);
        let is_due = due.is_some_and(|due| sites.is_due(due));
        let is_first = std::mem::take(is_new) && tags.iter().any(|tag| read.contains_key(tag));
        if !expression.has_memory() || is_brought || is_due || is_first {
            *last = expression.evaluate(&mut Evaluation { image, now, first_scan, sites });
            sites.forget_until(now);
        }
        let last = last.clone();
        self.trusted(last)
    }

    pub(super) fn trusted(&self, reading: Reading) -> Option<ModelValue> {
        let trusted = match reading.quality {
            ModelQuality::Good => true,
            ModelQuality::Uncertain => self.plant.uncertain == Uncertain::Good,
            ModelQuality::Bad => false,
        };
        (trusted && reading.value != ModelValue::Null).then_some(reading.value)
    }

    /// Tells an event of an operation.
    pub(super) fn tell(&mut self, kind: EventKind, operation: usize) {
        let subject = self.plant.operations[operation].name.clone();
        self.events.push(ModelEvent { at: self.now, kind, subject });
    }

    /// Tells an event of an order, with its new status if that is what it tells.
    pub(super) fn tell_order(&mut self, kind: EventKind, subject: &str) {
        self.events.push(ModelEvent { at: self.now, kind, subject: subject.to_owned() });
    }

    /// Returns what came out, the records sorted.
    pub(super) fn outcome(mut self) -> Outcome {
        // The sort is stable: what starts at one time in one operation stays in the order of opening.
        self.runs.sort_by_key(|run| (run.record.start, run.operation));
        let records = self.runs.into_iter().map(|run| run.record).collect();
        let Self { events, orders, counts, rejections, .. } = self;
        Outcome { records, events, orders, counts, rejections }
    }
}
