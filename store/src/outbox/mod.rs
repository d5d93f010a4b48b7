//! The outbox: what became of the events of the log that are published. The log says what happened, this says who
//! knows it.
//!
//! An event is settled once the broker has it, a limit dropped it or a person purged it; one that was refused is kept
//! beside, with how often. Nothing here looks into an event.

mod care;
mod mark;
mod open;
mod overview;
mod refused;
mod retention;
mod settled;
#[cfg(test)]
mod tests;

pub use mark::Mark as OutboxMark;
pub use open::Standing;
pub use overview::{Overview, Shown, State};
pub use refused::Refused;
pub use settled::{Settled, Span};

use crate::error::{Failure, StoreError};
use crate::limits::PAGE_ROWS_MAX;
use crate::row::Row;
use crate::statement::{Statement, statement};
use crate::store::Store;

static OUTGOING: Statement = statement!("outbox/outgoing", "events");

/// An event as it is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Its number.
    pub seq: u64,
    /// What makes its topic: the subject of events of jobs, else what happened.
    pub subject: String,
    /// The JSON object.
    pub body: String,
}

impl Store {
    /// Returns committed events of a span in order, at most so many and never more than [`PAGE_ROWS_MAX`]. What was
    /// removed from the log is left out.
    pub async fn outgoing(&self, span: Span, rows_max: u32) -> Result<Vec<Outgoing>, StoreError> {
        let cells = self.ours().with(span.first.cast_signed()).with(span.last.cast_signed());
        let cells = cells.with(i64::from(rows_max.min(PAGE_ROWS_MAX)));
        self.read(self.readers.rows(&OUTGOING, cells, Outgoing::read).await)
    }
}

impl Outgoing {
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        Ok(Self { seq: row.count("seq")?, subject: row.get("subject")?, body: row.json("body")? })
    }
}
