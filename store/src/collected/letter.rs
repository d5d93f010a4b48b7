//! Messages that tell of nothing that can be kept.

use std::fmt::Write;
use std::sync::Arc;

use latchwork_expr::Timestamp;
use sha2::{Digest, Sha256};

use crate::cell::Cells;
use crate::limits::{DEAD_LETTER_BYTES_MAX, DEAD_LETTER_TOPIC_BYTES_MAX};

/// How many columns such a row has.
pub(super) const COLUMNS: usize = 9;

/// A message that tells of nothing that can be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    id: String,
    topic: Arc<str>,
    payload: PayloadText,
    payload_bytes: u64,
    reason: Arc<str>,
}

/// A payload as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PayloadText {
    /// As it is.
    Plain(Arc<str>),
    /// Its bytes in hexadecimal: it is no text.
    Base16(Arc<str>),
}

impl DeadLetter {
    /// Returns a letter with the beginning of its payload.
    pub fn new(topic: &str, payload: &[u8], reason: &str) -> Self {
        Self::of(topic, payload, payload.len() as u64, reason)
    }

    /// Returns a letter whose payload of so many bytes was not even read.
    pub fn unread(topic: &str, payload_bytes: u64, reason: &str) -> Self {
        Self::of(topic, &[], payload_bytes, reason)
    }

    fn of(topic: &str, payload: &[u8], payload_bytes: u64, reason: &str) -> Self {
        let id = Sha256::new().chain_update(topic).chain_update([0]).chain_update(payload);
        let id = id.chain_update(payload_bytes.to_be_bytes()).finalize();
        let topic = topic[..topic.floor_char_boundary(DEAD_LETTER_TOPIC_BYTES_MAX)].into();
        Self { id: base16(&id), topic, payload: PayloadText::of(payload), payload_bytes, reason: reason.into() }
    }

    /// Returns the topic, or its beginning.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Returns why nothing can be kept of it.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Returns what tells it from others.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Returns the row of a letter that came so many times.
    pub(super) fn cells(&self, times: i64, at: Timestamp) -> Cells {
        let (text, encoding) = match &self.payload {
            PayloadText::Plain(text) => (text, "plain"),
            PayloadText::Base16(text) => (text, "base16"),
        };
        Cells::with_capacity(COLUMNS)
            .with(self.id.as_str())
            .with(&self.topic)
            .with(text)
            .with(encoding)
            .with(i64::try_from(self.payload_bytes).unwrap_or(i64::MAX))
            .with(&self.reason)
            .with(at)
            .with(at)
            .with(times)
    }
}

impl PayloadText {
    fn of(payload: &[u8]) -> Self {
        match str::from_utf8(payload) {
            Ok(text) => Self::Plain(text[..text.floor_char_boundary(DEAD_LETTER_BYTES_MAX)].into()),
            Err(_) => Self::Base16(base16(&payload[..payload.len().min(DEAD_LETTER_BYTES_MAX)]).into()),
        }
    }
}

fn base16(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _never_fails = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_kept_as_text_as_far_as_it_is_one() {
        assert_eq!(DeadLetter::new("a", b"{", "no JSON").payload, PayloadText::Plain("{".into()));
        assert_eq!(DeadLetter::new("a", b"\xff\x00", "no text").payload, PayloadText::Base16("ff00".into()));
        let long = "ä".repeat(DEAD_LETTER_BYTES_MAX);
        let DeadLetter { payload: PayloadText::Plain(kept), payload_bytes, .. } =
            DeadLetter::new("a", long.as_bytes(), "too long")
        else {
            panic!("a text")
        };
        assert_eq!((kept.len(), payload_bytes), (DEAD_LETTER_BYTES_MAX, 2 * DEAD_LETTER_BYTES_MAX as u64));
    }

    #[test]
    fn the_same_message_is_the_same_letter() {
        assert_eq!(DeadLetter::new("a", b"b", "one reason").id(), DeadLetter::new("a", b"b", "another").id());
        assert_ne!(DeadLetter::new("a", b"b", "").id(), DeadLetter::new("ab", b"", "").id());
        assert_ne!(DeadLetter::unread("a", 1, "").id(), DeadLetter::unread("a", 2, "").id());
    }
}
