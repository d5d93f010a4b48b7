//! Rows of `events`: append-only.

use latchwork_engine::Event;

use crate::cell::Cells;
use crate::commit::Origin;
use crate::script::Script;
use crate::statement::{Bulk, bulk};
use crate::turn::Body;

static APPEND: Bulk = bulk!("append_events", 7);

/// Appends events with their bodies. Their numbers are the next ones: [`crate::position`] saw to it.
pub(crate) fn append(script: &mut Script, origin: &Origin<'_>, events: &[(&Event, &Body)]) {
    let cells = |(event, body): &(&Event, &Body)| {
        Cells::with_capacity(7)
            .with(origin.gateway_id)
            .with(body.seq.cast_signed())
            .with(event.id(origin.gateway_id))
            .with(event.kind.name())
            .with(event.occurred_at)
            .with(event.scan_wall)
            .with_json(body.json.as_str())
    };
    script.put(&APPEND, events, cells);
}
