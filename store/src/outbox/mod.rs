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

use std::sync::Arc;

use crate::error::StoreError;
use crate::limits::PAGE_ROWS_MAX;
use crate::store::Store;

/// An event as it is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Its number.
    pub seq: u64,
    /// What happened, which makes its topic.
    pub event_type: String,
    /// The JSON object.
    pub body: String,
}

impl Store {
    /// Returns committed events of a span in order, at most so many and never more than [`PAGE_ROWS_MAX`]. What was
    /// removed from the log is left out.
    pub async fn outgoing(&self, span: Span, rows_max: u32) -> Result<Vec<Outgoing>, StoreError> {
        let query = sqlx::query_as(include_str!("../sql/outbox/outgoing.sql")).bind(Arc::clone(&self.gateway_id));
        let query = query.bind(span.first.cast_signed()).bind(span.last.cast_signed());
        let query = query.bind(rows_max.min(PAGE_ROWS_MAX));
        let rows: Vec<(i64, String, String)> = self.read(query.fetch_all(&self.readers).await)?;
        let outgoing = |(seq, event_type, body): (i64, _, _)| Outgoing { seq: seq.cast_unsigned(), event_type, body };
        Ok(rows.into_iter().map(outgoing).collect())
    }
}
