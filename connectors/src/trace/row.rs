//! One row of a trace, between its reader and the scans: when it is, what it brings, and whether others may join it.

use latchwork_engine::{Moment, Monotonic, Sample};
use latchwork_expr::Timestamp;
use serde_json::Value as Json;

/// One row. Readers fill the same one again and again: moving a row or its samples costs more than parsing them.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) at: Moment,
    pub(crate) shape: Shape,
    pub(crate) samples: Vec<Sample>,
}

/// How a row becomes a scan.
#[derive(Debug, Default)]
pub(crate) enum Shape {
    /// One sample, which shares a scan with others of the same time.
    #[default]
    Joining,
    /// A scan by itself.
    Whole,
    /// A scan of an own trace.
    Own(u64),
    /// A boot of an own trace, with the state that was loaded.
    Boot(u64, Box<Json>),
}

/// Returns the instant of a foreign trace's time, where all times are one.
pub(crate) const fn moment(time: Timestamp) -> Moment {
    Moment { monotonic: Monotonic(time.0), wall: time }
}
