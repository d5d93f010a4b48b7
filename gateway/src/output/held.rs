//! Effects that wait until they cannot be revoked: a start of the gateway in an own trace tells which scans before it
//! were never committed, so that what those did never became true.

use std::collections::VecDeque;

use latchwork_connectors::limits::UNCOMMITTED_SCANS_MAX;
use ulid::Ulid;

use super::shown::Shown;

/// What an event is to the outputs, apart from the engine that it came from.
#[derive(Debug)]
pub(super) struct Told {
    /// The event line; empty where nobody wants it.
    pub(super) line: Vec<u8>,
    pub(super) change: Change,
}

/// What an event does to the records that are shown.
#[derive(Debug)]
pub(super) enum Change {
    /// Nothing.
    None,
    /// A record opened.
    Opened(Ulid),
    /// A record closed; without what is shown where it was not asked for.
    Closed(Ulid, Option<Box<Shown>>),
    /// A closed record was corrected.
    Edited(Option<Box<Shown>>),
}

/// The events that wait, in the order of their scans.
#[derive(Debug, Default)]
pub(super) struct Held {
    queue: VecDeque<(u64, Told)>,
}

impl Held {
    /// Adds an event of a scan.
    pub(super) fn add(&mut self, sequence: u64, told: Told) {
        self.queue.push_back((sequence, told));
    }

    /// Returns the first event, if it cannot be revoked any more when this scan is taken.
    pub(super) fn settled(&mut self, sequence: u64) -> Option<Told> {
        let is_settled = |&(first, _): &(u64, Told)| first.saturating_add(UNCOMMITTED_SCANS_MAX) <= sequence;
        self.queue.front().is_some_and(is_settled).then(|| self.queue.pop_front())?.map(|(_, told)| told)
    }

    /// Forgets what scans after this one did.
    pub(super) fn revoke_after(&mut self, last_sequence: u64) {
        while self.queue.back().is_some_and(|&(sequence, _)| sequence > last_sequence) {
            self.queue.pop_back();
        }
    }

    /// Returns the first event, whether it could be revoked or not.
    pub(super) fn next(&mut self) -> Option<Told> {
        self.queue.pop_front().map(|(_, told)| told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(sequences: &[u64]) -> Held {
        let mut held = Held::default();
        for &sequence in sequences {
            held.add(sequence, Told { line: sequence.to_string().into_bytes(), change: Change::None });
        }
        held
    }

    fn lines(mut next: impl FnMut() -> Option<Told>) -> Vec<String> {
        std::iter::from_fn(|| next().map(|told| String::from_utf8(told.line).unwrap())).collect()
    }

    #[test]
    fn only_what_was_committed_is_left_behind_a_start() {
        let mut held = held(&[1, 2, 2, 3]);
        held.revoke_after(2);
        assert_eq!(lines(|| held.next()), ["1", "2", "2"]);
    }

    #[test]
    fn what_lies_far_back_is_settled() {
        let mut held = held(&[1, 2, 3]);
        let now = 2 + UNCOMMITTED_SCANS_MAX;
        assert_eq!(lines(|| held.settled(now)), ["1", "2"]);
        assert_eq!(lines(|| held.next()), ["3"]);
    }
}
