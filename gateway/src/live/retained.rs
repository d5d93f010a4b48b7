//! Retained state as rows of the store: one for each operation and each connection; those of the image are `image`'s.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use latchwork_engine::{
    Engine, Moment, OperationIndex, Retained, RetainedConnection, RetainedEntry, RetainedError, RetainedOperation,
    RetainedOrder, RetainedRow as _, RetainedTag,
};
use latchwork_expr::{TagSlot, Text, Timestamp};
use latchwork_store::{Loaded, RetainedRow, StoredEntry, StoredOrder};
use ulid::Ulid;

use super::image::{self, ChangedImage, is_of_image};
use super::taken::TAKEN;
use super::writes::WRITE;

const OPERATION: &str = "operation:";
/// How the keys of tags began when each had a row of its own: read, and forgotten.
const TAG: &str = "tag:";
const CONNECTION: &str = "connection:";

/// Writes the rows of operations and of derived tags whose expressions keep state, each only when it has changed.
///
/// A row says when the stop level was last known only while it is not known: else that is the last committed scan, and
/// need not be written again and again.
#[derive(Debug, Default)]
pub(super) struct ChangedRows {
    written: Written,
    written_tags: Written,
    changed: Vec<OperationIndex>,
    changed_tags: Vec<TagSlot>,
    aged: Vec<OperationIndex>,
    written_guards: Written,
    changed_guards: Vec<u32>,
}

impl ChangedRows {
    /// Forgets what was written: the rows are of others now, or nobody knows what is written.
    pub(super) fn forget(&mut self) {
        self.written.0.clear();
        self.written_tags.0.clear();
        self.written_guards.0.clear();
    }

    /// Appends the rows that changed, and notes what changed of the image that no reading brings back; returns whether
    /// there is any of that.
    pub(super) fn take_changed(
        &mut self,
        engine: &mut Engine,
        now: Moment,
        into: &mut Vec<RetainedRow>,
        image: &mut ChangedImage,
    ) -> bool {
        engine.take_changed(&mut self.changed);
        for operation in self.changed.drain(..) {
            let row = row_of(engine, operation, now);
            into.extend(self.written.news(operation.index(), row));
        }
        engine.take_changed_tags(&mut self.changed_tags);
        let mut has_news = false;
        for slot in self.changed_tags.drain(..) {
            if self.written_tags.is_news(slot.index(), &engine.retained_values([slot])) {
                image.add(slot);
                has_news = true;
            }
        }
        engine.take_changed_guards(&mut self.changed_guards);
        for guard in self.changed_guards.drain(..) {
            let guard = guard as usize;
            into.extend(guard_row(engine, guard).and_then(|row| self.written_guards.news(guard, row)));
        }
        has_news
    }

    /// Appends the rows of connections of which anything is another than was written: a heartbeat moves without moving
    /// anything else, and is written with what else there is.
    pub(super) fn add_guards(&mut self, engine: &Engine, into: &mut Vec<RetainedRow>) {
        let rows = (0..engine.plant().guards.len()).filter_map(|guard| Some((guard, guard_row(engine, guard)?)));
        into.extend(rows.filter_map(|(guard, row)| self.written_guards.news(guard, row)));
    }
}

impl ChangedRows {
    /// Appends the rows of which only what was measured changed: for whoever asks not too often.
    pub(super) fn take_aged(&mut self, engine: &mut Engine, now: Moment, into: &mut Vec<RetainedRow>) {
        engine.take_aged(&mut self.aged);
        for operation in self.aged.drain(..) {
            let row = row_of(engine, operation, now);
            into.extend(self.written.news(operation.index(), row));
        }
    }
}

/// What the rows said that were written last, by index, as hashes.
#[derive(Debug, Default)]
struct Written(Vec<Option<u64>>);

impl Written {
    /// Returns a row that says something else than the last of this index did.
    fn news(&mut self, index: usize, row: RetainedRow) -> Option<RetainedRow> {
        self.is_news(index, &row.value).then_some(row)
    }

    /// Tells whether a text is another than the last of this index was.
    fn is_news(&mut self, index: usize, text: &str) -> bool {
        if self.0.len() <= index {
            self.0.resize(index + 1, None);
        }
        let hash = hash(text);
        self.0[index].replace(hash) != Some(hash)
    }
}

fn row_of(engine: &Engine, operation: OperationIndex, now: Moment) -> RetainedRow {
    let mut row = engine.retained_operation(operation, now);
    row.last_seen = if engine.stop_level_is_known(operation) {
        None
    } else {
        // One that never was known is as old as time: its record ends at its start, should it have to end.
        Some(row.last_seen.unwrap_or_default())
    };
    RetainedRow { key: format!("{OPERATION}{}", row.id), value: row.to_text() }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

fn guard_row(engine: &Engine, guard: usize) -> Option<RetainedRow> {
    let row = engine.retained_connection(guard)?;
    Some(RetainedRow { key: format!("{CONNECTION}{}", row.name), value: row.to_text() })
}

/// Returns those keys of loaded rows that belong to nothing in the plant, or whose rows have another form now.
pub(super) fn forgotten(engine: &Engine, keys: impl IntoIterator<Item = String>) -> Vec<String> {
    let plant = engine.plant();
    let operations: BTreeSet<String> = plant.operations.iter().map(|row| row.id.to_string()).collect();
    let connections: BTreeSet<&str> = plant.guards.iter().map(|guard| guard.connection.as_str()).collect();
    let is_of_plant = |key: &str| {
        key.strip_prefix(OPERATION).is_some_and(|id| operations.contains(id))
            || key.strip_prefix(CONNECTION).is_some_and(|name| connections.contains(name))
            || is_of_image(key, engine)
            // What is to be written is seen to by who writes it.
            || key.starts_with(WRITE)
            // What brokers may send once more is so whatever the plant.
            || key.starts_with(TAKEN)
    };
    keys.into_iter().filter(|key| !is_of_plant(key)).collect()
}

/// Returns the retained state that was loaded. Its orders and its schedule are those of the store. What was known in the
/// last scan was so until the gateway was last seen, for nothing came since; that was before now.
pub(super) fn retained(loaded: &mut Loaded, now: Timestamp) -> Result<Retained, RetainedError> {
    let seen = loaded.mark.map(|mark| mark.at);
    let lived = |seen: Moment| seen.plus_micros(loaded.seen.min(now).0.saturating_sub(seen.wall.0).max(0));
    let orders = loaded.orders.iter().map(order).collect();
    let schedule = loaded.schedule.iter().map(|row| entry(row, seen.unwrap_or_default())).collect();
    let clock_ahead_micros = seen.map(|seen| seen.wall.0.saturating_sub(seen.monotonic.0));
    let tags = image::tags(&mut loaded.retained)?;
    let mut retained = Retained { tags, orders, schedule, last: seen, clock_ahead_micros, ..Retained::default() };
    for row in &loaded.retained {
        if row.key.starts_with(OPERATION) {
            let mut operation = RetainedOperation::from_text(&row.value)?;
            operation.last_seen = operation.last_seen.or(seen.map(lived));
            retained.operations.push(operation);
        } else if row.key.starts_with(TAG) {
            retained.tags.push(RetainedTag::from_text(&row.value)?);
        } else if row.key.starts_with(CONNECTION) {
            retained.connections.push(RetainedConnection::from_text(&row.value)?);
        }
    }
    Ok(retained)
}

/// Adds to retained state what the store has of orders and the schedule and it has not: they were over when the gateway
/// started, and a configuration names them now. What is there wins over it. Tells whether there is anything.
pub(super) fn complete(retained: &mut Retained, loaded: &Loaded, now: Moment) -> bool {
    let names: BTreeSet<Text> = retained.orders.iter().map(|order| order.name.clone()).collect();
    let ids: BTreeSet<Ulid> = retained.schedule.iter().map(|entry| entry.id).collect();
    let known = (names.len(), ids.len());
    let orders = loaded.orders.iter().map(order).filter(|order| !names.contains(&order.name));
    retained.orders.extend(orders);
    let entries = loaded.schedule.iter().filter(|row| !ids.contains(&row.id)).map(|row| entry(row, now));
    retained.schedule.extend(entries);
    (retained.orders.len(), retained.schedule.len()) != known
}

fn order(order: &StoredOrder) -> RetainedOrder {
    let &StoredOrder { ref name, id, status, quantity, rate_per_hour, material, ref plan } = order;
    let plan = plan.clone().boxed();
    RetainedOrder { name: name.as_str().into(), id, status, quantity, rate_per_hour, material, plan }
}

/// Returns an entry of the schedule. One that is PAUSED is so until its window is over, seen from the last scan.
fn entry(entry: &StoredEntry, last: Moment) -> RetainedEntry {
    let mut retained = RetainedEntry::new(entry.id, entry.operation, entry.start, entry.status);
    retained.order = entry.order.as_deref().map(Text::from);
    retained.end = entry.end;
    retained.priority = entry.priority;
    retained.quantity = entry.quantity;
    retained.record = entry.record;
    retained.seen_from(last)
}
