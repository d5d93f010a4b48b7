//! The outbox as people see it: read beside a gateway that runs, or without one.

use latchwork_expr::instant_text;

use crate::backend;
use crate::cell::Cells;
use crate::error::{Failure, StoreError};
use crate::limits::PAGE_ROWS_MAX;
use crate::options::Options;
use crate::row::Row;
use crate::statement::{Statement, statement};
use crate::store::Store;

static OVERVIEW: Statement = statement!("outbox/overview", "outbox");
static WAITING: Statement = statement!("outbox/shown_waiting", "events");
static REFUSED: Statement = statement!("outbox/shown_refused", "refused_events");
static QUARANTINED: Statement = statement!("outbox/shown_quarantined", "refused_events");

/// How many events are in which state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// The last event of the log; 0 before the first.
    pub last_seq: i64,
    /// The event up to which all are settled or refused.
    pub settled_seq: i64,
    /// How many wait to be published, without those that were refused.
    pub waiting: i64,
    /// When the oldest of these was recorded.
    pub oldest_waiting_at: Option<String>,
    /// How many were refused and are tried again.
    pub refused: i64,
    /// How many are not tried any more.
    pub quarantined: i64,
    /// How many were dropped by a limit, ever.
    pub dropped: i64,
    /// How many that were published are still in the log.
    pub kept: i64,
    /// When the broker last took one, to the batch.
    pub last_published_at: Option<String>,
}

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not published yet, oldest first.
    Waiting,
    /// Refused, and tried again.
    Refused,
    /// Not tried any more.
    Quarantined,
}

/// An event that was not published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its number.
    pub seq: i64,
    /// Its id.
    pub id: String,
    /// What happened.
    pub event_type: String,
    /// When it was recorded.
    pub recorded_at: String,
    /// How often it was refused.
    pub refusals: u32,
    /// What the broker said last.
    pub reason: Option<String>,
    /// When it was quarantined.
    pub quarantined_at: Option<String>,
}

impl Overview {
    /// Reads how the outbox of a gateway stands; none if the store has nothing of that gateway. Nothing is locked and
    /// nothing is written.
    pub async fn of(options: &Options) -> Result<Option<Self>, StoreError> {
        let cells = Cells::default().with(options.gateway_id.as_str());
        Ok(look(options, &OVERVIEW, cells, Self::read).await?.pop())
    }

    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        Ok(Self {
            last_seq: row.get("last_seq")?,
            settled_seq: row.get("settled_seq")?,
            waiting: row.get("waiting")?,
            oldest_waiting_at: row.optional_date("oldest_waiting_at")?.map(instant_text),
            refused: row.get("refused")?,
            quarantined: row.get("quarantined")?,
            dropped: row.get("dropped")?,
            kept: row.get("kept")?,
            last_published_at: row.optional_date("last_published_at")?.map(instant_text),
        })
    }
}

impl Store {
    /// Returns how the outbox stands.
    pub async fn outbox_overview(&self) -> Result<Option<Overview>, StoreError> {
        Ok(self.read(self.readers.rows(&OVERVIEW, self.ours(), Overview::read).await)?.pop())
    }
}

impl Shown {
    /// Reads the events in a state, at most so many and never more than [`PAGE_ROWS_MAX`]. Nothing is locked and nothing
    /// is written.
    pub async fn of(options: &Options, state: State, rows_max: u32) -> Result<Vec<Self>, StoreError> {
        let statement = match state {
            State::Waiting => &WAITING,
            State::Refused => &REFUSED,
            State::Quarantined => &QUARANTINED,
        };
        let cells = Cells::default().with(options.gateway_id.as_str()).with(i64::from(rows_max.min(PAGE_ROWS_MAX)));
        look(options, statement, cells, Self::read).await
    }

    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        Ok(Self {
            seq: row.get("seq")?,
            id: row.get("id")?,
            event_type: row.get("event_type")?,
            recorded_at: instant_text(row.date("recorded_at")?),
            refusals: row.small("refusals")?,
            reason: row.get("reason")?,
            quarantined_at: row.optional_date("quarantined_at")?.map(instant_text),
        })
    }
}

async fn look<T>(
    options: &Options,
    statement: &Statement,
    cells: Cells,
    read: fn(&Row<'_>) -> Result<T, Failure>,
) -> Result<Vec<T>, StoreError> {
    let looked = async {
        let mut session = backend::look(&options.place).await?;
        let found = session.rows(statement, cells, read).await;
        session.abandon().await;
        found
    };
    looked.await.map_err(|failure| options.place.error(failure))
}
