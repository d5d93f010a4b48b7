//! What the tests of this crate share: directories that go away, a small plant, turns of it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use latchwork_cluster::Cluster;
use latchwork_engine::{
    ConflictScope, ConflictStrategy, Effect, EndReason, Event, EventKind, ExpectedDuration, FirstScan, Handshake, Info,
    JobSettings, Location, LocationIndex, Moment, Monotonic, Operation, OperationIndex, Order, OrderIndex, OrderLink,
    OrderResolution, OrderStatus, Plant, ProductionOrder, Record, StartReason, Stations, Status, TriggerSource,
    UncertainPolicy, UnknownOrders, ids,
};
use latchwork_expr::{Timestamp, Tz};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection, SqliteConnection};

use crate::jobs::Audit;
use crate::options::{Options, Written};
use crate::store::Store;
use crate::turn::{Body, Mark, RetainedRow, Turn};

/// 2026-03-01T06:00:00Z, the beginning of every test.
pub(crate) const BEGIN: Timestamp = Timestamp(1_772_344_800_000_000);

/// A directory of one test, removed with all that is in it.
#[derive(Debug)]
pub(crate) struct Directory(PathBuf);

impl Directory {
    /// Makes a directory that no other test has.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("latchwork-store-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Returns the path of a file in it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Returns the names of its files, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

/// Where a test has its ledger: what it shows, it shows on both databases.
#[derive(Debug)]
pub(crate) enum Ground {
    File(Directory),
    Server { url: String },
}

impl Ground {
    pub(crate) fn file() -> Self {
        Self::File(Directory::new())
    }

    pub(crate) fn server() -> Self {
        Self::Server { url: Cluster::shared().database() }
    }

    /// Returns the options of a gateway.
    pub(crate) fn options(&self, gateway_id: &str, opened_at: Timestamp) -> Options {
        match self {
            Self::File(directory) => Options::file(&directory.file("ledger.db"), gateway_id, opened_at).unwrap(),
            Self::Server { url } => {
                let written = Written { url: Some(url), ca_file: None };
                Options::of(written, Path::new("/"), gateway_id, opened_at).unwrap()
            }
        }
    }

    /// Opens the store of gateway `gw` with the plant in its tables.
    pub(crate) async fn opened(&self, plant: &Plant) -> Store {
        let store = Store::open(&self.options("gw", BEGIN)).await.unwrap();
        store.mirror(plant, BEGIN).await.unwrap();
        store
    }

    /// Opens the store of gateway `gw` as it is, at another time.
    pub(crate) async fn reopened(&self, opened_at: Timestamp) -> Store {
        Store::open(&self.options("gw", opened_at)).await.unwrap()
    }

    /// Returns one number that a query gives to any other program.
    pub(crate) async fn number(&self, query: &str) -> i64 {
        let query = sqlx::AssertSqlSafe(query.to_owned());
        match self {
            Self::File(directory) => {
                let mut connection = plainly(&directory.file("ledger.db")).await;
                sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap()
            }
            Self::Server { url } => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap()
            }
        }
    }

    /// Has another program run a statement.
    pub(crate) async fn run(&self, statement: &'static str) {
        match self {
            Self::File(directory) => {
                let mut connection = plainly(&directory.file("ledger.db")).await;
                sqlx::query(statement).execute(&mut connection).await.unwrap();
            }
            Self::Server { url } => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                sqlx::query(statement).execute(&mut connection).await.unwrap();
            }
        }
    }
}

/// Makes two tests of each story: it is told in a file and on a server.
macro_rules! on_both {
    ($($story:ident),+ $(,)?) => {
        mod in_a_file {
            $(#[tokio::test]
            async fn $story() {
                super::$story(crate::testing::Ground::file()).await;
            })+
        }

        mod on_a_server {
            $(#[tokio::test]
            async fn $story() {
                super::$story(crate::testing::Ground::server()).await;
            })+
        }
    };
}

pub(crate) use on_both;

/// Returns the options of gateway `gw` for a file.
pub(crate) fn options(path: &Path) -> Options {
    Options::file(path, "gw", BEGIN).unwrap()
}

/// Opens the store of gateway `gw` with the plant in its tables.
pub(crate) async fn opened(path: &Path, plant: &Plant) -> Store {
    let store = Store::open(&options(path)).await.unwrap();
    store.mirror(plant, BEGIN).await.unwrap();
    store
}

/// Opens a file as any other program does.
pub(crate) async fn plainly(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

/// Returns one number that a query gives.
pub(crate) async fn number(connection: &mut SqliteConnection, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(connection).await.unwrap()
}

/// Returns the moment so many seconds after the beginning.
pub(crate) fn at(seconds: i64) -> Moment {
    Moment { monotonic: Monotonic(seconds * 1_000_000), wall: Timestamp(BEGIN.0 + seconds * 1_000_000) }
}

/// Returns a plant: `Filling` and `Cleaning` at `Line1/Filler`, `Packing` at `Line1/Packer`, order
/// `PO-1`.
pub(crate) fn plant() -> Plant {
    let location = |path: &str| Location { path: path.to_owned(), id: ids::location_id(path) };
    let locations = vec![location("Line1/Filler"), location("Line1/Packer")];
    let operations =
        [("Filling", 0), ("Cleaning", 0), ("Packing", 1)].map(|(name, place)| operation(name, place, &locations));
    Plant {
        gateway_id: "gw".to_owned(),
        configuration_version: "c0ffee".to_owned(),
        zone: Tz::UTC,
        uncertain: UncertainPolicy::Good,
        first_scan: FirstScan::Arm,
        unknown_orders: UnknownOrders::Report,
        tags: Vec::new(),
        derived: Vec::new(),
        orders: vec![order("PO-1")],
        operations: operations.into(),
        guards: Vec::new(),
        locations,
        materials: Vec::new(),
        schedule: Vec::new(),
        stations: Stations::default(),
        jobs: JobSettings::default(),
    }
}

/// Returns an order of the configuration.
pub(crate) fn order(name: &str) -> ProductionOrder {
    let (name, id) = (name.to_owned(), ids::order_id(name));
    let status = OrderStatus::Scheduled;
    ProductionOrder { name, id, quantity: Some(12_000.0), rate_per_hour: None, material: None, status }
}

fn operation(name: &str, place: u32, locations: &[Location]) -> Operation {
    Operation {
        id: ids::operation_id(&locations[place as usize].path, name),
        name: name.to_owned(),
        location: LocationIndex(place),
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
        notes: Some("by hand".to_owned()),
        spares: [None, Some("two".to_owned()), None],
    }
}

/// Returns a record of an operation that is open since so many seconds after the beginning.
pub(crate) fn running(plant: &Plant, operation: u32, start: i64) -> Record {
    let configured = &plant.operations[operation as usize];
    Record {
        id: ids::record_id(&plant.gateway_id, configured.id, at(start).wall, 0),
        operation: OperationIndex(operation),
        location: configured.location,
        status: Status::Running,
        start: at(start),
        end: None,
        detected_at: at(start).wall,
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

/// Returns the record as it is after its end.
pub(crate) fn ended(record: &Record, end: i64) -> Record {
    let (status, end_reason) = (Status::Completed, Some(EndReason::Trigger));
    Record { status, end: Some(at(end)), end_reason, revision: record.revision + 1, ..record.clone() }
}

/// Returns the record with the plant's first order.
pub(crate) fn with_order(record: Record) -> Record {
    Record { order: Some(OrderLink { name: "PO-1".into(), order: Some(OrderIndex(0)) }), ..record }
}

/// A turn with all that it borrows.
#[derive(Debug)]
pub(crate) struct OwnTurn {
    pub(crate) plant: Plant,
    pub(crate) orders: Vec<Order>,
    pub(crate) effects: Vec<Effect>,
    pub(crate) bodies: Vec<Body>,
    pub(crate) flushed: Vec<Record>,
    pub(crate) retained: Vec<RetainedRow>,
    pub(crate) forgotten: Vec<String>,
    pub(crate) audits: Vec<Audit>,
    pub(crate) mark: Mark,
}

impl OwnTurn {
    /// Returns a turn of one scan, so many seconds after the beginning, that makes no events yet.
    pub(crate) fn new(sequence: u64) -> Self {
        let plant = plant();
        let orders = plant.orders.iter().map(Order::from);
        Self {
            orders: orders.collect(),
            plant,
            effects: Vec::new(),
            bodies: Vec::new(),
            flushed: Vec::new(),
            retained: Vec::new(),
            forgotten: Vec::new(),
            audits: Vec::new(),
            mark: Mark { sequence, at: at(sequence.cast_signed()) },
        }
    }

    /// Returns a turn that tells of these records, with events from this number on.
    pub(crate) fn of(sequence: u64, first_seq: u64, records: impl IntoIterator<Item = Record>) -> Self {
        records.into_iter().zip(first_seq..).fold(Self::new(sequence), |turn, (record, seq)| {
            let kind = if record.end.is_some() { EventKind::OperationStopped } else { EventKind::OperationStarted };
            turn.tell(seq, kind, Info::Record(Box::new(record)))
        })
    }

    /// Returns the turn with one more event.
    pub(crate) fn tell(mut self, seq: u64, kind: EventKind, info: Info) -> Self {
        let index = u32::try_from(self.bodies.len()).unwrap();
        let (sequence, wall) = (self.mark.sequence, self.mark.at.wall);
        self.effects.push(Effect::Event(Event {
            sequence,
            index,
            scan_wall: wall,
            occurred_at: wall,
            actor: None,
            kind,
            info,
        }));
        self.bodies.push(Body { seq, json: format!("{{\"seq\":{seq}}}") });
        self
    }

    /// Returns the turn as it is committed.
    pub(crate) fn turn(&self) -> Turn<'_> {
        Turn {
            plant: &self.plant,
            orders: &self.orders,
            effects: &self.effects,
            bodies: &self.bodies,
            flushed: &self.flushed,
            retained: &self.retained,
            forgotten: &self.forgotten,
            audits: &self.audits,
            mark: self.mark,
            written_at: self.mark.at.wall,
        }
    }
}
