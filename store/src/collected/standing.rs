//! How a gateway stands with the collectors: the row of `gateways`.

use std::collections::BTreeMap;
use std::sync::Arc;

use latchwork_expr::Timestamp;
use serde_json::Value as Json;

use super::course::{Asked, Course};
use super::numbers::{Numbers, Range};
use crate::cell::Cells;
use crate::error::Failure;
use crate::row::Row;
use crate::session::Session;
use crate::statement::{Bulk, Statement, bulk, statement};

const COLUMNS: usize = 20;
static COURSES: Statement = statement!("collected/courses", "gateways");
static ADD: Bulk = bulk!("collected/add_gateways", 4);
static PUT: Bulk = bulk!("collected/put_courses", COLUMNS);
static ADD_LOST: Bulk = bulk!("collected/add_lost", 6);

/// How a gateway stands with the collectors.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Standing {
    pub(super) id: Arc<str>,
    pub(super) course: Course,
    pub(super) events: u64,
    pub(super) repeated: u64,
    pub(super) recovered: u64,
    pub(super) lost: u64,
    /// The time of its latest event.
    pub(super) last_seen: Option<Timestamp>,
}

/// Events that will not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Whose they are.
    pub gateway_id: Arc<str>,
    /// Of which of its logs.
    pub log: u64,
    /// Their numbers.
    pub range: Range,
    /// Why.
    pub reason: LossReason,
}

/// Why events will not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossReason {
    /// The gateway says that a limit dropped them.
    Dropped,
    /// They were asked for and did not come, and nothing before them is known: the gateway has them no more.
    Before,
    /// They were asked for and did not come.
    Unanswered,
    /// There were more holes than are kept.
    TooManyGaps,
}

impl LossReason {
    /// Returns the word in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dropped => "DROPPED",
            Self::Before => "BEFORE",
            Self::Unanswered => "UNANSWERED",
            Self::TooManyGaps => "TOO_MANY_GAPS",
        }
    }
}

/// Returns the gateways of these ids, held until the transaction ends; those that are new are made.
pub(super) async fn held(
    session: &mut Session,
    ids: &[&Arc<str>],
    at: Timestamp,
) -> Result<BTreeMap<Arc<str>, Standing>, Failure> {
    let mut found = look(session, ids).await?;
    let new: Vec<&Arc<str>> = ids.iter().copied().filter(|id| !found.contains_key(&***id)).collect();
    if !new.is_empty() {
        session.put(&ADD, &new, |id| Cells::with_capacity(4).with(*id).with(at).with(at).with(at)).await?;
        found.extend(look(session, &new).await?);
    }
    Ok(found)
}

async fn look(session: &mut Session, ids: &[&Arc<str>]) -> Result<BTreeMap<Arc<str>, Standing>, Failure> {
    let ids: Json = ids.iter().map(|id| Json::from(&***id)).collect();
    let rows = session.rows(&COURSES, Cells::default().with_json(ids.to_string()), Standing::read).await?;
    Ok(rows.into_iter().map(|row| (Arc::clone(&row.id), row)).collect())
}

/// Writes how gateways stand.
pub(super) async fn put(session: &mut Session, standings: &[Standing]) -> Result<(), Failure> {
    session.put(&PUT, standings, Standing::cells).await
}

/// Writes down what will not come.
pub(super) async fn add_lost(session: &mut Session, lost: &[Lost], at: Timestamp) -> Result<(), Failure> {
    let cells = |lost: &Lost| {
        Cells::with_capacity(6)
            .with(&lost.gateway_id)
            .with(lost.log.cast_signed())
            .with(lost.range.0.cast_signed())
            .with(lost.range.1.cast_signed())
            .with(lost.reason.name())
            .with(at)
    };
    session.put(&ADD_LOST, lost, cells).await
}

impl Standing {
    pub(super) fn read(row: &Row<'_>) -> Result<Self, Failure> {
        Ok(Self {
            id: row.get::<String>("id")?.into(),
            course: Course {
                log: row.count("log")?,
                numbers: numbers(row)?,
                heard: row.optional_date("heard_date")?,
                mark: row
                    .optional_date("mark_date")?
                    .map(|at| Ok::<_, Failure>((row.count("mark_seq")?, at)))
                    .transpose()?,
                ripe: row.count("ripe_seq")?,
                asked: asked(row)?,
            },
            events: row.count("events")?,
            repeated: row.count("repeated")?,
            recovered: row.count("recovered")?,
            lost: row.count("lost")?,
            last_seen: row.optional_date("last_seen_date")?,
        })
    }

    /// Returns what is lost with its reason, and counts it.
    pub(super) fn lose(&mut self, ranges: Vec<Range>, reason: LossReason) -> Vec<Lost> {
        if reason != LossReason::Before {
            self.lost = ranges.iter().fold(self.lost, |lost, range| lost.saturating_add(range.count()));
        }
        let log = self.course.log;
        ranges.into_iter().map(|range| Lost { gateway_id: Arc::clone(&self.id), log, range, reason }).collect()
    }

    fn cells(&self) -> Cells {
        let Course { log, numbers, heard, mark, ripe, asked } = &self.course;
        let whole = u64::cast_signed;
        let above = serde_json::to_string(&numbers.above).unwrap_or_else(|error| panic!("numbers as JSON: {error}"));
        let cells = Cells::with_capacity(COLUMNS)
            .with(&self.id)
            .with(whole(*log))
            .with(whole(numbers.contiguous))
            .with(whole(numbers.highest()))
            .with_json(above);
        let cells = [self.events, self.repeated, self.recovered, self.lost]
            .into_iter()
            .fold(cells, |cells, count| cells.with(i64::try_from(count).unwrap_or(i64::MAX)));
        let cells = cells.with(*heard).with(self.last_seen);
        let cells = cells.with(whole(mark.map_or(0, |mark| mark.0))).with(mark.map(|mark| mark.1)).with(whole(*ripe));
        let range = asked.map_or(Range(0, 0), |asked| asked.range);
        cells
            .with(whole(range.0))
            .with(whole(range.1))
            .with(asked.map(|asked| asked.at))
            .with(asked.map_or(0, |asked| i64::from(asked.requests)))
            .with(asked.map_or(0, |asked| i64::from(asked.unheard)))
            .with(asked.map_or(0, |asked| whole(asked.missing)))
    }
}

/// Reads which numbers are there.
pub(super) fn numbers(row: &Row<'_>) -> Result<Numbers, Failure> {
    let above: Vec<Range> = serde_json::from_str(&row.get::<String>("above")?)
        .map_err(|error| row.unreadable(format!("`above` is no list of ranges: {error}")))?;
    Ok(Numbers { contiguous: row.count("contiguous_seq")?, above })
}

fn asked(row: &Row<'_>) -> Result<Option<Asked>, Failure> {
    let Some(at) = row.optional_date("asked_date")? else { return Ok(None) };
    let range = Range(row.count("asked_first")?, row.count("asked_last")?);
    let (requests, unheard) = (row.small("asked_requests")?, row.small("asked_unheard")?);
    Ok(Some(Asked { range, at, requests, unheard, missing: row.count("asked_missing")? }))
}
