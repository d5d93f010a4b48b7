//! A copy of a store beside it, before its tables are changed.

use sqlx::PgConnection;

use crate::error::Failure;

/// Copies every table as it is, with all gateways' rows, and returns the schema in which the copies are,
/// `latchwork_version_3` for example. It is there whole or not at all; an older copy of that version gives way.
pub(super) async fn copy(connection: &mut PgConnection, version: i64) -> Result<String, Failure> {
    let schema = format!("latchwork_version_{version}");
    sqlx::query("SELECT set_config('latchwork.copy', $1, false)").bind(&schema).execute(&mut *connection).await?;
    sqlx::raw_sql(include_str!("sql/copy_tables.sql")).execute(connection).await?;
    Ok(schema)
}
