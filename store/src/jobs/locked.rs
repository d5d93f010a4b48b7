//! The rows of some jobs, locked in a transaction, as they become while it decides one thing after the other.

use std::collections::BTreeMap;
use std::sync::Arc;

use latchwork_engine::OrderStatus;
use latchwork_engine::jobs::{Changes, Job, JobState, OrderRow, OtherJobs, Rows};
use serde_json::Value as Json;
use ulid::Ulid;

use super::body::Teller;
use super::written::Written;
use super::{batch, job, leg, order, queue, work_session};
use crate::cell::Cells;
use crate::error::Failure;
use crate::row::Row;
use crate::session::Session;
use crate::statement::{Statement, statement};

static LOCK: Statement = statement!("jobs/lock", "jobs");

/// The rows of a job, and how many events were told of it.
#[derive(Debug)]
pub(super) struct Kept {
    /// Without its order: that is kept beside, for several jobs may have the same.
    pub(super) rows: Rows,
    pub(super) events: u64,
}

/// The rows of some jobs and orders.
#[derive(Debug)]
pub(crate) struct Locked {
    gateway_id: Arc<str>,
    jobs: BTreeMap<Ulid, Kept>,
    /// With what those of their jobs come to that are not among these.
    orders: BTreeMap<Ulid, OrderRow>,
    written: Written,
}

impl Locked {
    /// Locks and reads jobs, in the order of their ids, then their orders and those of these names: two gateways that do so
    /// wait for one another, and never in a circle.
    pub(super) async fn read(
        session: &mut Session,
        gateway_id: &Arc<str>,
        jobs: impl IntoIterator<Item = Ulid>,
        orders: impl IntoIterator<Item = String>,
    ) -> Result<Self, Failure> {
        let mut named: Vec<Json> = orders.into_iter().map(Json::from).collect();
        let ids: Json = jobs.into_iter().map(|id| id.to_string()).collect();
        let jobs = read_jobs(session, &ids).await?;
        let orders_of_jobs = jobs.values().filter_map(|kept| kept.rows.job.order.as_ref());
        named.extend(orders_of_jobs.map(|(id, _)| Json::from(id.to_string())));
        let orders = if named.is_empty() {
            Vec::new()
        } else {
            order::lock(session, gateway_id, &named.into(), &jobs.keys().map(Ulid::to_string).collect()).await?
        };
        let orders = orders.into_iter().map(|order| (order.id, order)).collect();
        Ok(Self { gateway_id: Arc::clone(gateway_id), jobs, orders, written: Written::default() })
    }

    /// Returns the rows of a job as they are now, if there is one of this id.
    pub(super) fn rows(&self, job: Ulid) -> Option<Rows> {
        let rows = &self.jobs.get(&job)?.rows;
        let order = rows.job.order.as_ref().and_then(|(id, _)| self.orders.get(id));
        Some(Rows { order: order.map(|order| self.with_others(order, Some(job))), ..rows.clone() })
    }

    /// Returns the state of a job, if there is one of this id.
    pub(super) fn state(&self, job: Ulid) -> Option<JobState> {
        self.jobs.get(&job).map(|kept| kept.rows.job.state)
    }

    /// Returns the order of a name, else of an id, with what its jobs come to.
    pub(super) fn order(&self, name: &str) -> Option<OrderRow> {
        let by_name = || self.orders.values().find(|order| order.name.as_str() == name);
        let by_id = || Ulid::from_string(name).ok().and_then(|id| self.orders.get(&id));
        by_name().or_else(by_id).map(|order| self.with_others(order, None))
    }

    /// Returns an order with what its jobs but one come to.
    fn with_others(&self, order: &OrderRow, but: Option<Ulid>) -> OrderRow {
        let is_of_order = |job: &&Job| job.order.as_ref().is_some_and(|(id, _)| *id == order.id) && Some(job.id) != but;
        let mut others: OtherJobs = order.others;
        for job in self.jobs.values().map(|kept| &kept.rows.job).filter(is_of_order) {
            others.started += u64::from(job.started_at.is_some());
            others.unfinished += u64::from(!job.state.is_final());
            others.completed_quantity += if job.state == JobState::Completed { job.quantity } else { 0 };
        }
        OrderRow { others, ..order.clone() }
    }

    /// Takes over what a transition changed: the next one is decided on that.
    pub(super) fn take(&mut self, changes: &Changes) {
        let id = changes.job.id;
        let kept = self.jobs.entry(id).or_insert_with(|| Kept { rows: bare(&changes.job), events: 0 });
        self.written.add(changes, kept.events);
        kept.events += changes.events.len() as u64;
        let rows = &mut kept.rows;
        rows.job.clone_from(&changes.job);
        rows.legs.clone_from(&changes.legs);
        changes.batches.iter().for_each(|row| put(&mut rows.batches, row, |row| row.key));
        rows.batches.retain(|row| row.completed_at.is_none());
        changes.sessions.iter().for_each(|row| put(&mut rows.sessions, row, |row| row.key));
        rows.sessions.retain(|row| row.ended_at.is_none());
        rows.queue.retain(|entry| !changes.unqueued.contains(&entry.key));
        rows.queue.extend(changes.queued.iter().cloned());
        if let (Some((order, _)), Some(status)) = (&changes.job.order, changes.order_status) {
            self.orders.entry(*order).and_modify(|order| order.status = status);
        }
    }

    /// Returns the orders whose status jobs changed.
    pub(super) fn changed_orders(&self) -> Vec<(Ulid, OrderStatus)> {
        self.written.orders()
    }

    /// Writes what became of the rows, and the events, of which the first has this number. Returns that of the last.
    pub(super) async fn write(
        &self,
        session: &mut Session,
        teller: Teller<'_>,
        first_seq: u64,
    ) -> Result<u64, Failure> {
        debug_assert_eq!(*self.gateway_id, **teller.gateway_id, "locked by who writes");
        self.written.write(session, teller, &self.jobs, first_seq).await
    }
}

/// Locks and reads jobs with all that hangs on them.
async fn read_jobs(session: &mut Session, ids: &Json) -> Result<BTreeMap<Ulid, Kept>, Failure> {
    if ids.as_array().is_none_or(Vec::is_empty) {
        return Ok(BTreeMap::new());
    }
    let list = ids.to_string();
    let found = session.rows(&LOCK, Cells::default().with_json(list.as_str()), kept).await?;
    let mut jobs: BTreeMap<Ulid, Kept> = found.into_iter().map(|kept| (kept.rows.job.id, kept)).collect();
    let mut with = |job: Ulid, add: &mut dyn FnMut(&mut Rows)| {
        if let Some(kept) = jobs.get_mut(&job) {
            add(&mut kept.rows);
        }
    };
    for (job, leg) in leg::of(session, &list).await? {
        with(job, &mut |rows| rows.legs.push(leg.clone()));
    }
    for (job, batch) in batch::open(session, &list).await? {
        with(job, &mut |rows| rows.batches.push(batch.clone()));
    }
    for (job, row) in work_session::open(session, &list).await? {
        with(job, &mut |rows| rows.sessions.push(row.clone()));
    }
    for (job, entry) in queue::of(session, &list).await? {
        with(job, &mut |rows| rows.queue.push(entry.clone()));
    }
    Ok(jobs)
}

fn kept(row: &Row<'_>) -> Result<Kept, Failure> {
    Ok(Kept { rows: bare(&job::read(row)?), events: row.count("last_event")? })
}

/// Returns the rows of a job that has nothing but itself.
fn bare(job: &Job) -> Rows {
    Rows {
        job: job.clone(),
        legs: Vec::new(),
        batches: Vec::new(),
        sessions: Vec::new(),
        queue: Vec::new(),
        order: None,
    }
}

fn put<T: Clone>(rows: &mut Vec<T>, row: &T, key: fn(&T) -> Ulid) {
    match rows.iter_mut().find(|known| key(known) == key(row)) {
        Some(known) => known.clone_from(row),
        None => rows.push(row.clone()),
    }
}
