//! One turn, one transaction. This file is the table of contents; each kind of row has its own.

use std::sync::Arc;

use latchwork_engine::{Order, OrderIndex, Plant};
use latchwork_expr::Timestamp;

use crate::changes::Changes;
use crate::error::Failure;
use crate::jobs::{Followed, follow, put_audits};
use crate::owner::Owner;
use crate::position::{Position, Verdict};
use crate::session::Session;
use crate::turn::{Commit, Committed, Turn};
use crate::{event, live, order, record, retained, schedule};

/// What every row of a turn needs to be written.
pub(crate) struct Origin<'a> {
    /// Whose the rows are.
    pub(crate) gateway_id: &'a Arc<str>,
    /// What operations and locations are called.
    pub(crate) plant: &'a Plant,
    /// What orders are called.
    pub(crate) orders: &'a [Order],
    /// When they are written.
    pub(crate) written_at: Timestamp,
}

impl Origin<'_> {
    /// Returns an order.
    pub(crate) fn order(&self, index: OrderIndex) -> &Order {
        &self.orders[index.0 as usize]
    }
}

/// Writes a turn, whole or not at all.
pub(crate) async fn commit(session: &mut Session, owner: &Owner, turn: &Turn<'_>) -> Result<Committed, Failure> {
    let changes = Changes::of(turn);
    session.begin().await?;
    let position = Position::read(session, owner).await?;
    let seqs: Vec<u64> = turn.bodies.iter().map(|body| body.seq).collect();
    match position.judge(turn.mark.sequence, &seqs)? {
        Verdict::AlreadyThere => {
            session.rollback().await?;
            return Ok(Committed::before(position.seq));
        }
        Verdict::Next => {}
    }
    let last_seq = seqs.last().copied().unwrap_or(position.seq);
    // Locked before anything is written: other gateways lock jobs before orders too.
    let followed = follow(session, &owner.gateway_id, turn, last_seq + 1).await?;
    write(session, &owner.gateway_id, turn, &changes).await?;
    let last_seq = match &followed {
        Some(followed) => followed.write(session, &owner.gateway_id, turn, last_seq + 1).await?,
        None => last_seq,
    };
    position.advance(session, &owner.gateway_id, turn, last_seq).await?;
    session.commit().await?;
    let orders = followed.as_ref().map(Followed::orders).unwrap_or_default();
    let answers = followed.map(|followed| followed.answers).unwrap_or_default();
    Ok(Committed { commit: Commit::Written, last_seq, orders, answers })
}

async fn write(
    session: &mut Session,
    gateway_id: &Arc<str>,
    turn: &Turn<'_>,
    changes: &Changes<'_>,
) -> Result<(), Failure> {
    let &Turn { plant, orders, written_at, .. } = turn;
    let origin = Origin { gateway_id, plant, orders, written_at };
    order::add_created(session, &origin, &changes.created_orders).await?;
    record::put(session, &origin, &changes.records).await?;
    record::flush(session, &origin, turn.flushed).await?;
    live::put(session, &origin, &changes.live).await?;
    order::put_status(session, &origin, &changes.order_status).await?;
    schedule::put(session, &origin, &changes.schedule).await?;
    event::append(session, &origin, &changes.events).await?;
    retained::put(session, gateway_id, turn.retained).await?;
    retained::forget(session, gateway_id, turn.forgotten).await?;
    put_audits(session, gateway_id, written_at, turn.audits).await
}
