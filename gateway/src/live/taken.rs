//! The messages that were taken last, kept with what they did: a broker that did not hear of it sends them again, also to a
//! gateway that was killed meanwhile, and they are no second time what they were.
//!
//! Of each connection the latest are kept, more than brokers send before they are answered; in rows of some, so that a turn
//! writes few.

use std::collections::{BTreeMap, BTreeSet};

use latchwork_connectors::Taken;
use latchwork_connectors::limits::MQTT_TAKEN_KEPT;
use latchwork_store::RetainedRow;

/// How the keys of these rows begin; the connection and the row's number follow.
pub(super) const TAKEN: &str = "taken:";

/// Messages of one row.
const MESSAGES_PER_ROW: u64 = 16;
/// Messages that are kept of a connection.
const MESSAGES_KEPT: u64 = MQTT_TAKEN_KEPT as u64;

/// The messages that were taken last, by their connections.
#[derive(Debug, Default)]
pub(super) struct TakenMessages {
    of: BTreeMap<String, Latest>,
}

/// Those of one connection.
#[derive(Debug, Default)]
struct Latest {
    count: u64,
    /// By place; each with its number, from 1.
    messages: BTreeMap<u64, (u64, Taken)>,
    /// The rows that are not as they are stored.
    changed: BTreeSet<u64>,
}

impl TakenMessages {
    /// Returns what was kept. A row that cannot be read is nothing: its messages are taken for new ones.
    pub(super) fn resume(rows: &[RetainedRow]) -> Self {
        let mut taken = Self::default();
        for row in rows {
            let Some((connection, _)) = row.key.strip_prefix(TAKEN).and_then(|name| name.rsplit_once(':')) else {
                continue;
            };
            let messages: Vec<(u64, Taken)> = serde_json::from_str(&row.value).unwrap_or_default();
            let latest = taken.of.entry(connection.to_owned()).or_default();
            for (number, message) in messages {
                latest.count = latest.count.max(number);
                latest.messages.insert(number % MESSAGES_KEPT, (number, message));
            }
        }
        taken
    }

    /// Notes a message that is taken.
    pub(super) fn note(&mut self, connection: &str, message: Taken) {
        if !self.of.contains_key(connection) {
            self.of.insert(connection.to_owned(), Latest::default());
        }
        let Some(latest) = self.of.get_mut(connection) else { return };
        latest.count += 1;
        let place = latest.count % MESSAGES_KEPT;
        latest.messages.insert(place, (latest.count, message));
        latest.changed.insert(place / MESSAGES_PER_ROW);
    }

    /// Returns those of a connection, in the order in which they came.
    pub(super) fn of(&self, connection: &str) -> Vec<Taken> {
        let latest = self.of.get(connection);
        let mut messages: Vec<(u64, Taken)> =
            latest.map(|latest| latest.messages.values().copied().collect()).unwrap_or_default();
        messages.sort_unstable_by_key(|(number, _)| *number);
        messages.into_iter().map(|(_, message)| message).collect()
    }

    /// Adds the rows that changed.
    pub(super) fn take_changed(&mut self, into: &mut Vec<RetainedRow>) {
        for (connection, latest) in &mut self.of {
            for number in std::mem::take(&mut latest.changed) {
                let places = number * MESSAGES_PER_ROW..(number + 1) * MESSAGES_PER_ROW;
                let messages: Vec<&(u64, Taken)> = latest.messages.range(places).map(|(_, message)| message).collect();
                let value = serde_json::to_string(&messages).unwrap_or_default();
                into.push(RetainedRow { key: format!("{TAKEN}{connection}:{number}"), value });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(packet: u16) -> Taken {
        Taken { packet, digest: u64::MAX - u64::from(packet), is_once: packet.is_multiple_of(2) }
    }

    fn rows(taken: &mut TakenMessages) -> Vec<RetainedRow> {
        let mut rows = Vec::new();
        taken.take_changed(&mut rows);
        rows
    }

    #[test]
    fn the_latest_come_back_in_their_order() {
        let (mut taken, mut stored) = (TakenMessages::default(), BTreeMap::new());
        for packet in 1..=MQTT_TAKEN_KEPT + 20 {
            taken.note("a:b", message(packet));
            stored.extend(rows(&mut taken).into_iter().map(|row| (row.key, row.value)));
        }
        assert_eq!(stored.len() as u64, MESSAGES_KEPT / MESSAGES_PER_ROW);
        let stored: Vec<_> = stored.into_iter().map(|(key, value)| RetainedRow { key, value }).collect();
        let resumed = TakenMessages::resume(&stored);
        let expected: Vec<Taken> = (21..=MQTT_TAKEN_KEPT + 20).map(message).collect();
        assert_eq!(resumed.of("a:b"), expected);
        assert_eq!(resumed.of("a:b"), taken.of("a:b"));
        assert!(resumed.of("b").is_empty());
    }

    #[test]
    fn a_message_writes_one_row() {
        let mut taken = TakenMessages::default();
        taken.note("a", message(1));
        taken.note("a", message(2));
        let written = rows(&mut taken);
        assert_eq!(written.len(), 1);
        assert_eq!(written[0].key, "taken:a:0");
        assert!(rows(&mut taken).is_empty());
    }
}
