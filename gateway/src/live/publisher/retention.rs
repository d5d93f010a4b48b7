//! What leaves the log: events that the broker took long enough ago, and those that a limit drops. One small step at a
//! time: turns wait for the same store.

use std::time::{Duration, Instant};

use latchwork_expr::Timestamp;
use latchwork_store::StoreError;
use latchwork_store::limits::OUTBOX_STEP_EVENTS_MAX;
use latchwork_store::outbox::Span;

use super::super::clock::wall_now;
use super::super::limits::{OUTBOX_CARE_EVERY, OUTBOX_CARE_PAUSE};
use super::desk::Desk;

/// Does a step, and says when the next one is due.
pub(super) async fn care(desk: &mut Desk) {
    let pause = match step(desk).await {
        Ok(true) => OUTBOX_CARE_PAUSE,
        Ok(false) => {
            desk.alarms.tell();
            OUTBOX_CARE_EVERY
        }
        Err(error) => {
            tracing::warn!(%error, "events cannot be removed");
            OUTBOX_CARE_EVERY
        }
    };
    desk.care_at = Instant::now() + pause;
}

/// Does one step; tells whether there may be more to do.
async fn step(desk: &mut Desk) -> Result<bool, StoreError> {
    if let Some(span) = surplus(desk).await? {
        drop_span(desk, span).await?;
        return Ok(true);
    }
    Ok(desk.store.remove_settled(ago(desk.settings.keep)).await? > 0)
}

/// Returns the oldest unread events that a limit drops, as far as one step goes.
async fn surplus(desk: &Desk) -> Result<Option<Span>, StoreError> {
    let Some(oldest) = desk.lanes.unread(desk.lanes.oldest()) else { return Ok(None) };
    let step = Span { last: oldest.last.min(oldest.first + OUTBOX_STEP_EVENTS_MAX - 1), ..oldest };
    let beyond = desk.settings.events_max.map_or(0, |max| desk.lanes.unread_count().saturating_sub(max));
    if beyond > 0 {
        return Ok(Some(Span { last: step.last.min(oldest.first + beyond - 1), ..step }));
    }
    let Some(age_max) = desk.settings.age_max else { return Ok(None) };
    let last = desk.store.last_recorded_before(step, ago(age_max)).await?;
    Ok(last.map(|last| Span { last, ..step }))
}

async fn drop_span(desk: &mut Desk, span: Span) -> Result<(), StoreError> {
    // The floor is not lifted above what is not written down yet.
    desk.mark().await;
    if desk.marks.due_at().is_some() {
        return Ok(());
    }
    desk.store.drop_waiting(span, desk.marks.floor_with(span), wall_now()).await?;
    desk.marks.drop_span(span);
    desk.lanes.read(desk.lanes.oldest(), span.last);
    desk.alarms.add(span);
    Ok(())
}

fn ago(time: Duration) -> Timestamp {
    let micros = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
    Timestamp(wall_now().0.saturating_sub(micros))
}
