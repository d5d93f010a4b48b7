//! The engine's only entrance: what takes effect at one instant.

pub use latchwork_expr::Monotonic;
use latchwork_expr::{Quality, TagSlot, Text, Timestamp, Value};
use serde::{Deserialize, Serialize};

use crate::command::Command;
use crate::order::OrderStatus;

/// An instant on both axes; as JSON `[monotonic, wall]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(Monotonic, Timestamp)", into = "(Monotonic, Timestamp)")]
pub struct Moment {
    /// For deadlines, holds, durations, and all comparisons.
    pub monotonic: Monotonic,
    /// For the dates that are stored.
    pub wall: Timestamp,
}

impl Moment {
    /// Returns the moment so many microseconds later on both axes.
    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self { monotonic: self.monotonic.plus_micros(micros), wall: Timestamp(self.wall.0.saturating_add(micros)) }
    }

    /// Returns the moment as the end of something that began at `start`: never before it by either clock. Where only the
    /// wall clock says so it was set back, and the end's date is the start's and what really passed.
    #[must_use]
    pub fn not_before(self, start: Self) -> Self {
        let passed = self.monotonic.micros_since(start.monotonic);
        if passed <= 0 || self.wall < start.wall { start.plus_micros(passed.max(0)) } else { self }
    }

    /// Returns the later of two on the monotonic axis, this one on a tie.
    #[must_use]
    pub fn latest(self, other: Self) -> Self {
        if other.monotonic > self.monotonic { other } else { self }
    }
}

impl From<(Monotonic, Timestamp)> for Moment {
    fn from((monotonic, wall): (Monotonic, Timestamp)) -> Self {
        Self { monotonic, wall }
    }
}

impl From<Moment> for (Monotonic, Timestamp) {
    fn from(Moment { monotonic, wall }: Moment) -> Self {
        (monotonic, wall)
    }
}

/// One reading of a tag.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The tag.
    pub tag: TagSlot,
    /// The value; [`Reading::Kept`] when the reading failed and the last one stays.
    pub reading: Reading,
    /// The quality.
    pub quality: Quality,
    /// The source's own time: data, never the engine's.
    pub source_time: Timestamp,
}

/// What a reading brought. With a quality of Bad or Error a value is not taken: the tag keeps its last one.
#[derive(Clone, Debug)]
pub enum Reading {
    /// A value of the tag's declared type, or null.
    Value(Value),
    /// Nothing: the tag keeps its last value.
    Kept,
}

/// What a scan brings.
#[derive(Debug)]
pub enum Input<'a> {
    /// The first scan after the gateway started: what connections bring is stale until it is read, initial
    /// values take effect where nothing was retained.
    Boot,
    /// The first scan with another plant ([`crate::Engine::reload`]): what changed in it takes effect.
    Reload,
    /// One batch of a connector, each tag at most once. The step leaves the values of before in it.
    Samples(&'a mut [Sample]),
    /// A deadline is due.
    Timer,
    /// Somebody asks for something.
    Command(&'a Command),
    /// News of the gateway or of a connection, with what that does to the image.
    Notice(&'a Notice, &'a mut [Sample]),
}

/// News that is an event of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The gateway runs.
    GatewayStarted,
    /// The gateway ends as it should.
    GatewayStopped,
    /// A connection works.
    ConnectionUp {
        /// Its name.
        connection: Text,
    },
    /// A connection does not work.
    ConnectionDown {
        /// Its name.
        connection: Text,
        /// Why.
        reason: Text,
    },
    /// The clock of a connection's source was set.
    ConnectionClockStepped {
        /// The connection's name.
        connection: Text,
        /// By how much, in microseconds: what it shows less what it should.
        step_micros: i64,
    },
    /// Readings were lost because the engine was behind; the scan's samples make their tags stale.
    SamplesLost(Box<Loss>),
    /// Scans were left out because the engine had failed on such a one; the scan's samples make their tags stale.
    ScanSkipped(Box<SkippedScan>),
    /// The status of a production order is another one by now: jobs changed it, or another gateway did.
    ProductionOrderChanged {
        /// The order, by name or id.
        order: Text,
        /// The status.
        status: OrderStatus,
    },
    /// Events were dropped before anybody outside was told of them, because more or older ones waited than may.
    OutboxDropped {
        /// How many.
        count: u64,
        /// The number of the first.
        first_seq: u64,
        /// The number of the last.
        last_seq: u64,
    },
}

/// Readings that were lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The connection's name.
    pub connection: Text,
    /// How many readings, as the connection counts: of blocks, or messages.
    pub count: u64,
    /// When the first was lost.
    pub from: Timestamp,
    /// When the last was.
    pub until: Timestamp,
    /// The paths of the tags concerned.
    pub tags: Vec<Text>,
}

/// Scans that were left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedScan {
    /// What kind of scan: `samples`, `notice`, `command`.
    pub kind: Text,
    /// How many since that was told last.
    pub count: u64,
    /// How often such a scan ended the gateway before.
    pub crashes: u64,
    /// What was said then.
    pub reason: Text,
    /// The paths of the tags that it would have fed.
    pub tags: Vec<Text>,
}

/// What takes effect at one instant.
#[derive(Debug)]
pub struct Scan<'a> {
    /// The scan's number: each greater than the one before.
    pub sequence: u64,
    /// When, on both axes.
    pub at: Moment,
    /// What it brings.
    pub input: Input<'a>,
}
