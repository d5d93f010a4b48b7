//! What a turn changes in the tables: each row once, with what is true at the turn's end.

use std::collections::HashSet;
use std::hash::Hash;

use latchwork_engine::{Effect, Event, EventKind, Info, Order, OrderIndex, OrderStatus, Record, ScheduleEntry};

use crate::turn::{Body, Turn};

/// The changes of a turn.
pub(crate) struct Changes<'a> {
    /// Orders that a machine named.
    pub(crate) created_orders: Vec<&'a Order>,
    /// Records as they are after the turn. A record that closed stands before the one that opened in its
    /// place, so that at no moment two are open.
    pub(crate) records: Vec<&'a Record>,
    /// The latest record of each operation.
    pub(crate) live: Vec<&'a Record>,
    /// Orders with their new status.
    pub(crate) order_status: Vec<(&'a Order, OrderStatus)>,
    /// Entries of the schedule as they are after the turn.
    pub(crate) schedule: Vec<&'a ScheduleEntry>,
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
        Self {
            created_orders: turn.effects.iter().filter_map(created_order).collect(),
            records: last_of_each(records(), |record| record.id),
            live: last_of_each(live, |record| record.operation),
            order_status: last_of_each(order_status, |change| change.0)
                .into_iter()
                .map(|(order, status)| (&turn.orders[order.0 as usize], status))
                .collect(),
            schedule: last_of_each(turn.effects.iter().filter_map(schedule_entry), |entry| entry.id),
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

fn schedule_entry(effect: &Effect) -> Option<&ScheduleEntry> {
    match effect {
        Effect::SchedulePaused(entry) => Some(entry),
        Effect::Event(event) => {
            if let Info::Schedule(entry) = &event.info {
                Some(entry)
            } else {
                None
            }
        }
        Effect::OrderCreated(_) | Effect::Write(_) | Effect::Answered(_) => None,
    }
}

fn record(event: &Event) -> Option<&Record> {
    if let Info::Record(record) = &event.info { Some(record) } else { None }
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

    #[test]
    fn of_each_key_the_last_stays_where_it_is() {
        let items = [("a", 1), ("b", 1), ("a", 2), ("c", 1), ("b", 2)];
        assert_eq!(last_of_each(items.into_iter(), |item| item.0), [("a", 2), ("c", 1), ("b", 2)]);
    }
}
