//! What people ask of the tables, in pages: records, operations, orders, the schedule. Names and ids are taken alike.

mod page;

use latchwork_expr::Timestamp;
use serde_json::{Map, Value as Json};
use ulid::Ulid;

pub use page::{Listing, Page};

use crate::care::{Table, object};
use crate::cell::Cells;
use crate::error::{Failure, StoreError};
use crate::row::Row;
use crate::statement::{Statement, statement};
use crate::store::Store;
use crate::stored::StoredRecord;

static RECORDS: Statement = statement!("listing/records", "operation_records");
static RECORD: Statement = statement!("listing/record", "operation_records");
static OPERATIONS: Statement = statement!("listing/operations", "operations");
static ORDERS: Statement = statement!("listing/orders", "production_orders");
static SCHEDULE: Statement = statement!("listing/schedule", "schedules");

/// A row as JSON: its columns in their order, dates as RFC 3339 in UTC with six decimals.
pub type Object = Map<String, Json>;

/// Which rows of a list of runs, or of what is planned, are asked for. What is not given restricts nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// The operation: its name, `Location/Path:Name`, or its id.
    pub operation: Option<String>,
    /// The location, by path or id.
    pub location: Option<String>,
    /// The production order, by name or id.
    pub production_order: Option<String>,
    /// The status.
    pub status: Option<String>,
    /// Those that start then or later.
    pub from: Option<Timestamp>,
    /// Those that start earlier.
    pub until: Option<Timestamp>,
}

/// Which operations or orders are asked for. What is not given restricts nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameFilter {
    /// The name or the id; of an operation `Location/Path:Name` too.
    pub name: Option<String>,
    /// The location of an operation, by path or id.
    pub location: Option<String>,
    /// The status.
    pub status: Option<String>,
}

impl RunFilter {
    fn cells(&self, cells: Cells) -> Cells {
        cells
            .with(self.operation.as_deref())
            .with(self.location.as_deref())
            .with(self.production_order.as_deref())
            .with(self.status.as_deref())
            .with(self.from)
            .with(self.until)
    }
}

impl Store {
    /// Returns records of this gateway, by their start.
    pub async fn records_of(&self, filter: &RunFilter, page: &Page) -> Result<Listing<StoredRecord>, StoreError> {
        let cells = filter.cells(self.ours().with(page.after())).with(page.rows());
        let rows = self.read(self.readers.rows(&RECORDS, cells, StoredRecord::read).await)?;
        Ok(page.of(rows, |record| record.id.clone()))
    }

    /// Returns a record of this gateway.
    pub async fn record(&self, id: Ulid) -> Result<Option<StoredRecord>, StoreError> {
        let rows = self.readers.rows(&RECORD, self.ours().with(id), StoredRecord::read).await;
        Ok(self.read(rows)?.pop())
    }

    /// Returns operations of this gateway with all their columns, also such as the configuration has no more.
    pub async fn operations(&self, filter: &NameFilter, page: &Page) -> Result<Listing<Object>, StoreError> {
        let cells = self.ours().with(page.after()).with(filter.name.as_deref()).with(filter.location.as_deref());
        let cells = cells.with(filter.status.as_deref()).with(page.rows());
        self.objects(&OPERATIONS, Table::Operations, cells, page).await
    }

    /// Returns production orders of this gateway with all their columns.
    pub async fn production_orders(&self, filter: &NameFilter, page: &Page) -> Result<Listing<Object>, StoreError> {
        let cells = self.ours().with(page.after()).with(filter.name.as_deref());
        let cells = cells.with(filter.status.as_deref()).with(page.rows());
        self.objects(&ORDERS, Table::Orders, cells, page).await
    }

    /// Returns entries of the schedule of this gateway with all their columns.
    pub async fn schedule(&self, filter: &RunFilter, page: &Page) -> Result<Listing<Object>, StoreError> {
        let cells = filter.cells(self.ours().with(page.after())).with(page.rows());
        self.objects(&SCHEDULE, Table::Schedule, cells, page).await
    }

    async fn objects(
        &self,
        statement: &Statement,
        table: Table,
        cells: Cells,
        page: &Page,
    ) -> Result<Listing<Object>, StoreError> {
        let read = |row: &Row<'_>| -> Result<Object, Failure> { object(table.columns(), row) };
        let rows = self.read(self.readers.rows(statement, cells, read).await)?;
        Ok(page.of(rows, |row| row.get("id").and_then(Json::as_str).unwrap_or_default().to_owned()))
    }
}
