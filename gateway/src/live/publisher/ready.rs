//! Letters that were read and wait to be carried: a queue for each source, and a fair turn. Pure.

use std::collections::VecDeque;

use latchwork_connectors::mqtt::Letter;

/// Why an event is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// It was refused, and is tried again.
    Refused,
    /// It happened just now.
    Live,
    /// It has waited since long.
    Backlog,
    /// Somebody asked for it once more.
    Resend,
}

/// Every source, in the order of their turns.
pub(super) const SOURCES: [Source; 4] = [Source::Refused, Source::Live, Source::Backlog, Source::Resend];

/// What tells the letter of a resend from others: nothing of it is marked.
const RESENT: u64 = 1 << 63;

/// The letters that were read.
#[derive(Debug, Default)]
pub(super) struct Ready {
    queues: [VecDeque<Letter>; SOURCES.len()],
    turn: usize,
}

impl Ready {
    /// Tells whether a source has nothing that is ready.
    pub(super) fn lacks(&self, source: Source) -> bool {
        self.queues[source as usize].is_empty()
    }

    /// Tells whether nothing is ready.
    pub(super) fn is_empty(&self) -> bool {
        self.queues.iter().all(VecDeque::is_empty)
    }

    /// Adds a letter of a source.
    pub(super) fn put(&mut self, source: Source, letter: Letter) {
        self.queues[source as usize].push_back(letter);
    }

    /// Takes the next letter: the sources take turns, and each keeps its order.
    pub(super) fn next(&mut self) -> Option<Letter> {
        for place in 0..self.queues.len() {
            let source = (self.turn + place) % self.queues.len();
            if let Some(letter) = self.queues[source].pop_front() {
                self.turn = source + 1;
                return Some(letter);
            }
        }
        None
    }
}

/// Returns what the delivery of an event is known by.
pub(super) const fn number(seq: u64, source: Source) -> u64 {
    match source {
        Source::Resend => seq | RESENT,
        Source::Refused | Source::Live | Source::Backlog => seq,
    }
}

/// Returns the event of a delivery that is to be marked.
pub(super) fn marked(number: u64) -> Option<u64> {
    (number & RESENT == 0).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_take_turns_and_keep_their_order() {
        let mut ready = Ready::default();
        for (source, seqs) in [(Source::Backlog, 1..=4), (Source::Live, 11..=12), (Source::Resend, 2..=2)] {
            for seq in seqs {
                let letter = Letter { number: number(seq, source), topic: String::new(), payload: Vec::new() };
                ready.put(source, letter);
            }
        }
        let taken: Vec<_> = std::iter::from_fn(|| ready.next())
            .map(|letter| (letter.number & !RESENT, marked(letter.number)))
            .collect();
        let expected =
            [(11, Some(11)), (1, Some(1)), (2, None), (12, Some(12)), (2, Some(2)), (3, Some(3)), (4, Some(4))];
        assert_eq!(taken, expected);
        assert!(ready.is_empty() && ready.lacks(Source::Live));
    }
}
