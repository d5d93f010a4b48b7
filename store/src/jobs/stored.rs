//! Jobs and what hangs on them as they are read.

use std::collections::BTreeMap;

use latchwork_engine::jobs::{Job, JobState, JobView, Leg, QueueEntry};
use latchwork_expr::{Timestamp, instant_text};
use serde_json::{Value as Json, json};
use ulid::Ulid;

use super::{job, leg, queue};
use crate::care::{Kind, object};
use crate::cell::Cells;
use crate::error::{Failure, StoreError};
use crate::listing::{Listing, Object, Page};
use crate::row::Row;
use crate::session::Readers;
use crate::statement::{Statement, statement};
use crate::store::Store;

static JOBS: Statement = statement!("jobs/jobs", "jobs");
static BY_ID: Statement = statement!("jobs/job", "jobs");
static BATCHES: Statement = statement!("jobs/batches", "batches");
static SERIALS: Statement = statement!("jobs/serials", "batch_serials");
static SESSIONS: Statement = statement!("jobs/sessions", "work_sessions");
static QUEUE_OF: Statement = statement!("jobs/queue_of", "queues");
static EVENTS_OF: Statement = statement!("jobs/events_of", "events");
static AUDIT: Statement = statement!("jobs/audit", "audit");

const BATCH_COLUMNS: &[(&str, Kind)] = &[
    ("id", Kind::Text),
    ("job_id", Kind::Text),
    ("leg_id", Kind::Text),
    ("station", Kind::Text),
    ("quantity", Kind::Whole),
    ("created_at", Kind::Date),
    ("created_by", Kind::Text),
    ("completed_at", Kind::Date),
    ("completed_by", Kind::Text),
];

const SESSION_COLUMNS: &[(&str, Kind)] = &[
    ("id", Kind::Text),
    ("job_id", Kind::Text),
    ("leg_id", Kind::Text),
    ("station", Kind::Text),
    ("operator", Kind::Text),
    ("started_at", Kind::Date),
    ("ended_at", Kind::Date),
];

const AUDIT_COLUMNS: &[(&str, Kind)] = &[
    ("number", Kind::Whole),
    ("gateway_id", Kind::Text),
    ("at", Kind::Date),
    ("actor", Kind::Text),
    ("door", Kind::Text),
    ("action", Kind::Text),
    ("target", Kind::Text),
    ("status", Kind::Whole),
    ("error", Kind::Text),
    ("event_id", Kind::Text),
];

/// A job with its legs.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredJob {
    /// The job.
    pub job: Job,
    /// All its legs, in the order in which they were posted.
    pub legs: Vec<Leg>,
}

/// Which jobs are asked for. What is not given restricts nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// How they stand.
    pub state: Option<JobState>,
    /// Where parts of them are: a station by path or id.
    pub station: Option<String>,
    /// Their production order, by name or id.
    pub production_order: Option<String>,
    /// Whose they are.
    pub assigned_to: Option<String>,
}

/// Which batches or work sessions are asked for. What is not given restricts nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkFilter {
    /// Their job.
    pub job: Option<Ulid>,
    /// Where batches are: a station by path or id.
    pub station: Option<String>,
    /// Whose work sessions.
    pub operator: Option<String>,
}

/// An event of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredJobEvent {
    /// Which event of the job it is: 1, 2, 3 … whichever gateways made them.
    pub number: u64,
    /// What happened.
    pub event_type: String,
    /// When.
    pub occurred_at: Timestamp,
    /// The JSON object, as it is told to others.
    pub body: String,
}

impl StoredJob {
    /// Returns what the API tells.
    pub fn view(&self) -> JobView<'_> {
        self.job.view(&self.legs)
    }
}

impl Store {
    /// Returns a job, whichever gateway made it.
    pub async fn job(&self, id: Ulid) -> Result<Option<StoredJob>, StoreError> {
        let jobs = self.readers.rows(&BY_ID, Cells::default().with(id), job::read).await;
        let jobs = self.read(jobs)?;
        Ok(self.read(with_legs(&self.readers, jobs).await)?.pop())
    }

    /// Returns jobs of the plant by their ids, the first made first.
    pub async fn jobs(&self, filter: &JobFilter, page: &Page) -> Result<Listing<StoredJob>, StoreError> {
        let cells = Cells::default()
            .with(page.after())
            .with(filter.state.map(JobState::name))
            .with(filter.production_order.as_deref())
            .with(filter.assigned_to.as_deref())
            .with(filter.station.as_deref())
            .with(page.rows());
        let jobs = self.read(self.readers.rows(&JOBS, cells, job::read).await)?;
        let Listing { items, next } = page.of(jobs, |job| job.id.to_string());
        Ok(Listing { items: self.read(with_legs(&self.readers, items).await)?, next })
    }

    /// Returns batches of the plant, each with its serial numbers as `batch_serials`.
    pub async fn batches(&self, filter: &WorkFilter, page: &Page) -> Result<Listing<Object>, StoreError> {
        let cells = Cells::default().with(page.after()).with(filter.job).with(filter.station.as_deref());
        let rows = self.readers.rows(&BATCHES, cells.with(page.rows()), |row| object(BATCH_COLUMNS, row)).await;
        let mut listing = page.of(self.read(rows)?, key);
        let ids: Json = listing.items.iter().map(key).collect();
        let read = |row: &Row<'_>| Ok((row.get::<String>("batch_id")?, row.get::<String>("serial")?));
        let serials = self.readers.rows(&SERIALS, Cells::default().with_json(ids.to_string()), read).await;
        let mut by_batch: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (batch, serial) in self.read(serials)? {
            by_batch.entry(batch).or_default().push(serial);
        }
        for row in &mut listing.items {
            let serials = by_batch.remove(&key(row)).unwrap_or_default();
            row.insert("batch_serials".to_owned(), json!(serials));
        }
        Ok(listing)
    }

    /// Returns work sessions of the plant.
    pub async fn work_sessions(&self, filter: &WorkFilter, page: &Page) -> Result<Listing<Object>, StoreError> {
        let cells = Cells::default().with(page.after()).with(filter.job).with(filter.operator.as_deref());
        let rows = self.readers.rows(&SESSIONS, cells.with(page.rows()), |row| object(SESSION_COLUMNS, row)).await;
        Ok(page.of(self.read(rows)?, key))
    }

    /// Returns what an operator is to do, the longest queued first, each with when it was queued; at most so many.
    pub async fn queue(&self, operator: &str, rows_max: u32) -> Result<Vec<(QueueEntry, StoredJob)>, StoreError> {
        let page = Page { after: None, rows_max };
        let cells = Cells::default().with(operator).with(page.rows() - 1);
        let read = |row: &Row<'_>| Ok((row.id("job_id")?, queue::read(row)?));
        let entries = self.read(self.readers.rows(&QUEUE_OF, cells, read).await)?;
        let mut queued = Vec::with_capacity(entries.len());
        for (job, entry) in entries {
            // Of a job that ended in this moment nothing is to be done.
            if let Some(job) = self.job(job).await? {
                queued.push((entry, job));
            }
        }
        Ok(queued)
    }

    /// Returns events of a job in order, after this one (0 for the first), at most so many. Events that left the log are
    /// not among them.
    pub async fn job_events(&self, job: Ulid, after: u64, rows_max: u32) -> Result<Vec<StoredJobEvent>, StoreError> {
        let page = Page { after: None, rows_max };
        let cells = Cells::default().with(job).with(after).with(page.rows() - 1);
        self.read(self.readers.rows(&EVENTS_OF, cells, StoredJobEvent::read).await)
    }

    /// Returns who asked this gateway for what, in order; the cursor is the `number`.
    pub async fn audit(&self, page: &Page) -> Result<Listing<Object>, StoreError> {
        let after: u64 = page.after().parse().unwrap_or(0);
        let cells = self.ours().with(after).with(page.rows());
        let rows = self.read(self.readers.rows(&AUDIT, cells, |row| object(AUDIT_COLUMNS, row)).await)?;
        Ok(page.of(rows, |row| row.get("number").map(Json::to_string).unwrap_or_default()))
    }
}

/// Returns jobs with their legs, in their order.
async fn with_legs(readers: &Readers, jobs: Vec<Job>) -> Result<Vec<StoredJob>, Failure> {
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Json = jobs.iter().map(|job| job.id.to_string()).collect();
    let mut by_job: BTreeMap<Ulid, Vec<Leg>> = BTreeMap::new();
    for (job, leg) in leg::look(readers, &ids.to_string()).await? {
        by_job.entry(job).or_default().push(leg);
    }
    let with_legs = |job: Job| StoredJob { legs: by_job.remove(&job.id).unwrap_or_default(), job };
    Ok(jobs.into_iter().map(with_legs).collect())
}

fn key(row: &Object) -> String {
    row.get("id").and_then(Json::as_str).unwrap_or_default().to_owned()
}

impl StoredJobEvent {
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        Ok(Self {
            number: row.count("job_event")?,
            event_type: row.get("event_type")?,
            occurred_at: row.date("occurred_at")?,
            body: row.json("body")?,
        })
    }

    /// Returns when it happened, as texts are told.
    pub fn occurred_text(&self) -> String {
        instant_text(self.occurred_at)
    }
}
