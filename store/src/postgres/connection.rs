//! Connections to a server: their settings, set and read back.

use std::time::Duration;

use sqlx::pool::PoolOptions;
use sqlx::{ConnectOptions, PgConnection, PgPool};

use super::address::Address;
use super::migration::expect;
use super::statements::{bounded, execute, rows};
use crate::cell::Cells;
use crate::error::Failure;
use crate::limits::{
    CONNECT_WAIT, LOCK_WAIT, READER_IDLE, READER_WAIT, READERS_MAX, STATEMENT_TIME_MAX, TRANSACTION_IDLE_MAX,
};
use crate::row::Row;

const SETTLE: &str = include_str!("sql/settle.sql");
const SETTINGS: &str = include_str!("sql/settings.sql");

/// The oldest server that is still looked after by those who make it, when this was written.
const VERSION_NEEDED: i64 = 130_000;
const VERSION_NEEDED_TEXT: &str = "13";

/// What a server says of itself and of a connection.
struct Settings {
    version: i64,
    is_standby: bool,
    pid: i64,
    /// Name, what it must be, what it is.
    found: [(&'static str, &'static str, String); 4],
}

/// Connects, for whatever.
pub(super) async fn connect(address: &Address, name: &str) -> Result<PgConnection, Failure> {
    bounded(CONNECT_WAIT, address.options(name).connect()).await
}

/// Opens a connection beside those of gateways, to a ledger that is there.
pub(crate) async fn visit(address: &Address) -> Result<PgConnection, Failure> {
    let mut connection = connect(address, "latchwork store").await?;
    settle(&mut connection).await?;
    expect(&mut connection).await?;
    Ok(connection)
}

/// Returns the connections that read; none is opened before it is needed.
pub(super) fn readers(address: &Address, name: &str) -> PgPool {
    let options = address.options(name).options([
        ("default_transaction_read_only", "on".to_owned()),
        ("statement_timeout", millis(STATEMENT_TIME_MAX)),
    ]);
    PoolOptions::new()
        .max_connections(READERS_MAX)
        .acquire_timeout(READER_WAIT)
        .idle_timeout(READER_IDLE)
        .connect_lazy_with(options)
}

/// Makes every setting of a connection that writes, and reads back those without which a commit would not mean what it
/// says: nothing of a commit may be left to be written later, neither by this connection nor by the server. Returns the
/// number of the server's process behind the connection.
pub(super) async fn settle(connection: &mut PgConnection) -> Result<i64, Failure> {
    let limits = Cells::default().with(&*millis(STATEMENT_TIME_MAX));
    let limits = limits.with(&*millis(LOCK_WAIT)).with(&*millis(TRANSACTION_IDLE_MAX));
    execute(connection, SETTLE, limits).await?;
    let mut settings = rows(connection, ("pg_settings", SETTINGS), Cells::default(), Settings::read).await?;
    let settings = settings.pop().ok_or_else(|| Failure::Other { reason: "the server has no settings".to_owned() })?;
    settings.judge()
}

impl Settings {
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let setting = |name, wanted| Ok::<_, Failure>((name, wanted, row.get(name)?));
        Ok(Self {
            version: row.get("version")?,
            is_standby: row.get("is_standby")?,
            pid: row.get("pid")?,
            found: [
                setting("server_encoding", "UTF8")?,
                setting("fsync", "on")?,
                setting("full_page_writes", "on")?,
                setting("synchronous_commit", "on")?,
            ],
        })
    }

    fn judge(self) -> Result<i64, Failure> {
        if self.version < VERSION_NEEDED {
            let found = (self.version / 10_000).to_string();
            return Err(Failure::TooOldServer { found, needed: VERSION_NEEDED_TEXT });
        }
        if self.is_standby {
            return Err(Failure::CannotOpen { reason: "the server is a standby".to_owned() });
        }
        for (name, wanted, found) in self.found {
            if found != wanted {
                return Err(Failure::Setting { name, wanted, found });
            }
        }
        Ok(self.pid)
    }
}

fn millis(time: Duration) -> String {
    format!("{}ms", time.as_millis())
}
