//! Rows of a table that people ask for: some of them, in pages, the same from either database.
//!
//! What is asked is put together of words of ours; what people give is bound as values and never becomes words.

mod words;

use latchwork_expr::Timestamp;
use serde_json::{Map, Value as Json};
use sqlx::AssertSqlSafe;

use crate::care::{Table, exported};
use crate::error::{Failure, StoreError};
use crate::limits::PAGE_ROWS_MAX;
use crate::row::Row;
use crate::session::Readers;
use crate::store::Store;
use crate::{postgres, sqlite};
use words::Dialect;

/// A row: names and values in the order of the columns. Dates are RFC 3339 in UTC with six decimals.
pub type ListedRow = Map<String, Json>;

/// Which rows of a gateway are listed.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Of which table.
    pub table: Table,
    /// What holds for all of them.
    pub conditions: Vec<Condition>,
    /// Where they begin.
    pub direction: Direction,
    /// The key behind which they begin: that of the last row of the page before.
    pub after: Option<String>,
    /// How many, and never more than [`PAGE_ROWS_MAX`].
    pub rows_max: u32,
}

/// What holds for a row. Columns are those of the table.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// A column has this value.
    Is(&'static str, String),
    /// One of the columns has this value: a name and an id.
    Either(&'static [&'static str], String),
    /// A column is the id of a row of another table, of which one of these columns has this value.
    Refers {
        /// The column.
        column: &'static str,
        /// The other table.
        table: Table,
        /// Its columns: a name and an id.
        by: &'static [&'static str],
        /// The value.
        value: String,
    },
    /// A truth is this.
    Holds(&'static str, bool),
    /// A date is not before this.
    From(&'static str, Timestamp),
    /// A date is before this.
    Before(&'static str, Timestamp),
}

/// In which order rows come: keys ascend with time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The oldest first.
    Forward,
    /// The newest first.
    Backward,
}

impl Store {
    /// Returns rows of this gateway.
    pub async fn list(&self, listing: &Listing) -> Result<Vec<ListedRow>, StoreError> {
        self.read(list(&self.readers, &self.owner.gateway_id, listing).await)
    }

    /// Returns the row of this gateway with this key.
    pub async fn listed(&self, table: Table, key: &str) -> Result<Option<ListedRow>, StoreError> {
        let condition = Condition::Is(table.layout().key, key.to_owned());
        let (conditions, direction) = (vec![condition], Direction::Forward);
        let rows = self.list(&Listing { table, conditions, direction, after: None, rows_max: 1 }).await?;
        Ok(rows.into_iter().next())
    }
}

async fn list(readers: &Readers, gateway_id: &str, listing: &Listing) -> Result<Vec<ListedRow>, Failure> {
    let layout = listing.table.layout();
    let listing = Listing { rows_max: listing.rows_max.min(PAGE_ROWS_MAX), ..listing.clone() };
    let read = |row: &Row<'_>| exported(layout, row);
    let table = layout.page.table;
    match readers {
        Readers::Sqlite(pool) => {
            let (text, cells) = words::of(&listing, gateway_id, Dialect::Sqlite);
            sqlite::rows(pool, (table, AssertSqlSafe(text)), cells, read).await
        }
        Readers::Postgres(pool) => {
            let (text, cells) = words::of(&listing, gateway_id, Dialect::Postgres);
            postgres::rows(pool, (table, AssertSqlSafe(text)), cells, read).await
        }
    }
}
