//! What the engine remembers of one capture.

use latchwork_expr::{Program, Site, Value};

use super::{CaptureMode, Cut, Tape, difference};

/// A capture while the engine runs.
#[derive(Debug, Default)]
pub(crate) struct Course {
    /// Its level, while a run is open or may open in the past.
    pub(crate) tape: Tape,
    /// The level at the open run's start; null if it was unknown, or if the run began before the capture was there.
    pub(crate) start: Value,
    /// The call sites of its expression.
    pub(crate) sites: Box<[Site]>,
}

/// Whether a run has ended at the point up to which it is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It has.
    Yes,
    /// It goes on: what is measured is so far.
    No,
}

impl Course {
    /// Returns a capture that has seen nothing.
    pub(crate) fn new(program: &Program) -> Self {
        Self { sites: program.fresh_sites(), ..Self::default() }
    }

    /// Returns what the open run's record has for it, measured up to a point.
    pub(super) fn value(&self, mode: CaptureMode, to: Cut, ended: Ended) -> Value {
        match (mode, ended) {
            (CaptureMode::AtStart, _) => self.start.clone(),
            (CaptureMode::AtStop, Ended::Yes) => self.tape.level_at(to),
            (CaptureMode::AtStop, Ended::No) => Value::Null,
            (CaptureMode::Delta { rollover }, _) => difference(&self.tape.level_at(to), &self.start, rollover),
            (
                CaptureMode::Min
                | CaptureMode::Max
                | CaptureMode::Mean
                | CaptureMode::SumOfIncreases
                | CaptureMode::CountOfChanges
                | CaptureMode::TrueSeconds,
                _,
            ) => self.tape.tally(mode, to).value(mode),
        }
    }
}
