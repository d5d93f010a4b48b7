//! The clock on the wall is set by an hour, back and forward, while machines run: every run is one record, in its order, as
//! long as it took, and an event says so.

use latchwork_store::StoredRecord;
use serde_json::Value as Json;

use super::black_box::replay;
use super::device::Device;
use super::folder::Folder;
use super::gateway::Gateway;
use super::ledger::Ledger;
use super::patience::{Done, LATE_MICROS_MAX, micros, now_micros};
use super::plant::Plant;
use super::port::free_port;
use super::wall_clock::WallClock;

const FILLER: u16 = 1;
const VALVE: u16 = 2;
/// How long the valve must have been open before that is a run.
const HOLD_MICROS: i64 = 3_000_000;
const HOUR: i64 = 3_600;
const STEPPED: &str = "gateway.clock_stepped";

/// A gateway beside its machines, and the clock that it reads.
struct Scene {
    folder: Folder,
    clock: WallClock,
    ahead_seconds: i64,
    device: Device,
    gateway: Option<Gateway>,
    ledger: Ledger,
    /// How many times the clock was set while the gateway ran.
    steps: usize,
}

impl Scene {
    fn new(name: &str, ahead_seconds: i64) -> Self {
        let (folder, port) = (Folder::new(name), free_port());
        let plant = Plant::of_gateway("gw-live").device("plc", port, 500);
        let plant = plant.register("Filler", "plc", FILLER).register("Valve", "plc", VALVE);
        let plant = plant.operation("Filling", "{Filler} = 1").operation("Draining", "{Valve} = 1");
        folder.configure(&plant.and(&format!("start_hold_millis = {}", HOLD_MICROS / 1_000)));
        let (clock, device) = (WallClock::ahead(&folder, ahead_seconds), Device::start(port, &[]));
        let ledger = folder.ledger();
        let mut scene = Self { folder, clock, ahead_seconds, device, gateway: None, ledger, steps: 0 };
        scene.start();
        scene
    }

    fn start(&mut self) {
        let mut command = self.clock.program();
        let gateway = Gateway::of(command.args(["run", "-c", "plant.toml", "--trace", "box"]), &self.folder);
        gateway.wait_for_message("gateway runs", 1);
        self.gateway = Some(gateway);
        self.ledger.wait_for_quality("Filler", "Good");
    }

    /// Sets the clock and waits until the gateway has said so; returns by how many seconds it says that was.
    fn set_clock(&mut self, ahead_seconds: i64) -> f64 {
        self.ahead_seconds = ahead_seconds;
        self.clock.set_ahead(ahead_seconds);
        self.steps += 1;
        seconds_of(&self.ledger.wait_for_events(STEPPED, self.steps))
    }

    /// Sets a register, and returns when that was by the gateway's clock.
    fn set(&mut self, register: u16, value: u16) -> Done {
        self.device.set(register, value).shifted(self.ahead_seconds * 1_000_000)
    }

    /// Has the filler run once while nothing else happens, and sees to it that its record says when.
    fn run(&mut self) {
        let start = self.set(FILLER, 1);
        let open = self.ledger.wait_for_open("Filling");
        let end = self.set(FILLER, 0);
        let run = self.ledger.wait_for_closed(&open);
        start.assert_dates(&run.start_date);
        end.assert_dates(end_date(&run));
        assert_took(&run, start, end);
    }
}

fn seconds_of(event: &Json) -> f64 {
    event["info"]["step_seconds"].as_f64().unwrap()
}

fn end_date(run: &StoredRecord) -> &str {
    run.end_date.as_deref().unwrap()
}

/// Returns a duration in microseconds.
#[expect(clippy::cast_possible_truncation, reason = "of a test, not of an age")]
fn duration_micros(run: &StoredRecord) -> i64 {
    (run.duration_seconds.unwrap() * 1e6).round() as i64
}

/// Sees to it that a run took as long as it did, by a clock that nobody sets.
#[track_caller]
fn assert_took(run: &StoredRecord, start: Done, end: Done) {
    let (least, most) = (end.from - start.to - LATE_MICROS_MAX, end.to - start.from + LATE_MICROS_MAX);
    let found = duration_micros(run);
    assert!((least.max(0)..=most).contains(&found), "{found} is not from {least} to {most}: {run:#?}");
}

/// Sees to it that a step of so many seconds was told.
#[track_caller]
fn assert_step(told: f64, seconds: f64) {
    assert!((told - seconds).abs() < 1.0, "told {told}, not {seconds}");
}

#[test]
#[expect(clippy::cast_precision_loss, reason = "some hours")]
fn a_clock_that_is_set_by_an_hour_ends_doubles_and_stretches_no_run() {
    let mut scene = Scene::new("clock-steps", 0);
    scene.run();

    // Back, while one machine runs and the hold of the other does.
    let begun = scene.device.set(FILLER, 1);
    let run = scene.ledger.wait_for_open("Filling");
    let opened = scene.device.set_and_read(VALVE, 1);
    assert_step(scene.set_clock(-HOUR), -HOUR as f64);
    let drained = scene.ledger.wait_for_open("Draining");
    opened.assert_dates(&drained.start_date);
    opened.shifted(HOLD_MICROS - HOUR * 1_000_000).assert_dates(&drained.detected_at);
    let (shut, ended) = (scene.device.set(VALVE, 0), scene.device.set(FILLER, 0));
    for (open, start, end) in [(&run, begun, ended), (&drained, opened, shut)] {
        let closed = scene.ledger.wait_for_closed(open);
        assert_eq!(closed.start_date, open.start_date);
        assert_took(&closed, start, end);
        let apart = micros(end_date(&closed)) - micros(&closed.start_date);
        assert_eq!(apart, duration_micros(&closed), "its end would lie before its start: {closed:#?}");
    }
    scene.run();

    // Forward, past the real time.
    let begun = scene.set(FILLER, 1);
    let run = scene.ledger.wait_for_open("Filling");
    let opened = scene.device.set_and_read(VALVE, 1);
    assert_step(scene.set_clock(HOUR), 2.0 * HOUR as f64);
    let drained = scene.ledger.wait_for_open("Draining");
    opened.shifted(-HOUR * 1_000_000).assert_dates(&drained.start_date);
    opened.shifted(HOLD_MICROS + HOUR * 1_000_000).assert_dates(&drained.detected_at);
    let (shut, ended) = (scene.set(VALVE, 0), scene.set(FILLER, 0));
    for (open, start, end) in [(&run, begun, ended), (&drained, opened.shifted(-HOUR * 1_000_000), shut)] {
        let closed = scene.ledger.wait_for_closed(open);
        end.assert_dates(end_date(&closed));
        assert_took(&closed, start, end.shifted(-2 * HOUR * 1_000_000));
    }
    scene.run();
    assert_step(scene.set_clock(0), -HOUR as f64);
    scene.run();

    look_over(scene, 6, 2);
}

#[test]
fn a_clock_that_is_set_back_while_the_gateway_is_down_ends_and_doubles_no_run() {
    let mut scene = Scene::new("clock-step-down", 0);
    scene.run();
    let begun = scene.set(FILLER, 1);
    let run = scene.ledger.wait_for_open("Filling");
    scene.gateway.take().unwrap().kill();
    scene.ahead_seconds = -HOUR;
    scene.clock.set_ahead(-HOUR);
    scene.start();
    // Of the time in between nobody knows how much was the clock's.
    let told = seconds_of(&scene.ledger.wait_for_events(STEPPED, 1));
    assert!((-3_600.5..=-3_500.0).contains(&told), "{told}");
    let ended = scene.device.set(FILLER, 0);
    let closed = scene.ledger.wait_for_closed(&run);
    assert_eq!(closed.start_date, run.start_date);
    begun.assert_dates(&closed.start_date);
    assert_eq!(micros(end_date(&closed)) - micros(&closed.start_date), duration_micros(&closed));
    let most = ended.to - begun.from + LATE_MICROS_MAX;
    assert!((0..=most).contains(&duration_micros(&closed)), "it took {most} at most: {closed:#?}");
    scene.run();

    look_over(scene, 3, 0);
}

#[test]
fn a_gateway_that_starts_in_1970_goes_on_when_its_clock_is_set() {
    let now = now_micros() / 1_000_000;
    let mut scene = Scene::new("clock-1970", 60 - now);
    scene.run();
    let begun = scene.set(FILLER, 1);
    let run = scene.ledger.wait_for_open("Filling");
    assert!(run.start_date.starts_with("1970-01-01T00:0"), "{run:#?}");
    let told = scene.set_clock(0);
    #[expect(clippy::cast_precision_loss, reason = "less than a century")]
    assert_step(told, (now - 60) as f64);
    let ended = scene.set(FILLER, 0);
    let closed = scene.ledger.wait_for_closed(&run);
    ended.assert_dates(end_date(&closed));
    assert_took(&closed, begun, ended.shifted((60 - now) * 1_000_000));
    scene.run();

    look_over(scene, 3, 0);
}

/// Ends the gateway, and sees to it that its log has each run once, in its order, and its black box the same.
fn look_over(scene: Scene, fillings: usize, drainings: usize) {
    let Scene { folder, gateway, ledger, .. } = scene;
    gateway.unwrap().stop();
    for (operation, count) in [("Filling", fillings), ("Draining", drainings)] {
        let records = ledger.records(operation);
        assert_eq!(records.len(), count, "{records:#?}");
        for record in &records {
            assert!(duration_micros(record) >= 0 && !record.detected_after_gap, "{record:#?}");
            assert!(end_date(record) >= record.start_date.as_str(), "{record:#?}");
        }
        let is_of_it = |id: &str| records.iter().any(|record| record.id == id);
        let told: Vec<_> = ledger.operation_events().into_iter().filter(|(_, id)| is_of_it(id)).collect();
        assert_eq!(told.len(), 2 * count, "{told:?}");
        for run in told.chunks(2) {
            assert_eq!([&*run[0].0, &*run[1].0], ["operation.started", "operation.stopped"], "{told:?}");
            assert_eq!(run[0].1, run[1].1, "{told:?}");
        }
    }
    let live: String = ledger.events().into_iter().map(|event| event.body + "\n").collect();
    assert_eq!(replay(&folder), live);
}
