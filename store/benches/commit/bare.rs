//! The driver alone: one row of one table, each a commit of its own, which is the least that any ledger on it does.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection, SqliteConnection};

/// A record and its event have about this size.
const ROW_BYTES: usize = 1_400;

const TABLE: &str = "CREATE TABLE bare_rows (id BIGINT PRIMARY KEY, body TEXT NOT NULL)";
const INSERT: &str = "INSERT INTO bare_rows (id, body) VALUES ($1, $2)";

/// A table with nothing around it.
pub(crate) enum Bare {
    /// In a file of its own, synchronised like a ledger.
    File(SqliteConnection, i64),
    /// On the ledger's server.
    Server(PgConnection, i64),
}

impl Bare {
    /// Makes the table in a new file.
    pub(crate) async fn file(directory: &Path) -> Result<Self, Box<dyn Error>> {
        let options = SqliteConnectOptions::new().filename(directory.join("bare.db")).create_if_missing(true);
        let options = options.pragma("journal_mode", "WAL").pragma("synchronous", "FULL").disable_statement_logging();
        let mut connection = options.connect().await?;
        sqlx::query(TABLE).execute(&mut connection).await?;
        Ok(Self::File(connection, 0))
    }

    /// Makes the table in a database.
    pub(crate) async fn server(url: &str) -> Result<Self, Box<dyn Error>> {
        let mut connection = PgConnection::connect(url).await?;
        sqlx::query(TABLE).execute(&mut connection).await?;
        Ok(Self::Server(connection, 0))
    }

    /// Returns how many rows a second are durable, each before the next.
    pub(crate) async fn rate(&mut self, span: Duration) -> Result<f64, Box<dyn Error>> {
        let (body, start, mut count) = ("x".repeat(ROW_BYTES), Instant::now(), 0);
        while start.elapsed() < span {
            match self {
                Self::File(connection, id) => {
                    *id += 1;
                    sqlx::query(INSERT).bind(*id).bind(body.as_str()).execute(connection).await?;
                }
                Self::Server(connection, id) => {
                    *id += 1;
                    sqlx::query(INSERT).bind(*id).bind(body.as_str()).execute(connection).await?;
                }
            }
            count += 1;
        }
        Ok(f64::from(count) / start.elapsed().as_secs_f64())
    }
}
