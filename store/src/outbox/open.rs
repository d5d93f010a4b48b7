//! How the outbox stands when publishing begins.

use std::sync::Arc;

use super::refused::{self, Refused};
use super::settled::{Settled, Span};
use crate::cell::Cells;
use crate::error::{Failure, StoreError};
use crate::row::Row;
use crate::session::Session;
use crate::statement::{Statement, statement};
use crate::store::Store;

static FLOOR: Statement = statement!("outbox/floor", "gateways");
static ABOVE: Statement = statement!("outbox/above", "outbox");
static REFUSED_ABOVE: Statement = statement!("outbox/refused_above", "refused_events");
static UNTOLD: Statement = statement!("outbox/untold", "outbox");

/// How an outbox stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What is settled, or refused.
    pub settled: Settled,
    /// The last event of the log.
    pub head: u64,
    /// What was refused and is to be tried again.
    pub refused: Vec<Refused>,
    /// What was dropped and no event tells of yet.
    pub untold: Vec<Span>,
}

impl Store {
    /// Returns how the outbox stands.
    pub async fn outbox_standing(&self) -> Result<Standing, StoreError> {
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        let standing = Box::pin(standing(&mut writer, &self.owner.gateway_id)).await;
        self.give_back(slot, writer, standing).await
    }
}

async fn standing(session: &mut Session, gateway_id: &Arc<str>) -> Result<Standing, Failure> {
    let read = |row: &Row<'_>| Ok((row.count("outbox_seq")?, row.count("last_event_seq")?));
    let found = session.rows(&FLOOR, Cells::default().with(gateway_id), read).await?;
    let missing = || Failure::Unreadable { table: "gateways", reason: format!("`{gateway_id}` is not there") };
    let (floor, head) = found.first().copied().ok_or_else(missing)?;
    let mut settled = Settled::up_to(floor);
    for statement in [&ABOVE, &REFUSED_ABOVE] {
        spans(session, statement, gateway_id, floor).await?.into_iter().for_each(|span| settled.add(span));
    }
    let refused = refused::waiting(session, gateway_id).await?;
    let untold = spans(session, &UNTOLD, gateway_id, 0).await?;
    Ok(Standing { settled, head, refused, untold })
}

async fn spans(
    session: &mut Session,
    statement: &Statement,
    gateway_id: &Arc<str>,
    after: u64,
) -> Result<Vec<Span>, Failure> {
    let cells = Cells::default().with(gateway_id).with(after.cast_signed());
    session
        .rows(statement, cells, |row| Ok(Span { first: row.count("first_seq")?, last: row.count("last_seq")? }))
        .await
}
