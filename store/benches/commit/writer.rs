//! Runs that opened and closed, committed one turn after the other.

use std::error::Error;
use std::time::{Duration, Instant};

use latchwork_engine::{
    ConflictScope, ConflictStrategy, Effect, EndReason, Event, EventKind, ExpectedDuration, FirstScan, Handshake, Info,
    JobSettings, Location, LocationIndex, Moment, Monotonic, Operation, OperationIndex, OrderResolution, Plant, Record,
    StartReason, Stations, Status, TriggerSource, UncertainPolicy, UnknownOrders, ids,
};
use latchwork_expr::{Timestamp, Tz};
use latchwork_store::{Body, Mark, Store, Turn};

/// An event's body has about this size.
const BODY_BYTES: usize = 700;

/// 2026-03-01T06:00:00Z.
pub(crate) const BEGIN: i64 = 1_772_344_800_000_000;

/// Commits turn after turn.
pub(crate) struct Writer<'a> {
    store: &'a Store,
    plant: &'a Plant,
    sequence: u64,
    seq: u64,
}

impl<'a> Writer<'a> {
    /// Returns one that commits to this store, whose operations are those of [`plant`].
    pub(crate) const fn new(store: &'a Store, plant: &'a Plant) -> Self {
        Self { store, plant, sequence: 0, seq: 0 }
    }

    /// Commits runs that opened and closed, so many a commit: a row of a record and one of an event
    /// each. Returns how many commits, and in how many seconds. Making the turns takes no part.
    pub(crate) async fn run(&mut self, records: u32, span: Duration) -> Result<(u32, f64), Box<dyn Error>> {
        let (mut commits, mut elapsed) = (0, Duration::ZERO);
        while elapsed < span {
            let (effects, bodies) = self.turn(records);
            let mark = Mark { sequence: self.sequence, at: self.now() };
            let turn = Turn {
                plant: self.plant,
                orders: &[],
                effects: &effects,
                bodies: &bodies,
                flushed: &[],
                retained: &[],
                forgotten: &[],
                audits: &[],
                works: &[],
                mark,
                written_at: mark.at.wall,
            };
            let start = Instant::now();
            self.store.commit(&turn).await?;
            elapsed += start.elapsed();
            commits += 1;
        }
        Ok((commits, elapsed.as_secs_f64()))
    }

    fn turn(&mut self, records: u32) -> (Vec<Effect>, Vec<Body>) {
        (0..records)
            .map(|_| {
                self.sequence += 1;
                self.seq += 1;
                (Effect::Event(self.event()), Body { seq: self.seq, json: body() })
            })
            .unzip()
    }

    fn event(&self) -> Event {
        let record = Box::new(self.record());
        let (wall, kind) = (self.now().wall, EventKind::OperationStopped);
        Event {
            sequence: self.sequence,
            index: 0,
            scan_wall: wall,
            occurred_at: wall,
            actor: None,
            kind,
            info: Info::Record(record),
        }
    }

    fn record(&self) -> Record {
        let start = self.now();
        Record {
            id: ids::record_id("bench", self.plant.operations[0].id, start.wall, 0),
            operation: OperationIndex(0),
            location: LocationIndex(0),
            status: Status::Completed,
            start,
            end: Some(start.plus_micros(900_000)),
            detected_at: start.wall,
            order: None,
            parent: None,
            schedule: None,
            start_reason: StartReason::Trigger,
            end_reason: Some(EndReason::Trigger),
            expected_duration_seconds: None,
            overrun: false,
            paused_micros: 0,
            detected_after_gap: false,
            last_seen: None,
            captures: Vec::new(),
            revision: 2,
            notes: None,
            created_by: None,
            modified: None,
        }
    }

    /// One second a scan.
    const fn now(&self) -> Moment {
        let micros = self.sequence.cast_signed() * 1_000_000;
        Moment { monotonic: Monotonic(micros), wall: Timestamp(BEGIN + micros) }
    }
}

/// Returns a JSON object of the size of an event's.
fn body() -> String {
    format!("{{\"notes\":\"{}\"}}", "x".repeat(BODY_BYTES))
}

/// Returns a plant of one operation.
pub(crate) fn plant() -> Plant {
    let location = Location { path: "Line1/Filler".to_owned(), id: ids::location_id("Line1/Filler") };
    Plant {
        gateway_id: "bench".to_owned(),
        configuration_version: "c0ffee".to_owned(),
        zone: Tz::UTC,
        uncertain: UncertainPolicy::Good,
        first_scan: FirstScan::Arm,
        unknown_orders: UnknownOrders::Report,
        tags: Vec::new(),
        derived: Vec::new(),
        locations: vec![location],
        orders: Vec::new(),
        operations: vec![operation()],
        guards: Vec::new(),
        materials: Vec::new(),
        schedule: Vec::new(),
        stations: Stations::default(),
        jobs: JobSettings::default(),
    }
}

fn operation() -> Operation {
    Operation {
        id: ids::operation_id("Line1/Filler", "Filling"),
        name: "Filling".to_owned(),
        location: LocationIndex(0),
        enabled: true,
        is_removed: false,
        trigger_source: TriggerSource::Manual,
        parent: None,
        start: None,
        stop: None,
        fault: None,
        first_scan: FirstScan::Arm,
        restart_holdoff_millis: 0,
        max_duration_seconds: 0.0,
        conflict_strategy: ConflictStrategy::StopPrevious,
        conflict_scope: ConflictScope::Operation,
        order: OrderResolution::None,
        assigned_order: None,
        order_status_on_start: None,
        order_status_on_stop: None,
        expected_duration: ExpectedDuration::Static(0.0),
        flush_interval_millis: 0,
        auto_add_to_schedule: true,
        restart_policy: latchwork_engine::RestartPolicy::Resume,
        resume_within_seconds: 0.0,
        captures: Vec::new(),
        handshake: Handshake::default(),
        job: None,
        notes: None,
        spares: [None, None, None],
    }
}
