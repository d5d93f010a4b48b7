//! How collecting stands, for people.

use latchwork_expr::{Timestamp, instant_text};

use super::standing::numbers;
use crate::cell::Cells;
use crate::error::Failure;
use crate::row::Row;
use crate::session::Session;
use crate::statement::{Bulk, Statement, bulk, statement};

static GATEWAYS: Statement = statement!("collected/shown_gateways", "gateways");
static COLLECTORS: Statement = statement!("collected/shown_collectors", "collectors");
static LETTERS: Statement = statement!("collected/count_dead_letters", "dead_letters");
static PUT_COLLECTOR: Bulk = bulk!("collected/put_collector", 9);

/// How a gateway stands with the collectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownGateway {
    /// The gateway.
    pub id: String,
    /// Which of its logs it is: one more each time that its numbers began anew.
    pub log: u64,
    /// All events up to this number are there, or told as lost.
    pub contiguous_seq: u64,
    /// The greatest number that is there.
    pub highest_seq: u64,
    /// How many between the two are missing.
    pub missing: u64,
    /// How many events came.
    pub events: u64,
    /// How many came once more.
    pub repeated: u64,
    /// How many came after they were given up.
    pub recovered: u64,
    /// How many were given up.
    pub lost: u64,
    /// When anything came last.
    pub heard_at: Option<String>,
    /// What is asked for.
    pub asked: Option<(u64, u64)>,
}

/// A collector, and what it has done since it started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectorRow {
    /// Its client id.
    pub id: String,
    /// When it started.
    pub started_at: Timestamp,
    /// When it was last seen.
    pub seen_at: Timestamp,
    /// Whether it runs, or has not said that it ended.
    pub is_running: bool,
    /// How many events it took that were not there before.
    pub events: u64,
    /// How many that were.
    pub repeated: u64,
    /// How many messages became dead letters.
    pub dead_letters: u64,
    /// How many requests for missing events it made.
    pub requests: u64,
    /// How many events it gave up.
    pub lost: u64,
}

pub(super) async fn gateways(session: &mut Session, after: &str, rows_max: u32) -> Result<Vec<ShownGateway>, Failure> {
    let cells = Cells::default().with(after).with(i64::from(rows_max));
    session.rows(&GATEWAYS, cells, ShownGateway::read).await
}

pub(super) async fn collectors(session: &mut Session, rows_max: u32) -> Result<Vec<CollectorRow>, Failure> {
    session.rows(&COLLECTORS, Cells::default().with(i64::from(rows_max)), CollectorRow::read).await
}

pub(super) async fn count_letters(session: &mut Session) -> Result<u64, Failure> {
    let counted = session.rows(&LETTERS, Cells::default(), |row| row.count("letters")).await?;
    Ok(counted.into_iter().sum())
}

pub(super) async fn put_collector(session: &mut Session, row: &CollectorRow) -> Result<(), Failure> {
    session.put(&PUT_COLLECTOR, std::slice::from_ref(row), CollectorRow::cells).await
}

impl ShownGateway {
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let numbers = numbers(row)?;
        let (first, last) = (row.count("asked_first")?, row.count("asked_last")?);
        Ok(Self {
            id: row.get("id")?,
            log: row.count("log")?,
            contiguous_seq: numbers.contiguous,
            highest_seq: row.count("highest_seq")?,
            missing: numbers.missing().fold(0, |missing, range| missing.saturating_add(range.count())),
            events: row.count("events")?,
            repeated: row.count("repeated")?,
            recovered: row.count("recovered")?,
            lost: row.count("lost")?,
            heard_at: row.optional_date("heard_date")?.map(instant_text),
            asked: (first > 0).then_some((first, last)),
        })
    }
}

impl CollectorRow {
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        Ok(Self {
            id: row.get("id")?,
            started_at: row.date("started_date")?,
            seen_at: row.date("last_seen_date")?,
            is_running: row.get("is_running")?,
            events: row.count("events")?,
            repeated: row.count("repeated")?,
            dead_letters: row.count("dead_letters")?,
            requests: row.count("requests")?,
            lost: row.count("lost")?,
        })
    }

    fn cells(&self) -> Cells {
        let cells = Cells::with_capacity(9)
            .with(self.id.as_str())
            .with(self.started_at)
            .with(self.seen_at)
            .with(self.is_running);
        [self.events, self.repeated, self.dead_letters, self.requests, self.lost]
            .into_iter()
            .fold(cells, |cells, count| cells.with(i64::try_from(count).unwrap_or(i64::MAX)))
    }
}
