//! The one loop: whatever a scan comes from, the engine sees the same order of things.
//!
//! Numbers the scans, runs the deadlines that lie before each, and those that arose already past.
//! Knows nothing of files, sockets or clocks: who drives says when it is.

use latchwork_engine::{Effect, Engine, Input, Moment, Sample, Scan};
use latchwork_expr::Timestamp;

/// An engine with its place in time.
#[derive(Debug)]
pub struct Drive {
    engine: Engine,
    sequence: u64,
    last: Option<Moment>,
    effects: Vec<Effect>,
}

/// What takes a scan's effects.
pub trait Sink {
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

    /// Returns the engine.
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Returns how many scans were taken: samples, deadlines and the boot.
    pub const fn scans(&self) -> u64 {
        self.sequence
    }

    /// Takes a batch of samples as one scan. `recorded` is the scan's number in an own trace: the
    /// numbers go on from there, so that a replay gives the live ids.
    #[inline]
    pub fn samples(&mut self, at: Moment, recorded: Option<u64>, samples: &mut [Sample], sink: &mut impl Sink) {
        if self.last.is_none() && self.engine.wants_boot() {
            self.step(at, Input::Boot, sink);
        }
        self.run_deadlines(at, sink);
        if let Some(recorded) = recorded {
            self.sequence = self.sequence.max(recorded.saturating_sub(1));
        }
        self.step(at, Input::Samples(samples), sink);
        self.run_deadlines(at, sink);
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
            let now = self.last.unwrap_or(until);
            let micros = deadline.micros_since(now.monotonic).max(0);
            self.step(now.plus_micros(micros), Input::Timer, sink);
        }
    }

    #[inline]
    fn step(&mut self, at: Moment, input: Input<'_>, sink: &mut impl Sink) {
        self.sequence += 1;
        self.last = Some(at);
        self.engine.step(Scan { sequence: self.sequence, at, input }, &mut self.effects);
        if !self.effects.is_empty() {
            sink.take(&self.engine, &mut self.effects);
            self.effects.clear();
        }
    }

    /// Returns the time of the last scan.
    pub fn now(&self) -> Option<Timestamp> {
        self.last.map(|moment| moment.wall)
    }
}
