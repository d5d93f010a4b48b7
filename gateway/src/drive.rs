//! The one loop: whatever a scan comes from, the engine sees the same order of things.
//!
//! Numbers the scans, runs the deadlines that lie before each, and those that arose already past.
//! Knows nothing of files, sockets or clocks: who drives says when it is.

use std::slice;
use std::sync::Arc;

use latchwork_engine::{Command, Effect, Engine, Input, Moment, Monotonic, Notice, Plant, Sample, Scan};

/// An engine with its place in time.
#[derive(Debug)]
pub struct Drive {
    engine: Engine,
    sequence: u64,
    last: Option<Moment>,
    effects: Vec<Effect>,
}

/// What records a scan and takes its effects.
pub trait Sink {
    /// Sees a scan before it is taken.
    #[inline]
    fn see(&mut self, _engine: &Engine, _scan: &Scan<'_>) {}

    /// Takes the effects of one scan, in their order.
    fn take(&mut self, engine: &Engine, effects: &mut Vec<Effect>);
}

impl<F: FnMut(&Engine, &mut Vec<Effect>)> Sink for F {
    fn take(&mut self, engine: &Engine, effects: &mut Vec<Effect>) {
        self(engine, effects);
    }
}

impl Drive {
    /// Returns the drive of an engine that has taken no scan.
    pub const fn new(engine: Engine) -> Self {
        Self { engine, sequence: 0, last: None, effects: Vec::new() }
    }

    /// Returns the drive of an engine that goes on after its last scan.
    pub const fn resumed(engine: Engine, sequence: u64, last: Moment) -> Self {
        Self { engine, sequence, last: Some(last), effects: Vec::new() }
    }

    /// Returns the engine.
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Returns how many scans were taken: samples, commands, deadlines and the boot.
    pub const fn scans(&self) -> u64 {
        self.sequence
    }

    /// Takes a batch of samples as one scan. `recorded` is the scan's number in an own trace: the
    /// numbers go on from there, so that a replay gives the live ids.
    pub fn samples(&mut self, at: Moment, recorded: Option<u64>, samples: &mut [Sample], sink: &mut impl Sink) {
        self.boot_first(at, sink);
        self.scan(at, recorded, Input::Samples(samples), sink);
    }

    /// Takes a sample as one scan that follows another: what nearly all rows of nearly all traces are.
    #[expect(clippy::inline_always, reason = "a lone sample's scan is shorter than a call with a scan in memory")]
    #[inline(always)]
    pub fn lone(&mut self, at: Moment, sample: &mut Sample, sink: &mut impl Sink) {
        self.run_deadlines(at, sink);
        self.step(at, Input::Samples(slice::from_mut(sample)), sink);
        self.run_deadlines(at, sink);
    }

    /// Takes a command as one scan.
    pub fn command(&mut self, at: Moment, recorded: Option<u64>, command: &Command, sink: &mut impl Sink) {
        self.boot_first(at, sink);
        self.scan(at, recorded, Input::Command(command), sink);
    }

    /// Takes the boot that an engine wants which has taken no scan.
    #[inline]
    fn boot_first(&mut self, at: Moment, sink: &mut impl Sink) {
        if self.last.is_none() && self.engine.wants_boot() {
            self.step(at, Input::Boot, sink);
        }
    }

    /// Takes news with what they do to the image as one scan.
    pub fn notice(
        &mut self,
        at: Moment,
        recorded: Option<u64>,
        notice: &Notice,
        samples: &mut [Sample],
        sink: &mut impl Sink,
    ) {
        self.scan(at, recorded, Input::Notice(notice, samples), sink);
    }

    /// Takes the start of the gateway. What was due while it was down is due after it.
    pub fn boot(&mut self, at: Moment, recorded: Option<u64>, sink: &mut impl Sink) {
        // Scans that were never committed are no part of what goes on: their numbers are given again.
        self.sequence = recorded.map_or(self.sequence, |recorded| recorded.saturating_sub(1));
        self.step(at, Input::Boot, sink);
        self.run_deadlines(at, sink);
    }

    /// Takes another plant in place of the engine's.
    pub fn reload(&mut self, at: Moment, recorded: Option<u64>, plant: Arc<Plant>, sink: &mut impl Sink) {
        self.run_deadlines(at, sink);
        self.engine = self.engine.reload(plant, at);
        self.number_from(recorded);
        self.step(at, Input::Reload, sink);
        self.run_deadlines(at, sink);
    }

    /// Takes an engine in place of this one: the gateway was started anew.
    pub fn restart(&mut self, engine: Engine) {
        self.engine = engine;
    }

    #[inline(never)]
    fn scan(&mut self, at: Moment, recorded: Option<u64>, input: Input<'_>, sink: &mut impl Sink) {
        self.run_deadlines(at, sink);
        self.number_from(recorded);
        self.step(at, input, sink);
        self.run_deadlines(at, sink);
    }

    /// Lets the numbers go on so that the next scan has the recorded one.
    #[inline]
    fn number_from(&mut self, recorded: Option<u64>) {
        if let Some(recorded) = recorded {
            self.sequence = self.sequence.max(recorded.saturating_sub(1));
        }
    }

    /// Lets time pass up to a moment, which is included.
    pub fn pass(&mut self, until: Moment, sink: &mut impl Sink) {
        if self.last.is_some() {
            self.run_deadlines(until, sink);
        }
    }

    /// Runs the deadlines up to a moment, each at exactly its time; one that arose already past
    /// runs at once, at the current time.
    #[inline]
    fn run_deadlines(&mut self, until: Moment, sink: &mut impl Sink) {
        while let Some(deadline) = self.engine.next_deadline().filter(|&deadline| deadline <= until.monotonic) {
            self.run_deadline(deadline, until, sink);
        }
    }

    /// Apart from the question whether there is any, for before most scans there is none.
    #[inline(never)]
    fn run_deadline(&mut self, deadline: Monotonic, until: Moment, sink: &mut impl Sink) {
        let now = self.last.unwrap_or(until);
        let micros = deadline.micros_since(now.monotonic).max(0);
        self.step(now.plus_micros(micros), Input::Timer, sink);
    }

    #[expect(clippy::inline_always, reason = "so is its step")]
    #[inline(always)]
    fn step(&mut self, at: Moment, input: Input<'_>, sink: &mut impl Sink) {
        self.sequence += 1;
        self.last = Some(at);
        let scan = Scan { sequence: self.sequence, at, input };
        sink.see(&self.engine, &scan);
        self.engine.step(scan, &mut self.effects);
        if !self.effects.is_empty() {
            sink.take(&self.engine, &mut self.effects);
            self.effects.clear();
        }
    }

    /// Returns the engine to who looks at what changed in it.
    pub const fn engine_mut(&mut self) -> &mut Engine {
        &mut self.engine
    }

    /// Returns the time of the last scan.
    pub const fn last(&self) -> Option<Moment> {
        self.last
    }
}
