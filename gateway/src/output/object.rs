//! A JSON object written key by key, straight into memory: an event's line is made for each start and each stop.

use latchwork_expr::{Timestamp, write_instant};
use serde::Serialize;
use ulid::{ULID_LEN, Ulid};

/// Writes an object with the keys that `write` tells, in their order.
pub(super) fn write_object(out: &mut Vec<u8>, write: impl FnOnce(&mut Keys<'_>)) {
    out.push(b'{');
    write(&mut Keys { out, is_first: true });
    out.push(b'}');
}

/// The keys of an object that is being written, with their values.
#[derive(Debug)]
pub(super) struct Keys<'a> {
    out: &'a mut Vec<u8>,
    is_first: bool,
}

impl Keys<'_> {
    /// Writes a text, a number, a truth, a list of these or none.
    pub(super) fn put(&mut self, key: &'static str, value: impl Serialize) {
        serde_json::to_writer(self.key(key), &value).expect("writing plain values to memory cannot fail");
    }

    /// Writes an id, or none.
    pub(super) fn id(&mut self, key: &'static str, id: impl Into<Option<Ulid>>) {
        write_optional(self.key(key), id.into(), write_id);
    }

    /// Writes a date, or none.
    pub(super) fn date(&mut self, key: &'static str, instant: impl Into<Option<Timestamp>>) {
        write_optional(self.key(key), instant.into(), write_date);
    }

    /// Returns where the value of a key goes, which is to be one JSON value.
    pub(super) fn key(&mut self, key: &'static str) -> &mut Vec<u8> {
        self.out.extend_from_slice(if self.is_first { b"\"" } else { b",\"" });
        self.is_first = false;
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.out
    }
}

/// Writes a value, or null if there is none.
pub(super) fn write_optional<T>(out: &mut Vec<u8>, value: Option<T>, write: impl FnOnce(&mut Vec<u8>, T)) {
    match value {
        Some(value) => write(out, value),
        None => out.extend_from_slice(b"null"),
    }
}

/// Writes a date as JSON text.
pub(super) fn write_date(out: &mut Vec<u8>, instant: Timestamp) {
    out.push(b'"');
    write_instant(out, instant);
    out.push(b'"');
}

/// Writes an id as JSON text.
pub(super) fn write_id(out: &mut Vec<u8>, id: Ulid) {
    out.push(b'"');
    out.extend_from_slice(id.array_to_str(&mut [0; ULID_LEN]).as_bytes());
    out.push(b'"');
}
