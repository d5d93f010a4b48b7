//! Why an operation did, or did not, what was expected of it: a view of what the engine remembers. It changes nothing.

mod fate;
mod happening;
mod trigger;

use latchwork_expr::{Explained, Program, Site, TagSlot, Text};
use ulid::Ulid;

pub use fate::{Fate, Ignored, Why};
pub use happening::{Happening, What};
pub use trigger::{Asked, Known, Pending, Remembered, TriggerExplanation, TriggerRole};

use crate::evaluate::{context, host};
use crate::plant::OperationIndex;
use crate::record::{Record, Status};
use crate::scan::{Moment, Monotonic};
use crate::step::Engine;
use crate::timer::TimerKind;
use crate::touched::Tasks;

/// How an operation stands at a moment.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The operation.
    pub operation: OperationIndex,
    /// The moment that is told of: not before the last scan.
    pub now: Moment,
    /// Its status.
    pub status: Status,
    /// The open record, with what was measured so far.
    pub open: Option<Record>,
    /// Its triggers, as far as they are evaluated: start, stop, fault.
    pub triggers: Vec<TriggerExplanation>,
    /// Whether the open run's start level was lost while its stop hold was pending: if it comes back it goes on.
    pub is_interrupted: bool,
    /// Until when starts are ignored by the hold-off; an edge exactly then starts.
    pub held_off_until: Option<Moment>,
    /// What a start would come to whose edge were now.
    pub fate: Fate,
    /// The runs that are open in the scope of a start.
    pub in_scope: Vec<OpenRun>,
    /// When the open run has lasted as long as it may.
    pub maximum_due: Option<Moment>,
    /// When the open run has lasted as long as expected.
    pub overrun_due: Option<Moment>,
    /// Its production order.
    pub order: OrderExplanation,
    /// The last start that opened nothing.
    pub ignored: Option<Ignored>,
    /// The last run-time problem that is not over.
    pub trouble: Option<Text>,
    /// The tags that its expressions read, those of derived tags behind these, each once.
    pub tags: Vec<TagSlot>,
}

/// A run that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenRun {
    /// Whose.
    pub operation: OperationIndex,
    /// Its record.
    pub record: Ulid,
    /// When it began.
    pub start: Moment,
    /// Whether its stop hold is pending, so that another start closes it at its stop edge.
    pub is_stopping: bool,
}

/// How an operation finds its orders, at a moment.
#[derive(Clone, Debug)]
pub struct OrderExplanation {
    /// What its expression gives, with every part.
    pub tree: Option<Explained>,
    /// The good value, if it is one.
    pub good: Option<Text>,
    /// For MANUAL: the order that is assigned to runs to come.
    pub assigned: Option<Text>,
    /// Whether a command named the open record's order, so that the expression leaves it as it is.
    pub is_commanded: bool,
    /// Whether it waits for a pending stop hold before it changes anything.
    pub waits_for_stop: bool,
}

impl Engine {
    /// Returns the operation of a name, of `Location/Path:Name` or of an id; in words why there is none.
    pub fn operation_named(&self, name: &str) -> Result<OperationIndex, String> {
        self.find_named(name)
    }

    /// Explains an operation as of a moment, which is not before the last scan.
    ///
    /// `asked` is what calls remembered before the evaluation that is told of: see [`Engine::asked`]. Without it an
    /// expression that keeps state is asked once more, on a copy of what its calls remember.
    pub fn explain(&self, operation: OperationIndex, now: Moment, asked: &[Asked]) -> Explanation {
        let state = self.state(operation);
        let due = |kind| self.timers.due(operation, kind).map(|due| moment_of(due, now));
        Explanation {
            operation,
            now,
            status: state.status(),
            open: state
                .run
                .as_ref()
                .map(|run| Record { captures: self.captures_so_far(operation, now), ..run.record.clone() }),
            tags: self.tags_of(operation),
            triggers: self.explain_triggers(operation, now, asked),
            is_interrupted: state.run.as_ref().is_some_and(|run| run.interrupted),
            held_off_until: self.held_off_until(operation).filter(|until| until.monotonic > now.monotonic),
            fate: self.fate(operation, now, None),
            in_scope: self.open_in_scope(operation),
            maximum_due: due(TimerKind::MaxDuration),
            overrun_due: due(TimerKind::Overrun),
            order: self.explain_order(operation, now),
            ignored: state.ignored.clone(),
            trouble: state.trouble.text.clone(),
        }
    }

    /// Returns the tags that an operation's expressions read, those of derived tags behind these, each once.
    pub fn tags_of(&self, operation: OperationIndex) -> Vec<TagSlot> {
        self.tags_behind(self.tags_read(operation))
    }

    fn explain_order(&self, operation: OperationIndex, now: Moment) -> OrderExplanation {
        let (row, state) = (&self.plant.operations[operation.index()], self.state(operation));
        let tree = row.order_program().map(|program| {
            let host = host(&self.plant, operation, state, program, self.before);
            let mut sites = state.order_sites.clone();
            program.explain(&mut context(&self.image, &self.plant, operation, now, &host, &mut sites))
        });
        let configured = row.assigned_order.as_deref().map(Text::from);
        OrderExplanation {
            tree,
            good: state.good_order.clone(),
            assigned: state.assigned_order.clone().or(configured),
            is_commanded: state.run.as_ref().is_some_and(|run| run.order_is_commanded),
            waits_for_stop: self.waits_for_stop(operation),
        }
    }

    fn open_in_scope(&self, operation: OperationIndex) -> Vec<OpenRun> {
        let others = (0..self.scope_len(operation)).filter_map(|place| self.in_scope(operation, place));
        let open = others.filter_map(|other| {
            let Record { id, start, .. } = self.state(other).run.as_ref()?.record;
            let is_stopping = self.state(other).stop_is_pending();
            Some(OpenRun { operation: other, record: id, start, is_stopping })
        });
        open.collect()
    }

    /// Returns the tags that the triggers and the order's expression read.
    fn tags_read(&self, operation: OperationIndex) -> impl Iterator<Item = TagSlot> {
        let (row, state) = (&self.plant.operations[operation.index()], self.state(operation));
        let triggers = row.triggers().map(|(task, trigger)| (task, &*trigger.program));
        let programs = triggers.chain(row.order_program().map(|program| (Tasks::ORDER, program)));
        programs.flat_map(|(task, program)| {
            program.reads().iter().copied().chain(state.sites(task).iter().filter_map(Site::tag))
        })
    }

    /// Returns tags and those that derived ones of them read, each once.
    fn tags_behind(&self, tags: impl Iterator<Item = TagSlot>) -> Vec<TagSlot> {
        let mut is_listed = vec![false; self.plant.tags.len()];
        let mut list: Vec<TagSlot> = Vec::new();
        let mut add = |list: &mut Vec<TagSlot>, slot: TagSlot| {
            if !std::mem::replace(&mut is_listed[slot.index()], true) {
                list.push(slot);
            }
        };
        tags.for_each(|slot| add(&mut list, slot));
        let mut place = 0;
        while let Some(slot) = list.get(place) {
            let derived = self.plant.tags[slot.index()].expression.as_deref();
            derived.into_iter().flat_map(Program::reads).for_each(|&slot| add(&mut list, slot));
            place += 1;
        }
        list
    }
}

/// Returns a point of the monotonic axis as a moment, by what both clocks show now.
fn moment_of(at: Monotonic, now: Moment) -> Moment {
    now.plus_micros(at.micros_since(now.monotonic))
}
