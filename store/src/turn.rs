//! A turn: what is committed at once, and how its commit ended.

use latchwork_engine::{Effect, Moment, Order, Plant, Record};
use latchwork_expr::Timestamp;

use crate::jobs::Audit;

/// Some scans with their effects: one transaction.
#[derive(Clone, Copy, Debug)]
pub struct Turn<'a> {
    /// The plant that the effects speak of.
    pub plant: &'a Plant,
    /// The engine's orders, by [`latchwork_engine::OrderIndex`].
    pub orders: &'a [Order],
    /// What the scans did, in order.
    pub effects: &'a [Effect],
    /// One for each [`Effect::Event`], in order.
    pub bodies: &'a [Body],
    /// Open records as they stand at the turn's end, without having changed.
    pub flushed: &'a [Record],
    /// What the engine must know, as far as it changed.
    pub retained: &'a [RetainedRow],
    /// Keys of what the engine need not know any more.
    pub forgotten: &'a [String],
    /// The requests that were commands among the scans, with what they were answered.
    pub audits: &'a [Audit],
    /// The last of the scans.
    pub mark: Mark,
    /// The wall time of the writing: `created_date`, and when the gateway was last seen.
    pub written_at: Timestamp,
}

/// An event as it is told to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Its number: each one more than the one before, over all the life of the gateway.
    pub seq: u64,
    /// The JSON object.
    pub json: String,
}

/// A piece of what the engine must know besides its next scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetainedRow {
    /// Which piece.
    pub key: String,
    /// What it holds.
    pub value: String,
}

/// A committed scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its number.
    pub sequence: u64,
    /// When it was.
    pub at: Moment,
}

/// How a commit ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commit {
    /// The turn was written now.
    Written,
    /// The turn was there already: an earlier try had come through without anybody learning of it.
    AlreadyThere,
}
