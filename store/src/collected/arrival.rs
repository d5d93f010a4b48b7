//! Events as they arrive, and the rows that they tell of.

use std::collections::BTreeMap;
use std::sync::Arc;

use latchwork_expr::Timestamp;
use ulid::Ulid;

use crate::cell::Cells;

/// An event that arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival {
    /// Whose it is.
    pub gateway_id: Arc<str>,
    /// Its number in its log, from 1.
    pub seq: u64,
    /// Its id.
    pub id: Ulid,
    /// What happened.
    pub event_type: Arc<str>,
    /// When it happened in the world.
    pub occurred_at: Timestamp,
    /// The time of its scan.
    pub recorded_at: Timestamp,
    /// The JSON object, as it came.
    pub body: Arc<str>,
    /// What it tells of.
    pub told: Told,
}

/// What an event tells of, as far as there are rows for it.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// A run, whole.
    Run(Box<ToldRun>),
    /// The new status of a production order.
    Order(ToldOrder),
    /// An entry of the schedule, whole.
    Entry(Box<ToldEntry>),
    /// Events that the gateway's outbox dropped: they will not come.
    Dropped {
        /// The first number.
        first_seq: u64,
        /// The last number.
        last_seq: u64,
    },
    /// Nothing that has a row besides the event's.
    Nothing,
}

/// A run as an event tells of it.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the columns of `operation_records`")]
pub struct ToldRun {
    pub id: Ulid,
    pub operation: Arc<str>,
    pub location: Arc<str>,
    pub operation_id: Ulid,
    pub location_id: Ulid,
    pub production_order_id: Option<Ulid>,
    pub schedule_id: Option<Ulid>,
    pub parent_record_id: Option<Ulid>,
    pub status: Arc<str>,
    pub start: Timestamp,
    pub end: Option<Timestamp>,
    pub duration_seconds: Option<f64>,
    pub detected_at: Timestamp,
    pub production_order: Option<Arc<str>>,
    pub start_reason: Arc<str>,
    pub end_reason: Option<Arc<str>>,
    pub expected_duration_seconds: Option<f64>,
    pub overrun: bool,
    pub paused_seconds: f64,
    pub detected_after_gap: bool,
    pub last_seen: Option<Timestamp>,
    /// A JSON object.
    pub captures: Arc<str>,
    pub revision: u32,
    pub notes: Option<Arc<str>>,
    pub created_by: Option<Arc<str>>,
    pub modified: Option<Timestamp>,
    pub modified_by: Option<Arc<str>>,
}

/// The status of a production order as an event tells of it.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the columns of `production_orders`")]
pub struct ToldOrder {
    pub id: Ulid,
    pub name: Arc<str>,
    pub status: Arc<str>,
}

/// An entry of the schedule as an event tells of it.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the columns of `schedules`")]
pub struct ToldEntry {
    pub id: Ulid,
    pub operation_id: Ulid,
    pub location_id: Ulid,
    pub start: Timestamp,
    pub end: Option<Timestamp>,
    pub quantity: Option<f64>,
    pub status: Arc<str>,
    pub priority: Arc<str>,
    pub operation_record_id: Option<Ulid>,
    pub production_order_id: Option<Ulid>,
    pub production_order: Option<Arc<str>>,
}

/// How many columns each kind of row has.
pub(super) const EVENT_COLUMNS: usize = 7;
/// See [`EVENT_COLUMNS`].
pub(super) const RUN_COLUMNS: usize = 31;
/// See [`EVENT_COLUMNS`].
pub(super) const ORDER_COLUMNS: usize = 7;
/// See [`EVENT_COLUMNS`].
pub(super) const ENTRY_COLUMNS: usize = 16;

/// Returns the events that tell of runs, one for each run: that with the greatest revision, of several the latest.
pub(super) fn latest_runs<'a>(arrivals: impl Iterator<Item = &'a Arrival>) -> Vec<(&'a Arrival, &'a ToldRun)> {
    let mut latest: BTreeMap<(&str, Ulid), (&Arrival, &ToldRun)> = BTreeMap::new();
    for arrival in arrivals {
        let Told::Run(run) = &arrival.told else { continue };
        let place = latest.entry((&arrival.gateway_id, run.id)).or_insert((arrival, run));
        if (place.1.revision, place.0.id) < (run.revision, arrival.id) {
            *place = (arrival, run);
        }
    }
    latest.into_values().collect()
}

impl Arrival {
    pub(super) fn cells(&self) -> Cells {
        Cells::with_capacity(EVENT_COLUMNS)
            .with(&self.gateway_id)
            .with(self.seq.cast_signed())
            .with(self.id)
            .with(&self.event_type)
            .with(self.occurred_at)
            .with(self.recorded_at)
            .with_json(Arc::clone(&self.body))
    }
}

impl ToldRun {
    pub(super) fn cells(&self, arrival: &Arrival, written_at: Timestamp) -> Cells {
        let cells = self.run_cells(self.common_cells(arrival, written_at));
        self.measure_cells(cells).with(arrival.id)
    }

    fn common_cells(&self, arrival: &Arrival, written_at: Timestamp) -> Cells {
        Cells::with_capacity(RUN_COLUMNS)
            .with(&arrival.gateway_id)
            .with(self.id)
            .with(written_at)
            .with(self.created_by.as_ref())
            .with(self.modified)
            .with(self.modified_by.as_ref())
            .with(self.notes.as_ref())
            .with(&self.operation)
    }

    fn run_cells(&self, cells: Cells) -> Cells {
        cells
            .with(self.start)
            .with(self.end)
            .with(&self.status)
            .with(self.location_id)
            .with(self.operation_id)
            .with(self.production_order_id)
            .with(&self.operation)
            .with(&self.location)
            .with(self.duration_seconds)
            .with(self.detected_at)
            .with(self.production_order.as_ref())
            .with(self.schedule_id)
            .with(self.parent_record_id)
            .with(&self.start_reason)
            .with(self.end_reason.as_ref())
    }

    fn measure_cells(&self, cells: Cells) -> Cells {
        cells
            .with(self.expected_duration_seconds)
            .with(self.overrun)
            .with(self.paused_seconds)
            .with(self.detected_after_gap)
            .with(self.last_seen)
            .with_json(Arc::clone(&self.captures))
            .with(i64::from(self.revision))
    }
}

impl ToldOrder {
    pub(super) fn cells(&self, told: &ToldBy<'_>, written_at: Timestamp) -> Cells {
        Cells::with_capacity(ORDER_COLUMNS)
            .with(told.gateway_id)
            .with(self.id)
            .with(written_at)
            .with(&self.name)
            .with(&self.status)
            .with(told.log.cast_signed())
            .with(told.seq.cast_signed())
    }
}

impl ToldEntry {
    pub(super) fn cells(&self, told: &ToldBy<'_>, written_at: Timestamp) -> Cells {
        Cells::with_capacity(ENTRY_COLUMNS)
            .with(told.gateway_id)
            .with(self.id)
            .with(written_at)
            .with(self.end.map(|end| crate::schedule::minutes(self.start, end)))
            .with(self.start)
            .with(self.end)
            .with(self.quantity)
            .with(&self.status)
            .with(self.location_id)
            .with(self.operation_id)
            .with(self.operation_record_id)
            .with(self.production_order_id)
            .with(&self.priority)
            .with(self.production_order.as_ref())
            .with(told.log.cast_signed())
            .with(told.seq.cast_signed())
    }
}

/// Where an event stands that tells of something: of two the one that stands later counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct ToldBy<'a> {
    pub(super) gateway_id: &'a Arc<str>,
    pub(super) log: u64,
    pub(super) seq: u64,
}

/// Returns of several tellings of each thing the last, in the order of the things.
pub(super) fn latest<'a, T>(
    tellings: impl IntoIterator<Item = (ToldBy<'a>, &'a T)>,
    id: impl Fn(&T) -> Ulid,
) -> Vec<(ToldBy<'a>, &'a T)> {
    let mut latest: BTreeMap<(&str, Ulid), (ToldBy<'a>, &'a T)> = BTreeMap::new();
    for (by, told) in tellings {
        let place = latest.entry((by.gateway_id, id(told))).or_insert((by, told));
        if (place.0.log, place.0.seq) < (by.log, by.seq) {
            *place = (by, told);
        }
    }
    latest.into_values().collect()
}
