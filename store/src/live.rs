//! The live columns of `operations`: what each does now.

use latchwork_engine::Record;
use sqlx::SqliteConnection;
use ulid::Ulid;

use crate::bulk::{Bulk, Query};
use crate::commit::Origin;
use crate::error::Failure;
use crate::record::order_id;

static PUT: Bulk = Bulk::new(include_str!("sql/put_live_status.sql"), 5);

/// Writes what operations do, by the latest record of each.
pub(crate) async fn put(
    connection: &mut SqliteConnection,
    origin: &Origin<'_>,
    latest: &[&Record],
) -> Result<(), Failure> {
    PUT.run(connection, latest, |query, record| bind(query, record, origin)).await?;
    Ok(())
}

fn bind(query: Query<'static>, record: &Record, origin: &Origin<'_>) -> Query<'static> {
    let open = record.end.is_none().then_some(record);
    query
        .bind(origin.gateway_id.clone())
        .bind(origin.plant.operations[record.operation.index()].id.to_string())
        .bind(record.status.name())
        .bind(open.map(|record| Ulid::to_string(&record.id)))
        .bind(open.and_then(|record| order_id(record, origin)))
}
