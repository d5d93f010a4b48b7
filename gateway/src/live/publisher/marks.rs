//! What became of events and is not written down yet: it is gathered, so that many events cost one commit.

use std::collections::BTreeMap;
use std::time::Instant;

use latchwork_store::outbox::{OutboxMark, Refused, Settled, Span};

use super::super::limits::{MARK_AFTER, MARK_EVENTS_MAX};

/// What is not written down yet, and what is settled altogether.
#[derive(Debug)]
pub(super) struct Marks {
    settled: Settled,
    published: Settled,
    reconciled: Vec<u64>,
    refused: BTreeMap<u64, Refused>,
    count: u64,
    /// When the first of it happened.
    since: Option<Instant>,
}

impl Marks {
    /// Returns nothing to write down, beside what is settled.
    pub(super) fn new(settled: Settled) -> Self {
        let (published, refused) = (Settled::default(), BTreeMap::new());
        Self { settled, published, reconciled: Vec::new(), refused, count: 0, since: None }
    }

    /// Notes that the broker has an event.
    pub(super) fn publish(&mut self, seq: u64, now: Instant) {
        self.settled.add(Span::one(seq));
        self.published.add(Span::one(seq));
        self.note(now);
    }

    /// Notes that the broker has an event that it had refused.
    pub(super) fn reconcile(&mut self, seq: u64, now: Instant) {
        self.refused.remove(&seq);
        self.reconciled.push(seq);
        self.note(now);
    }

    /// Notes that the broker refused an event.
    pub(super) fn refuse(&mut self, refused: Refused, now: Instant) {
        self.settled.add(Span::one(refused.seq));
        self.refused.insert(refused.seq, refused);
        self.note(now);
    }

    /// Notes that events are dropped; that is written down by whoever drops them.
    pub(super) fn drop_span(&mut self, span: Span) {
        self.settled.add(span);
    }

    /// Returns up to which event all would be settled if a span were.
    pub(super) fn floor_with(&self, span: Span) -> u64 {
        let mut settled = self.settled.clone();
        settled.add(span);
        settled.floor()
    }

    fn note(&mut self, now: Instant) {
        self.count += 1;
        self.since.get_or_insert(now);
    }

    /// Returns when it is to be written down.
    pub(super) fn due_at(&self) -> Option<Instant> {
        let wait = if self.count >= MARK_EVENTS_MAX { std::time::Duration::ZERO } else { MARK_AFTER };
        self.since.map(|since| since + wait)
    }

    /// Returns what is to be written down, and forgets it once `written` is told.
    pub(super) fn mark(&self) -> OutboxMark {
        let published = Span::between(1, self.published.floor()).into_iter().chain(self.published.islands()).collect();
        OutboxMark {
            published,
            reconciled: self.reconciled.clone(),
            refused: self.refused.values().cloned().collect(),
            floor: self.settled.floor(),
        }
    }

    /// Notes that the mark is written down.
    pub(super) fn written(&mut self) {
        self.published = Settled::default();
        self.reconciled.clear();
        self.refused.clear();
        (self.count, self.since) = (0, None);
    }

    /// Notes that the mark could not be written down: it is tried again, not at once.
    pub(super) fn postpone(&mut self, now: Instant) {
        self.count = 0;
        self.since = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(seq: u64, refusals: u32) -> Refused {
        Refused { seq, refusals, reason: "no".to_owned(), is_quarantined: false }
    }

    #[test]
    fn many_events_are_one_mark_and_none_is_marked_twice() {
        let (mut marks, now) = (Marks::new(Settled::up_to(3)), Instant::now());
        assert_eq!(marks.due_at(), None);
        for seq in [4, 5, 7, 8] {
            marks.publish(seq, now);
        }
        assert_eq!(marks.due_at(), Some(now + MARK_AFTER));
        let mark = marks.mark();
        assert_eq!(mark.published, [Span { first: 4, last: 5 }, Span { first: 7, last: 8 }]);
        assert_eq!(mark.floor, 5);
        marks.written();
        assert_eq!(marks.due_at(), None);
        marks.publish(6, now);
        let mark = marks.mark();
        assert_eq!((mark.published, mark.floor), (vec![Span::one(6)], 8));
    }

    #[test]
    fn the_first_event_of_a_log_is_marked() {
        let mut marks = Marks::new(Settled::default());
        marks.publish(1, Instant::now());
        assert_eq!((marks.mark().published, marks.mark().floor), (vec![Span::one(1)], 1));
    }

    #[test]
    fn a_refused_event_holds_up_no_floor_and_is_reconciled() {
        let (mut marks, now) = (Marks::new(Settled::default()), Instant::now());
        marks.refuse(refused(1, 1), now);
        marks.publish(2, now);
        marks.refuse(refused(1, 2), now);
        assert_eq!((marks.mark().refused, marks.mark().floor), (vec![refused(1, 2)], 2));
        marks.reconcile(1, now);
        let mark = marks.mark();
        assert_eq!((mark.refused, mark.reconciled), (Vec::new(), vec![1]));
    }

    #[test]
    fn a_full_mark_is_due_at_once_and_a_failed_one_later() {
        let (mut marks, now) = (Marks::new(Settled::default()), Instant::now());
        for seq in 1..=MARK_EVENTS_MAX {
            marks.publish(seq, now);
        }
        assert_eq!(marks.due_at(), Some(now));
        marks.postpone(now);
        assert_eq!(marks.due_at(), Some(now + MARK_AFTER));
        assert_eq!(marks.mark().floor, MARK_EVENTS_MAX, "nothing is forgotten");
    }
}
