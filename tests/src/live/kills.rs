//! Gateways that are killed at any moment, under load: the ledger is whole, and the run goes on.

use std::collections::BTreeMap;
use std::env;
use std::str::FromStr;
use std::thread;
use std::time::{Duration, Instant};

use latchwork_store::StoredRecord;

use super::device::Device;
use super::folder::Folder;
use super::gateway::Gateway;
use super::ledger::Ledger;
use super::patience::{Done, micros, until};
use super::plant::Plant;
use super::port::free_port;
use crate::model::Dice;

/// How often the ordinary test run kills, unless `LATCHWORK_KILLS` says otherwise.
const KILLS: u32 = 50;
/// The seed of the moments, unless `LATCHWORK_KILLS_SEED` says otherwise.
const SEED: u64 = 1;
/// How long a gateway lives at most. It runs after some 50 ms as a release and 150 ms as a debug build: some die
/// before they have opened the ledger, most while they write.
const LIFE_MILLIS_MAX: i64 = 500;
/// How long a machine stays as it is.
const LEVEL_MILLIS: [i64; 2] = [5, 120];

const FILLER: u16 = 1;
const CYCLE: u16 = 2;

/// A machine that runs all the time, and beside it one that starts and stops all the time.
struct Line {
    device: Device,
    dice: Dice,
    is_cycling: bool,
    starts: Vec<Done>,
    stops: Vec<Done>,
}

impl Line {
    fn new(port: u16, seed: u64) -> Self {
        let device = Device::start(port, &[]);
        Self { device, dice: Dice::new(seed), is_cycling: false, starts: Vec::new(), stops: Vec::new() }
    }

    /// Starts or stops the second machine.
    fn switch(&mut self) {
        self.is_cycling = !self.is_cycling;
        let done = self.device.set(CYCLE, self.is_cycling.into());
        if self.is_cycling { self.starts.push(done) } else { self.stops.push(done) }
    }

    /// Has the second machine start and stop for a random time, which begins now.
    fn work(&mut self) {
        let end = Instant::now() + self.millis(0, LIFE_MILLIS_MAX);
        loop {
            let pause = self.millis(LEVEL_MILLIS[0], LEVEL_MILLIS[1]);
            let left = end.saturating_duration_since(Instant::now());
            thread::sleep(pause.min(left));
            if left <= pause {
                return;
            }
            self.switch();
        }
    }

    fn millis(&mut self, least: i64, most: i64) -> Duration {
        Duration::from_millis(self.dice.between(least, most).unsigned_abs())
    }
}

/// Sees to it that a ledger is whole while the gateway is dead.
fn look_over(ledger: &Ledger, run: &StoredRecord) {
    assert_eq!(ledger.number("SELECT count(*) FROM pragma_quick_check WHERE quick_check <> 'ok'"), 0);
    let open = ledger.open_record("Filling");
    assert_eq!(open.as_ref().map(|open| (&open.id, &open.start_date)), Some((&run.id, &run.start_date)));
    ledger.open_record("Cycle");
    look_over_events(ledger);
}

/// Sees to it that each record was told to start once and to stop once if it is closed, and no other one.
fn look_over_events(ledger: &Ledger) {
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (kind, record) in ledger.operation_events() {
        told.entry(record).or_default().push(kind);
    }
    for record in ledger.records("Filling").iter().chain(&ledger.records("Cycle")) {
        let wanted: &[&str] = match record.end_date {
            Some(_) => &["operation.started", "operation.stopped"],
            None => &["operation.started"],
        };
        assert_eq!(told.remove(&record.id).unwrap_or_default(), wanted, "{record:?}");
    }
    assert!(told.is_empty(), "without a record: {told:?}");
}

/// Sees to it that no edge was invented: by each moment there were no more than the machine had made.
fn look_over_edges(dates: impl Iterator<Item = String>, made: &[Done]) {
    for (nth, date) in dates.enumerate() {
        let edge = made.get(nth).unwrap_or_else(|| panic!("the machine has made {nth} such edges, {date} is one more"));
        assert!(edge.from <= micros(&date), "{date} is before {edge:?}, edge {nth}");
    }
}

fn setting<T: FromStr>(name: &str, ordinary: T) -> T {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(ordinary)
}

#[test]
fn a_gateway_killed_at_any_moment_loses_doubles_and_invents_nothing() {
    let (kills, seed) = (setting("LATCHWORK_KILLS", KILLS), setting("LATCHWORK_KILLS_SEED", SEED));
    println!("{kills} kills, seed {seed}");
    let (folder, port) = (Folder::new("kills"), free_port());
    let plant = Plant::new().device("plc", port, 500).register("Filler", "plc", FILLER).register("Cycle", "plc", CYCLE);
    let plant = plant.operation("Filling", "{Filler} = 1").operation("Cycle", "{Cycle} = 1");
    folder.configure(&plant);
    let (mut line, ledger) = (Line::new(port, seed), folder.ledger());

    let gateway = Gateway::start(&folder);
    ledger.wait_for_quality("Filler", "Good");
    let start = line.device.set(FILLER, 1);
    let run = ledger.wait_for_open("Filling");
    gateway.kill();
    for _ in 0..kills {
        let gateway = Gateway::spawn(&folder);
        line.work();
        gateway.kill();
        look_over(&ledger, &run);
    }
    let cycles_under_kills = ledger.records("Cycle").len();
    assert!(cycles_under_kills > 0, "no gateway lived long enough to see a start");

    let gateway = Gateway::start(&folder);
    finish(&mut line, &ledger);
    let end = line.device.set(FILLER, 0);
    let run = ledger.wait_for_closed(&run);
    start.assert_dates(&run.start_date);
    end.assert_dates(run.end_date.as_deref().unwrap());
    gateway.stop();

    assert_eq!(ledger.records("Filling"), [run]);
    look_over_events(&ledger);
    let cycles = ledger.records("Cycle");
    look_over_edges(cycles.iter().map(|cycle| cycle.start_date.clone()), &line.starts);
    look_over_edges(cycles.iter().filter_map(|cycle| cycle.end_date.clone()), &line.stops);
    println!("{} starts, {cycles_under_kills} records of them under kills", line.starts.len());
}

/// Has the second machine run and stop once more, seen by a gateway that lives.
fn finish(line: &mut Line, ledger: &Ledger) {
    if line.is_cycling {
        let cycle = ledger.wait_for_open("Cycle");
        line.switch();
        ledger.wait_for_closed(&cycle);
    }
    until("the end of all cycles", || ledger.open_record("Cycle").is_none().then_some(()));
    ledger.wait_for_quality("Cycle", "Good");
    line.switch();
    let cycle = ledger.wait_for_open("Cycle");
    line.starts.last().unwrap().assert_dates(&cycle.start_date);
    line.switch();
    let cycle = ledger.wait_for_closed(&cycle);
    line.stops.last().unwrap().assert_dates(cycle.end_date.as_deref().unwrap());
}
