//! What collectors keep, on a server: its tables, and the partitions of what grows for ever.

use sqlx::PgConnection;
use sqlx::migrate::Migrate;

use super::address::Address;
use super::connection::{connect, settle};
use super::statements::{bounded, say};
use crate::collected::{Month, TAKEN_STEPS};
use crate::error::Failure;
use crate::limits::ANSWER_WAIT;
use crate::migration::{Step, Steps};

const STEPS: &[Step] = &[(1, "collected", include_str!("../../migrations/postgres/collected/0001_collected.sql"))];

/// The tables that are partitioned by the time in their ids.
const PARTITIONED: [&str; 2] = ["events", "operation_records"];

/// Opens a database for a collector, making its tables or bringing them up to date.
pub(crate) async fn open_collected(address: &Address, name: &str) -> Result<PgConnection, Failure> {
    let mut connection = connect(address, name).await?;
    settle(&mut connection).await?;
    refuse_ledger(&mut connection).await?;
    say(&mut connection, "SET statement_timeout = 0").await?;
    // Several collectors may begin at once.
    connection.lock().await?;
    let steps = Steps::noted_in(TAKEN_STEPS, STEPS);
    steps.found(&mut connection).await?;
    steps.take(&mut connection).await?;
    connection.unlock().await?;
    settle(&mut connection).await?;
    Ok(connection)
}

/// Refuses a database in which gateways have their ledger: the tables have the same names.
async fn refuse_ledger(connection: &mut PgConnection) -> Result<(), Failure> {
    let look = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL");
    let is_there: bool = bounded(ANSWER_WAIT, look.fetch_one(connection)).await?;
    if is_there { Err(Failure::HoldsLedger) } else { Ok(()) }
}

/// Makes the partitions of a month, unless they are there. It holds the tables for a moment, once a month.
pub(crate) async fn add_partitions(connection: &mut PgConnection, month: Month) -> Result<(), Failure> {
    say(connection, "BEGIN").await?;
    // Two collectors that make one at a time would both find none.
    say(connection, "SELECT pg_advisory_xact_lock(hashtext('latchwork partitions'))").await?;
    for table in PARTITIONED {
        let (first, end, name) = (month.first_id(), month.next().first_id(), month.name());
        let text = format!(
            "CREATE TABLE IF NOT EXISTS {table}_{name} PARTITION OF {table} FOR VALUES FROM ('{first}') TO ('{end}')"
        );
        bounded(ANSWER_WAIT, sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut *connection)).await?;
    }
    say(connection, "COMMIT").await
}
