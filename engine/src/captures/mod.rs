//! What is measured over a run (`spec/engine.md` section 9).
//!
//! A capture's expression is a level over time. While a run is open, or a start hold is pending that may open one at
//! its edge, the level is kept as a [`tape::Tape`]: as much of it as some pending hold may still ask for as single
//! pieces, all that is older as one [`tally::Tally`]. So a record that begins or ends at an edge in the past has what
//! was measured from edge to edge.

mod course;
mod number;
mod phase;
mod settle;
mod tally;
mod tape;

use std::sync::Arc;

use latchwork_expr::{Program, Text};
use serde::{Deserialize, Serialize};

pub(crate) use course::{Course, Ended};
pub(crate) use number::difference;
pub(crate) use phase::{CaptureKey, captures_before};
pub(crate) use tape::{Cut, Tape};

/// Something that is measured over each run of an operation.
#[derive(Clone, Debug)]
pub struct Capture {
    /// The name, unique within its operation: the key in a record's `captures`.
    pub name: Text,
    /// What is measured.
    pub program: Arc<Program>,
    /// How.
    pub mode: CaptureMode,
}

/// What becomes of a capture's values over a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CaptureMode {
    /// The value at the start.
    AtStart,
    /// The value at the end.
    AtStop,
    /// The value at the end less the value at the start.
    Delta {
        /// For a counter that wraps: the value at which it begins again at 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rollover: Option<f64>,
    },
    /// The smallest number.
    Min,
    /// The greatest number.
    Max,
    /// The mean of the numbers, weighted by time.
    Mean,
    /// How much a number grew in all, whatever it lost in between: a counter that resets.
    SumOfIncreases,
    /// How often the value became another.
    CountOfChanges,
    /// For how many seconds it was true.
    TrueSeconds,
}
