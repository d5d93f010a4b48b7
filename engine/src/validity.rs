//! Connection validity: tags of a connection that is not to be believed are stale, whatever they are read as
//! (`spec/engine.md` section 3).
//!
//! What was read is kept beside the image, and seen again when the connection is valid.

use latchwork_expr::{Context, Host, Level, Monotonic, Program, Quality, Site, TagSlot, Value};

use crate::latch::{same, take};
use crate::plant::{Guard, Heartbeat, Plant};
use crate::probe::unknown;
use crate::restart::was_never_set;
use crate::scan::{Moment, Sample};
use crate::step::Engine;
use crate::timer::GuardTimer;

/// What is to be done for a connection's guard in a scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GuardTasks(u8);

impl GuardTasks {
    /// Begin to watch: something of the connection was read.
    pub(crate) const BEGIN: Self = Self(1);
    /// Evaluate the condition.
    pub(crate) const ASK: Self = Self(2);
    /// Look whether the heartbeat moved.
    pub(crate) const BEAT: Self = Self(4);
    /// The heartbeat has stood still for too long.
    pub(crate) const BEAT_DUE: Self = Self(8);

    /// Tells whether a task is among these.
    const fn has(self, task: Self) -> bool {
        self.0 & task.0 != 0
    }

    /// Adds tasks; tells whether there was none before.
    pub(crate) const fn add(&mut self, tasks: Self) -> bool {
        let first = self.0 == 0;
        self.0 |= tasks.0;
        first
    }
}

/// Every guard's state, and what their connections' tags were read as.
#[derive(Debug)]
pub(crate) struct Validity {
    pub(crate) states: Vec<GuardState>,
    /// By slot: whose tag it is, or that which moves. Empty where there are no guards.
    concerned: Vec<Concern>,
    /// By slot: the quality that a hidden tag was read with.
    pub(crate) read_as: Vec<Quality>,
}

/// What a tag is to a guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Concern {
    /// Nothing.
    None,
    /// It shows whether the connection is valid.
    Witness,
    /// It is stale while the connection is not.
    Guarded(u32),
    /// The same, but nothing reads it: its readings take no part in anything.
    Unread(u32),
}

/// What is remembered of a guard.
#[derive(Clone, Debug)]
pub(crate) struct GuardState {
    /// When the heartbeat moved last, or the watch began; `None` before anything of the connection was read.
    pub(crate) since: Option<Monotonic>,
    /// The heartbeat's last value.
    pub(crate) beat: Value,
    /// Whether the heartbeat has not stood still for too long.
    pub(crate) beats: bool,
    /// Whether the condition is true.
    pub(crate) holds: bool,
    /// Whether the tags are stale because of it.
    pub(crate) hides: bool,
    /// The condition's call sites.
    pub(crate) sites: Box<[Site]>,
}

impl GuardState {
    /// Returns the state of a guard whose connection brought nothing yet.
    pub(crate) fn new(guard: &Guard) -> Self {
        let sites = guard.valid_when.as_deref().map(Program::fresh_sites).unwrap_or_default();
        Self { since: None, beat: Value::Null, beats: true, holds: guard.valid_when.is_none(), hides: false, sites }
    }
}

impl Validity {
    /// Returns the guards of a plant that has never run.
    pub(crate) fn new(plant: &Plant) -> Self {
        let tags = if plant.guards.is_empty() { 0 } else { plant.tags.len() };
        let mut concerned = vec![Concern::None; tags];
        for guard in &plant.guards {
            let reads = guard.valid_when.iter().flat_map(|program| program.reads());
            let heartbeat = guard.heartbeat.iter().map(|heartbeat| &heartbeat.tag);
            for slot in reads.chain(heartbeat) {
                concerned[slot.index()] = Concern::Witness;
            }
        }
        let read = plant.read_tags();
        for (number, guard) in (0_u32..).zip(&plant.guards) {
            for slot in &guard.tags {
                let is_read = read[slot.index()];
                concerned[slot.index()] = if is_read { Concern::Guarded(number) } else { Concern::Unread(number) };
            }
        }
        let states = plant.guards.iter().map(GuardState::new).collect();
        Self { states, concerned, read_as: vec![Quality::BadStale; tags] }
    }

    /// Tells whether a reading of a tag may change what is believed, or is not to be believed.
    #[inline]
    pub(crate) fn concerns(&self, tag: TagSlot) -> bool {
        self.concerned.get(tag.index()).is_some_and(|concern| *concern != Concern::None)
    }

    /// Returns the guard of a tag.
    fn guard_of(&self, tag: TagSlot) -> Option<u32> {
        match self.concerned.get(tag.index()) {
            Some(Concern::Guarded(guard) | Concern::Unread(guard)) => Some(*guard),
            Some(Concern::None | Concern::Witness) | None => None,
        }
    }

    /// Tells whether the watch of a guard may begin with a reading of a tag.
    fn begins(&self, tag: TagSlot) -> bool {
        matches!(self.concerned.get(tag.index()), Some(Concern::Guarded(_)))
    }

    /// Returns the guard that hides a tag.
    pub(crate) fn hider_of(&self, tag: TagSlot) -> Option<u32> {
        self.guard_of(tag).filter(|&guard| self.states[guard as usize].hides)
    }
}

impl Engine {
    /// Tells whether a guarded connection is believed, by its place in [`Plant::guards`].
    pub fn is_valid(&self, guard: usize) -> bool {
        !self.validity.states[guard].hides
    }

    /// Takes the reading of a tag that concerns a guard; returns whether value or quality changed.
    pub(crate) fn take_guarded(&mut self, sample: &mut Sample) -> bool {
        let slot = sample.tag;
        let Some(guard) = self.validity.guard_of(slot) else { return take(&mut self.image[slot.index()], sample) };
        if self.validity.states[guard as usize].since.is_none() && self.validity.begins(slot) {
            self.touched.add_guard(guard, GuardTasks::BEGIN);
        }
        let cell = &mut self.image[slot.index()];
        if !self.validity.states[guard as usize].hides {
            return take(cell, sample);
        }
        // Only another value is seen while it is hidden, for the quality stays what it is.
        cell.quality = sample.quality;
        let changed = take(cell, sample);
        self.validity.read_as[slot.index()] = std::mem::replace(&mut cell.quality, Quality::BadStale);
        changed
    }

    /// Judges a touched guard: hides or shows its connection's tags, and touches what reads them.
    pub(crate) fn judge_guard(&mut self, number: u32, tasks: GuardTasks, now: Moment) {
        let plant = self.plant.clone();
        let guard = &plant.guards[number as usize];
        let begins = self.validity.states[number as usize].since.is_none();
        if let Some(heartbeat) = guard.heartbeat {
            self.watch(number, heartbeat, tasks, now);
        }
        let state = &mut self.validity.states[number as usize];
        state.since.get_or_insert(now.monotonic);
        if let Some(program) = guard.valid_when.as_deref().filter(|_| begins || tasks.has(GuardTasks::ASK)) {
            self.ask(number, program, now);
        }
        let state = &mut self.validity.states[number as usize];
        let hides = !(state.beats && state.holds);
        let did_hide = std::mem::replace(&mut state.hides, hides);
        if begins || did_hide != hides {
            self.changed.add_guard(number);
        }
        if did_hide != hides {
            guard.tags.iter().for_each(|&tag| self.turn_over(tag, hides));
        }
    }

    /// Makes a tag stale, or again what it was read as.
    fn turn_over(&mut self, tag: TagSlot, hides: bool) {
        let shown = &mut self.image[tag.index()].quality;
        let read_as = &mut self.validity.read_as[tag.index()];
        let other = if hides { Quality::BadStale } else { *read_as };
        let before = std::mem::replace(shown, other);
        if hides {
            *read_as = before;
        }
        if before != other {
            self.touch(tag, true);
        }
    }

    /// Looks whether a heartbeat moved or stood still for too long.
    fn watch(&mut self, number: u32, heartbeat: Heartbeat, tasks: GuardTasks, now: Moment) {
        let state = &mut self.validity.states[number as usize];
        state.beats &= !tasks.has(GuardTasks::BEAT_DUE);
        let cell = &self.image[heartbeat.tag.index()];
        let is_read = cell.quality.level() < Level::Bad && !cell.value.is_null();
        if is_read && !same(&cell.value, &state.beat) {
            state.beat = cell.value.clone();
            (state.beats, state.since) = (true, Some(now.monotonic));
        }
        let since = *state.since.get_or_insert(now.monotonic);
        let deadline = state.beats.then(|| since.plus_millis(heartbeat.timeout_millis));
        self.timers.set_guard(number, GuardTimer::Heartbeat, deadline);
    }

    /// Evaluates a condition: only what is known to be true is.
    fn ask(&mut self, number: u32, program: &Program, now: Moment) {
        let GuardState { sites, holds, .. } = &mut self.validity.states[number as usize];
        let (host, first_scan) = (Host::default(), self.plant.first_scan);
        let context = Context::of(&self.image, now.wall, self.plant.zone, &host, sites);
        let truth = program.truth(&mut Context { monotonic: now.monotonic, first_scan, ..context });
        *holds = !truth.status.any(unknown(self.plant.uncertain)) && truth.value;
        if program.keeps_state() {
            self.timers.set_guard(number, GuardTimer::Block, Site::next_due(sites, now.monotonic));
            self.changed.add_guard(number);
        }
    }
}

impl Engine {
    /// Begins to watch the guards that are new to connections of which something was read before.
    pub(crate) fn begin_guards(&mut self) {
        for (number, guard) in (0_u32..).zip(&self.plant.guards) {
            let is_new = self.validity.states[number as usize].since.is_none();
            let is_begun = |tag: &TagSlot| self.validity.begins(*tag) && !was_never_set(&self.image[tag.index()]);
            if is_new && guard.tags.iter().any(is_begun) {
                self.touched.add_guard(number, GuardTasks::BEGIN);
            }
        }
    }

    /// Sets the timers of a guard that was watched before.
    pub(crate) fn set_guard_timers(&mut self, number: u32, guard: &Guard) {
        let GuardState { since, beats, ref sites, .. } = self.validity.states[number as usize];
        let beat = since.zip(guard.heartbeat).filter(|_| beats);
        let beat = beat.map(|(since, heartbeat)| since.plus_millis(heartbeat.timeout_millis));
        self.timers.set_guard(number, GuardTimer::Heartbeat, beat);
        self.timers.set_guard(number, GuardTimer::Block, Site::due(sites));
    }
}
