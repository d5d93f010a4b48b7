//! Requests to publish events once more: `{"from", "to"}` by number, from whoever missed them.
//!
//! They are answered with the events as they are, as far as the log still has them; nothing of it is marked. They share the
//! way out with what was never published, and are bounded: a mistaken request must not drown the plant.

use std::collections::VecDeque;

use latchwork_store::outbox::Span;
use serde_json::Value as Json;

use super::super::limits::{RESEND_EVENTS_MAX, RESENDS_WAITING_MAX};

/// The requests that are being answered.
#[derive(Debug, Default)]
pub(super) struct Resends {
    waiting: VecDeque<Span>,
}

impl Resends {
    /// Takes a request; says why not, if so.
    pub(super) fn take(&mut self, payload: &[u8], head: u64) -> Result<(), String> {
        let wanted = requested(payload)?;
        let Some(span) = Span::between(wanted.first, wanted.last.min(head)) else {
            return Err(format!("there is no event {} yet", wanted.first));
        };
        if span.count() > RESEND_EVENTS_MAX {
            return Err(format!("at most {RESEND_EVENTS_MAX} events are published again at a time"));
        }
        if self.waiting.contains(&span) {
            return Ok(());
        }
        if self.waiting.len() >= RESENDS_WAITING_MAX {
            return Err(format!("{RESENDS_WAITING_MAX} requests wait already"));
        }
        self.waiting.push_back(span);
        Ok(())
    }

    /// Returns what is to be read next.
    pub(super) fn unread(&self) -> Option<Span> {
        self.waiting.front().copied()
    }

    /// Notes that it was read up to an event.
    pub(super) fn read(&mut self, last: u64) {
        let Some(span) = self.waiting.pop_front() else { return };
        if let Some(rest) = Span::between(last + 1, span.last) {
            self.waiting.push_front(rest);
        }
    }
}

fn requested(payload: &[u8]) -> Result<Span, String> {
    let json: Json = serde_json::from_slice(payload).map_err(|error| format!("it is no JSON: {error}"))?;
    let number = |key: &str| {
        let number = json.get(key).and_then(Json::as_u64).filter(|&number| number > 0);
        number.ok_or_else(|| format!("`{key}` is no number of an event"))
    };
    let (first, last) = (number("from")?, number("to")?);
    Span::between(first, last).ok_or_else(|| "`to` is before `from`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_answered_as_far_as_there_are_events() {
        let mut resends = Resends::default();
        resends.take(br#"{"from": 3, "to": 900}"#, 7).unwrap();
        resends.take(br#"{"from": 3, "to": 7}"#, 7).unwrap();
        assert_eq!(resends.unread(), Some(Span { first: 3, last: 7 }));
        resends.read(5);
        assert_eq!(resends.unread(), Some(Span { first: 6, last: 7 }));
        resends.read(7);
        assert_eq!(resends.unread(), None, "the same request twice is one");
    }

    #[test]
    fn what_is_no_request_says_why() {
        let mut resends = Resends::default();
        for (payload, reason) in [
            ("[]", "`from` is no number of an event"),
            (r#"{"from": 0, "to": 1}"#, "`from` is no number of an event"),
            (r#"{"from": 1}"#, "`to` is no number of an event"),
            (r#"{"from": 2, "to": 1}"#, "`to` is before `from`"),
            (r#"{"from": 8, "to": 9}"#, "there is no event 8 yet"),
        ] {
            assert_eq!(resends.take(payload.as_bytes(), 7).unwrap_err(), reason, "{payload}");
        }
        assert!(resends.take(b"{", 7).unwrap_err().starts_with("it is no JSON"));
        let many = format!(r#"{{"from": 1, "to": {}}}"#, RESEND_EVENTS_MAX + 1);
        assert!(resends.take(many.as_bytes(), u64::MAX).unwrap_err().starts_with("at most"));
    }

    #[test]
    fn a_flood_of_requests_is_bounded() {
        let mut resends = Resends::default();
        let mut ask = |seq: usize| resends.take(format!(r#"{{"from": {seq}, "to": {seq}}}"#).as_bytes(), 10_000);
        (1..=RESENDS_WAITING_MAX).for_each(|seq| ask(seq).unwrap());
        assert!(ask(RESENDS_WAITING_MAX + 1).is_err());
    }
}
