//! The handshake with the PLC (`spec/engine.md` section 13): what is answered when a machine starts and stops, and which
//! of its runs nobody saw.
//!
//! The engine decides what is to be written. Whoever commits its effects writes, and only then; whether a write arrived
//! is nothing that the engine knows, so that a replay needs no device.

mod answer;
mod sequence;
mod state;

use latchwork_expr::{TagSlot, Value};

pub(crate) use answer::StartOutcome;
pub(crate) use state::HandshakeState;
pub use state::RetainedHandshake;

/// What an operation and its PLC have agreed on.
#[derive(Clone, Debug, Default)]
pub struct Handshake {
    /// What is written when the machine asks for a start or a stop.
    pub acknowledgement: Option<Acknowledgement>,
    /// The counter of the machine's runs.
    pub sequence: Option<Sequence>,
}

/// What is written, and when.
#[derive(Clone, Debug)]
pub struct Acknowledgement {
    /// What is answered.
    pub of: Acknowledged,
    /// The tag that is written.
    pub tag: TagSlot,
    /// Says that the start or the stop is durable.
    pub success: Value,
    /// Says that a start opened no record; without it nothing is written then.
    pub failure: Option<Value>,
    /// What becomes of the answer; without it, it stays.
    pub reset: Option<Reset>,
}

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Acknowledged {
    /// Starts.
    #[default]
    Start,
    /// Stops.
    Stop,
    /// Both.
    Both,
}

/// How an answer ends.
#[derive(Clone, Debug)]
pub struct Reset {
    /// How long the answer stands, in milliseconds; at least 1.
    pub after_millis: u64,
    /// What is written then.
    pub value: Value,
}

/// A counter that the PLC raises by one per run.
#[derive(Clone, Copy, Debug)]
pub struct Sequence {
    /// The tag that shows it.
    pub tag: TagSlot,
    /// At which number it begins again at 0, if it does.
    pub rollover: Option<i64>,
}

/// A value that is to be written to a tag once the scan is durable.
#[derive(Clone, Debug)]
pub struct TagWrite {
    /// The tag.
    pub tag: TagSlot,
    /// The value, of the tag's type.
    pub value: Value,
    /// What it means for what was to be written to this tag before.
    pub kind: WriteKind,
}

/// What a write means for those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteKind {
    /// It answers: whatever was to be written before is void.
    Answer,
    /// It ends an answer, which must have stood for so long.
    Reset {
        /// How long, in milliseconds.
        after_millis: u64,
    },
}

impl Acknowledged {
    /// Tells whether starts are answered.
    pub(crate) const fn has_starts(self) -> bool {
        matches!(self, Self::Start | Self::Both)
    }

    /// Tells whether stops are.
    pub(crate) const fn has_stops(self) -> bool {
        matches!(self, Self::Stop | Self::Both)
    }
}
