//! Events that the broker refused.

use std::sync::Arc;

use crate::cell::Cells;
use crate::error::Failure;
use crate::limits::REFUSED_ROWS_MAX;
use crate::row::Row;
use crate::session::Session;
use crate::statement::{Statement, statement};

static WAITING: Statement = statement!("outbox/waiting_refused", "refused_events");

/// An event that the broker refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its number.
    pub seq: u64,
    /// How often it was refused since somebody last asked for it to be tried again.
    pub refusals: u32,
    /// What the broker said last.
    pub reason: String,
    /// Whether it is not tried any more.
    pub is_quarantined: bool,
}

/// Returns what is to be tried again, in order.
pub(super) async fn waiting(session: &mut Session, gateway_id: &Arc<str>) -> Result<Vec<Refused>, Failure> {
    let cells = Cells::default().with(gateway_id).with(i64::from(REFUSED_ROWS_MAX));
    session.rows(&WAITING, cells, Refused::read).await
}

impl Refused {
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let refusals = row.small("refusals")?;
        Ok(Self { seq: row.count("seq")?, refusals, reason: row.get("reason")?, is_quarantined: false })
    }
}
