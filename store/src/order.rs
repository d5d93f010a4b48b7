//! Rows of `production_orders`. What is there wins over what is given.

use std::sync::Arc;

use latchwork_engine::{Order, OrderStatus, ProductionOrder};
use sqlx::SqliteConnection;
use ulid::Ulid;

use crate::bulk::{Bulk, Query};
use crate::commit::Origin;
use crate::error::Failure;

static ADD: Bulk = Bulk::new(include_str!("sql/add_orders.sql"), 8);
static FILL: Bulk = Bulk::new(include_str!("sql/fill_orders.sql"), 6);
static PUT_STATUS: Bulk = Bulk::new(include_str!("sql/put_order_status.sql"), 3);

/// Adds orders that a machine named.
pub(crate) async fn add_created(
    connection: &mut SqliteConnection,
    origin: &Origin<'_>,
    orders: &[&Order],
) -> Result<(), Failure> {
    let bind = |query: Query<'static>, order: &&Order| {
        query
            .bind(origin.gateway_id.clone())
            .bind(order.id.to_string())
            .bind(origin.written_date.clone())
            .bind(order.name.to_string())
            .bind(order.quantity)
            .bind(order.status.name())
            .bind(order.rate_per_hour)
            .bind(order.material.as_ref().map(Ulid::to_string))
    };
    ADD.run(connection, orders, bind).await?;
    Ok(())
}

/// Adds the orders of the configuration that are not there by id or by name.
pub(crate) async fn add_configured(
    connection: &mut SqliteConnection,
    gateway_id: &Arc<str>,
    date: &Arc<str>,
    orders: &[ProductionOrder],
) -> Result<(), Failure> {
    let bind = |query: Query<'static>, order: &ProductionOrder| {
        query
            .bind(gateway_id.clone())
            .bind(order.id.to_string())
            .bind(date.clone())
            .bind(order.name.clone())
            .bind(order.quantity)
            .bind(order.status.name())
            .bind(order.rate_per_hour)
            .bind(order.material.as_ref().map(Ulid::to_string))
    };
    ADD.run(connection, orders, bind).await?;
    fill(connection, gateway_id, date, orders).await
}

/// Gives orders that are there what they lack and the configuration has.
async fn fill(
    connection: &mut SqliteConnection,
    gateway_id: &Arc<str>,
    date: &Arc<str>,
    orders: &[ProductionOrder],
) -> Result<(), Failure> {
    let bind = |query: Query<'static>, order: &ProductionOrder| {
        query
            .bind(gateway_id.clone())
            .bind(order.name.clone())
            .bind(date.clone())
            .bind(order.quantity)
            .bind(order.rate_per_hour)
            .bind(order.material.as_ref().map(Ulid::to_string))
    };
    FILL.run(connection, orders, bind).await?;
    Ok(())
}

/// Writes the new status of orders.
pub(crate) async fn put_status(
    connection: &mut SqliteConnection,
    origin: &Origin<'_>,
    changed: &[(&Order, OrderStatus)],
) -> Result<(), Failure> {
    let bind = |query: Query<'static>, (order, status): &(&Order, OrderStatus)| {
        query.bind(origin.gateway_id.clone()).bind(order.id.to_string()).bind(status.name())
    };
    PUT_STATUS.run(connection, changed, bind).await?;
    Ok(())
}
