//! Rows of `events`: append-only.

use latchwork_engine::Event;
use latchwork_expr::instant_text;
use sqlx::SqliteConnection;

use crate::bulk::{Bulk, Query};
use crate::commit::Origin;
use crate::error::Failure;
use crate::turn::Body;

static APPEND: Bulk = Bulk::new(include_str!("sql/append_events.sql"), 7);

/// Appends events with their bodies. Their numbers are the next ones: [`crate::position`] saw to it.
pub(crate) async fn append(
    connection: &mut SqliteConnection,
    origin: &Origin<'_>,
    events: &[(&Event, &Body)],
) -> Result<(), Failure> {
    let bind = |query: Query<'static>, (event, body): &(&Event, &Body)| {
        query
            .bind(origin.gateway_id.clone())
            .bind(body.seq.cast_signed())
            .bind(event.id(origin.gateway_id).to_string())
            .bind(event.kind.name())
            .bind(instant_text(event.occurred_at))
            .bind(instant_text(event.scan_wall))
            .bind(body.json.clone())
    };
    APPEND.run(connection, events, bind).await?;
    Ok(())
}
