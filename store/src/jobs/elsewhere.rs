//! What others did to jobs that this gateway must hear of: on a server, other gateways move the same jobs.

use latchwork_engine::OrderStatus;
use latchwork_expr::{Text, Timestamp};
use ulid::Ulid;

use crate::error::{Failure, StoreError};
use crate::limits::PAGE_ROWS_MAX;
use crate::row::Row;
use crate::statement::{Statement, statement};
use crate::store::Store;

static ABANDONED: Statement = statement!("jobs/abandoned", "operation_records");
static ORDERS: Statement = statement!("jobs/order_statuses", "production_orders");

/// An open record whose leg was cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abandoned {
    /// The record.
    pub record: Ulid,
    /// Its operation.
    pub operation: Ulid,
    /// Who cancelled the job.
    pub by: Option<Text>,
}

/// How an order stands by its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderStanding {
    /// The id.
    pub id: Ulid,
    /// The name.
    pub name: Text,
    /// The status.
    pub status: OrderStatus,
}

impl Store {
    /// Returns the open records of this gateway whose legs were cancelled, by whichever gateway.
    pub async fn abandoned_records(&self) -> Result<Vec<Abandoned>, StoreError> {
        let cells = self.ours().with(u64::from(PAGE_ROWS_MAX));
        self.read(self.readers.rows(&ABANDONED, cells, Abandoned::read).await)
    }

    /// Returns how those orders of this gateway stand that have jobs under way, or had since a time.
    pub async fn order_standings(&self, since: Timestamp) -> Result<Vec<OrderStanding>, StoreError> {
        let cells = self.ours().with(since).with(u64::from(PAGE_ROWS_MAX));
        self.read(self.readers.rows(&ORDERS, cells, OrderStanding::read).await)
    }

    /// Tells whether other gateways may write to the same store.
    pub const fn is_shared(&self) -> bool {
        self.backend.is_server()
    }
}

impl Abandoned {
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        Ok(Self { record: row.id("id")?, operation: row.id("operation_id")?, by: row.text("completed_by")? })
    }
}

impl OrderStanding {
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        Ok(Self { id: row.id("id")?, name: row.get::<String>("name")?.into(), status: row.word("status")? })
    }
}
