//! Which messages came before: publishers and brokers send again what they do not know to have arrived.
//!
//! Pure. A broker that starts again from an older file, or a publisher that connects anew, may send a hundred messages
//! once more, with other packet ids. Their points are old, and say nothing of their source's clock.

use std::collections::{BTreeSet, VecDeque};

use crate::limits::MQTT_MESSAGES_REMEMBERED_MAX;

/// Whether a message came before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Novelty {
    /// Not as far as is remembered.
    New,
    /// It is, to the letter, one of the latest.
    Repeat,
}

/// The latest messages that brokers hold for us, by their digests.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    /// Not hashed: see `Window`.
    digests: BTreeSet<u64>,
    /// The same, in the order in which they came.
    order: VecDeque<u64>,
}

impl Repeats {
    /// Remembers a message; tells whether it came before.
    pub(super) fn note(&mut self, digest: u64) -> Novelty {
        if !self.digests.insert(digest) {
            return Novelty::Repeat;
        }
        if self.order.len() == MQTT_MESSAGES_REMEMBERED_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.digests.remove(&oldest);
        }
        self.order.push_back(digest);
        Novelty::New
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_messages_are_remembered() {
        let (mut repeats, count) = (Repeats::default(), MQTT_MESSAGES_REMEMBERED_MAX as u64);
        assert!((0..count).all(|digest| repeats.note(digest) == Novelty::New));
        assert!((0..count).all(|digest| repeats.note(digest) == Novelty::Repeat));
        assert_eq!(repeats.note(count), Novelty::New);
        assert_eq!(repeats.note(1), Novelty::Repeat);
        assert_eq!(repeats.note(0), Novelty::New);
        assert_eq!((repeats.digests.len(), repeats.order.len()), (repeats.order.len(), MQTT_MESSAGES_REMEMBERED_MAX));
    }
}
