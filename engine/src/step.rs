//! The one way in: [`Engine::step`] takes a scan and gives its effects.
//!
//! This file is the table of contents of a scan; each phase is a file of its own.

use std::slice;
use std::sync::Arc;

use latchwork_expr::{Cell, Program, Site, Text, Value};

use crate::captures::Cut;
use crate::changed::Changed;
use crate::clock::ClockWatch;
use crate::command::Origin;
use crate::effect::{Effect, Event, EventKind, Info};
use crate::operation::{Counters, OperationState};
use crate::order::{Order, OrderIndex, Orders};
use crate::plant::{OperationIndex, Plant};
use crate::probe::Probes;
use crate::record::Record;
use crate::restart::Unsettled;
use crate::scan::{Input, Moment, Monotonic, Notice, Sample, Scan};
use crate::schedule::Schedule;
use crate::timer::{GuardTimer, Timer, Timers};
use crate::touched::Touched;
use crate::trigger::ScanTime;
use crate::validity::{GuardTasks, Validity};
use crate::wiring::Wiring;

/// The machine. Everything that a step reads besides its scan is in here.
#[derive(Debug)]
pub struct Engine {
    pub(crate) plant: Arc<Plant>,
    pub(crate) wiring: Wiring,
    pub(crate) probes: Probes,
    pub(crate) image: Vec<Cell>,
    pub(crate) validity: Validity,
    pub(crate) derived_sites: Vec<Box<[Site]>>,
    pub(crate) operations: Vec<OperationState>,
    pub(crate) orders: Orders,
    pub(crate) schedule: Schedule,
    pub(crate) timers: Timers,
    pub(crate) touched: Touched,
    pub(crate) lineages: u64,
    pub(crate) unsettled: Unsettled,
    pub(crate) changed: Changed,
    /// The number of the scan in which the gateway started, if that is known here.
    pub(crate) boot_scan: Option<u64>,
    /// The last scan, if there was one.
    pub(crate) last: Option<Moment>,
    /// The end of the scan before the one that is taken.
    pub(crate) before: Cut,
    /// The operations whose measured records closed in this scan.
    pub(crate) closed: Vec<OperationIndex>,
    /// Whether the wall clock was set.
    pub(crate) clock: ClockWatch,
}

/// A scan's constants and its way out, handed through the phases.
pub(crate) struct Turn<'a> {
    /// The scan's number.
    pub(crate) sequence: u64,
    /// The scan's time.
    pub(crate) now: Moment,
    /// How many events the scan has made.
    events: u32,
    /// Whose doing the scan is, if it is a command.
    pub(crate) origin: Origin,
    /// Where effects leave.
    pub(crate) effects: &'a mut Vec<Effect>,
}

impl Turn<'_> {
    /// Returns when the scan is, and its number.
    pub(crate) const fn scan_time(&self) -> ScanTime {
        ScanTime { at: self.now, scan: self.sequence }
    }

    /// Tells an event that happened at the scan's time.
    pub(crate) fn tell(&mut self, kind: EventKind, info: Info) {
        self.tell_of(kind, self.now, info);
    }

    /// Tells the news that a scan brings.
    fn announce(&mut self, notice: &Notice) {
        let connection =
            |name: &Text, reason: Option<&Text>| Info::Connection { name: name.clone(), reason: reason.cloned() };
        let (kind, info) = match notice {
            Notice::GatewayStarted => (EventKind::GatewayStarted, Info::Gateway),
            Notice::GatewayStopped => (EventKind::GatewayStopped, Info::Gateway),
            Notice::ConnectionUp { connection: name } => (EventKind::ConnectionUp, connection(name, None)),
            Notice::ConnectionDown { connection: name, reason } => {
                (EventKind::ConnectionDown, connection(name, Some(reason)))
            }
            &Notice::ConnectionClockStepped { connection: ref name, step_micros } => {
                (EventKind::ConnectionClockStepped, Info::ClockStep { connection: Some(name.clone()), step_micros })
            }
            Notice::SamplesLost(lost) => (EventKind::GatewaySamplesLost, Info::SamplesLost(lost.clone())),
            Notice::ScanSkipped(skipped) => (EventKind::GatewayScanSkipped, Info::ScanSkipped(skipped.clone())),
            // Told if it is another status than the engine knows.
            Notice::ProductionOrderChanged { .. } => return,
            &Notice::OutboxDropped { count, first_seq, last_seq } => {
                (EventKind::OutboxDropped, Info::OutboxDropped { count, first_seq, last_seq })
            }
        };
        self.tell(kind, info);
    }

    /// Tells an event that happened at another time: that of an edge.
    pub(crate) fn tell_of(&mut self, kind: EventKind, occurred: Moment, info: Info) {
        let index = self.events;
        self.events += 1;
        let (sequence, scan_wall) = (self.sequence, self.now.wall);
        let actor = self.origin.actor.clone();
        let event = Event { sequence, index, scan_wall, occurred_at: occurred.wall, actor, kind, info };
        self.effects.push(Effect::Event(event));
    }
}

impl Engine {
    /// Returns the engine of a plant that has never run.
    pub fn new(plant: Arc<Plant>) -> Self {
        let mut orders = Orders::default();
        orders.add_configured(&plant);
        let mut schedule = Schedule::new(plant.operations.len());
        schedule.add_planned(&plant);
        let (wiring, probes, scales) = Wiring::new(&plant);
        let image = vec![Cell::default(); plant.tags.len()];
        Self {
            probes: Probes::new(probes, scales, &plant),
            unsettled: Unsettled::of_new(&plant, &image),
            image,
            derived_sites: derived_sites(&plant),
            operations: plant.operations.iter().map(OperationState::new).collect(),
            orders,
            schedule,
            timers: Timers::new(&plant, wiring.polls().len(), wiring.captures()),
            validity: Validity::new(&plant),
            touched: Touched::new(&plant),
            lineages: 0,
            changed: Changed::new(&plant),
            boot_scan: None,
            last: None,
            before: Cut::default(),
            closed: Vec::new(),
            clock: ClockWatch::default(),
            wiring,
            plant,
        }
    }

    /// Takes a scan, in the order of `spec/engine.md` section 5, and appends its effects.
    ///
    /// Total: whatever the scan brings, it has a defined effect. Scans come in the order of their
    /// monotonic times; deadlines at or before a scan's time are scans of their own before it
    /// ([`Engine::next_deadline`]).
    #[expect(clippy::inline_always, reason = "whoever knows what the scan brings needs only that part of it")]
    #[inline(always)]
    pub fn step(&mut self, scan: Scan<'_>, effects: &mut Vec<Effect>) {
        let Scan { sequence, at: now, input } = scan;
        if let Input::Samples([sample]) = input
            && self.clock.goes_on(now)
        {
            if !self.take_calm(sample) {
                self.take_lone(sequence, sample, now, effects);
            }
        } else {
            self.act(sequence, now, Some(input), effects);
        }
        self.last = Some(now);
    }

    /// Takes a lone sample that may move a level.
    #[inline(never)]
    fn take_lone(&mut self, sequence: u64, sample: &mut Sample, now: Moment, effects: &mut Vec<Effect>) {
        if !self.take_turning(sample, now) {
            self.take_any(sequence, sample, now, effects);
        } else if !self.touched.is_idle() {
            self.act(sequence, now, None, effects);
        }
    }

    fn take_any(&mut self, sequence: u64, sample: &mut Sample, now: Moment, effects: &mut Vec<Effect>) {
        if self.validity.concerns(sample.tag) {
            self.act(sequence, now, Some(Input::Samples(slice::from_mut(sample))), effects);
            return;
        }
        self.latch_lone(sample, now);
        if !self.touched.is_idle() {
            self.act(sequence, now, None, effects);
        }
    }

    /// Takes what a scan brings, and does what it asks. Apart from the lone sample, for that is what most scans are,
    /// and most of those touch nothing.
    #[inline(never)]
    fn act(&mut self, sequence: u64, now: Moment, input: Option<Input<'_>>, effects: &mut Vec<Effect>) {
        let mut turn = Turn { sequence, now, events: 0, origin: Origin::default(), effects };
        self.watch_clock(&mut turn);
        self.before = Cut { at: self.last.unwrap_or(now).monotonic, scan: sequence.saturating_sub(1) };
        if let Some(input) = input {
            self.take(input, &mut turn);
        }
        if self.touched.captures() > 0 {
            self.take_captures(&mut turn);
        }
        if !self.touched.is_empty() {
            self.decide(&mut turn);
        }
    }

    fn take(&mut self, input: Input<'_>, turn: &mut Turn<'_>) {
        match input {
            Input::Boot => self.boot(turn),
            Input::Reload => self.take_reload(turn),
            Input::Samples(samples) => self.latch(samples, turn.now),
            Input::Timer => self.take_due_timers(turn),
            Input::Command(command) => self.obey(command, turn),
            Input::Notice(notice, samples) => {
                turn.announce(notice);
                if let Notice::ProductionOrderChanged { order, status } = notice {
                    self.hear_of_order(order, *status, turn);
                }
                self.latch(samples, turn.now);
            }
        }
    }

    /// Does what the scan asks of the operations that it touches.
    fn decide(&mut self, turn: &mut Turn<'_>) {
        self.touched.sort();
        self.evaluate(turn);
        self.stop_runs(turn);
        self.update_orders(turn);
        self.start_runs(turn);
        self.tell_overruns(turn);
        self.settle_captures(turn);
        self.end_windows(turn);
        self.end_answers(turn);
        self.note_changed();
        self.touched.clear();
    }

    /// Returns the earliest deadline: a timer scan is due then, before any later scan.
    pub fn next_deadline(&self) -> Option<Monotonic> {
        self.timers.next()
    }

    /// Returns the plant: that of the configuration, and behind its own operations those that were removed while
    /// records of theirs were open.
    pub fn plant(&self) -> &Plant {
        &self.plant
    }

    /// Returns the plant, to be kept.
    pub fn shared_plant(&self) -> Arc<Plant> {
        Arc::clone(&self.plant)
    }

    /// Returns every tag's cell, by slot.
    pub fn image(&self) -> &[Cell] {
        &self.image
    }

    /// Returns the records that are open, in configuration order, without what was measured.
    pub fn open_records(&self) -> impl Iterator<Item = &Record> {
        self.operations.iter().filter_map(|state| Some(&state.run.as_ref()?.record))
    }

    /// Returns the records that are open, in configuration order, with what was measured so far as of a moment.
    pub fn open_records_at(&self, now: Moment) -> impl Iterator<Item = Record> {
        let with_captures =
            move |record: &Record| Record { captures: self.captures_so_far(record.operation, now), ..record.clone() };
        self.open_records().map(with_captures)
    }

    /// Returns every order, in the order of [`crate::OrderIndex`]: that in which they came to be known.
    pub fn orders(&self) -> &[Order] {
        self.orders.all()
    }

    /// Returns them as they are now, to be kept while the engine goes on.
    pub fn shared_orders(&self) -> Arc<Vec<Order>> {
        Arc::clone(self.orders.all())
    }

    /// Returns the order of a name, else of an id.
    pub fn find_order(&self, name: &Text) -> Option<OrderIndex> {
        self.orders.find(name)
    }

    /// Returns what did not become a record of an operation, counted.
    pub fn counters(&self, operation: OperationIndex) -> Counters {
        self.operations[operation.index()].counters
    }

    /// Takes the timers of the earliest deadline. Later ones that are past too are scans of their own.
    fn take_due_timers(&mut self, turn: &Turn<'_>) {
        let Some(deadline) = self.timers.next().filter(|&deadline| deadline <= turn.now.monotonic) else { return };
        while let Some(timer) = self.timers.pop_due(deadline) {
            match timer {
                Timer::Operation(operation, kind) => self.touched.add(operation, kind.task()),
                Timer::Derived(rank) => self.touched.add_derived(rank),
                Timer::Poll(poll) => self.run_poll(poll, turn.now),
                Timer::Guard(guard, GuardTimer::Heartbeat) => self.touched.add_guard(guard, GuardTasks::BEAT_DUE),
                Timer::Guard(guard, GuardTimer::Block) => self.touched.add_guard(guard, GuardTasks::ASK),
                Timer::Capture(number) => self.touched.add_capture(number),
            }
        }
        self.follow_up(turn.now);
    }

    pub(crate) fn state(&self, operation: OperationIndex) -> &OperationState {
        &self.operations[operation.index()]
    }

    pub(crate) fn state_mut(&mut self, operation: OperationIndex) -> &mut OperationState {
        &mut self.operations[operation.index()]
    }
}

/// Returns the call sites of the derived tags, by their rank.
fn derived_sites(plant: &Plant) -> Vec<Box<[Site]>> {
    let programs = plant.derived.iter().map(|slot| plant.tags[slot.index()].expression.as_deref());
    programs.map(|program| program.map(Program::fresh_sites).unwrap_or_default()).collect()
}

/// Returns what `{operation.…}` shows of a text.
pub(crate) fn shown(text: Option<&str>) -> Value {
    text.map_or(Value::Null, Value::from)
}
