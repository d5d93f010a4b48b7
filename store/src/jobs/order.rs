//! The production orders of jobs, locked: how they stand, and what their jobs come to.
//!
//! An order is known by its id. Every gateway that knows it has a row of its own; jobs change all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use latchwork_engine::OrderStatus;
use latchwork_engine::jobs::{OrderRow, OtherJobs};
use serde_json::Value as Json;
use ulid::Ulid;

use crate::cell::Cells;
use crate::error::Failure;
use crate::row::Row;
use crate::session::Session;
use crate::statement::{Bulk, Statement, bulk, statement};

static LOCK: Statement = statement!("jobs/lock_orders", "production_orders");
static OTHERS: Statement = statement!("jobs/other_jobs", "jobs");
static PUT_STATUS: Bulk = bulk!("jobs/put_order_status", 2);

/// A row of an order, and whose it is.
struct Found {
    gateway_id: String,
    order: OrderRow,
}

/// Locks orders by their names or ids, in the order of their ids, and reads them; where several gateways have an order, as
/// this one sees it. Their jobs are counted but for those that are in memory.
pub(super) async fn lock(
    session: &mut Session,
    gateway_id: &Arc<str>,
    named: &Json,
    jobs_in_memory: &Json,
) -> Result<Vec<OrderRow>, Failure> {
    let found = session.rows(&LOCK, Cells::default().with_json(named.to_string()), Found::read).await?;
    let mut orders: BTreeMap<Ulid, OrderRow> = BTreeMap::new();
    for Found { gateway_id: whose, order } in found {
        if whose == **gateway_id || !orders.contains_key(&order.id) {
            orders.insert(order.id, order);
        }
    }
    let ids: Json = orders.keys().map(Ulid::to_string).collect();
    let cells = Cells::default().with_json(ids.to_string()).with_json(jobs_in_memory.to_string());
    for (id, others) in session.rows(&OTHERS, cells, others).await? {
        orders.entry(id).and_modify(|order| order.others = others);
    }
    Ok(orders.into_values().collect())
}

/// Writes the new status of orders.
pub(super) async fn put_status(session: &mut Session, changed: &[(Ulid, OrderStatus)]) -> Result<(), Failure> {
    session.put(&PUT_STATUS, changed, |(id, status)| Cells::with_capacity(2).with(*id).with(status.name())).await
}

impl Found {
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let order = OrderRow {
            id: row.id("id")?,
            name: row.get::<String>("name")?.into(),
            status: row.word("status")?,
            quantity: row.get("quantity")?,
            others: OtherJobs::default(),
        };
        Ok(Self { gateway_id: row.get("gateway_id")?, order })
    }
}

fn others(row: &Row<'_>) -> Result<(Ulid, OtherJobs), Failure> {
    let others = OtherJobs {
        started: row.count("started")?,
        unfinished: row.count("unfinished")?,
        completed_quantity: row.count("completed_quantity")?,
    };
    Ok((row.id("production_order_id")?, others))
}
