//! What a gateway needs to go on where it was.

use std::sync::Arc;

use latchwork_engine::{Moment, Monotonic, OrderPlan, OrderStatus, Plant, Priority};
use latchwork_expr::Timestamp;
use serde_json::Value as Json;
use ulid::Ulid;

use crate::cell::Cells;
use crate::error::Failure;
use crate::row::Row;
use crate::schedule::StoredEntry;
use crate::session::Session;
use crate::statement::{Statement, statement};
use crate::turn::{Mark, RetainedRow};
use crate::{retained, schedule};

static GATEWAY: Statement = statement!("gateway", "gateways");
static ORDERS: Statement = statement!("orders", "production_orders");

/// What a gateway needs to go on where it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// What the engine must know, by key.
    pub retained: Vec<RetainedRow>,
    /// The last committed scan; `None` before the first.
    pub mark: Option<Mark>,
    /// When the gateway was last seen, by the clock on the wall: after that scan it lived on.
    pub seen: Timestamp,
    /// The number of the next event.
    pub next_seq: u64,
    /// The orders that are not final, and those that the configuration names or gives the id of, in
    /// the order in which they came to be.
    pub orders: Vec<StoredOrder>,
    /// The entries of the schedule that are not completed, and those that the configuration gives, in the order in
    /// which they came to be.
    pub schedule: Vec<StoredEntry>,
}

/// An order as it is in the store: that wins over the configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredOrder {
    /// The name.
    pub name: String,
    /// The id.
    pub id: Ulid,
    /// The status.
    pub status: OrderStatus,
    /// How much is to be made.
    pub quantity: Option<f64>,
    /// How many are made in an hour.
    pub rate_per_hour: Option<f64>,
    /// The id of the material that is made.
    pub material: Option<Ulid>,
    /// What is planned for it besides.
    pub plan: OrderPlan,
}

/// Reads what is planned for an order. Its priority is a word of ours, or of another program that wrote it: that is none.
fn plan(row: &Row<'_>) -> Result<OrderPlan, Failure> {
    let priority: Option<String> = row.get("schedule_priority")?;
    Ok(OrderPlan {
        start: row.optional_date("start_date")?,
        due: row.optional_date("due_date")?,
        end: row.optional_date("end_date")?,
        priority: priority.and_then(|word| Priority::of_name(&word)),
        location: row.optional_id("location_id")?,
        notes: row.text("notes")?,
    })
}

/// Reads it, all of one moment.
pub(crate) async fn load(session: &mut Session, gateway_id: &Arc<str>, plant: &Plant) -> Result<Loaded, Failure> {
    session.begin_reading().await?;
    let progress = session.rows(&GATEWAY, Cells::default().with(gateway_id), Progress::read).await?;
    let missing = || Failure::Unreadable { table: "gateways", reason: format!("`{gateway_id}` is not there") };
    let Progress { mark, seen, next_seq } = progress.into_iter().next().ok_or_else(missing)?;
    let retained = retained::all(session, gateway_id).await?;
    let orders = orders(session, gateway_id, plant).await?;
    let schedule = schedule::all(session, gateway_id, plant).await?;
    session.rollback().await?;
    Ok(Loaded { retained, mark, seen, next_seq, orders, schedule })
}

/// How far a gateway came.
struct Progress {
    mark: Option<Mark>,
    seen: Timestamp,
    next_seq: u64,
}

impl Progress {
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let sequence: Option<i64> = row.get("last_scan_sequence")?;
        let monotonic: Option<i64> = row.get("last_scan_monotonic_micros")?;
        let wall: Option<i64> = row.get("last_scan_wall_micros")?;
        let moment = |(monotonic, wall)| Moment { monotonic: Monotonic(monotonic), wall: Timestamp(wall) };
        let at = monotonic.zip(wall).map(moment);
        Ok(Self {
            mark: sequence.zip(at).map(|(sequence, at)| Mark { sequence: sequence.cast_unsigned(), at }),
            seen: row.date("last_seen_date")?,
            next_seq: row.count("last_event_seq")? + 1,
        })
    }
}

async fn orders(session: &mut Session, gateway_id: &Arc<str>, plant: &Plant) -> Result<Vec<StoredOrder>, Failure> {
    let named: Json = plant.orders.iter().flat_map(|order| [order.name.clone(), order.id.to_string()]).collect();
    let cells = Cells::default().with(gateway_id).with_json(named.to_string());
    session.rows(&ORDERS, cells, StoredOrder::read).await
}

impl StoredOrder {
    pub(crate) fn read(row: &Row<'_>) -> Result<Self, Failure> {
        Ok(Self {
            name: row.get("name")?,
            id: row.id("id")?,
            status: row.word("status")?,
            quantity: row.get("quantity")?,
            rate_per_hour: row.get("rate_per_hour")?,
            material: row.optional_id("product_material_id")?,
            plan: plan(row)?,
        })
    }
}
