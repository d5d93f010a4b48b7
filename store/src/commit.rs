//! One turn, one transaction. This file is the table of contents; each kind of row has its own.

use std::sync::Arc;

use latchwork_engine::{Order, OrderIndex, Plant};
use latchwork_expr::instant_text;
use sqlx::{Connection, SqliteConnection};

use crate::changes::Changes;
use crate::error::Failure;
use crate::position::{Position, Verdict};
use crate::turn::{Commit, Turn};
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
    pub(crate) written_date: Arc<str>,
}

impl Origin<'_> {
    /// Returns an order.
    pub(crate) fn order(&self, index: OrderIndex) -> &Order {
        &self.orders[index.0 as usize]
    }
}

/// Writes a turn, whole or not at all.
pub(crate) async fn commit(
    connection: &mut SqliteConnection,
    gateway_id: &Arc<str>,
    turn: &Turn<'_>,
) -> Result<Commit, Failure> {
    let changes = Changes::of(turn);
    // Not a plain BEGIN: that takes the lock at the first write, and could then be refused in the middle.
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let position = Position::read(&mut transaction, gateway_id).await?;
    let seqs: Vec<u64> = turn.bodies.iter().map(|body| body.seq).collect();
    match position.judge(turn.mark.sequence, &seqs)? {
        Verdict::AlreadyThere => {
            transaction.rollback().await?;
            return Ok(Commit::AlreadyThere);
        }
        Verdict::Next => {}
    }
    write(&mut transaction, gateway_id, turn, &changes).await?;
    position.advance(&mut transaction, gateway_id, turn).await?;
    transaction.commit().await?;
    Ok(Commit::Written)
}

async fn write(
    connection: &mut SqliteConnection,
    gateway_id: &Arc<str>,
    turn: &Turn<'_>,
    changes: &Changes<'_>,
) -> Result<(), Failure> {
    let &Turn { plant, orders, .. } = turn;
    let origin = Origin { gateway_id, plant, orders, written_date: instant_text(turn.written_at).into() };
    order::add_created(connection, &origin, &changes.created_orders).await?;
    record::put(connection, &origin, &changes.records).await?;
    record::flush(connection, &origin, turn.flushed).await?;
    live::put(connection, &origin, &changes.live).await?;
    order::put_status(connection, &origin, &changes.order_status).await?;
    schedule::put(connection, &origin, &changes.schedule).await?;
    event::append(connection, &origin, &changes.events).await?;
    retained::put(connection, gateway_id, turn.retained).await?;
    retained::forget(connection, gateway_id, turn.forgotten).await
}
