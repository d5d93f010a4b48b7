//! What a commit costs in a file of SQLite and on a server of Postgres: runs of one, of 100 and of 1,000 rows a commit,
//! beside what the same disk takes for writing and synchronising a page.
//!
//! `cargo bench -p latchwork-store` measures in the temporary directory; the first argument that is no
//! flag is another one for the file. The server is one of its own, in the temporary directory, spoken to over its socket.

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use latchwork_cluster::Cluster;
use latchwork_engine::{
    ConflictScope, ConflictStrategy, Effect, EndReason, Event, EventKind, ExpectedDuration, FirstScan, Handshake, Info,
    JobSettings, Location, LocationIndex, Moment, Monotonic, Operation, OperationIndex, OrderResolution, Plant, Record,
    StartReason, Stations, Status, TriggerSource, UncertainPolicy, UnknownOrders, ids,
};
use latchwork_expr::{Timestamp, Tz};
use latchwork_store::{Body, Mark, Options, Store, Turn, Written};

/// How long each measurement lasts.
const SPAN: Duration = Duration::from_secs(2);

/// How often the disk and the store take turns, and for how long: the disk is not always the same.
const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_millis(300);

/// An event's body has about this size.
const BODY_BYTES: usize = 700;

/// 2026-03-01T06:00:00Z.
const BEGIN: i64 = 1_772_344_800_000_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let base = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let base = base.map_or_else(std::env::temp_dir, PathBuf::from);
    let directory = base.join(format!("latchwork-bench-{}", std::process::id()));
    std::fs::create_dir_all(&directory)?;
    let outcome = measure(&directory).await;
    std::fs::remove_dir_all(&directory)?;
    outcome
}

async fn measure(directory: &Path) -> Result<(), Box<dyn Error>> {
    let file = Options::file(&directory.join("ledger.db"), "bench", Timestamp(BEGIN))?;
    measure_store("SQLite", &file, directory).await?;
    let cluster = Cluster::start("");
    let written = Written { url: Some(&cluster.database()), ca_file: None };
    measure_store("Postgres", &Options::of(written, directory, "bench", Timestamp(BEGIN))?, directory).await
}

async fn measure_store(name: &str, options: &Options, directory: &Path) -> Result<(), Box<dyn Error>> {
    let store = Store::open(options).await?;
    let plant = plant();
    store.mirror(&plant, Timestamp(BEGIN)).await?;
    let mut writer = Writer { store: &store, plant: &plant, sequence: 0, seq: 0 };
    measure_single(name, &mut writer, directory).await?;
    for records in [50, 500] {
        let (commits, elapsed) = writer.run(records, SPAN).await?;
        let (commits, rows) = (f64::from(commits) / elapsed, f64::from(commits * records * 2) / elapsed);
        println!("{:>5} rows a commit: {commits:>6.0} commits, {rows:>7.0} rows a second", records * 2);
    }
    Ok(store.close().await?)
}

/// Commits one run at a time, in turn with the disk alone.
async fn measure_single(name: &str, writer: &mut Writer<'_>, directory: &Path) -> Result<(), Box<dyn Error>> {
    let (mut shares, mut rates) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let disk = synchronisations(directory)?;
        let (commits, elapsed) = writer.run(1, ROUND).await?;
        rates.push(f64::from(commits) / elapsed);
        shares.push(f64::from(commits) / elapsed / disk * 100.0);
    }
    rates.sort_by(f64::total_cmp);
    shares.sort_by(f64::total_cmp);
    let (rate, share) = (rates[ROUNDS / 2], shares[ROUNDS / 2]);
    let (least, most) = (shares[0], shares[ROUNDS - 1]);
    println!("{name}: {rate:.0} single transitions a second, each durable before the next");
    println!("    {share:.0} % ({least:.0} to {most:.0}) of the rate of fdatasync of 4 KiB in turn with it");
    Ok(())
}

/// Returns how many pages a second the disk takes, each synchronised before the next.
fn synchronisations(directory: &Path) -> Result<f64, Box<dyn Error>> {
    let mut file = File::create(directory.join("page"))?;
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < ROUND {
        file.write_all(&[0x5A; 4096])?;
        file.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / start.elapsed().as_secs_f64())
}

/// Commits turn after turn.
struct Writer<'a> {
    store: &'a Store,
    plant: &'a Plant,
    sequence: u64,
    seq: u64,
}

impl Writer<'_> {
    /// Commits runs that opened and closed, so many a commit: a row of a record and one of an event
    /// each. Returns how many commits, and in how many seconds. Making the turns takes no part.
    async fn run(&mut self, records: u32, span: Duration) -> Result<(u32, f64), Box<dyn Error>> {
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

fn plant() -> Plant {
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
