//! Rows of `production_orders`. What is there wins over what is given.

use std::sync::Arc;

use latchwork_engine::{Order, OrderStatus, Priority, ProductionOrder};
use latchwork_expr::Timestamp;

use crate::cell::Cells;
use crate::changes::Signed;
use crate::commit::Origin;
use crate::error::Failure;
use crate::script::Script;
use crate::session::Session;
use crate::statement::{Bulk, bulk};

const PUT_COLUMNS: usize = 17;
static ADD: Bulk = bulk!("add_orders", 8);
static FILL: Bulk = bulk!("fill_orders", 6);
static PUT: Bulk = bulk!("put_orders", PUT_COLUMNS);
static PUT_STATUS: Bulk = bulk!("put_order_status", 3);

/// Adds orders that a machine named.
pub(crate) fn add_created(script: &mut Script, origin: &Origin<'_>, orders: &[&Order]) {
    let cells = |order: &&Order| {
        Cells::with_capacity(8)
            .with(origin.gateway_id)
            .with(order.id)
            .with(origin.written_at)
            .with(&*order.name)
            .with(order.quantity)
            .with(order.status.name())
            .with(order.rate_per_hour)
            .with(order.material)
    };
    script.put_for_others(&ADD, orders, cells);
}

/// Writes orders as commands left them. Their status is written for itself where they are there already.
pub(crate) fn put(script: &mut Script, origin: &Origin<'_>, orders: &[Signed<'_, Order>]) {
    let cells = |signed: &Signed<'_, Order>| {
        let order = signed.row;
        let plan = order.plan.as_deref().cloned().unwrap_or_default();
        Cells::with_capacity(PUT_COLUMNS)
            .with(origin.gateway_id)
            .with(order.id)
            .with(origin.written_at)
            .with(signed.created_by)
            .with(signed.modified.map(|(at, _)| at))
            .with(signed.modified.and_then(|(_, by)| by))
            .with(&*order.name)
            .with(order.quantity)
            .with(order.status.name())
            .with(order.rate_per_hour)
            .with(order.material)
            .with(plan.start)
            .with(plan.due)
            .with(plan.end)
            .with(plan.priority.map(Priority::name))
            .with(plan.location)
            .with(plan.notes.as_deref())
    };
    script.put_for_others(&PUT, orders, cells);
}

/// Adds the orders of the configuration that are not there by id or by name.
pub(crate) async fn add_configured(
    session: &mut Session,
    gateway_id: &Arc<str>,
    at: Timestamp,
    orders: &[ProductionOrder],
) -> Result<(), Failure> {
    let cells = |order: &ProductionOrder| {
        Cells::with_capacity(8)
            .with(gateway_id)
            .with(order.id)
            .with(at)
            .with(order.name.as_str())
            .with(order.quantity)
            .with(order.status.name())
            .with(order.rate_per_hour)
            .with(order.material)
    };
    session.put(&ADD, orders, cells).await?;
    fill(session, gateway_id, at, orders).await
}

/// Gives orders that are there what they lack and the configuration has.
async fn fill(
    session: &mut Session,
    gateway_id: &Arc<str>,
    at: Timestamp,
    orders: &[ProductionOrder],
) -> Result<(), Failure> {
    let cells = |order: &ProductionOrder| {
        Cells::with_capacity(6)
            .with(gateway_id)
            .with(order.name.as_str())
            .with(at)
            .with(order.quantity)
            .with(order.rate_per_hour)
            .with(order.material)
    };
    session.put(&FILL, orders, cells).await
}

/// Writes the new status of orders. One that is final stays: jobs of other gateways may have ended it meanwhile.
pub(crate) fn put_status(script: &mut Script, origin: &Origin<'_>, changed: &[(&Order, OrderStatus)]) {
    let cells = |(order, status): &(&Order, OrderStatus)| {
        Cells::with_capacity(3).with(origin.gateway_id).with(order.id).with(status.name())
    };
    script.put(&PUT_STATUS, changed, cells);
}
