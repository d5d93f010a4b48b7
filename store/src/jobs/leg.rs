//! Rows of `job_station_history`: the legs of jobs.

use std::sync::Arc;

use latchwork_engine::jobs::{Leg, Origin, Pause};
use ulid::Ulid;

use crate::cell::Cells;
use crate::error::Failure;
use crate::row::Row;
use crate::session::{Readers, Session};
use crate::statement::{Bulk, Statement, bulk, statement};

const COLUMNS: usize = 24;
static PUT: Bulk = bulk!("jobs/put_legs", COLUMNS);
static OF: Statement = statement!("jobs/legs", "job_station_history");

/// A leg that is written: of which job it is, and its place among that job's legs.
#[derive(Debug)]
pub(super) struct WrittenLeg {
    pub(super) job: Ulid,
    pub(super) ordinal: usize,
    pub(super) leg: Leg,
}

/// Writes legs as they are now.
pub(super) async fn put(session: &mut Session, gateway_id: &Arc<str>, legs: &[&WrittenLeg]) -> Result<(), Failure> {
    session.put(&PUT, legs, |written| cells(written, gateway_id)).await
}

fn cells(WrittenLeg { job, ordinal, leg }: &WrittenLeg, gateway_id: &Arc<str>) -> Cells {
    let (origin, from) = origin_words(leg.origin);
    let (pause, operation) = leg.pause.map_or((None, None), pause_words);
    Cells::with_capacity(COLUMNS)
        .with(gateway_id)
        .with(leg.key)
        .with(*job)
        .with(*ordinal as u64)
        .with(leg.location)
        .with(leg.station.as_str())
        .with(u64::from(leg.entry_number))
        .with(leg.state.name())
        .with(leg.input)
        .with(leg.good)
        .with(leg.scrap)
        .with(leg.rework)
        .with(leg.lost)
        .with(origin)
        .with(from)
        .with(pause)
        .with(operation)
        .with(leg.posted_at)
        .with(leg.posted_by.as_deref())
        .with(leg.started_at)
        .with(leg.started_by.as_deref())
        .with(leg.completed_at)
        .with(leg.completed_by.as_deref())
        .with(leg.operation_record_id)
}

const fn origin_words(origin: Origin) -> (&'static str, Option<Ulid>) {
    match origin {
        Origin::Created => ("CREATED", None),
        Origin::Passed(leg) => ("PASSED", Some(leg)),
        Origin::Returned(leg) => ("RETURNED", Some(leg)),
    }
}

const fn pause_words(pause: Pause) -> (Option<&'static str>, Option<Ulid>) {
    match pause {
        Pause::Person => (Some("PERSON"), None),
        Pause::Offline => (Some("OFFLINE"), None),
        Pause::Operation(operation) => (Some("OPERATION"), Some(operation)),
    }
}

/// Reads the legs of some jobs in a transaction, those of a job in the order in which they were posted.
pub(super) async fn of(session: &mut Session, jobs: &str) -> Result<Vec<(Ulid, Leg)>, Failure> {
    session.rows(&OF, Cells::default().with_json(jobs), read).await
}

/// Reads them outside of one.
pub(super) async fn look(readers: &Readers, jobs: &str) -> Result<Vec<(Ulid, Leg)>, Failure> {
    readers.rows(&OF, Cells::default().with_json(jobs), read).await
}

fn read(row: &Row<'_>) -> Result<(Ulid, Leg), Failure> {
    let leg = Leg {
        key: row.id("id")?,
        station: row.get::<String>("station")?.into(),
        location: row.id("location_id")?,
        entry_number: row.small("entry_number")?,
        state: row.word("state")?,
        input: row.count("input")?,
        good: row.count("good")?,
        scrap: row.count("scrap")?,
        rework: row.count("rework")?,
        lost: row.count("lost")?,
        origin: origin(row)?,
        pause: pause(row)?,
        posted_at: row.date("posted_at")?,
        posted_by: row.text("posted_by")?,
        started_at: row.optional_date("started_at")?,
        started_by: row.text("started_by")?,
        completed_at: row.optional_date("completed_at")?,
        completed_by: row.text("completed_by")?,
        operation_record_id: row.optional_id("operation_record_id")?,
    };
    Ok((row.id("job_id")?, leg))
}

fn origin(row: &Row<'_>) -> Result<Origin, Failure> {
    let word: String = row.get("origin")?;
    match (word.as_str(), row.optional_id("origin_leg_id")?) {
        ("CREATED", None) => Ok(Origin::Created),
        ("PASSED", Some(leg)) => Ok(Origin::Passed(leg)),
        ("RETURNED", Some(leg)) => Ok(Origin::Returned(leg)),
        (_, _) => Err(row.unreadable(format!("`{word}` in `origin` is no word of it, or lacks its leg"))),
    }
}

fn pause(row: &Row<'_>) -> Result<Option<Pause>, Failure> {
    let Some(word) = row.get::<Option<String>>("pause")? else { return Ok(None) };
    match (word.as_str(), row.optional_id("pause_operation_id")?) {
        ("PERSON", None) => Ok(Some(Pause::Person)),
        ("OFFLINE", None) => Ok(Some(Pause::Offline)),
        ("OPERATION", Some(operation)) => Ok(Some(Pause::Operation(operation))),
        (_, _) => Err(row.unreadable(format!("`{word}` in `pause` is no word of it, or lacks its operation"))),
    }
}
