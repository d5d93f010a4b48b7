//! Phase 4, and what a record does with its production order.

use super::names::{EndReason, EventKind, OrderStatus, OrderUpdate, StartReason};
use super::obey::pauses_since;
use super::plant::{Micros, OrderRule, UnknownOrders};
use super::starts::Opening;
use super::stops::Ending;
use super::world::World;

impl World<'_> {
    /// Phase 4 for one operation.
    pub(super) fn order_phase(&mut self, operation: usize) {
        let OrderRule::Expression(expression, update) = &self.plant.operations[operation].order else { return };
        let Some(run) = self.open_run(operation) else { return };
        if self.stop_pending_above(operation) || self.runs[run].order_is_commanded {
            return;
        }
        let Some(good) = self.known(expression).and_then(|value| value.order_name()) else { return };
        let news = self.runs[run].order_seen.replace(good.clone()).as_ref() != Some(&good);
        match &self.runs[run].record.production_order {
            None => self.swap_order(run, &good),
            Some(order) if *order == good => {}
            Some(_) => self.update_order(run, *update, &good, news),
        }
    }

    /// A good value differs from the record's order, and may be `news` or not.
    fn update_order(&mut self, run: usize, update: OrderUpdate, good: &str, news: bool) {
        match update {
            OrderUpdate::KeepLast => self.swap_order(run, good),
            OrderUpdate::ThrowError if news => self.tell(EventKind::OrderChanged, self.runs[run].operation),
            OrderUpdate::KeepFirst | OrderUpdate::ThrowError => {}
            OrderUpdate::NewRecord => self.split(run),
        }
    }

    /// Closes a record and opens another of the same run at the same instant.
    fn split(&mut self, run: usize) {
        let operation = self.runs[run].operation;
        let began_as = self.runs[run].began_as;
        let has_parent = self.runs[run].record.has_parent;
        let loss = self.memories[operation].lost_in_stop_hold;
        self.close(run, Ending::completed(self.now, EndReason::OrderChanged));
        self.memories[operation].lost_in_stop_hold = loss;
        let mut opening = Opening::new(operation, self.now, StartReason::OrderChanged, self.now);
        opening.began_as = Some(began_as);
        opening.has_parent = has_parent;
        opening.parent = self.runs[run].parent;
        opening.pauses = pauses_since(&self.runs[run].pauses, self.now);
        self.open(&opening);
        self.found[operation].split = true;
    }

    /// Returns the order of a record that opens now and starts then.
    pub(super) fn resolve_order(&mut self, operation: usize, start: Micros) -> Option<String> {
        match &self.plant.operations[operation].order {
            OrderRule::None => {
                let parent = self.plant.parent_of(operation)?;
                self.runs[self.open_run(parent)?].record.production_order.clone()
            }
            OrderRule::Schedule => self.planned_order(operation, start),
            OrderRule::Manual(configured) => {
                let assigned = self.assigned[operation].as_ref().or(configured.as_ref()).cloned();
                if assigned.is_none() {
                    self.tell(EventKind::OrderMissing, operation);
                }
                assigned
            }
            OrderRule::Expression(expression, _) => self.known(expression).and_then(|value| value.order_name()),
        }
    }

    /// Gives an open record another order; children that take their parent's follow.
    pub(super) fn swap_order(&mut self, run: usize, order: &str) {
        self.write_stop_status(run);
        self.take_order(run, Some(order.to_owned()));
        let operation = self.runs[run].operation;
        self.tell(EventKind::Updated, operation);
        for child in self.plant.children_of(operation) {
            let follows = self.plant.operations[child].order == OrderRule::None;
            if let Some(child_run) = self.open_run(child).filter(|_| follows) {
                self.swap_order(child_run, order);
            }
        }
    }

    /// Writes an order into a record, and the start status into the order.
    pub(super) fn take_order(&mut self, run: usize, order: Option<String>) {
        self.runs[run].record.production_order.clone_from(&order);
        self.runs[run].order_seen.clone_from(&order);
        let Some(order) = order else { return };
        self.find_or_create(run, &order);
        let status = self.plant.operations[self.runs[run].operation].order_status_on_start;
        match status {
            Some(status) => self.write_status(&order, status),
            None if self.status_of(&order).is_some_and(OrderStatus::is_final) => {
                self.tell_order(EventKind::OrderFinal, &order);
            }
            None => {}
        }
    }

    /// Writes the stop status into the record's order.
    pub(super) fn write_stop_status(&mut self, run: usize) {
        let status = self.plant.operations[self.runs[run].operation].order_status_on_stop;
        if let (Some(status), Some(order)) = (status, self.runs[run].record.production_order.clone()) {
            self.write_status(&order, status);
        }
    }

    /// An unknown name is created, or told once per record.
    fn find_or_create(&mut self, run: usize, order: &str) {
        if self.status_of(order).is_some() {
            return;
        }
        match self.plant.unknown_orders {
            UnknownOrders::Create => self.orders.push((order.to_owned(), OrderStatus::Idle)),
            UnknownOrders::Report => {
                if !std::mem::replace(&mut self.runs[run].unknown_told, true) {
                    self.tell(EventKind::OrderUnknown, self.runs[run].operation);
                }
            }
        }
    }

    fn status_of(&self, order: &str) -> Option<OrderStatus> {
        self.orders.iter().find(|(name, _)| name == order).map(|(_, status)| *status)
    }

    /// Nothing is written over a final status, nor into an order that does not exist.
    fn write_status(&mut self, order: &str, status: OrderStatus) {
        let Some(entry) = self.orders.iter_mut().find(|(name, _)| name == order) else { return };
        if entry.1.is_final() {
            self.tell_order(EventKind::OrderFinal, order);
        } else if entry.1 != status {
            entry.1 = status;
            self.tell_order(EventKind::OrderStatusChanged, &format!("{order} {}", status.name()));
        }
    }
}
