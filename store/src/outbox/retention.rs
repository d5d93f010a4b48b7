//! What leaves the log: events that were published long enough ago, and what a limit drops. In small steps, each a
//! transaction: turns wait for the same writer.

use std::sync::Arc;

use latchwork_expr::Timestamp;

use super::mark::{lift, settle};
use super::settled::Span;
use crate::cell::Cells;
use crate::error::{Failure, StoreError};
use crate::limits::OUTBOX_STEP_EVENTS_MAX;
use crate::row::Row;
use crate::session::Session;
use crate::statement::{Statement, statement};
use crate::store::Store;

static OLDEST: Statement = statement!("outbox/oldest", "outbox");
static REMOVE_EVENTS: Statement = statement!("outbox/remove_events", "events");
static REMOVE_RANGE: Statement = statement!("outbox/remove_range", "outbox");
static SHORTEN_RANGE: Statement = statement!("outbox/shorten_range", "outbox");
static COUNT_DROPPED: Statement = statement!("outbox/count_dropped", "gateways");
static TOLD: Statement = statement!("outbox/told", "outbox");
static LAST_BEFORE: Statement = statement!("outbox/last_before", "events");

impl Store {
    /// Removes events that were settled before a moment, oldest first; returns how many this step removed. None is left
    /// when that is 0. What is refused or quarantined stays.
    pub async fn remove_settled(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        let removed = Box::pin(remove(&mut writer, &self.owner.gateway_id, before)).await;
        self.give_back(slot, writer, removed).await
    }

    /// Drops events that were not published: they leave the log, and are counted. `floor` is up to where all are settled
    /// afterwards.
    ///
    /// # Panics
    /// Panics when there are more than [`OUTBOX_STEP_EVENTS_MAX`].
    pub async fn drop_waiting(&self, span: Span, floor: u64, at: Timestamp) -> Result<(), StoreError> {
        assert!(span.count() <= OUTBOX_STEP_EVENTS_MAX, "{} events in one step", span.count());
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        let dropped = Box::pin(drop_span(&mut writer, &self.owner.gateway_id, span, floor, at)).await;
        self.give_back(slot, writer, dropped).await
    }

    /// Notes that the log tells of what was dropped, up to an event.
    pub async fn told_of_dropped(&self, last: u64) -> Result<(), StoreError> {
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        let noted = writer.execute(&TOLD, self.ours().with(last.cast_signed())).await;
        self.give_back(slot, writer, noted.map(|_| ())).await
    }

    /// Returns the last event of a span that was recorded before a moment, looking no further than a step; none if the
    /// first was not.
    pub async fn last_recorded_before(&self, span: Span, before: Timestamp) -> Result<Option<u64>, StoreError> {
        let cells = self.ours().with(span.first.cast_signed()).with(span.last.cast_signed()).with(before);
        let cells = cells.with(OUTBOX_STEP_EVENTS_MAX.cast_signed());
        let last: Vec<Option<i64>> = self.read(self.readers.rows(&LAST_BEFORE, cells, |row| row.get("seq")).await)?;
        Ok(last.first().copied().flatten().map(i64::cast_unsigned))
    }
}

async fn remove(session: &mut Session, gateway_id: &Arc<str>, before: Timestamp) -> Result<u64, Failure> {
    session.begin().await?;
    let read = |row: &Row<'_>| Ok((row.count("first_seq")?, row.count("last_seq")?));
    let oldest = session.rows(&OLDEST, Cells::default().with(gateway_id).with(before), read).await?;
    let Some(&(first, last)) = oldest.first() else {
        session.rollback().await?;
        return Ok(0);
    };
    let until = last.min(first + OUTBOX_STEP_EVENTS_MAX - 1);
    let span = || Cells::default().with(gateway_id).with(first.cast_signed()).with(until.cast_signed());
    session.execute(&REMOVE_EVENTS, span()).await?;
    if until == last {
        session.execute(&REMOVE_RANGE, Cells::default().with(gateway_id).with(first.cast_signed())).await?;
    } else {
        session.execute(&SHORTEN_RANGE, span()).await?;
    }
    session.commit().await?;
    Ok(until - first + 1)
}

async fn drop_span(
    session: &mut Session,
    gateway_id: &Arc<str>,
    span: Span,
    floor: u64,
    at: Timestamp,
) -> Result<(), Failure> {
    session.begin().await?;
    let cells = Cells::default().with(gateway_id).with(span.first.cast_signed()).with(span.last.cast_signed());
    let dropped = session.execute(&REMOVE_EVENTS, cells).await?;
    session.execute(&COUNT_DROPPED, Cells::default().with(gateway_id).with(dropped.cast_signed())).await?;
    settle(session, gateway_id, span, "DROPPED", at).await?;
    lift(session, gateway_id, floor).await?;
    session.commit().await
}
