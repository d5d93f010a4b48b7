//! An engine that fails on a scan: it is written aside and the gateway ends; what ended it twice is skipped and told.
//!
//! The failure is a real one. The tag of one connection has a slot that the plant does not have, as a mistake in the
//! configuration's lowering would give it: the engine looks for a cell that is not there.

use std::fs;
use std::path::PathBuf;
use std::thread;

use latchwork_expr::TagSlot;
use latchwork_gateway::exit::{Exit, Failure};
use latchwork_gateway::live::{Control, Start};
use serde_json::{Value as Json, json};
use tokio::runtime::Builder;
use tokio::sync::mpsc;

use super::black_box::replay;
use super::device::Device;
use super::folder::Folder;
use super::patience::until;
use super::plant::Plant;
use super::port::free_port;

/// A slot that no plant of these tests has.
const NOWHERE: TagSlot = TagSlot(1_000);

/// The lives of a gateway that end by the failure: two by the reading, and two by the news of it, which name its tag again.
const LIVES: usize = 4;

/// Runs a gateway until it ends.
fn live(folder: &Folder, has_black_box: bool, control: mpsc::Receiver<Control>) -> Result<(), Failure> {
    let path = folder.join("plant.toml");
    let mut configuration = latchwork_config::load(&path).unwrap();
    configuration.data_directory = folder.join("data");
    configuration.connections[1].tags[0].slot = NOWHERE;
    let trace = has_black_box.then(|| folder.join("box"));
    let start = Start { path, configuration, trace, speed: 1.0, watch: Box::new(|_, _| {}) };
    Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let gateway = start.start().await?;
        Box::pin(gateway.run(control)).await
    })
}

/// Runs a gateway until it fails. One that failed before may still hold the ledger for a moment: a process ends with all its
/// threads, a test does not.
fn ended(folder: &Folder) -> Failure {
    until("the ledger is free", || {
        let (_stop, control) = mpsc::channel(1);
        let failure = live(folder, false, control).unwrap_err();
        let is_held = failure.exit == Exit::NotStarted && failure.message.contains("in use by another instance");
        (!is_held).then_some(failure)
    })
}

/// Returns what was written aside, the oldest first.
fn aside(folder: &Folder) -> Vec<Json> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder.join("data/crashes")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()).collect()
}

#[test]
fn a_scan_that_ended_the_gateway_twice_is_skipped_told_and_marked() {
    let (folder, ports) = (Folder::new("engine-failure"), [free_port(), free_port()]);
    let plant = Plant::new().device("plc", ports[0], 500).device("odd", ports[1], 500);
    let plant = plant.register("Filler", "plc", 1).register("Odd", "odd", 1).operation("Filling", "{Filler} = 1");
    folder.configure(&plant);
    let mut device = Device::start(ports[0], &[]);
    let _odd = Device::start(ports[1], &[(1, 7)]);
    for life in 0..LIVES {
        let failure = ended(&folder);
        assert_eq!(failure.exit, Exit::Fault, "{}", failure.message);
        assert!(failure.message.contains("written aside"), "{}", failure.message);
        assert_eq!(aside(&folder).len(), life + 1);
    }
    let written = aside(&folder);
    assert_eq!(written[0]["scan"], json!({"kind": "samples", "samples": [["tag 1000", 7, "Good"]]}));
    assert_eq!(written[0]["scan"], written[1]["scan"]);
    assert!(written[0]["panic"].as_str().unwrap().contains("out of bounds"), "{}", written[0]);
    assert_eq!(written[2]["scan"]["kind"], "notice");

    let (stop, control) = mpsc::channel(1);
    thread::scope(|scope| {
        let running = scope.spawn(|| live(&folder, true, control));
        let ledger = folder.ledger();
        // What it skips keeps it from nothing else.
        ledger.wait_for_quality("Filler", "Good");
        device.set(1, 1);
        ledger.wait_for_open("Filling");
        let told = ledger.wait_for_events("gateway.scan_skipped", 1);
        let info = json!({"kind": "samples", "count": 1, "crashes": 2, "reason": told["info"]["reason"], "tags": ["tag 1000"]});
        assert_eq!(told["info"], info);
        stop.blocking_send(Control::Stop).unwrap();
        until("the end", || running.is_finished().then_some(()));
        running.join().unwrap().unwrap();
    });
    let ledger = folder.ledger();
    assert_eq!(aside(&folder).len(), LIVES);
    assert_eq!(ledger.events_of("gateway.scan_skipped").len(), 1, "told once, and not for each reading");
    let lives = ledger.events().iter().filter(|event| event.event_type == "gateway.started").count();
    assert_eq!(lives, LIVES + 1);
    // The black box was begun in the last life.
    let first = ledger.events().iter().rposition(|event| event.event_type == "gateway.started").unwrap();
    let told: String = ledger.events()[first..].iter().map(|event| event.body.clone() + "\n").collect();
    assert_eq!(replay(&folder), told);
}
