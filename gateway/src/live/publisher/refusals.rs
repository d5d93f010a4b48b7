//! Events that the broker refused: when each is tried again, and when that is enough. Pure.

use std::collections::BTreeMap;
use std::time::Instant;

use latchwork_connectors::Backoff;
use latchwork_store::outbox::Refused;

use super::super::limits::{REFUSAL_PAUSE_MILLIS_MAX, REFUSALS_MAX, REFUSED_WAITING_MAX};

/// The events that are tried again.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    waiting: BTreeMap<u64, Waiting>,
}

/// An event that is tried again.
#[derive(Debug)]
struct Waiting {
    refusals: u32,
    backoff: Backoff,
    /// When it is tried again; none while it is on its way.
    due: Option<Instant>,
}

impl Refusals {
    /// Returns what was refused before the gateway started: it is tried at once.
    pub(super) fn resume(refused: &[Refused], now: Instant) -> Self {
        let waiting = refused.iter().map(|refused| {
            let Refused { seq, refusals, .. } = *refused;
            (seq, Waiting { refusals, backoff: pauses(seq, refusals), due: Some(now) })
        });
        Self { waiting: waiting.collect() }
    }

    /// Tells whether an event was refused.
    pub(super) fn has(&self, seq: u64) -> bool {
        self.waiting.contains_key(&seq)
    }

    /// Tells whether so many are refused that the others wait as well: the broker refuses everything.
    pub(super) fn are_many(&self) -> bool {
        self.waiting.len() >= REFUSED_WAITING_MAX
    }

    /// Counts a refusal; returns how the event stands now.
    pub(super) fn refuse(&mut self, seq: u64, reason: String, now: Instant) -> Refused {
        let waiting =
            self.waiting.entry(seq).or_insert_with(|| Waiting { refusals: 0, backoff: pauses(seq, 0), due: None });
        waiting.refusals += 1;
        waiting.due = Some(now + waiting.backoff.pause());
        let refusals = waiting.refusals;
        let is_quarantined = refusals >= REFUSALS_MAX;
        if is_quarantined {
            self.waiting.remove(&seq);
        }
        Refused { seq, refusals, reason, is_quarantined }
    }

    /// Quarantines an event at once: the broker ends the link whenever it comes.
    pub(super) fn condemn(&mut self, seq: u64, reason: String) -> Refused {
        self.waiting.remove(&seq);
        Refused { seq, refusals: REFUSALS_MAX, reason, is_quarantined: true }
    }

    /// Forgets an event: the broker has it, or nobody wants it any more.
    pub(super) fn forget(&mut self, seq: u64) {
        self.waiting.remove(&seq);
    }

    /// Has an event tried at once, as if it had never been refused.
    pub(super) fn retry(&mut self, seq: u64, now: Instant) {
        let is_on_its_way = self.waiting.get(&seq).is_some_and(|waiting| waiting.due.is_none());
        if !is_on_its_way {
            self.waiting.insert(seq, Waiting { refusals: 0, backoff: pauses(seq, 0), due: Some(now) });
        }
    }

    /// Returns the next event that is due, which counts as on its way from here on.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<u64> {
        let is_due = |waiting: &Waiting| waiting.due.is_some_and(|due| due <= now);
        let (seq, waiting) = self.waiting.iter_mut().find(|(_, waiting)| is_due(waiting))?;
        waiting.due = None;
        Some(*seq)
    }

    /// Puts off an event that was taken as due and could not be read.
    pub(super) fn retry_later(&mut self, seq: u64, at: Instant) {
        if let Some(waiting) = self.waiting.get_mut(&seq) {
            waiting.due = Some(at);
        }
    }

    /// Returns when the next event is due.
    pub(super) fn due_at(&self) -> Option<Instant> {
        self.waiting.values().filter_map(|waiting| waiting.due).min()
    }
}

/// Returns the pauses of an event that was refused so often. Those of different events are not in step.
fn pauses(seq: u64, refusals: u32) -> Backoff {
    let mut backoff = Backoff::up_to(seq, REFUSAL_PAUSE_MILLIS_MAX);
    (0..refusals.min(REFUSALS_MAX)).for_each(|_| _ = backoff.pause());
    backoff
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_event_is_tried_ten_times_ever_later() {
        let (mut refusals, mut now) = (Refusals::default(), Instant::now());
        let mut longest = Duration::ZERO;
        for refused in 1..REFUSALS_MAX {
            let state = refusals.refuse(7, "no".to_owned(), now);
            assert_eq!((state.refusals, state.is_quarantined), (refused, false));
            let due = refusals.due_at().unwrap();
            assert_eq!(refusals.take_due(due.checked_sub(Duration::from_millis(1)).unwrap()), None);
            assert_eq!(refusals.take_due(due), Some(7));
            assert_eq!(refusals.due_at(), None, "it is on its way");
            (longest, now) = (due - now, due);
        }
        assert!(longest >= Duration::from_secs(10), "{longest:?}");
        let last = refusals.refuse(7, "no".to_owned(), now);
        assert!(last.is_quarantined && !refusals.has(7), "{last:?}");
    }

    #[test]
    fn pauses_end_at_five_minutes() {
        let mut backoff = Backoff::up_to(7, REFUSAL_PAUSE_MILLIS_MAX);
        let longest = (0..30).map(|_| backoff.pause()).max().unwrap();
        assert!(longest <= Duration::from_mins(5) && longest > Duration::from_secs(150), "{longest:?}");
    }

    #[test]
    fn a_restart_goes_on_counting() {
        let now = Instant::now();
        let before = Refused { seq: 7, refusals: 9, reason: "no".to_owned(), is_quarantined: false };
        let mut refusals = Refusals::resume(&[before], now);
        assert_eq!(refusals.take_due(now), Some(7));
        assert!(refusals.refuse(7, "no".to_owned(), now).is_quarantined);
    }

    #[test]
    fn what_a_person_has_tried_again_begins_anew() {
        let (mut refusals, now) = (Refusals::default(), Instant::now());
        refusals.refuse(7, "no".to_owned(), now);
        refusals.retry(7, now);
        refusals.retry(8, now);
        assert_eq!([refusals.take_due(now), refusals.take_due(now), refusals.take_due(now)], [Some(7), Some(8), None]);
        // It is on its way: it is not sent twice.
        refusals.retry(7, now);
        assert_eq!(refusals.take_due(now), None);
        assert_eq!(refusals.refuse(7, "no".to_owned(), now).refusals, 1);
    }
}
