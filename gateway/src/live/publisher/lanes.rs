//! Which events are read next: those that wait since long, and those that come now. Pure.
//!
//! Events go out in the order of their numbers. Only behind a long backlog there are two lanes, each in that order: what
//! happens now is told beside what happened then, and neither waits for the other.

use std::collections::VecDeque;

use latchwork_store::outbox::Span;

use super::super::limits::{BACKLOG_EVENTS_MIN, BACKLOG_SPANS_MAX};

/// What is still to be read.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    backlog: VecDeque<Span>,
    /// The first event of the live lane that was not read; it ends at the head.
    live: u64,
    head: u64,
}

/// One of the two lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// What has waited since long.
    Backlog,
    /// What comes now.
    Live,
}

impl Lanes {
    /// Returns the lanes of these gaps, up to the head of the log.
    pub(super) fn new(mut gaps: Vec<Span>, head: u64) -> Self {
        // Whatever ends at the head is read on from there, unless it is long.
        let last = gaps.pop_if(|gap| gap.last == head && gap.count() < BACKLOG_EVENTS_MIN);
        Self { backlog: gaps.into(), live: last.map_or(head + 1, |gap| gap.first), head }
    }

    /// Notes that the log goes further.
    pub(super) fn reach(&mut self, head: u64) {
        self.head = self.head.max(head);
        let behind = Span::between(self.live, self.head);
        if let Some(behind) = behind.filter(|span| span.count() >= BACKLOG_EVENTS_MIN)
            && self.backlog.len() < BACKLOG_SPANS_MAX
        {
            self.backlog.push_back(behind);
            self.live = self.head + 1;
        }
    }

    /// Returns what is to be read in a lane.
    pub(super) fn unread(&self, lane: Lane) -> Option<Span> {
        match lane {
            Lane::Backlog => self.backlog.front().copied(),
            Lane::Live => Span::between(self.live, self.head),
        }
    }

    /// Notes that a lane was read up to an event.
    pub(super) fn read(&mut self, lane: Lane, last: u64) {
        match lane {
            Lane::Live => self.live = last + 1,
            Lane::Backlog => {
                let Some(span) = self.backlog.pop_front() else { return };
                if let Some(rest) = Span::between(last + 1, span.last) {
                    self.backlog.push_front(rest);
                }
            }
        }
    }

    /// Returns the lane in which the oldest unread events are.
    pub(super) fn oldest(&self) -> Lane {
        if self.backlog.is_empty() { Lane::Live } else { Lane::Backlog }
    }

    /// Returns how many events are unread.
    pub(super) fn unread_count(&self) -> u64 {
        let live = self.unread(Lane::Live).map_or(0, Span::count);
        self.backlog.iter().map(|span| span.count()).sum::<u64>() + live
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: u64 = BACKLOG_EVENTS_MIN;

    fn span(first: u64, last: u64) -> Span {
        Span { first, last }
    }

    #[test]
    fn a_short_gap_is_read_on_as_what_comes() {
        let mut lanes = Lanes::new(vec![span(5, 7)], 7);
        lanes.reach(9);
        assert_eq!((lanes.unread(Lane::Backlog), lanes.unread(Lane::Live)), (None, Some(span(5, 9))));
        lanes.read(Lane::Live, 8);
        assert_eq!((lanes.unread(Lane::Live), lanes.unread_count()), (Some(span(9, 9)), 1));
        lanes.read(Lane::Live, 9);
        assert_eq!(lanes.unread(Lane::Live), None);
    }

    #[test]
    fn a_long_backlog_does_not_hold_up_what_comes() {
        let mut lanes = Lanes::new(vec![span(1, LONG)], LONG);
        lanes.reach(LONG + 2);
        assert_eq!(lanes.oldest(), Lane::Backlog);
        assert_eq!(lanes.unread(Lane::Live), Some(span(LONG + 1, LONG + 2)));
        lanes.read(Lane::Live, LONG + 2);
        lanes.read(Lane::Backlog, 10);
        assert_eq!(lanes.unread(Lane::Backlog), Some(span(11, LONG)));
        lanes.read(Lane::Backlog, LONG);
        assert_eq!((lanes.unread(Lane::Backlog), lanes.unread_count()), (None, 0));
    }

    #[test]
    fn who_falls_far_behind_becomes_a_backlog() {
        let mut lanes = Lanes::new(Vec::new(), 0);
        lanes.reach(LONG - 1);
        assert_eq!(lanes.unread(Lane::Backlog), None);
        lanes.reach(LONG);
        assert_eq!((lanes.unread(Lane::Backlog), lanes.unread(Lane::Live)), (Some(span(1, LONG)), None));
        lanes.reach(2 * LONG);
        lanes.reach(2 * LONG + 3);
        assert_eq!(lanes.unread(Lane::Live), Some(span(2 * LONG + 1, 2 * LONG + 3)));
        assert_eq!(lanes.unread_count(), 2 * LONG + 3);
    }

    #[test]
    fn gaps_are_read_oldest_first() {
        let mut lanes = Lanes::new(vec![span(2, 3), span(6, 6), span(9, 12)], 12);
        for (expected, last) in [(span(2, 3), 3), (span(6, 6), 6)] {
            assert_eq!(lanes.unread(lanes.oldest()), Some(expected));
            lanes.read(Lane::Backlog, last);
        }
        assert_eq!(lanes.unread(Lane::Live), Some(span(9, 12)));
    }
}
