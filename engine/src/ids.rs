//! Ids made from what they name, so that the same run has the same id wherever it is computed.

use sha2::{Digest, Sha256};
use ulid::Ulid;

use latchwork_expr::Timestamp;

/// Returns the id of an operation whose configuration gives none: zero time part, SHA-256 of
/// `operation\0<location>\0<name>`.
pub fn operation_id(location: &str, name: &str) -> Ulid {
    ulid(0, &["operation", location, name])
}

/// Returns the id of a location whose configuration gives none.
pub fn location_id(path: &str) -> Ulid {
    ulid(0, &["location", path])
}

/// Returns the id of a production order whose configuration gives none.
pub fn order_id(name: &str) -> Ulid {
    ulid(0, &["production_order", name])
}

/// Returns the id of a material whose configuration gives none.
pub fn material_id(name: &str) -> Ulid {
    ulid(0, &["material", name])
}

/// Returns the id of an entry of the schedule whose configuration gives none: what is planned, for when, for which
/// order. `ordinal` counts further entries of which all that is the same.
pub fn entry_id(operation: Ulid, start: Timestamp, order: &str, ordinal: u32) -> Ulid {
    ulid(0, &["schedule", &operation.to_string(), &start.0.to_string(), order, &ordinal.to_string()])
}

/// Returns the id of the entry of a run that nobody planned: the time part is the entry's start.
pub fn unplanned_entry_id(gateway: &str, record: Ulid, start: Timestamp) -> Ulid {
    ulid(start.millis(), &["schedule", gateway, &record.to_string()])
}

/// Returns the id of an entry that a command added: the time part is the command's.
pub fn commanded_entry_id(gateway: &str, command: Ulid, now: Timestamp) -> Ulid {
    ulid(now.millis(), &["schedule", gateway, &command.to_string()])
}

/// Returns the id of a record that a trigger, a parent or an order opened: the time part is the
/// start, the rest says whose run it is. `ordinal` counts further records with the same start.
pub fn record_id(gateway: &str, operation: Ulid, start: Timestamp, ordinal: u32) -> Ulid {
    ulid(start.millis(), &["record", gateway, &operation.to_string(), &start.0.to_string(), &ordinal.to_string()])
}

/// Returns the id of a record that a command opened for another time than its own: its start may be that of another
/// record, so the rest is made from the command's event.
pub fn born_record_id(gateway: &str, operation: Ulid, start: Timestamp, command: Ulid) -> Ulid {
    // A command opens at most one record of an operation.
    const ORDINAL: &str = "0";
    ulid(start.millis(), &["record", gateway, &operation.to_string(), &command.to_string(), ORDINAL])
}

/// Returns the id of an event that the engine made: the `index`-th of the scan.
pub fn event_id(gateway: &str, wall: Timestamp, sequence: u64, index: u32) -> Ulid {
    ulid(wall.millis(), &["event", gateway, &sequence.to_string(), &index.to_string()])
}

/// Returns the first of the ids that a transaction gives to jobs, their rows and events, before its first event has this
/// number; the others count up from it.
pub fn first_job_id(gateway: &str, wall: Timestamp, first_seq: u64) -> Ulid {
    ulid(wall.millis(), &["job", gateway, &first_seq.to_string()])
}

/// Returns a ULID of a time part in milliseconds and the first 10 bytes of the SHA-256 over the
/// parts, joined by zero bytes. Times outside the 48 bits of a ULID are cut to them.
fn ulid(millis: i64, parts: &[&str]) -> Ulid {
    let hash = Sha256::digest(parts.join("\0").as_bytes());
    let mut random = [0; 16];
    random[6..].copy_from_slice(&hash[..10]);
    let time = u64::try_from(millis).unwrap_or(0) & 0xFFFF_FFFF_FFFF;
    Ulid::from(u128::from(time) << 80 | u128::from_be_bytes(random))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_test_vector_of_the_specification() {
        let operation = operation_id("Plant/Machine44", "Run");
        assert_eq!(operation.to_string(), "000000000048KC0RVYSD6XY8HF");
        let start = Timestamp(1_352_718_196_958_000);
        assert_eq!(record_id("recorded", operation, start, 0).to_string(), "017BT4K86YJQAHS8X7VWEFPAHH");
    }

    /// What the rules say of the others, worked out by another program.
    #[test]
    fn hashes_what_each_is_made_from() {
        let operation = operation_id("Plant/Machine44", "Run");
        let start = Timestamp(1_352_718_196_958_000);
        let record = record_id("recorded", operation, start, 0);
        let event = event_id("recorded", start, 7, 2);
        assert_eq!(record_id("recorded", operation, start, 1).to_string(), "017BT4K86YP20Y0BQ7X25TR39W");
        assert_eq!(event.to_string(), "017BT4K86YSZZ82BEQ7XP5K8HZ");
        assert_eq!(born_record_id("recorded", operation, start, event).to_string(), "017BT4K86Y07V4WA305GG2592C");
        assert_eq!(commanded_entry_id("recorded", event, start).to_string(), "017BT4K86YV5V5SJW287RPYS8Y");
        assert_eq!(unplanned_entry_id("recorded", record, start).to_string(), "017BT4K86Y5ZZHFNAM9H1T9XC9");
    }
}
