//! What a gateway needs to go on where it was.

use std::sync::Arc;

use latchwork_engine::{Moment, Monotonic, OrderStatus, Plant};
use latchwork_expr::{Timestamp, instant_of};
use serde_json::Value as Json;
use sqlx::{Connection, SqliteConnection};
use ulid::Ulid;

use crate::error::Failure;
use crate::schedule::StoredEntry;
use crate::turn::{Mark, RetainedRow};
use crate::{retained, schedule};

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
}

/// Reads it, all of one moment.
pub(crate) async fn load(
    connection: &mut SqliteConnection,
    gateway_id: &Arc<str>,
    plant: &Plant,
) -> Result<Loaded, Failure> {
    let mut moment = connection.begin().await?;
    let (mark, next_seq) = progress(&mut moment, gateway_id).await?;
    let seen = seen(&mut moment, gateway_id).await?;
    let retained = retained::all(&mut moment, gateway_id).await?;
    let orders = orders(&mut moment, gateway_id, plant).await?;
    let schedule = schedule::all(&mut moment, gateway_id, plant).await?;
    moment.rollback().await?;
    Ok(Loaded { retained, mark, seen, next_seq, orders, schedule })
}

async fn progress(connection: &mut SqliteConnection, gateway_id: &Arc<str>) -> Result<(Option<Mark>, u64), Failure> {
    let (sequence, monotonic, wall, seq): (Option<i64>, Option<i64>, Option<i64>, i64) = sqlx::query_as(
        "SELECT last_scan_sequence, last_scan_monotonic_micros, last_scan_wall_micros, last_event_seq \
         FROM gateways WHERE id = ?1",
    )
    .bind(gateway_id.clone())
    .fetch_one(connection)
    .await?;
    let at =
        monotonic.zip(wall).map(|(monotonic, wall)| Moment { monotonic: Monotonic(monotonic), wall: Timestamp(wall) });
    let mark = sequence.zip(at).map(|(sequence, at)| Mark { sequence: sequence.cast_unsigned(), at });
    Ok((mark, seq.cast_unsigned() + 1))
}

async fn seen(connection: &mut SqliteConnection, gateway_id: &Arc<str>) -> Result<Timestamp, Failure> {
    let query = sqlx::query_scalar("SELECT last_seen_date FROM gateways WHERE id = ?1");
    let text: String = query.bind(gateway_id.clone()).fetch_one(connection).await?;
    let reason = || format!("`{text}` in `last_seen_date` is no date");
    instant_of(&text).ok_or_else(|| Failure::Unreadable { table: "gateways", reason: reason() })
}

/// Name, id, status, quantity, rate and material.
pub(crate) type OrderRow = (String, String, String, Option<f64>, Option<f64>, Option<String>);

async fn orders(
    connection: &mut SqliteConnection,
    gateway_id: &Arc<str>,
    plant: &Plant,
) -> Result<Vec<StoredOrder>, Failure> {
    let named = plant.orders.iter().flat_map(|order| [order.name.clone(), order.id.to_string()]);
    let named: Json = named.collect();
    let rows: Vec<OrderRow> = sqlx::query_as(
        "SELECT name, id, status, quantity, rate_per_hour, product_material_id FROM production_orders WHERE gateway_id = ?1 \
         AND (status NOT IN ('CLOSED', 'CANCELLED') \
              OR name IN (SELECT value FROM json_each(?2)) OR id IN (SELECT value FROM json_each(?2))) \
         ORDER BY rowid",
    )
    .bind(gateway_id.clone())
    .bind(named.to_string())
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(order).collect()
}

pub(crate) fn order((name, id, status, quantity, rate_per_hour, material): OrderRow) -> Result<StoredOrder, Failure> {
    let unreadable = |reason: String| Failure::Unreadable { table: "production_orders", reason };
    let read_id =
        |id: &str| Ulid::from_string(id).map_err(|_| unreadable(format!("`{id}` of order `{name}` is no id")));
    let (id, material) = (read_id(&id)?, material.as_deref().map(read_id).transpose()?);
    let status = serde_json::from_value(Json::from(status.as_str()))
        .map_err(|_| unreadable(format!("`{status}` of order `{name}` is no status")))?;
    Ok(StoredOrder { name, id, status, quantity, rate_per_hour, material })
}
