//! The first scan of an engine: what takes effect because the gateway started, or because the plant is another.
//!
//! An engine that never ran is one of which nothing was retained.

use latchwork_expr::{Cell, Program, Quality, TagSlot};

use crate::captures::Capture;
use crate::lifecycle::micros;
use crate::plant::{Operation, OperationIndex, Plant, RestartPolicy, Trigger, TriggerSource};
use crate::scan::Moment;
use crate::step::{Engine, Turn};
use crate::touched::Tasks;
use crate::validity::GuardTasks;

/// What the first scan has to do: all that was not retained, or is another than was retained.
#[derive(Debug, Default)]
pub(crate) struct Unsettled {
    /// Tags whose source is another now, so that what was retained is not their value.
    pub(crate) tags: Vec<TagSlot>,
    /// Tags that take their initial value.
    pub(crate) initial: Vec<TagSlot>,
    /// Derived tags that were never evaluated, by rank.
    pub(crate) derived: Vec<u32>,
    /// Expressions of operations that were never evaluated.
    pub(crate) programs: Vec<(OperationIndex, Tasks)>,
    /// Captures of which nothing was retained, by number.
    pub(crate) captures: Vec<u32>,
}

impl Unsettled {
    /// Returns what the first scan of an engine that never ran has to do.
    pub(crate) fn of_new(plant: &Plant, image: &[Cell]) -> Self {
        let mut unsettled = Self::default();
        unsettled.add_tags(plant, |_| false);
        for operation in (0_u32..).map(OperationIndex).take(plant.operations.len()) {
            unsettled.add_programs(plant, image, operation, |_, _| false);
        }
        unsettled.add_captures(plant, image, |_, capture| !capture.program.keeps_state());
        unsettled
    }

    /// Tells whether there is nothing to do.
    pub(crate) fn is_empty(&self) -> bool {
        let Self { tags, initial, derived, programs, captures } = self;
        let nothing_new = initial.is_empty() && derived.is_empty() && programs.is_empty() && captures.is_empty();
        tags.is_empty() && nothing_new
    }

    /// Adds the initial values and derived tags of the slots that `is_set` does not say to have a value.
    pub(crate) fn add_tags(&mut self, plant: &Plant, is_set: impl Fn(TagSlot) -> bool) {
        let tags = (0_u32..).map(TagSlot).zip(&plant.tags).filter(|&(slot, _)| !is_set(slot));
        self.initial.extend(tags.filter(|(_, tag)| tag.initial.is_some()).map(|(slot, _)| slot));
        let derived = (0_u32..).zip(&plant.derived).filter(|&(_, &slot)| !is_set(slot));
        self.derived.extend(derived.map(|(rank, _)| rank));
    }

    /// Adds the expressions of an operation that `is_kept` does not say to have their memory, as far as there is
    /// something for them to read: one whose tags were never read waits for its first sample.
    pub(crate) fn add_programs(
        &mut self,
        plant: &Plant,
        image: &[Cell],
        operation: OperationIndex,
        is_kept: impl Fn(Tasks, &Program) -> bool,
    ) {
        let row = &plant.operations[operation.index()];
        let triggers = row.triggers().map(|(task, trigger)| (task, &*trigger.program));
        let programs = triggers.chain(row.order_program().map(|program| (Tasks::ORDER, program)));
        let new = programs.filter(|(task, program)| !is_kept(*task, program) && reads_something(program, image));
        self.programs.extend(new.map(|(task, _)| (operation, task)));
    }

    /// Adds the captures that `is_kept` does not say to have their memory, as [`Unsettled::add_programs`] does.
    pub(crate) fn add_captures(
        &mut self,
        plant: &Plant,
        image: &[Cell],
        is_kept: impl Fn(OperationIndex, &Capture) -> bool,
    ) {
        let operations = (0_u32..).map(OperationIndex).zip(&plant.operations);
        let captures = operations.flat_map(|(index, row)| row.captures.iter().map(move |capture| (index, capture)));
        let new = (0..).zip(captures).filter(|(_, (operation, capture))| {
            !is_kept(*operation, capture) && reads_something(&capture.program, image)
        });
        self.captures.extend(new.map(|(number, _)| number));
    }
}

/// Tells whether there is something for a program to read.
fn reads_something(program: &Program, image: &[Cell]) -> bool {
    program.reads().is_empty() || program.reads().iter().any(|slot| !was_never_set(&image[slot.index()]))
}

impl Engine {
    /// Tells whether the plant wants an [`crate::Input::Boot`] scan before its first samples: some tag or
    /// expression has a value without them, or is asked for one by the clock.
    pub fn wants_boot(&self) -> bool {
        !self.unsettled.is_empty() || !self.wiring.polls().is_empty()
    }

    /// The gateway started: nobody knows what the machines did meanwhile, so what connections bring is stale.
    pub(crate) fn boot(&mut self, turn: &Turn<'_>) {
        self.boot_scan = Some(turn.sequence);
        self.set_polls(turn.now);
        self.make_wired_tags_stale();
        let plant = self.plant.clone();
        for (rank, slot) in (0_u32..).zip(&plant.derived) {
            // Asking again costs a program with state its memory: those wait until what they read changes.
            if plant.tags[slot.index()].expression.as_ref().is_some_and(|program| !program.keeps_state()) {
                self.touched.add_derived(rank);
            }
        }
        self.end_unseen_runs(turn);
        self.ask_again(turn);
        self.settle(turn);
        self.end_orphans(Tasks::DISABLED_AT_BOOT);
    }

    /// Has the runs end that are not to go on over a restart, and their machines start anew if they still run. A child
    /// goes on or ends with its parent.
    fn end_unseen_runs(&mut self, turn: &Turn<'_>) {
        let plant = self.plant.clone();
        for (operation, row) in (0_u32..).map(OperationIndex).zip(&plant.operations) {
            if row.trigger_source != TriggerSource::Parent && self.is_not_to_go_on(operation, row, turn.now) {
                self.touched.add(operation, Tasks::RESTARTED);
                for (_, trigger) in row.triggers().filter(|(task, _)| *task == Tasks::START) {
                    self.start_over(operation, trigger);
                }
            }
        }
    }

    /// Has a start fire with its first known level, across a gap. One that keeps state waits until what it reads changes:
    /// asking again would cost it its memory.
    fn start_over(&mut self, operation: OperationIndex, trigger: &Trigger) {
        self.state_mut(operation).start.start_over(trigger);
        if !trigger.program.keeps_state() {
            self.touched.add(operation, Tasks::START);
        }
    }

    fn is_not_to_go_on(&self, operation: OperationIndex, row: &Operation, now: Moment) -> bool {
        let state = self.state(operation);
        let Some(run) = &state.run else { return false };
        let seen = state.last_seen.unwrap_or(run.record.start).monotonic;
        let within = micros(row.resume_within_seconds);
        match row.restart_policy {
            RestartPolicy::CloseAtLastSeen => true,
            RestartPolicy::Resume => within > 0 && now.monotonic.micros_since(seen) > within,
        }
    }

    /// The plant is another: what did not change goes on undisturbed.
    pub(crate) fn take_reload(&mut self, turn: &Turn<'_>) {
        self.set_polls(turn.now);
        self.begin_guards();
        self.ask_again(turn);
        self.settle(turn);
        self.end_orphans(Tasks::DISABLED);
    }

    /// Touches the programs whose text may mean something else in another plant: one that computes paths may find a
    /// tag that was not there before, and a dataset may be another. Not those with state, which asking again would
    /// cost their memory; to all others, seeing the same level again is nothing.
    fn ask_again(&mut self, turn: &Turn<'_>) {
        let may_differ =
            |program: &Program| (program.computes_paths() || program.reads_datasets()) && !program.keeps_state();
        let plant = self.plant.clone();
        for (rank, slot) in (0_u32..).zip(&plant.derived) {
            let may_differ = plant.tags[slot.index()].expression.as_deref().is_some_and(may_differ);
            if may_differ && self.is_outdated(rank, turn.now) {
                self.touched.add_derived(rank);
            }
        }
        for (number, guard) in (0_u32..).zip(&plant.guards) {
            if guard.valid_when.as_deref().is_some_and(may_differ) {
                self.touched.add_guard(number, GuardTasks::ASK);
            }
        }
        for (index, row) in (0_u32..).map(OperationIndex).zip(&plant.operations) {
            let triggers = row.triggers().map(|(task, trigger)| (task, &*trigger.program));
            let programs = triggers.chain(row.order_program().map(|program| (Tasks::ORDER, program)));
            for (task, _) in programs.filter(|(_, program)| may_differ(program)) {
                self.touched.add(index, task);
            }
        }
        let captures = plant.operations.iter().flat_map(|row| &row.captures);
        for (number, _) in (0..).zip(captures).filter(|(_, capture)| may_differ(&capture.program)) {
            self.touched.add_capture(number);
        }
    }

    fn make_wired_tags_stale(&mut self) {
        let plant = self.plant.clone();
        for (slot, _) in (0_u32..).map(TagSlot).zip(&plant.tags).filter(|(_, tag)| tag.wire.is_some()) {
            let was_read =
                self.validity.hider_of(slot).is_some() && make_stale(&mut self.validity.read_as[slot.index()]);
            let was_shown = make_stale(&mut self.image[slot.index()].quality);
            if was_shown || was_read {
                self.touch(slot, was_shown);
            }
        }
    }

    /// Gives what was never set or evaluated its first value, and touches what reads it.
    fn settle(&mut self, turn: &Turn<'_>) {
        let Unsettled { tags, initial, derived, programs, captures } = std::mem::take(&mut self.unsettled);
        for &slot in &initial {
            if let Some(value) = self.plant.tags[slot.index()].initial.clone() {
                self.image[slot.index()] = Cell { value, time: turn.now.wall, quality: Quality::GoodInitial };
            }
        }
        for slot in tags.into_iter().chain(initial) {
            self.touch(slot, true);
        }
        for rank in derived {
            self.touched.add_derived(rank);
        }
        for (operation, task) in programs {
            self.touched.add(operation, task);
        }
        for number in captures {
            self.touched.add_capture(number);
        }
        self.follow_up(turn.now);
    }

    /// Has the open records end that nothing else can end as it should.
    fn end_orphans(&mut self, task: Tasks) {
        for operation in (0_u32..).map(OperationIndex).take(self.operations.len()) {
            if self.is_orphan(operation) {
                self.touched.add(operation, task);
            }
        }
    }

    /// Tells whether an operation has an open record but may not have one: it is disabled or was removed, or it
    /// follows a parent whose run is not the one that the record belongs to.
    fn is_orphan(&self, operation: OperationIndex) -> bool {
        let row = &self.plant.operations[operation.index()];
        let Some(run) = &self.state(operation).run else { return false };
        let parents_record = || Some(self.state(row.parent?).run.as_ref()?.record.id);
        !row.enabled || (row.trigger_source == TriggerSource::Parent && run.record.parent != parents_record())
    }
}

/// Makes a quality stale; returns whether it was not.
fn make_stale(quality: &mut Quality) -> bool {
    std::mem::replace(quality, Quality::BadStale) != Quality::BadStale
}

/// Tells whether a tag never had a sample, an initial value or an evaluation.
pub(crate) fn was_never_set(cell: &Cell) -> bool {
    cell.value.is_null() && cell.quality == Quality::BadStale && cell.time.0 == 0
}
