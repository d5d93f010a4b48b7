//! Events of jobs as they are told to others, and rows of `events`.

use std::sync::Arc;

use latchwork_engine::Plant;
use latchwork_engine::jobs::{DOMAIN, JobEvent, SUBJECT};
use latchwork_expr::{Timestamp, instant_text};
use serde_json::json;
use ulid::Ulid;

use crate::cell::Cells;
use crate::error::Failure;
use crate::session::Session;
use crate::statement::{Bulk, bulk};

const COLUMNS: usize = 11;
static APPEND: Bulk = bulk!("jobs/append_events", COLUMNS);

/// An event that is to be appended.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) event: JobEvent,
    /// Which event of its job it is, from 1; of no job: none.
    pub(super) number: Option<u64>,
    /// The event of what was asked for.
    pub(super) request: Ulid,
}

/// Whose events are appended, and when.
#[derive(Clone, Copy)]
pub(super) struct Teller<'a> {
    pub(super) gateway_id: &'a Arc<str>,
    pub(super) plant: &'a Plant,
    pub(super) recorded_at: Timestamp,
}

/// Appends events; the first has this number.
pub(super) async fn append(
    session: &mut Session,
    teller: Teller<'_>,
    first_seq: u64,
    events: &[Told],
) -> Result<(), Failure> {
    let numbered: Vec<(u64, &Told)> = (first_seq..).zip(events).collect();
    session.put(&APPEND, &numbered, |&(seq, told)| teller.cells(seq, told)).await
}

impl Teller<'_> {
    fn cells(self, seq: u64, told: &Told) -> Cells {
        let event = &told.event;
        Cells::with_capacity(COLUMNS)
            .with(self.gateway_id)
            .with(seq)
            .with(event.id)
            .with(event.kind.name())
            .with(event.occurred_at)
            .with(self.recorded_at)
            .with_json(self.body(seq, told))
            .with(SUBJECT)
            .with(event.parent)
            .with(event.job)
            .with(told.number)
    }

    /// Returns the event's JSON (`docs/outputs.md`).
    fn body(self, seq: u64, Told { event, request, .. }: &Told) -> String {
        let body = json!({
            "event_id": event.id.to_string(),
            "seq": seq,
            "event_type": event.kind.name(),
            "domain": DOMAIN,
            "subject": SUBJECT,
            "parent_event_id": event.parent.map(|parent| parent.to_string()),
            "occurred_at": instant_text(event.occurred_at),
            "recorded_at": instant_text(self.recorded_at),
            "gateway_id": &**self.gateway_id,
            "configuration_version": self.plant.configuration_version,
            "request_id": request.to_string(),
            "actor": event.actor,
            "info": event.info,
        });
        body.to_string()
    }
}
