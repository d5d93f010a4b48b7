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
    let is_there = ask(connection, "SELECT to_regclass('_sqlx_migrations') IS NOT NULL".to_owned()).await?;
    if is_there { Err(Failure::HoldsLedger) } else { Ok(()) }
}

/// Makes the partitions of a month, unless they are there. It holds the tables for a moment, once a month.
pub(crate) async fn add_partitions(connection: &mut PgConnection, month: Month) -> Result<(), Failure> {
    say(connection, "BEGIN").await?;
    // Two collectors that make one at a time would both find none.
    say(connection, "SELECT pg_advisory_xact_lock(hashtext('latchwork partitions'))").await?;
    for table in PARTITIONED {
        let name = month.name();
        if !ask(connection, format!("SELECT to_regclass('{table}_{name}') IS NOT NULL")).await? {
            add_partition(connection, table, month).await?;
        }
    }
    say(connection, "COMMIT").await
}

/// Makes a partition. Where some clock was ahead, rows of its time are among the others already, and the server refuses to
/// tear them apart: then all of that month stay there.
async fn add_partition(connection: &mut PgConnection, table: &str, month: Month) -> Result<(), Failure> {
    let (first, end, name) = (month.first_id(), month.next().first_id(), month.name());
    // Nobody writes between the look and the partition, which needs this lock in any case.
    run(connection, format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")).await?;
    let look = format!("SELECT EXISTS (SELECT 1 FROM {table}_other WHERE id >= '{first}' AND id < '{end}')");
    if ask(connection, look).await? {
        tracing::warn!(table, month = name, "no partition: a clock that was ahead has put rows of it among the others");
        return Ok(());
    }
    run(
        connection,
        format!("CREATE TABLE {table}_{name} PARTITION OF {table} FOR VALUES FROM ('{first}') TO ('{end}')"),
    )
    .await
}

/// Runs words that are made of our own names and ids.
async fn run(connection: &mut PgConnection, words: String) -> Result<(), Failure> {
    bounded(ANSWER_WAIT, sqlx::raw_sql(sqlx::AssertSqlSafe(words)).execute(connection)).await?;
    Ok(())
}

/// Returns whether something is so, asked in such words.
async fn ask(connection: &mut PgConnection, words: String) -> Result<bool, Failure> {
    let asked = sqlx::query_scalar(sqlx::AssertSqlSafe(words)).persistent(false);
    bounded(ANSWER_WAIT, asked.fetch_one(connection)).await
}
