//! Phase 4, and all else that concerns a record's production order (`spec/engine.md` section 8).

use latchwork_expr::Text;

use crate::effect::{Effect, EventKind, Info};
use crate::evaluate::good_order;
use crate::ids;
use crate::order::{Order, OrderIndex, OrderStatus};
use crate::plant::{OperationIndex, OrderResolution, OrderUpdate, TriggerSource, UnknownOrders};
use crate::record::OrderLink;
use crate::scan::Moment;
use crate::step::{Engine, Turn};

/// Whether a good value was acted on already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Before,
    New,
}

impl Engine {
    /// Applies the update strategies of the touched operations and of those below them, in
    /// configuration order: a parent's stop hold that ended may have kept a child's order waiting.
    pub(crate) fn update_orders(&mut self, turn: &mut Turn<'_>) {
        self.touch_descendants();
        for place in 0..self.touched.len() {
            let (operation, _) = self.touched.get(place);
            if !self.waits_for_stop(operation) {
                self.update_order(operation, turn);
            }
        }
    }

    fn touch_descendants(&mut self) {
        let touched = self.touched.len();
        let mut place = 0;
        while place < self.touched.len() {
            let (operation, _) = self.touched.get(place);
            for &child in self.wiring.children(operation) {
                self.touched.follow(child);
            }
            place += 1;
        }
        if self.touched.len() > touched {
            self.touched.sort();
        }
    }

    /// Tells whether a stop hold is pending on the operation's open run or on a parent's.
    pub(crate) fn waits_for_stop(&self, operation: OperationIndex) -> bool {
        let mut next = Some(operation);
        while let Some(operation) = next {
            if self.state(operation).stop_is_pending() {
                return true;
            }
            next = self.plant.operations[operation.index()].parent;
        }
        false
    }

    fn update_order(&mut self, operation: OperationIndex, turn: &mut Turn<'_>) {
        let OrderResolution::Expression(_, update) = &self.plant.operations[operation.index()].order else { return };
        let update = *update;
        let state = self.state(operation);
        let (Some(run), Some(value)) = (&state.run, &state.good_order) else { return };
        if run.order_is_commanded {
            return;
        }
        let seen = if run.order_seen.as_ref() == Some(value) { Seen::Before } else { Seen::New };
        let (current, value) = (run.record.order.clone(), value.clone());
        let differs = current.as_ref().is_some_and(|link| !self.is_same_order(link, &value));
        if let Some(run) = &mut self.state_mut(operation).run {
            run.order_seen = Some(value.clone());
        }
        if current.is_none() {
            return self.follow_order(operation, value, turn);
        }
        if differs {
            self.apply_other_order(operation, update, value, seen, turn);
        }
    }

    /// The open record has an order, and its expression names another.
    fn apply_other_order(
        &mut self,
        operation: OperationIndex,
        update: OrderUpdate,
        value: Text,
        seen: Seen,
        turn: &mut Turn<'_>,
    ) {
        match (update, seen) {
            (OrderUpdate::KeepFirstGoodValue, _) | (OrderUpdate::ThrowError, Seen::Before) => {}
            (OrderUpdate::KeepLastGoodValue, _) => self.follow_order(operation, value, turn),
            (OrderUpdate::NewRecord, _) => self.split_by_order(operation, turn),
            (OrderUpdate::ThrowError, Seen::New) => {
                self.tell_order_of_record(operation, EventKind::ProductionOrderChanged, Some(value), turn);
            }
        }
    }

    fn is_same_order(&self, link: &OrderLink, name: &Text) -> bool {
        link.name == *name || (link.order.is_some() && link.order == self.orders.find(name))
    }

    /// Returns the order of a record that opens now and starts then.
    pub(crate) fn resolve_order(
        &mut self,
        operation: OperationIndex,
        start: Moment,
        turn: &mut Turn<'_>,
    ) -> Option<OrderLink> {
        let row = &self.plant.operations[operation.index()];
        let name = match (&row.order, row.trigger_source) {
            (OrderResolution::None, TriggerSource::Parent) => {
                return self.state(row.parent?).run.as_ref()?.record.order.clone();
            }
            (OrderResolution::None, TriggerSource::Expression | TriggerSource::Manual) => None,
            (OrderResolution::Schedule, _) => self.planned_order(operation, start.wall),
            (OrderResolution::Manual, _) => {
                let assigned = self.state(operation).assigned_order.clone();
                assigned.or_else(|| row.assigned_order.as_deref().map(Text::from))
            }
            (OrderResolution::Expression(program, _), _) if !program.keeps_state() => {
                good_order(&self.evaluate_once(operation, program, turn.now), &self.plant)
            }
            (OrderResolution::Expression(..), _) => self.state(operation).good_order.clone(),
        };
        Some(self.link(name?, turn))
    }

    /// Finds the order of a name; creates it when the plant says so.
    pub(crate) fn link(&mut self, name: Text, turn: &mut Turn<'_>) -> OrderLink {
        let found = self.orders.find(&name);
        let order = match (found, self.plant.unknown_orders) {
            (None, UnknownOrders::Create) => Some(self.create_order(&name, turn)),
            (None, UnknownOrders::Report) | (Some(_), _) => found,
        };
        OrderLink { name, order }
    }

    /// Gives the open record another order, or its first, and its children that follow it too.
    pub(crate) fn follow_order(&mut self, operation: OperationIndex, name: Text, turn: &mut Turn<'_>) {
        let link = self.link(name, turn);
        self.change_order(operation, &link, turn);
    }

    fn change_order(&mut self, operation: OperationIndex, link: &OrderLink, turn: &mut Turn<'_>) {
        let Some(run) = &mut self.state_mut(operation).run else { return };
        let before = run.record.order.replace(link.clone());
        if before.as_ref() == Some(link) {
            return;
        }
        run.record.revision += 1;
        let now = turn.now;
        self.tell_record(operation, EventKind::OperationUpdated, now, turn);
        if let Some(before) = before {
            self.stop_order(operation, before.order, turn);
        }
        self.take_up_order(operation, link, turn);
        self.pass_order_on(operation, turn);
    }

    fn pass_order_on(&mut self, operation: OperationIndex, turn: &mut Turn<'_>) {
        let Some(link) = self.state(operation).run.as_ref().and_then(|run| run.record.order.clone()) else { return };
        for place in 0..self.wiring.children(operation).len() {
            let child = self.wiring.children(operation)[place];
            if matches!(self.plant.operations[child.index()].order, OrderResolution::None) {
                self.change_order(child, &link, turn);
            }
        }
    }

    /// A record has an order from now on: writes the start status, or tells what is wrong with it.
    pub(crate) fn take_up_order(&mut self, operation: OperationIndex, link: &OrderLink, turn: &mut Turn<'_>) {
        let name = || Some(link.name.clone());
        let Some(order) = link.order else {
            let Some(run) = &mut self.state_mut(operation).run else { return };
            if !std::mem::replace(&mut run.unknown_order_told, true) {
                self.tell_order_of_record(operation, EventKind::ProductionOrderUnknown, name(), turn);
            }
            return;
        };
        let status = self.plant.operations[operation.index()].order_status_on_start;
        if self.orders.get(order).status.is_final() {
            self.tell_order_of_record(operation, EventKind::ProductionOrderFinal, name(), turn);
        } else if let Some(status) = status {
            self.write_status(order, status, turn);
        }
    }

    fn create_order(&mut self, name: &Text, turn: &mut Turn<'_>) -> OrderIndex {
        let order = Order::named(name.clone(), ids::order_id(name));
        turn.effects.push(Effect::OrderCreated(order.clone()));
        self.orders.add(order)
    }

    /// A record has its order no more: writes the stop status.
    pub(crate) fn stop_order(&mut self, operation: OperationIndex, order: Option<OrderIndex>, turn: &mut Turn<'_>) {
        let status = self.plant.operations[operation.index()].order_status_on_stop;
        if let (Some(order), Some(status)) = (order, status) {
            self.write_status(order, status, turn);
        }
    }

    /// Takes over the status that somebody else gave to an order.
    pub(crate) fn hear_of_order(&mut self, name: &Text, status: OrderStatus, turn: &mut Turn<'_>) {
        if let Some(order) = self.orders.find(name).filter(|&order| self.orders.get(order).status != status) {
            self.write_status(order, status, turn);
        }
    }

    /// Changes an order's status; a final one stays, and the refusal is told.
    pub(crate) fn write_status(&mut self, order: OrderIndex, to: OrderStatus, turn: &mut Turn<'_>) {
        let row = self.orders.get_mut(order);
        let from = row.status;
        let info = Info::OrderStatus { order, from, to };
        if from.is_final() {
            turn.tell(EventKind::ProductionOrderFinal, info);
        } else if from != to {
            row.status = to;
            turn.tell(EventKind::ProductionOrderStatusChanged, info);
        }
    }

    /// A record that must have an order has none.
    pub(crate) fn tell_missing_order(&mut self, operation: OperationIndex, turn: &mut Turn<'_>) {
        if matches!(self.plant.operations[operation.index()].order, OrderResolution::Manual) {
            self.tell_order_of_record(operation, EventKind::ProductionOrderMissing, None, turn);
        }
    }

    fn tell_order_of_record(
        &self,
        operation: OperationIndex,
        kind: EventKind,
        name: Option<Text>,
        turn: &mut Turn<'_>,
    ) {
        if let Some(run) = &self.state(operation).run {
            turn.tell(kind, Info::OrderOfRecord { operation, record: run.record.id, name });
        }
    }
}
