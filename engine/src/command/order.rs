//! An order is put: created, or changed as far as something is said of it. A final one stays as it is.

use latchwork_expr::Text;

use super::OrderInfo;
use super::answer::{Accepted, Done, Rejection, RejectionKind};
use super::given::Given;
use crate::effect::{EventKind, Info};
use crate::ids;
use crate::order::{Order, OrderIndex};
use crate::retained::Instant;
use crate::step::{Engine, Turn};

impl Engine {
    /// Creates or changes an order.
    pub(super) fn put_order(&mut self, info: &OrderInfo, turn: &mut Turn<'_>) -> Result<Accepted, Rejection> {
        let known = self.orders.find(&info.production_order);
        let before = known.map(|order| self.orders.get(order).clone());
        let after = self.wanted_order(before.as_ref(), info)?;
        let order = match known.zip(before) {
            Some((order, before)) => self.change_order_to(order, &before, after, turn)?,
            None => self.create_wanted(after, turn),
        };
        let order = Box::new(self.orders.get(order).clone());
        Ok(Accepted { event: self.scan_id(turn), done: Done::Order(order) })
    }

    fn create_wanted(&mut self, order: Order, turn: &mut Turn<'_>) -> OrderIndex {
        turn.tell(EventKind::ProductionOrderCreated, Info::Order(Box::new(order.clone())));
        self.orders.add(order)
    }

    /// Makes an order another one. Who says what is so already is right, also of an order that is final.
    fn change_order_to(
        &mut self,
        order: OrderIndex,
        before: &Order,
        after: Order,
        turn: &mut Turn<'_>,
    ) -> Result<OrderIndex, Rejection> {
        if after == *before {
            return Ok(order);
        }
        let status = after.status;
        if before.status.is_final() {
            self.write_status(order, status, turn);
            return Err(super::open::order_final(before));
        }
        let is_more = Order { status: before.status, ..after.clone() } != *before;
        *self.orders.get_mut(order) = Order { status: before.status, ..after };
        self.write_status(order, status, turn);
        if is_more {
            let now = Box::new(self.orders.get(order).clone());
            turn.tell(EventKind::ProductionOrderUpdated, Info::Order(now));
        }
        Ok(order)
    }

    /// Returns an order as somebody wants it.
    fn wanted_order(&self, before: Option<&Order>, info: &OrderInfo) -> Result<Order, Rejection> {
        let name = &info.production_order;
        let material = info.material.try_map(|name| self.material_named(name))?;
        let location = info.location.try_map(|name| self.location_named(name))?;
        let mut order = before.cloned().unwrap_or_else(|| Order::named(name.clone(), ids::order_id(name)));
        order.status = info.status.unwrap_or(order.status);
        info.quantity.clone().put(&mut order.quantity);
        info.rate_per_hour.clone().put(&mut order.rate_per_hour);
        material.put(&mut order.material);
        let mut plan = order.plan.take().map(|plan| *plan).unwrap_or_default();
        instant(&info.start_date).put(&mut plan.start);
        instant(&info.due_date).put(&mut plan.due);
        instant(&info.end_date).put(&mut plan.end);
        info.schedule_priority.clone().put(&mut plan.priority);
        location.put(&mut plan.location);
        info.notes.clone().put(&mut plan.notes);
        order.plan = plan.boxed();
        Ok(order)
    }

    fn material_named(&self, name: &str) -> Result<ulid::Ulid, Rejection> {
        let mut materials = self.plant.materials.iter();
        let found = materials.find(|material| material.name == name || material.id.to_string() == name);
        found.map(|material| material.id).ok_or_else(|| unknown("material", name))
    }

    fn location_named(&self, name: &str) -> Result<ulid::Ulid, Rejection> {
        let mut locations = self.plant.locations.iter();
        let found = locations.find(|location| location.path == name || location.id.to_string() == name);
        found.map(|location| location.id).ok_or_else(|| unknown("location", name))
    }

    /// Refuses an order that no run can be planned for: a final one, and one that nobody knows, unless such are created.
    pub(super) fn plan_for(&mut self, name: &Text, turn: &mut Turn<'_>) -> Result<(), Rejection> {
        self.check_not_final(name)?;
        match self.link(name.clone(), turn).order {
            Some(_) => Ok(()),
            None => Err(unknown("production order", name)),
        }
    }
}

fn instant(given: &Given<Instant>) -> Given<latchwork_expr::Timestamp> {
    match given {
        Given::Unsaid => Given::Unsaid,
        Given::Empty => Given::Empty,
        Given::Value(instant) => Given::Value(instant.0),
    }
}

fn unknown(what: &str, name: &str) -> Rejection {
    Rejection::new(RejectionKind::NotFound, format!("there is no {what} `{name}`"))
}
