//! Rows of a trace, between their reader and the scans: when they are, what they bring, and whether others may join.

use std::sync::Arc;

use latchwork_engine::{Command, Moment, Monotonic, Sample};
use latchwork_expr::Timestamp;

use super::own::{News, OwnHeader};

/// One row, or a run of joining ones. Readers fill the same one again and again: moving a row or its samples costs
/// more than parsing them.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// When it is; of a run the last.
    pub(crate) at: Moment,
    pub(crate) shape: Shape,
    /// Whether a scan of an own trace is of a message that its broker had kept.
    pub(crate) is_retained: bool,
    pub(crate) samples: Vec<Sample>,
}

/// How a row becomes a scan.
#[derive(Debug, Default)]
pub(crate) enum Shape {
    /// One sample a row, whose source time is the row's: it shares a scan with others of that time.
    #[default]
    Joining,
    /// A scan by itself.
    Whole,
    /// A scan of an own trace.
    Own(u64),
    /// What else a scan of an own trace tells.
    News(u64, Box<News>),
    /// A command among JSON lines.
    Command(Box<Command>),
    /// An own trace begins.
    File(Arc<OwnHeader>),
}

/// Returns the instant of a foreign trace's time, where all times are one.
pub(crate) const fn moment(time: Timestamp) -> Moment {
    Moment { monotonic: Monotonic(time.0), wall: time }
}
