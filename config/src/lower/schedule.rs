//! The schedule of the file: operations and orders by their names.

use std::collections::BTreeMap;

use latchwork_engine::{Operation, OperationIndex, PlannedEntry, ids};
use ulid::Ulid;

use super::orders::OrderNames;
use super::parents::{Directory, Unfound};
use super::unique::Unique;
use crate::desk::Desk;
use crate::problems;
use crate::raw::{RawEntry, RawOperation};

/// Gives entries that have no id one that says what is planned, for when and for which order.
#[derive(Debug, Default)]
struct Derived {
    /// How many entries say the same.
    counts: BTreeMap<(Ulid, i64, String), u32>,
}

impl Derived {
    fn id(&mut self, operation: Ulid, entry: &RawEntry) -> Ulid {
        let order = entry.order.as_ref().map(|order| order.value.clone()).unwrap_or_default();
        let count = self.counts.entry((operation, entry.start.0, order.clone())).or_default();
        let ordinal = *count;
        *count += 1;
        ids::entry_id(operation, entry.start, &order, ordinal)
    }
}

/// Lowers `[[schedule]]`; `rows` are the operations of `operations`.
pub(super) fn lower(
    raw: &[RawEntry],
    operations: &[RawOperation<'_>],
    rows: &[Operation],
    orders: &OrderNames,
    desk: &mut Desk<'_>,
) -> Vec<PlannedEntry> {
    let directory = Directory::of(operations);
    let (mut unique_ids, mut derived) = (Unique::ids("entries of the schedule"), Derived::default());
    let mut entries = Vec::with_capacity(raw.len());
    for entry in raw {
        if let Some(name) = &entry.order {
            orders.check(name, desk);
        }
        let Some(operation) = find(entry, &directory, operations, desk) else { continue };
        let (id, place) = entry.id.unwrap_or_else(|| (derived.id(rows[operation.index()].id, entry), entry.place));
        let text = id.to_string();
        unique_ids.take(text.clone(), &text, place, desk);
        entries.push(planned(entry, id, operation));
    }
    entries
}

fn planned(raw: &RawEntry, id: Ulid, operation: OperationIndex) -> PlannedEntry {
    PlannedEntry {
        id,
        operation,
        order: raw.order.as_ref().map(|order| order.value.clone()),
        start: raw.start,
        end: raw.end,
        priority: raw.priority,
        quantity: raw.quantity,
        status: raw.status,
    }
}

/// Finds an entry's operation, and complains if there is none.
fn find(
    entry: &RawEntry,
    directory: &Directory<'_>,
    operations: &[RawOperation<'_>],
    desk: &mut Desk<'_>,
) -> Option<OperationIndex> {
    let RawEntry { operation: name, location, .. } = entry;
    let found = match location {
        Some(location) => directory.find_at_location(&name.value, &location.value).ok_or(Unfound::Nowhere),
        None => directory.find(&name.value, None),
    };
    let (code, message, hint) = match found {
        Ok(index) => return u32::try_from(index).ok().map(OperationIndex),
        Err(Unfound::Nowhere) => {
            let at = location.as_ref().map(|location| format!(" at `{}`", location.shown())).unwrap_or_default();
            let message = format!("there is no operation `{}`{at}", name.shown());
            let hint = directory.elsewhere(&name.value, operations);
            let hint = hint.or_else(|| desk.suggest(&name.value, directory.names()));
            (problems::UNKNOWN_OPERATION, message, hint)
        }
        Err(Unfound::Several(_)) => {
            let message = format!("several operations are called `{}`", name.shown());
            (problems::AMBIGUOUS_OPERATION, message, Some("add its `location`".to_owned()))
        }
    };
    desk.findings.add(code, name.place, message).hint_if(hint);
    None
}
