//! Rows of a table that people ask for: some of them, in pages, the same from either database.
//!
//! What is asked is put together of words of ours; what people give is bound as values and never becomes words.

mod page;
mod words;

use latchwork_expr::Timestamp;
use serde_json::{Map, Value as Json};
use sqlx::AssertSqlSafe;

pub use page::{Listing, Page};

use crate::care::{Kind, Layout, Table, object};
use crate::error::{Failure, StoreError};
use crate::row::Row;
use crate::session::Readers;
use crate::store::Store;
use crate::{postgres, sqlite};
use words::Dialect;

/// A row as JSON: its columns in their order, dates as RFC 3339 in UTC with six decimals.
pub type Object = Map<String, Json>;

/// Which rows of a gateway are meant, and what of them.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Of which table.
    pub table: Table,
    /// Which of its columns, the key among them, in the order in which they are given; all of them if none is named.
    pub columns: &'static [&'static str],
    /// What holds for all of them.
    pub conditions: Vec<Condition>,
    /// Which come first.
    pub direction: Direction,
}

/// What holds for a row. Columns are those of the table.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// A column has this value.
    Is(&'static str, String),
    /// A column, which is never missing, has another value.
    IsNot(&'static str, &'static str),
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

impl Selection {
    /// Returns the columns that are meant, each with its kind.
    fn columns_of(&self, layout: &Layout) -> Vec<(&'static str, Kind)> {
        let column = |&name: &&'static str| layout.columns.iter().find(|(other, _)| *other == name).copied();
        match self.columns {
            [] => layout.columns.to_vec(),
            names => names.iter().filter_map(column).collect(),
        }
    }
}

impl Store {
    /// Returns rows of this gateway by their keys; the cursor is the key.
    pub async fn select(&self, selection: &Selection, page: &Page) -> Result<Listing<Object>, StoreError> {
        let rows = self.read(rows(&self.readers, &self.owner.gateway_id, selection, page).await)?;
        let key = selection.table.layout().key;
        let text = |json: &Json| json.as_str().map_or_else(|| json.to_string(), str::to_owned);
        Ok(page.of(rows, |row| row.get(key).map(text).unwrap_or_default()))
    }

    /// Returns the first row of this gateway of which a condition holds.
    pub async fn select_one(&self, table: Table, condition: Condition) -> Result<Option<Object>, StoreError> {
        let selection = Selection { table, columns: &[], conditions: vec![condition], direction: Direction::Forward };
        Ok(self.select(&selection, &Page { after: None, rows_max: 1 }).await?.items.pop())
    }
}

async fn rows(readers: &Readers, gateway_id: &str, selection: &Selection, page: &Page) -> Result<Vec<Object>, Failure> {
    let layout = selection.table.layout();
    let columns = selection.columns_of(layout);
    let read = |row: &Row<'_>| object(&columns, row);
    let table = layout.page.table;
    match readers {
        Readers::Sqlite(pool) => {
            let (text, cells) = words::of(selection, page, gateway_id, Dialect::Sqlite);
            sqlite::rows(pool, (table, AssertSqlSafe(text)), cells, read).await
        }
        Readers::Postgres(pool) => {
            let (text, cells) = words::of(selection, page, gateway_id, Dialect::Postgres);
            postgres::pooled_rows(pool, (table, AssertSqlSafe(text)), cells, read).await
        }
    }
}
