//! A connection to either database: what a ledger says, it says through this.

use sqlx::{Connection, PgConnection, PgPool, SqliteConnection, SqlitePool};

use crate::cell::Cells;
use crate::error::Failure;
use crate::row::Row;
use crate::statement::{Bulk, Statement};
use crate::{postgres, sqlite};

/// A connection.
#[derive(Debug)]
pub(crate) enum Session {
    /// To a file.
    Sqlite(SqliteConnection),
    /// To a server. Boxed, because it is twenty times as large.
    Postgres(Box<PgConnection>),
}

/// Connections that only read.
#[derive(Clone, Debug)]
pub(crate) enum Readers {
    /// To a file.
    Sqlite(SqlitePool),
    /// To a server.
    Postgres(PgPool),
}

impl Session {
    /// Begins a transaction that writes. One that is not ended ends with its connection.
    pub(crate) async fn begin(&mut self) -> Result<(), Failure> {
        match self {
            // Not a plain BEGIN: that takes the lock at the first write, and could then be refused in the middle.
            Self::Sqlite(connection) => sqlite::say(connection, "BEGIN IMMEDIATE").await,
            Self::Postgres(connection) => postgres::say(connection, "BEGIN").await,
        }
    }

    /// Begins a transaction that sees everything as of one moment, and writes nothing.
    pub(crate) async fn begin_reading(&mut self) -> Result<(), Failure> {
        match self {
            Self::Sqlite(connection) => sqlite::say(connection, "BEGIN").await,
            Self::Postgres(connection) => {
                postgres::say(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await
            }
        }
    }

    /// Ends the transaction: it is on the disk when this returns.
    pub(crate) async fn commit(&mut self) -> Result<(), Failure> {
        self.say("COMMIT").await
    }

    /// Undoes the transaction.
    pub(crate) async fn rollback(&mut self) -> Result<(), Failure> {
        self.say("ROLLBACK").await
    }

    /// Undoes what a failed transaction of one trip left open, if it left one.
    pub(crate) async fn give_up(&mut self) -> Result<(), Failure> {
        match self {
            Self::Sqlite(connection) => sqlite::give_up(connection).await,
            // The server undid it: it was one statement.
            Self::Postgres(_) => Ok(()),
        }
    }

    async fn say(&mut self, words: &'static str) -> Result<(), Failure> {
        match self {
            Self::Sqlite(connection) => sqlite::say(connection, words).await,
            Self::Postgres(connection) => postgres::say(connection, words).await,
        }
    }

    /// Runs a statement and returns how many rows it changed.
    pub(crate) async fn execute(&mut self, statement: &Statement, cells: Cells) -> Result<u64, Failure> {
        match self {
            Self::Sqlite(connection) => sqlite::execute(connection, statement.sqlite, cells).await,
            Self::Postgres(connection) => postgres::execute(connection, statement.postgres, cells).await,
        }
    }

    /// Returns what a statement gives.
    pub(crate) async fn rows<T>(
        &mut self,
        statement: &Statement,
        cells: Cells,
        read: impl Fn(&Row<'_>) -> Result<T, Failure>,
    ) -> Result<Vec<T>, Failure> {
        match self {
            Self::Sqlite(connection) => {
                sqlite::rows(&mut *connection, (statement.table, statement.sqlite), cells, read).await
            }
            Self::Postgres(connection) => {
                postgres::rows(&mut **connection, (statement.table, statement.postgres), cells, read).await
            }
        }
    }

    /// Runs a statement over rows, in their order.
    pub(crate) async fn put<T>(
        &mut self,
        bulk: &'static Bulk,
        rows: &[T],
        cells: impl Fn(&T) -> Cells,
    ) -> Result<(), Failure> {
        self.put_cells(bulk, rows.iter().map(cells).collect()).await
    }

    /// Runs a statement over the values of rows, in their order.
    pub(crate) async fn put_cells(&mut self, bulk: &'static Bulk, rows: Vec<Cells>) -> Result<(), Failure> {
        match self {
            Self::Sqlite(connection) => bulk.sqlite.run(connection, rows).await,
            Self::Postgres(connection) => bulk.postgres.run(connection, &rows).await,
        }
    }

    /// Runs a statement over rows, in their order, and returns what it gives.
    pub(crate) async fn put_and_give<T, U>(
        &mut self,
        bulk: &'static Bulk,
        rows: &[T],
        cells: impl Fn(&T) -> Cells,
        given: (&'static str, impl Fn(&Row<'_>) -> Result<U, Failure>),
    ) -> Result<Vec<U>, Failure> {
        match self {
            Self::Sqlite(connection) => bulk.sqlite.give(connection, rows, cells, given).await,
            Self::Postgres(connection) => bulk.postgres.give(connection, rows, cells, given).await,
        }
    }

    /// Gives a connection up that failed: its transaction is undone whatever state that is in.
    pub(crate) async fn abandon(self) {
        let closed = match self {
            Self::Sqlite(connection) => connection.close().await,
            // To take leave of a server that does not answer may take for ever; it sees that nobody is there.
            Self::Postgres(connection) => {
                drop(connection);
                Ok(())
            }
        };
        if let Err(error) = closed {
            tracing::debug!(%error, "a failed connection did not close");
        }
    }
}

impl Readers {
    /// Returns what a statement gives.
    pub(crate) async fn rows<T>(
        &self,
        statement: &Statement,
        cells: Cells,
        read: impl Fn(&Row<'_>) -> Result<T, Failure>,
    ) -> Result<Vec<T>, Failure> {
        match self {
            Self::Sqlite(pool) => sqlite::rows(pool, (statement.table, statement.sqlite), cells, read).await,
            Self::Postgres(pool) => {
                postgres::pooled_rows(pool, (statement.table, statement.postgres), cells, read).await
            }
        }
    }

    /// Closes them all.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}
