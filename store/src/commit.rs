//! One turn, one transaction. This file is the table of contents; each kind of row has its own.

use std::sync::Arc;

use latchwork_engine::{Order, OrderIndex, Plant, Record};
use latchwork_expr::Timestamp;

use crate::changes::Changes;
use crate::error::Failure;
use crate::jobs::{drives_jobs, follow, put_audits};
use crate::owner::Owner;
use crate::position::{Position, Verdict};
use crate::script::Script;
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

/// Writes a turn, whole or not at all. `known` is where the ledger stands, if the writer knows: it becomes where it then
/// stands, and nothing when that is not known any more.
pub(crate) async fn commit(
    session: &mut Session,
    owner: &Owner,
    turn: &Turn<'_>,
    known: &mut Option<Position>,
) -> Result<Committed, Failure> {
    if let Some(position) = known.take()
        && !drives_jobs(turn)
        && commit_at_once(session, owner, turn, position).await?
    {
        let position = position.after(turn);
        *known = Some(position);
        return Ok(Committed::alone(Commit::Written, position.seq));
    }
    let (committed, position) = commit_by_steps(session, owner, turn).await?;
    *known = Some(position);
    Ok(committed)
}

/// Writes a turn in one trip to the database; tells whether it did. It does not if the turn is too large for that, is not
/// the next one, or is refused: then the steps find out why.
async fn commit_at_once(
    session: &mut Session,
    owner: &Owner,
    turn: &Turn<'_>,
    position: Position,
) -> Result<bool, Failure> {
    let is_next = matches!(position.judge_turn(turn), Ok(Verdict::Next));
    let Some(guard) = position.guard(owner, turn).filter(|_| is_next) else { return Ok(false) };
    let script = written(&owner.gateway_id, turn, record::add);
    if !script.is_short(session) {
        return Ok(false);
    }
    match script.run_at_once(session, guard).await {
        Ok(()) => Ok(true),
        Err(failure) if failure.is_transient() => Err(failure),
        Err(_) => session.give_up().await.map(|()| false),
    }
}

async fn commit_by_steps(
    session: &mut Session,
    owner: &Owner,
    turn: &Turn<'_>,
) -> Result<(Committed, Position), Failure> {
    let gateway_id = &owner.gateway_id;
    session.begin().await?;
    let position = Position::read(session, owner).await?;
    match position.judge_turn(turn)? {
        Verdict::AlreadyThere => {
            session.rollback().await?;
            return Ok((Committed::alone(Commit::AlreadyThere, position.seq), position));
        }
        Verdict::Next => {}
    }
    let after = position.after(turn);
    // Locked before anything is written: other gateways lock jobs before orders too.
    let followed = follow(session, gateway_id, turn, after.seq + 1).await?;
    written(gateway_id, turn, record::put).run(session).await?;
    let last_seq = match &followed {
        Some(followed) => followed.write(session, gateway_id, turn, after.seq + 1).await?,
        None => after.seq,
    };
    position.advance(session, gateway_id, turn, last_seq).await?;
    session.commit().await?;
    let committed = match followed {
        Some(followed) => followed.committed(last_seq),
        None => Committed::alone(Commit::Written, last_seq),
    };
    Ok((committed, Position { seq: last_seq, ..after }))
}

/// Returns what a turn writes besides the position; `bear` writes the records that began in it.
fn written(gateway_id: &Arc<str>, turn: &Turn<'_>, bear: impl FnOnce(&mut Script, &Origin<'_>, &[&Record])) -> Script {
    let changes = Changes::of(turn);
    let &Turn { plant, orders, written_at, .. } = turn;
    let origin = Origin { gateway_id, plant, orders, written_at };
    let mut script = Script::default();
    order::add_created(&mut script, &origin, &changes.created_orders);
    order::put(&mut script, &origin, &changes.orders);
    bear(&mut script, &origin, &changes.born);
    record::put(&mut script, &origin, &changes.records);
    record::flush(&mut script, &origin, turn.flushed);
    live::put(&mut script, &origin, &changes.live);
    order::put_status(&mut script, &origin, &changes.order_status);
    schedule::put(&mut script, &origin, &changes.schedule);
    event::append(&mut script, &origin, &changes.events);
    retained::put(&mut script, gateway_id, turn.retained);
    retained::forget(&mut script, gateway_id, turn.forgotten);
    put_audits(&mut script, gateway_id, written_at, turn.audits);
    script
}
