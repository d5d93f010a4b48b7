//! What a turn changes in the tables: each row once, with what is true at the turn's end.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use latchwork_engine::{
    Effect, Event, EventKind, Info, OperationIndex, Order, OrderIndex, OrderStatus, Record, ScheduleEntry,
};
use latchwork_expr::Timestamp;
use ulid::Ulid;

use crate::turn::{Body, Turn};

/// A row as it is at the turn's end, with whose doing it is as far as somebody asked for it.
#[derive(Debug)]
pub(crate) struct Signed<'a, T> {
    /// The row.
    pub(crate) row: &'a T,
    /// Who had it made, in this turn.
    pub(crate) created_by: Option<&'a str>,
    /// When it was last changed by command in this turn, and by whom.
    pub(crate) modified: Option<(Timestamp, Option<&'a str>)>,
}

/// What an effect does to a row.
struct Step<'a, T> {
    row: &'a T,
    event: Option<&'a Event>,
    deed: Deed,
}

/// What of it is somebody's doing.
enum Deed {
    Made,
    Modified,
    Neither,
}

/// The changes of a turn.
pub(crate) struct Changes<'a> {
    /// Orders that a machine named.
    pub(crate) created_orders: Vec<&'a Order>,
    /// Records that began in the turn, as they are after it, whose operations have no other record in it.
    pub(crate) born: Vec<&'a Record>,
    /// The other records as they are after the turn. A record that closed stands before the one that opened in its
    /// place, so that at no moment two are open.
    pub(crate) records: Vec<&'a Record>,
    /// The latest record of each operation.
    pub(crate) live: Vec<&'a Record>,
    /// Orders that commands created or changed.
    pub(crate) orders: Vec<Signed<'a, Order>>,
    /// Orders with their new status.
    pub(crate) order_status: Vec<(&'a Order, OrderStatus)>,
    /// Entries of the schedule as they are after the turn.
    pub(crate) schedule: Vec<Signed<'a, ScheduleEntry>>,
    /// Events, in order.
    pub(crate) events: Vec<(&'a Event, &'a Body)>,
}

impl<'a> Changes<'a> {
    /// Returns the changes of a turn.
    ///
    /// # Panics
    /// Panics when there is not one body for each event.
    pub(crate) fn of(turn: &Turn<'a>) -> Self {
        let events: Vec<&Event> = turn.effects.iter().filter_map(event).collect();
        assert_eq!(events.len(), turn.bodies.len(), "a body for each event");
        let records = || events.iter().filter_map(|event| record(event));
        // What is corrected is not what happens now.
        let current = events.iter().filter(|event| event.kind != EventKind::OperationEdited);
        let live = current.filter_map(|event| record(event));
        let order_status = events.iter().filter_map(|event| order_status(event));
        let (born, records) = parted(last_of_each(records(), |record| record.id), records());
        Self {
            created_orders: turn.effects.iter().filter_map(created_order).collect(),
            born,
            records,
            live: last_of_each(live, |record| record.operation),
            order_status: last_of_each(order_status, |change| change.0)
                .into_iter()
                .map(|(order, status)| (&turn.orders[order.0 as usize], status))
                .collect(),
            orders: signed(turn.effects.iter().filter_map(put_order), |order| order.id),
            schedule: signed(turn.effects.iter().filter_map(schedule_entry), |entry| entry.id),
            events: events.into_iter().zip(turn.bodies).collect(),
        }
    }
}

const fn event(effect: &Effect) -> Option<&Event> {
    match effect {
        Effect::Event(event) => Some(event),
        Effect::OrderCreated(_) | Effect::SchedulePaused(_) | Effect::Write(_) | Effect::Answered(_) => None,
    }
}

const fn created_order(effect: &Effect) -> Option<&Order> {
    match effect {
        Effect::OrderCreated(order) => Some(order),
        Effect::Event(_) | Effect::SchedulePaused(_) | Effect::Write(_) | Effect::Answered(_) => None,
    }
}

fn schedule_entry(effect: &Effect) -> Option<Step<'_, ScheduleEntry>> {
    match effect {
        Effect::SchedulePaused(entry) => Some(Step { row: entry, event: None, deed: Deed::Neither }),
        Effect::Event(event) => {
            let Info::Schedule(entry) = &event.info else { return None };
            let deed = if event.kind == EventKind::ScheduleAdded {
                Deed::Made
            } else if event.kind == EventKind::ScheduleRemoved {
                Deed::Modified
            } else {
                Deed::Neither
            };
            Some(Step { row: entry, event: Some(event), deed })
        }
        Effect::OrderCreated(_) | Effect::Write(_) | Effect::Answered(_) => None,
    }
}

/// Returns an order that a command created or changed.
fn put_order(effect: &Effect) -> Option<Step<'_, Order>> {
    let event = event(effect)?;
    let Info::Order(order) = &event.info else { return None };
    let deed = if event.kind == EventKind::ProductionOrderCreated { Deed::Made } else { Deed::Modified };
    Some(Step { row: order, event: Some(event), deed })
}

/// Returns each row as the last of the steps leaves it, in the order in which the first ones came.
fn signed<'a, T>(steps: impl Iterator<Item = Step<'a, T>>, key: impl Fn(&T) -> Ulid) -> Vec<Signed<'a, T>> {
    let mut places: HashMap<Ulid, usize> = HashMap::new();
    let mut rows: Vec<Signed<'a, T>> = Vec::new();
    for Step { row, event, deed } in steps {
        let place = *places.entry(key(row)).or_insert_with(|| {
            rows.push(Signed { row, created_by: None, modified: None });
            rows.len() - 1
        });
        let signed = &mut rows[place];
        signed.row = row;
        let by = event.and_then(|event| event.actor.as_deref());
        match deed {
            Deed::Made => signed.created_by = by,
            Deed::Modified => signed.modified = event.map(|event| (event.scan_wall, by)),
            Deed::Neither => {}
        }
    }
    rows
}

fn record(event: &Event) -> Option<&Record> {
    if let Info::Record(record) = &event.info { Some(record) } else { None }
}

/// Parts records into those that began among these tellings, alone of their operations, and the others.
fn parted<'a>(records: Vec<&'a Record>, told: impl Iterator<Item = &'a Record>) -> (Vec<&'a Record>, Vec<&'a Record>) {
    let begun: HashSet<Ulid> = told.filter(|record| record.revision == 1).map(|record| record.id).collect();
    let mut of_operation: HashMap<OperationIndex, u32> = HashMap::new();
    for record in &records {
        *of_operation.entry(record.operation).or_default() += 1;
    }
    records.into_iter().partition(|record| begun.contains(&record.id) && of_operation[&record.operation] == 1)
}

/// Returns an order's new status. One that was refused because the order is final changed nothing.
fn order_status(event: &Event) -> Option<(OrderIndex, OrderStatus)> {
    let changed = event.kind == EventKind::ProductionOrderStatusChanged;
    if let Info::OrderStatus { order, to, .. } = event.info { changed.then_some((order, to)) } else { None }
}

/// Returns of all items with the same key the last, in the order of these last ones.
fn last_of_each<T, K: Eq + Hash>(items: impl DoubleEndedIterator<Item = T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut seen = HashSet::new();
    let mut last: Vec<T> = items.rev().filter(|item| seen.insert(key(item))).collect();
    last.reverse();
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{OwnTurn, ended, plant, running};

    #[test]
    fn a_record_is_born_alone_of_its_operation() {
        let plant = plant();
        let (first, next) = (running(&plant, 0, 1), running(&plant, 0, 5));
        let born = |records: Vec<Record>| {
            let turn = OwnTurn::of(9, 1, records);
            let changes = Changes::of(&turn.turn());
            let ids = |records: &[&Record]| records.iter().map(|record| record.id).collect::<Vec<_>>();
            (ids(&changes.born), ids(&changes.records))
        };
        assert_eq!(born(vec![first.clone()]), (vec![first.id], vec![]));
        assert_eq!(born(vec![first.clone(), ended(&first, 4)]), (vec![first.id], vec![]));
        assert_eq!(born(vec![ended(&first, 4)]), (vec![], vec![first.id]));
        let other = running(&plant, 2, 5);
        assert_eq!(born(vec![ended(&first, 4), other.clone()]), (vec![other.id], vec![first.id]));
        assert_eq!(born(vec![ended(&first, 4), next.clone()]), (vec![], vec![first.id, next.id]), "in this order");
    }

    #[test]
    fn of_each_key_the_last_stays_where_it_is() {
        let items = [("a", 1), ("b", 1), ("a", 2), ("c", 1), ("b", 2)];
        assert_eq!(last_of_each(items.into_iter(), |item| item.0), [("a", 2), ("c", 1), ("b", 2)]);
    }
}
