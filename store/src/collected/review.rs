//! What is missing, and what is done about it: each gateway with holes is looked at by one collector at a time.

use std::sync::Arc;
use std::time::Duration;

use latchwork_expr::Timestamp;
use serde_json::Value as Json;

use super::course::{Patience, Review};
use super::numbers::Range;
use super::standing::{self, LossReason, Lost, Standing};
use crate::cell::Cells;
use crate::error::Failure;
use crate::limits::{RESEND_NUMBERS_MAX, REVIEWED_AT_ONCE_MAX};
use crate::row::Row;
use crate::session::Session;
use crate::statement::{Statement, statement};

static WITH_GAPS: Statement = statement!("collected/courses_with_gaps", "gateways");
static REVIEWED: Statement = statement!("collected/reviewed", "gateways");
static TAILS: Statement = statement!("collected/tails", "gateways");

/// What is to be asked of a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The gateway.
    pub gateway_id: Arc<str>,
    /// The numbers, at most as many as one request may name.
    pub range: Range,
}

/// What came of looking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reviewed {
    /// What is to be asked for. The store has noted it as asked.
    pub wanted: Vec<Wanted>,
    /// What is given up.
    pub lost: Vec<Lost>,
}

/// Looks at gateways with holes that nobody has looked at for this long.
pub(super) async fn review(
    session: &mut Session,
    patience: &Patience,
    pause: Duration,
    at: Timestamp,
) -> Result<Reviewed, Failure> {
    session.begin().await?;
    let cells = Cells::default().with(before(at, pause)).with(i64::from(REVIEWED_AT_ONCE_MAX));
    let mut standings = session.rows(&WITH_GAPS, cells, Standing::read).await?;
    let mut reviewed = Reviewed::default();
    for standing in &mut standings {
        let Review { ask, lost } = standing.course.review(at, patience);
        reviewed.wanted.extend(ask.map(|range| Wanted { gateway_id: Arc::clone(&standing.id), range }));
        let (before, unanswered): (Vec<Range>, Vec<Range>) = lost.into_iter().partition(|range| range.0 == 1);
        reviewed.lost.extend(standing.lose(before, LossReason::Before));
        reviewed.lost.extend(standing.lose(unanswered, LossReason::Unanswered));
    }
    if standings.is_empty() {
        session.rollback().await?;
        return Ok(reviewed);
    }
    standing::put(session, &standings).await?;
    standing::add_lost(session, &reviewed.lost, at).await?;
    let ids: Json = standings.iter().map(|standing| Json::from(&*standing.id)).collect();
    session.execute(&REVIEWED, Cells::default().with(at).with_json(ids.to_string())).await?;
    session.commit().await?;
    Ok(reviewed)
}

/// Returns what may have come after the last event of gateways that are quiet, for whoever was not there until a time or
/// is away, and notes it as asked: what was missed last shows by no later event.
pub(super) async fn tails(
    session: &mut Session,
    since: Timestamp,
    patience: &Patience,
    at: Timestamp,
) -> Result<Vec<Wanted>, Failure> {
    let [quiet, asked, away] = [patience.gap_wait, patience.ask_again, patience.away_max].map(|time| before(at, time));
    let cells = Cells::default().with(since).with(at).with(quiet);
    let cells = cells.with((RESEND_NUMBERS_MAX - 1).cast_signed()).with(i64::from(REVIEWED_AT_ONCE_MAX));
    let read = |row: &Row<'_>| {
        let (id, highest) = (row.get::<String>("id")?, row.count("highest_seq")?);
        // The last one shows by its id whether the log is still the same. By chance, which the clock is here, it is left
        // out: else a broker that deals messages out in turn could give what is missing to who is away each time.
        let first = (highest + at.0.unsigned_abs() % 2).max(1);
        Ok(Wanted { gateway_id: id.into(), range: Range(first, highest.max(1) + RESEND_NUMBERS_MAX - 1) })
    };
    session.rows(&TAILS, cells.with(asked).with(away), read).await
}

fn before(at: Timestamp, time: Duration) -> Timestamp {
    Timestamp(at.0.saturating_sub(i64::try_from(time.as_micros()).unwrap_or(i64::MAX)))
}
