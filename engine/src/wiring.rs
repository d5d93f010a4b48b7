//! Who reads what and who belongs to whom: lists made once from the plant, so that a scan looks
//! only at what its samples touch.

use std::collections::BTreeSet;

use latchwork_expr::{Program, TagSlot};

use crate::captures::CaptureKey;
use crate::lists::Lists;
use crate::moves::Moves;
use crate::paths::Paths;
use crate::plant::{
    ConflictScope, Operation, OperationIndex, OrderResolution, Plant, Trigger, TriggerSource, TriggerType,
};
use crate::poll::Poll;
use crate::probe::Probe;
use crate::scale::Scale;
use crate::touched::Tasks;
use crate::validity::GuardTasks;

/// A program that reads a tag.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader {
    /// What to do when the tag changes.
    pub(crate) target: Target,
    /// Whether to do it too when a sample brings the same value again.
    pub(crate) always: bool,
}

impl Reader {
    fn of(program: &Program, target: Target) -> Self {
        Self { target, always: program.keeps_state() }
    }
}

/// What reads a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// One of an operation's programs.
    Operation(OperationIndex, Tasks),
    /// One of an operation's triggers, asked by its probe first.
    Probe(u32),
    /// Many such probes that compare one tag with numbers, by their scale.
    Scale(u32),
    /// A derived tag, by its rank in [`Plant::derived`].
    Derived(u32),
    /// A guard, by its number in [`Plant::guards`].
    Guard(u32, GuardTasks),
    /// A capture, by its number.
    Capture(u32),
}

/// The lists.
#[derive(Debug)]
pub(crate) struct Wiring {
    readers: Lists<Reader>,
    moves: Moves,
    polls: Vec<Poll>,
    children: Lists<OperationIndex>,
    located: Lists<OperationIndex>,
    families: Vec<OperationIndex>,
    paths: Paths,
    captures: Vec<(OperationIndex, u32)>,
    first_captures: Vec<u32>,
    claimants: Lists<OperationIndex>,
    answering: Lists<OperationIndex>,
    has_handshakes: bool,
}

impl Wiring {
    /// Makes the lists of a plant, its probes and their scales.
    pub(crate) fn new(plant: &Plant) -> (Self, Vec<Probe>, Vec<Scale>) {
        let mut probes = Vec::new();
        let targets = targets(plant, &mut probes);
        let scales = Scale::all(&probes);
        let grouped: BTreeSet<Target> = scales.iter().flat_map(Scale::probes).map(Target::Probe).collect();
        let alone = targets.iter().filter(|(_, target)| !grouped.contains(target));
        let readers = alone.flat_map(|(program, target)| reads(program, *target));
        let readers = readers.chain(scale_readers(&scales)).chain(beats(plant));
        let computing = targets.iter().filter(|(program, _)| program.computes_paths());
        let computing = computing.map(|(program, target)| Reader::of(program, *target));
        let operations = || (0_u32..).map(OperationIndex).zip(&plant.operations);
        let children = operations().filter_map(|(index, row)| Some((row.parent?.index(), index)));
        let located = operations().map(|(index, row)| (row.location.index(), index));
        let claimants = operations().filter(|(_, row)| row.conflict_scope == ConflictScope::Location);
        let claimants = claimants.map(|(index, row)| (row.location.index(), index));
        let answering =
            operations().filter_map(|(index, row)| Some((row.handshake.acknowledgement.as_ref()?.tag.index(), index)));
        let has_handshake =
            |row: &Operation| row.handshake.acknowledgement.is_some() || row.handshake.sequence.is_some();
        let wiring = Self {
            readers: Lists::new(plant.tags.len(), readers),
            moves: Moves::new(plant, &targets, &scales),
            polls: Poll::all(&targets),
            children: Lists::new(plant.operations.len(), children),
            located: Lists::new(plant.locations.len(), located),
            families: operations().map(|(index, _)| topmost_parent(plant, index)).collect(),
            paths: Paths::new(plant.tags.len(), computing),
            captures: captures(plant),
            first_captures: first_captures(plant),
            claimants: Lists::new(plant.locations.len(), claimants),
            answering: Lists::new(plant.tags.len(), answering),
            has_handshakes: plant.operations.iter().any(has_handshake),
        };
        (wiring, probes, scales)
    }

    /// Returns the programs that name a tag.
    pub(crate) fn readers(&self, tag: TagSlot) -> &[Reader] {
        self.readers.get(tag.index())
    }

    /// Returns how levels hang on tags.
    pub(crate) const fn moves(&self) -> &Moves {
        &self.moves
    }

    /// Returns what is evaluated at a rate, the fastest first.
    pub(crate) fn polls(&self) -> &[Poll] {
        &self.polls
    }

    /// Returns the programs that read tags by computed paths.
    pub(crate) const fn paths(&self) -> &Paths {
        &self.paths
    }

    pub(crate) const fn paths_mut(&mut self) -> &mut Paths {
        &mut self.paths
    }

    /// Returns an operation's children, in configuration order.
    pub(crate) fn children(&self, operation: OperationIndex) -> &[OperationIndex] {
        self.children.get(operation.index())
    }

    /// Returns the operations at exactly a location, in configuration order.
    pub(crate) fn located(&self, location: usize) -> &[OperationIndex] {
        self.located.get(location)
    }

    /// Returns the operations whose starts conflict with any run at exactly a location, in configuration order.
    pub(crate) fn claimants(&self, location: usize) -> &[OperationIndex] {
        self.claimants.get(location)
    }

    /// Returns the operations that answer their PLCs in a tag.
    pub(crate) fn answering(&self, tag: TagSlot) -> &[OperationIndex] {
        self.answering.get(tag.index())
    }

    /// Tells whether any operation has anything to do with its PLC.
    pub(crate) const fn has_handshakes(&self) -> bool {
        self.has_handshakes
    }

    /// Tells whether anything is measured.
    pub(crate) const fn has_captures(&self) -> bool {
        !self.captures.is_empty()
    }

    /// Returns how many captures there are.
    pub(crate) const fn captures(&self) -> usize {
        self.captures.len()
    }

    /// Returns whose a capture is, by its number.
    pub(crate) fn capture(&self, number: u32) -> CaptureKey {
        let (operation, place) = self.captures[number as usize];
        CaptureKey { number, operation, place: place as usize }
    }

    /// Returns an operation's capture, by its place there.
    pub(crate) fn capture_of(&self, operation: OperationIndex, place: usize) -> CaptureKey {
        let number = self.first_captures[operation.index()] + index(place);
        CaptureKey { number, operation, place }
    }

    /// Tells whether two operations have the same topmost parent.
    pub(crate) fn same_family(&self, one: OperationIndex, other: OperationIndex) -> bool {
        self.families[one.index()] == self.families[other.index()]
    }
}

fn topmost_parent(plant: &Plant, mut operation: OperationIndex) -> OperationIndex {
    while let Some(parent) = plant.operations[operation.index()].parent {
        operation = parent;
    }
    operation
}

/// Returns every program that tags can touch with what to do then; makes the probes on the way.
fn targets<'a>(plant: &'a Plant, probes: &mut Vec<Probe>) -> Vec<(&'a Program, Target)> {
    let derived = (0_u32..).zip(&plant.derived).filter_map(|(rank, slot)| {
        let program = plant.tags[slot.index()].expression.as_deref()?;
        Some((program, Target::Derived(rank)))
    });
    let guards = (0_u32..)
        .zip(&plant.guards)
        .filter_map(|(number, guard)| Some((guard.valid_when.as_deref()?, Target::Guard(number, GuardTasks::ASK))));
    let mut targets: Vec<_> = derived.chain(guards).collect();
    for (index, row) in (0_u32..).map(OperationIndex).zip(&plant.operations) {
        for (trigger, tasks) in grouped_triggers(row) {
            let target = if trigger.kind != TriggerType::Change && Probe::is_possible(&trigger.program) {
                probes.push(Probe::new(&trigger.program, index, tasks));
                Target::Probe(u32::try_from(probes.len() - 1).expect("at most three probes an operation"))
            } else {
                Target::Operation(index, tasks)
            };
            targets.push((&trigger.program, target));
        }
        if let OrderResolution::Expression(program, _) = &row.order {
            targets.push((program, Target::Operation(index, Tasks::ORDER)));
        }
    }
    let programs = plant.operations.iter().flat_map(|row| &row.captures).map(|capture| &*capture.program);
    targets.extend((0..).zip(programs).map(|(number, program)| (program, Target::Capture(number))));
    targets
}

/// Returns whose each capture is: the operation, and its place there.
fn captures(plant: &Plant) -> Vec<(OperationIndex, u32)> {
    let operations = (0_u32..).map(OperationIndex).zip(&plant.operations);
    operations
        .flat_map(|(operation, row)| (0..index(row.captures.len())).map(move |place| (operation, place)))
        .collect()
}

/// Returns the number of each operation's first capture.
fn first_captures(plant: &Plant) -> Vec<u32> {
    let counts = plant.operations.iter().map(|row| index(row.captures.len()));
    let first = counts.scan(0, |next, count| {
        let first = *next;
        *next += count;
        Some(first)
    });
    first.collect()
}

fn index(place: usize) -> u32 {
    u32::try_from(place).expect("more captures than numbers")
}

/// Returns an operation's triggers with their tasks; edges of the same text, which mean the same in
/// one operation, as one.
fn grouped_triggers(row: &Operation) -> Vec<(&Trigger, Tasks)> {
    if row.trigger_source != TriggerSource::Expression {
        return Vec::new();
    }
    let mut groups: Vec<(&Trigger, Tasks)> = Vec::new();
    for (trigger, task) in [(&row.start, Tasks::START), (&row.stop, Tasks::STOP), (&row.fault, Tasks::FAULT)] {
        let Some(trigger) = trigger else { continue };
        let is_same = |other: &Trigger| {
            [other, trigger].iter().all(|trigger| trigger.kind != TriggerType::Change && trigger.program.sites() == 0)
                && other.program.text() == trigger.program.text()
        };
        match groups.iter_mut().find(|(other, _)| is_same(other)) {
            Some((_, tasks)) => _ = tasks.add(task),
            None => groups.push((trigger, task)),
        }
    }
    groups
}

fn reads(program: &Program, target: Target) -> impl Iterator<Item = (usize, Reader)> {
    program.reads().iter().map(move |slot| (slot.index(), Reader::of(program, target)))
}

fn scale_readers(scales: &[Scale]) -> impl Iterator<Item = (usize, Reader)> {
    (0..)
        .zip(scales)
        .map(|(number, scale)| (scale.tag().index(), Reader { target: Target::Scale(number), always: false }))
}

/// Returns the heartbeats with what they touch.
fn beats(plant: &Plant) -> impl Iterator<Item = (usize, Reader)> {
    let beats = (0_u32..).zip(&plant.guards).filter_map(|(number, guard)| Some((number, guard.heartbeat?)));
    let reader = |number| Reader { target: Target::Guard(number, GuardTasks::BEAT), always: false };
    beats.map(move |(number, heartbeat)| (heartbeat.tag.index(), reader(number)))
}
