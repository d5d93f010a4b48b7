//! What a transaction writes of jobs: each row once, as it is at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use latchwork_engine::OrderStatus;
use latchwork_engine::jobs::{Changes, QueueEntry, WorkSession};
use ulid::Ulid;

use super::batch::{self, WrittenBatch};
use super::body::{self, Teller, Told};
use super::leg::{self, WrittenLeg};
use super::locked::Kept;
use super::{job, order, queue, work_session};
use crate::error::Failure;
use crate::session::Session;

/// The rows that are to be written, by their ids, and the events.
#[derive(Debug, Default)]
pub(super) struct Written {
    jobs: BTreeSet<Ulid>,
    legs: BTreeMap<Ulid, WrittenLeg>,
    batches: BTreeMap<Ulid, WrittenBatch>,
    sessions: BTreeMap<Ulid, (Ulid, WorkSession)>,
    queued: BTreeMap<Ulid, (Ulid, QueueEntry)>,
    unqueued: Vec<Ulid>,
    orders: BTreeMap<Ulid, OrderStatus>,
    events: Vec<Told>,
}

impl Written {
    /// Adds what a transition changes. The job has had so many events before it.
    pub(super) fn add(&mut self, changes: &Changes, events_before: u64) {
        let job = changes.job.id;
        self.jobs.insert(job);
        for &ordinal in &changes.written_legs {
            let leg = changes.legs[ordinal].clone();
            self.legs.insert(leg.key, WrittenLeg { job, ordinal, leg });
        }
        for batch in &changes.batches {
            self.batches.insert(batch.key, WrittenBatch { job, batch: batch.clone() });
        }
        self.sessions.extend(changes.sessions.iter().map(|row| (row.key, (job, row.clone()))));
        for gone in &changes.unqueued {
            // What was added in this transaction is not there yet.
            if self.queued.remove(gone).is_none() {
                self.unqueued.push(*gone);
            }
        }
        self.queued.extend(changes.queued.iter().map(|entry| (entry.key, (job, entry.clone()))));
        if let (Some((order, _)), Some(status)) = (&changes.job.order, changes.order_status) {
            self.orders.insert(*order, status);
        }
        let head = changes.events.first().map_or(job, |event| event.id);
        let numbered = changes.events.iter().zip(events_before + 1..);
        self.events.extend(numbered.map(|(event, number)| Told {
            event: event.clone(),
            number: Some(number),
            request: head,
        }));
    }

    /// Returns the orders whose status changed.
    pub(super) fn orders(&self) -> Vec<(Ulid, OrderStatus)> {
        self.orders.iter().map(|(id, status)| (*id, *status)).collect()
    }

    /// Writes all of it; the first event has this number. Returns the number of the last one.
    pub(super) async fn write(
        &self,
        session: &mut Session,
        teller: Teller<'_>,
        jobs: &BTreeMap<Ulid, Kept>,
        first_seq: u64,
    ) -> Result<u64, Failure> {
        let gateway_id = teller.gateway_id;
        self.write_rows(session, gateway_id, jobs).await?;
        let orders = self.orders();
        order::put_status(session, &orders).await?;
        body::append(session, teller, first_seq, &self.events).await?;
        Ok(first_seq + self.events.len() as u64 - 1)
    }

    async fn write_rows(
        &self,
        session: &mut Session,
        gateway_id: &Arc<str>,
        jobs: &BTreeMap<Ulid, Kept>,
    ) -> Result<(), Failure> {
        let jobs: Vec<&Kept> = self.jobs.iter().filter_map(|id| jobs.get(id)).collect();
        job::put(session, gateway_id, &jobs).await?;
        leg::put(session, gateway_id, &self.legs.values().collect::<Vec<_>>()).await?;
        batch::put(session, gateway_id, &self.batches.values().collect::<Vec<_>>()).await?;
        work_session::put(session, gateway_id, &self.sessions.values().collect::<Vec<_>>()).await?;
        queue::put(session, gateway_id, &self.unqueued, &self.queued.values().collect::<Vec<_>>()).await
    }
}
