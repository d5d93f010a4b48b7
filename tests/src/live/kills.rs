//! Gateways that are killed at any moment while everything goes on: a device is polled, messages come, commands are given
//! and answered, the outbox drains. The ledger is whole each time; in the end nothing is lost, doubled or invented, and a
//! subscriber and a collector have what the ledger has.
//!
//! `LATCHWORK_KILLS=1000` is the long run; `LATCHWORK_KILLS_SEED` is for other moments.

use std::env;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::str::FromStr;
use std::thread;
use std::time::{Duration, Instant};

use super::audit::Audit;
use super::broker::Broker;
use super::collecting::{Collector, assert_same_rows, kept, wait_for_log};
use super::device::Device;
use super::folder::Folder;
use super::gateway::Gateway;
use super::ledger::Ledger;
use super::operator::{Given, Operator, look_for_commands};
use super::parts::{Packer, taken, with_parts};
use super::patience::{Done, micros, until};
use super::plant::Plant;
use super::port::free_port;
use super::subscriber::Subscriber;
use crate::model::Dice;

/// How often the ordinary test run kills, unless `LATCHWORK_KILLS` says otherwise.
const KILLS: u32 = 50;
/// The seed of the moments, unless `LATCHWORK_KILLS_SEED` says otherwise.
const SEED: u64 = 1;
/// How long a gateway lives at most. It runs after some 50 ms as a release and 150 ms as a debug build: some die
/// before they have opened the ledger, most while they write.
const LIFE_MILLIS_MAX: i64 = 500;
/// How long until the next message.
const MESSAGE_PAUSE: Duration = Duration::from_millis(10);
/// How long a machine stays as it is.
const LEVEL_MILLIS: [i64; 2] = [5, 120];

const FILLER: u16 = 1;
/// The register of the machine that starts and stops.
pub(super) const CYCLE: u16 = 2;

/// A machine that runs all the time, and beside it one that starts and stops all the time.
pub(super) struct Line {
    device: Device,
    dice: Dice,
    is_cycling: bool,
    pub(super) starts: Vec<Done>,
    pub(super) stops: Vec<Done>,
}

impl Line {
    pub(super) fn new(port: u16, seed: u64) -> Self {
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
    pub(super) fn work(&mut self) {
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

/// Sees to it that no edge was invented: by each moment there were no more than the machine had made.
pub(super) fn look_over_edges(dates: impl Iterator<Item = String>, made: &[Done]) {
    for (nth, date) in dates.enumerate() {
        let edge = made.get(nth).unwrap_or_else(|| panic!("the machine has made {nth} such edges, {date} is one more"));
        assert!(edge.from <= micros(&date), "{date} is before {edge:?}, edge {nth}");
    }
}

/// Returns what the environment says, or what is ordinary.
pub(super) fn setting<T: FromStr>(name: &str, ordinary: T) -> T {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(ordinary)
}

fn plant(port: u16, broker: u16) -> Plant {
    let plant = Plant::new().device("plc", port, 500).register("Filler", "plc", FILLER).register("Cycle", "plc", CYCLE);
    let plant = plant.operation("Filling", "{Filler} = 1").operation("Cycle", "{Cycle} = 1").manual("Cleaning");
    with_parts(plant, broker).and(&format!("[publish]\nurl = \"mqtt://127.0.0.1:{broker}\""))
}

#[test]
fn a_gateway_killed_at_any_moment_loses_doubles_and_invents_nothing() {
    let (kills, seed) = (setting("LATCHWORK_KILLS", KILLS), setting("LATCHWORK_KILLS_SEED", SEED));
    println!("{kills} kills, seed {seed}");
    let (folder, port, broker_port) = (Folder::new("kills"), free_port(), free_port());
    folder.configure(&plant(port, broker_port));
    let _broker = Broker::start(&folder, broker_port);
    let subscriber = Subscriber::start(broker_port);
    let collector = Collector::start_alone(&folder, broker_port);
    let (mut line, ledger, mut audit) = (Line::new(port, seed), folder.ledger(), Audit::default());

    let gateway = Gateway::start(&folder);
    // The broker keeps a session for the gateway from here on.
    let is_subscribed =
        || ledger.events_of("connection.up").iter().any(|event| event["info"]["connection"] == "broker");
    until("the broker's connection", || is_subscribed().then_some(()));
    ledger.wait_for_quality("Filler", "Good");
    let start = line.device.set(FILLER, 1);
    let run = ledger.wait_for_open("Filling");
    let (packer, operator) = (Packer::start(broker_port, MESSAGE_PAUSE), Operator::start(&folder, "Cleaning"));
    gateway.kill();
    for _ in 0..kills {
        let gateway = Gateway::spawn(&folder);
        line.work();
        gateway.kill();
        audit.look(&ledger);
        let open = ledger.open_record("Filling");
        assert_eq!(open.as_ref().map(|open| (&open.id, &open.start_date)), Some((&run.id, &run.start_date)));
    }
    let under_kills = Counts::of(&ledger);
    assert!(under_kills.all_moved(), "no gateway lived long enough: {under_kills:?}");

    let gateway = Gateway::start(&folder);
    let (given, parts) = (operator.stop(), *packer.stop().keys().next_back().unwrap());
    finish(&mut line, &ledger);
    let end = line.device.set(FILLER, 0);
    let run = ledger.wait_for_closed(&run);
    start.assert_dates(&run.start_date);
    end.assert_dates(run.end_date.as_deref().unwrap());
    until("the last part", || {
        (ledger.open_record("Part")?.production_order.as_deref() == Some(&*parts.to_string())).then_some(())
    });
    // An end waits for the broker only so long; the next start would go on.
    subscriber.wait_for(ledger.events().len());
    // What is missing is asked for, and given by a gateway that lives.
    wait_for_log(&kept(&folder), &ledger);
    gateway.stop();

    assert_eq!(ledger.records("Filling"), [run]);
    let expected = Expected { line: &line, given: &given, parts };
    let answered = expected.look(&ledger, &mut audit);
    look_at_subscriber(&subscriber, &ledger);
    wait_for_log(&kept(&folder), &ledger);
    assert_same_rows(&kept(&folder), &ledger);
    collector.stop();
    look_at_damage(&folder, &expected);
    let (records, events) = audit.counts();
    println!("{records} records, {events} events, {} parts, {answered} of {} commands answered", parts, given.len());
    println!("{under_kills:?} under kills; {} messages came more than once", subscriber.order().len() - events);
}

/// How many records of each kind there are.
#[derive(Debug)]
struct Counts {
    cycles: usize,
    parts: usize,
    commands: usize,
}

impl Counts {
    fn of(ledger: &Ledger) -> Self {
        let count = |operation| ledger.records(operation).len();
        Self { cycles: count("Cycle"), parts: count("Part"), commands: count("Cleaning") }
    }

    fn all_moved(&self) -> bool {
        self.cycles > 0 && self.parts > 0 && self.commands > 0
    }
}

/// What must be in the ledger in the end.
struct Expected<'a> {
    line: &'a Line,
    given: &'a [Given],
    /// How many parts were published.
    parts: u64,
}

impl Expected<'_> {
    /// Looks for it; returns how many commands were answered.
    fn look(&self, ledger: &Ledger, audit: &mut Audit) -> usize {
        audit.look(ledger);
        let cycles = ledger.records("Cycle");
        look_over_edges(cycles.iter().map(|cycle| cycle.start_date.clone()), &self.line.starts);
        look_over_edges(cycles.iter().filter_map(|cycle| cycle.end_date.clone()), &self.line.stops);
        assert!(taken(ledger).into_iter().eq(1..=self.parts), "each part is one record");
        look_for_commands(ledger, self.given)
    }
}

/// Sees to it that the subscriber has what the ledger has, each event under its id, and nothing else.
fn look_at_subscriber(subscriber: &Subscriber, ledger: &Ledger) {
    let log: Vec<(i64, String)> = ledger.rows("SELECT seq, id FROM events ORDER BY seq");
    subscriber.wait_for(log.len());
    subscriber.assert_has(&log);
    assert_eq!(subscriber.count(), log.len(), "the subscriber was told what the ledger does not have");
}

/// Sees to it that every kind of damage would have been seen: each is done to a copy of the ledger.
fn look_at_damage(folder: &Folder, expected: &Expected<'_>) {
    let damages = [
        "DELETE FROM operation_records WHERE id = (SELECT max(id) FROM operation_records WHERE operation = 'Part')",
        "DELETE FROM events WHERE seq = (SELECT max(seq) / 2 FROM events)",
        "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events WHERE event_type = 'operation.stopped')",
        "UPDATE operation_records SET notes = 'command 0' WHERE operation = 'Cleaning'",
        "UPDATE operation_records SET end_date = NULL WHERE id = (SELECT max(id) FROM operation_records WHERE operation = 'Cycle')",
        "UPDATE operation_records SET end_date = start_date WHERE operation = 'Part' AND end_date IS NOT NULL",
    ];
    for damage in damages {
        let copy = folder.join("damaged.db");
        fs::copy(folder.join("data/latchwork.db"), &copy).unwrap();
        let ledger = Ledger::new(copy);
        ledger.change(damage);
        let seen = catch_unwind(AssertUnwindSafe(|| expected.look(&ledger, &mut Audit::default()))).is_err();
        assert!(seen, "nobody saw: {damage}");
    }
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
