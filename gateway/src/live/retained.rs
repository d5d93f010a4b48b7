//! Retained state as rows of the store: one for each operation and each tag.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use latchwork_engine::{
    Engine, Moment, OperationIndex, Retained, RetainedError, RetainedOperation, RetainedOrder, RetainedRow as _,
    RetainedTag,
};
use latchwork_expr::TagSlot;
use latchwork_store::{Loaded, RetainedRow, StoredOrder};

const OPERATION: &str = "operation:";
const TAG: &str = "tag:";

/// Writes the rows of operations, each only when it has changed.
///
/// A row says when the stop level was last known only while it is not known: else that is the last committed scan, and
/// need not be written again and again.
#[derive(Debug, Default)]
pub(super) struct OperationRows {
    written: Vec<Option<u64>>,
    changed: Vec<OperationIndex>,
}

impl OperationRows {
    /// Forgets what was written: the operations are others now, or nobody knows what is written.
    pub(super) fn forget(&mut self) {
        self.written.clear();
    }

    /// Appends the rows of the operations that changed.
    pub(super) fn take_changed(&mut self, engine: &mut Engine, now: Moment, into: &mut Vec<RetainedRow>) {
        engine.take_changed(&mut self.changed);
        for operation in self.changed.drain(..) {
            let row = row_of(engine, operation, now);
            if self.written.len() <= operation.index() {
                self.written.resize(operation.index() + 1, None);
            }
            let hash = hash(&row.value);
            if self.written[operation.index()].replace(hash) != Some(hash) {
                into.push(row);
            }
        }
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

/// Returns the row of a tag, if there is anything to keep of it.
pub(super) fn tag_row(engine: &Engine, slot: TagSlot) -> Option<RetainedRow> {
    let tag = engine.retained_tag(slot)?;
    Some(RetainedRow { key: format!("{TAG}{}", tag.path), value: tag.to_text() })
}

/// Tells whether a row's key is that of one of these operations or tags.
pub(super) fn is_of(key: &str, operations: &BTreeSet<String>, tags: &BTreeSet<&str>) -> bool {
    let operation = key.strip_prefix(OPERATION).is_some_and(|id| operations.contains(id));
    operation || key.strip_prefix(TAG).is_some_and(|path| tags.contains(path))
}

/// Returns the retained state that was loaded. Its orders are those of the store.
pub(super) fn retained(loaded: &Loaded) -> Result<Retained, RetainedError> {
    let seen = loaded.mark.map(|mark| mark.at);
    let mut retained = Retained { orders: loaded.orders.iter().map(order).collect(), ..Retained::default() };
    for row in &loaded.retained {
        if row.key.starts_with(OPERATION) {
            let mut operation = RetainedOperation::from_text(&row.value)?;
            operation.last_seen = operation.last_seen.or(seen);
            retained.operations.push(operation);
        } else if row.key.starts_with(TAG) {
            retained.tags.push(RetainedTag::from_text(&row.value)?);
        }
    }
    Ok(retained)
}

fn order(order: &StoredOrder) -> RetainedOrder {
    RetainedOrder { name: order.name.as_str().into(), id: order.id, status: order.status }
}
