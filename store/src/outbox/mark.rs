//! Marking what the broker has taken and what it has refused: some of each in one transaction.

use std::sync::Arc;

use latchwork_expr::Timestamp;
use serde_json::Value as Json;

use super::refused::Refused;
use super::settled::Span;
use crate::cell::Cells;
use crate::error::{Failure, StoreError};
use crate::session::Session;
use crate::statement::{Bulk, Statement, bulk, statement};
use crate::store::Store;

static REFUSE: Bulk = bulk!("outbox/refuse", 6);
static EXTEND: Statement = statement!("outbox/extend", "outbox");
static SETTLE: Statement = statement!("outbox/settle", "outbox");
static FORGET: Statement = statement!("outbox/forget_refused", "refused_events");
static LIFT: Statement = statement!("outbox/lift", "gateways");

/// What became of some events since the last mark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// What the broker has taken.
    pub published: Vec<Span>,
    /// What it took after it had refused it before.
    pub reconciled: Vec<u64>,
    /// What it refused, as it stands now.
    pub refused: Vec<Refused>,
    /// Up to which event all are settled or refused.
    pub floor: u64,
}

impl Store {
    /// Marks what became of events. From its return on they are not published again, whatever happens.
    pub async fn mark_outbox(&self, mark: &Mark, at: Timestamp) -> Result<(), StoreError> {
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        let marked = Box::pin(write(&mut writer, &self.owner.gateway_id, mark, at)).await;
        self.give_back(slot, writer, marked).await
    }
}

async fn write(session: &mut Session, gateway_id: &Arc<str>, mark: &Mark, at: Timestamp) -> Result<(), Failure> {
    session.begin().await?;
    for span in &mark.published {
        settle(session, gateway_id, *span, "PUBLISHED", at).await?;
    }
    for &seq in &mark.reconciled {
        settle(session, gateway_id, Span::one(seq), "PUBLISHED", at).await?;
    }
    forget(session, gateway_id, &mark.reconciled).await?;
    let cells = |refused: &Refused| {
        Cells::with_capacity(6)
            .with(gateway_id)
            .with(refused.seq.cast_signed())
            .with(i64::from(refused.refusals))
            .with(refused.reason.as_str())
            .with(at)
            .with(refused.is_quarantined.then_some(at))
    };
    session.put(&REFUSE, &mark.refused, cells).await?;
    lift(session, gateway_id, mark.floor).await?;
    session.commit().await
}

/// Writes that a span is settled. Spans that follow one another within a minute become one row, so that a gateway that
/// tells something every second writes no row for each.
pub(super) async fn settle(
    session: &mut Session,
    gateway_id: &Arc<str>,
    span: Span,
    outcome: &'static str,
    at: Timestamp,
) -> Result<(), Failure> {
    for statement in [&EXTEND, &SETTLE] {
        let cells = Cells::default().with(gateway_id).with(span.first.cast_signed()).with(span.last.cast_signed());
        if session.execute(statement, cells.with(outcome).with(at)).await? > 0 {
            return Ok(());
        }
    }
    Ok(())
}

/// Forgets that events were refused.
pub(super) async fn forget(session: &mut Session, gateway_id: &Arc<str>, seqs: &[u64]) -> Result<(), Failure> {
    if seqs.is_empty() {
        return Ok(());
    }
    let cells = Cells::default().with(gateway_id).with_json(Json::from(seqs).to_string());
    session.execute(&FORGET, cells).await?;
    Ok(())
}

/// Lifts the event up to which all are settled.
pub(super) async fn lift(session: &mut Session, gateway_id: &Arc<str>, floor: u64) -> Result<(), Failure> {
    session.execute(&LIFT, Cells::default().with(gateway_id).with(floor.cast_signed())).await?;
    Ok(())
}
