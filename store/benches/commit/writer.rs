//! Runs that begin in one turn and end in the next, committed one turn after the other.

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

/// How many operations the plant has: as many runs may begin in a turn.
const OPERATIONS: u32 = 500;

/// 2026-03-01T06:00:00Z.
pub(crate) const BEGIN: i64 = 1_772_344_800_000_000;

/// Commits turn after turn.
pub(crate) struct Writer<'a> {
    store: &'a Store,
    plant: &'a Plant,
    sequence: u64,
    seq: u64,
    /// The runs that are open, all begun in the last turn.
    open: Vec<Record>,
}

impl<'a> Writer<'a> {
    /// Returns one that commits to this store, whose operations are those of [`plant`].
    pub(crate) const fn new(store: &'a Store, plant: &'a Plant) -> Self {
        Self { store, plant, sequence: 0, seq: 0, open: Vec::new() }
    }

    /// Commits transitions, so many a commit: in turn as many runs begin, each of an operation of its own, and end. Each
    /// is a row of a record, one of an event and its operation's. Returns how many commits, and in how many seconds.
    /// Making the turns takes no part.
    pub(crate) async fn run(&mut self, transitions: u32, span: Duration) -> Result<(u32, f64), Box<dyn Error>> {
        let (mut commits, mut elapsed) = (0, Duration::ZERO);
        while elapsed < span || !self.open.is_empty() {
            let (effects, bodies) = self.turn(transitions);
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

    fn turn(&mut self, transitions: u32) -> (Vec<Effect>, Vec<Body>) {
        self.sequence += 1;
        let ended: Vec<Record> = self.open.drain(..).collect();
        let (kind, records) = if ended.is_empty() {
            self.open = (0..transitions).map(|operation| self.begun(OperationIndex(operation))).collect();
            (EventKind::OperationStarted, self.open.clone())
        } else {
            (EventKind::OperationStopped, ended.into_iter().map(|record| self.ended(record)).collect())
        };
        (0..).zip(records).map(|(index, record)| self.told(kind, index, record)).unzip()
    }

    fn told(&mut self, kind: EventKind, index: u32, record: Record) -> (Effect, Body) {
        self.seq += 1;
        let wall = self.now().wall;
        let event = Event {
            sequence: self.sequence,
            index,
            scan_wall: wall,
            occurred_at: wall,
            actor: None,
            kind,
            info: Info::Record(Box::new(record)),
        };
        (Effect::Event(event), Body { seq: self.seq, json: body() })
    }

    fn begun(&self, operation: OperationIndex) -> Record {
        let start = self.now();
        Record {
            id: ids::record_id("bench", self.plant.operations[operation.index()].id, start.wall, 0),
            operation,
            location: LocationIndex(0),
            status: Status::Running,
            start,
            end: None,
            detected_at: start.wall,
            order: None,
            parent: None,
            schedule: None,
            start_reason: StartReason::Trigger,
            end_reason: None,
            expected_duration_seconds: None,
            overrun: false,
            paused_micros: 0,
            detected_after_gap: false,
            last_seen: None,
            captures: Vec::new(),
            revision: 1,
            notes: None,
            created_by: None,
            modified: None,
        }
    }

    fn ended(&self, record: Record) -> Record {
        let (status, end_reason) = (Status::Completed, Some(EndReason::Trigger));
        Record { status, end: Some(self.now()), end_reason, revision: 2, ..record }
    }

    /// One second a scan.
    const fn now(&self) -> Moment {
        let micros = self.sequence.cast_signed() * 1_000_000;
        Moment { monotonic: Monotonic(micros), wall: Timestamp(BEGIN + micros) }
    }
}

/// Returns a JSON object of the size of an event's.
pub(crate) fn body() -> String {
    format!("{{\"notes\":\"{}\"}}", "x".repeat(BODY_BYTES))
}

/// Returns a plant of operations at one place.
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
        operations: (1..=OPERATIONS).map(operation).collect(),
        guards: Vec::new(),
        materials: Vec::new(),
        schedule: Vec::new(),
        stations: Stations::default(),
        jobs: JobSettings::default(),
    }
}

fn operation(number: u32) -> Operation {
    let name = format!("Filling {number}");
    Operation {
        id: ids::operation_id("Line1/Filler", &name),
        name,
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
