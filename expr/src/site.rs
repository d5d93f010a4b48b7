//! What a call with memory keeps from one evaluation to the next.
//!
//! It must never know what its function computes from it: that is in the function's row.

use serde::{Deserialize, Serialize};

use crate::evaluate::Evaluated;
use crate::exact;
use crate::image::TagSlot;
use crate::monotonic::Monotonic;
use crate::value::{Text, Value};

/// The state of one call with memory (`hasChanged`, `ton`, …): kept per call site, retained over restarts.
#[derive(Clone, Debug, Default)]
pub enum Site {
    /// Not evaluated yet.
    #[default]
    Fresh,
    /// The last value and quality that were seen.
    Last(Evaluated),
    /// What a block remembers.
    Block(Box<Block>),
    /// What a `tag()` with a computed path read last. It is no memory: the call gives the same without it.
    Read {
        /// The path as it was computed.
        path: Text,
        /// The tag, if there is one that may be read.
        tag: Option<TagSlot>,
    },
}

impl Site {
    /// Returns the tag that a computed path led to last.
    pub const fn tag(&self) -> Option<TagSlot> {
        match self {
            Self::Read { tag, .. } => *tag,
            Self::Fresh | Self::Last(_) | Self::Block(_) => None,
        }
    }

    /// Returns when the soonest of these calls wants to be evaluated again, whatever its tags bring: right after an
    /// evaluation at `now`.
    ///
    /// Forgets what was due up to `now`: a call that was skipped has had its chance.
    pub fn next_due(sites: &mut [Self], now: Monotonic) -> Option<Monotonic> {
        let blocks = sites.iter_mut().filter_map(|site| match site {
            Self::Block(block) => Some(block),
            Self::Fresh | Self::Last(_) | Self::Read { .. } => None,
        });
        let due = blocks.filter_map(|block| {
            block.due = block.due.filter(|&due| due > now);
            block.due
        });
        due.min()
    }

    /// Returns when the soonest of these calls wants to be evaluated again, as [`Self::next_due`] left it.
    pub fn due(sites: &[Self]) -> Option<Monotonic> {
        let due = sites.iter().filter_map(|site| match site {
            Self::Block(block) => block.due,
            Self::Fresh | Self::Last(_) | Self::Read { .. } => None,
        });
        due.min()
    }
}

/// A block's memory with what it gave last, which it goes on giving while it is frozen.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// What it gave last.
    #[serde(default, skip_serializing_if = "Value::is_null", with = "exact")]
    pub(crate) output: Value,
    /// When it wants to be evaluated again, whatever its inputs do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) due: Option<Monotonic>,
    /// What it remembers.
    pub(crate) memory: Memory,
}

/// What a block remembers, by kind.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Memory {
    /// `rTrig`, `fTrig`.
    Edge(Edge),
    /// `sr`, `rs`, `hysteresis`.
    Latch(Latch),
    /// `ton`, `tof`, `tp`.
    Timer(Timer),
    /// `ctu`, `ctd`.
    Counter(Counter),
    /// `previous`, `lastChange`, `stableFor`.
    Watch(Watch),
    /// `rate`.
    Window(Window),
}

/// A truth as it was at the evaluation before; `None` before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Edge(pub(crate) Option<bool>);

/// A bit that stays as it was set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Latch(pub(crate) bool);

/// A time that runs from an edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Timer {
    /// The input.
    pub(crate) input: Edge,
    /// Since when the time runs, if it does.
    pub(crate) since: Option<Monotonic>,
}

/// A count of edges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Counter {
    /// The input whose rising edges count.
    pub(crate) input: Edge,
    /// The count.
    pub(crate) count: i64,
}

/// A value as it was at the evaluation before; null before the first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Watch {
    /// The value.
    #[serde(default, skip_serializing_if = "Value::is_null", with = "exact")]
    pub(crate) value: Value,
    /// Since when it has this value.
    pub(crate) since: Monotonic,
}

/// A number over time, as the changes that made it: each with its time, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Window(pub(crate) Vec<(Monotonic, f64)>);
