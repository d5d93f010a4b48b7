//! What an operation remembers of its handshake.

use serde::{Deserialize, Serialize};

use super::{Handshake, Sequence};
use crate::plant::Plant;
use crate::retained::is_default;
use crate::scan::Monotonic;

/// What an operation remembers of its handshake.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HandshakeState {
    /// When the answer that stands is to end.
    pub(crate) reset: Option<Monotonic>,
    /// The last number of the machine's counter that was read.
    pub(crate) sequence: Option<i64>,
}

/// What survives of an operation's handshake. Each part belongs to its tag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetainedHandshake {
    /// The tag that is written.
    #[serde(skip_serializing_if = "is_default")]
    acknowledge_tag: Option<String>,
    /// When the answer that stands in it is to end.
    #[serde(skip_serializing_if = "is_default")]
    reset: Option<Monotonic>,
    /// The tag of the counter.
    #[serde(skip_serializing_if = "is_default")]
    sequence_tag: Option<String>,
    /// Its last number.
    #[serde(skip_serializing_if = "is_default")]
    sequence: Option<i64>,
}

impl HandshakeState {
    /// Returns what survives.
    pub(crate) fn retain(self, handshake: &Handshake, plant: &Plant) -> RetainedHandshake {
        let Self { reset, sequence } = self;
        RetainedHandshake {
            acknowledge_tag: reset.and(handshake.acknowledge_path(plant)).map(str::to_owned),
            reset,
            sequence_tag: sequence.and(handshake.sequence_path(plant)).map(str::to_owned),
            sequence,
        }
    }

    /// Returns what is kept of what survived, as far as the tags are still the same.
    pub(crate) fn resume(handshake: &Handshake, retained: &RetainedHandshake, plant: &Plant) -> Self {
        let RetainedHandshake { acknowledge_tag, reset, sequence_tag, sequence } = retained;
        let still_ends = handshake.acknowledgement.as_ref().is_some_and(|row| row.reset.is_some());
        let is_acknowledged = acknowledge_tag.as_deref() == handshake.acknowledge_path(plant);
        let is_counted = sequence_tag.as_deref() == handshake.sequence_path(plant);
        Self { reset: reset.filter(|_| still_ends && is_acknowledged), sequence: sequence.filter(|_| is_counted) }
    }
}

impl Handshake {
    fn acknowledge_path<'p>(&self, plant: &'p Plant) -> Option<&'p str> {
        let slot = self.acknowledgement.as_ref()?.tag;
        Some(&plant.tags[slot.index()].path)
    }

    fn sequence_path<'p>(&self, plant: &'p Plant) -> Option<&'p str> {
        let Sequence { tag, .. } = self.sequence?;
        Some(&plant.tags[tag.index()].path)
    }
}
