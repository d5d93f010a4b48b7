//! One writer a gateway: a lock of the server's on the connection that writes. It is gone with that connection.

use std::time::Instant;

use sqlx::PgConnection;

use super::statements::{execute, rows};
use crate::cell::Cells;
use crate::error::Failure;
use crate::limits::{LOCK_LOOK_PAUSE, LOCK_PATIENCE};
use crate::row::Row;

const TAKE: &str = include_str!("sql/take_lock.sql");
const HOLDER: &str = include_str!("sql/lock_holder.sql");
const END: &str = include_str!("sql/end_session.sql");

/// Who has the lock.
struct Holder {
    pid: i64,
    told: String,
}

/// Takes the lock of a gateway, or tells who has it.
///
/// `former` is the server's process that was behind the connection before this one. A server that has not noticed yet
/// that this one is gone still holds the lock for it, and may even be about to commit: it is ended first.
pub(super) async fn take(connection: &mut PgConnection, gateway_id: &str, former: Option<i64>) -> Result<(), Failure> {
    let end = Instant::now() + LOCK_PATIENCE;
    loop {
        if try_take(connection, gateway_id).await? {
            return Ok(());
        }
        let holder = holder(connection, gateway_id).await?;
        if let Some(holder) = holder.as_ref().filter(|holder| Some(holder.pid) == former) {
            execute(connection, END, Cells::default().with(holder.pid)).await?;
        }
        if Instant::now() >= end {
            let holder = holder.map_or_else(|| "who that is cannot be seen".to_owned(), |holder| holder.told);
            return Err(Failure::Locked { holder });
        }
        tokio::time::sleep(LOCK_LOOK_PAUSE).await;
    }
}

async fn try_take(connection: &mut PgConnection, gateway_id: &str) -> Result<bool, Failure> {
    let asked = ("pg_locks", TAKE);
    let taken: Vec<bool> = rows(connection, asked, Cells::default().with(gateway_id), |row| row.get("is_ours")).await?;
    Ok(taken == [true])
}

async fn holder(connection: &mut PgConnection, gateway_id: &str) -> Result<Option<Holder>, Failure> {
    Ok(rows(connection, ("pg_locks", HOLDER), Cells::default().with(gateway_id), Holder::read).await?.pop())
}

impl Holder {
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        Ok(Self { pid: row.get("pid")?, told: row.get("holder")? })
    }
}
