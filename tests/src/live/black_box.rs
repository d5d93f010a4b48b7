//! The black box of a live run, replayed, gives the live events byte for byte: over a reload and a crash.

use std::fs;
use std::process::Command;

use super::device::Device;
use super::folder::Folder;
use super::gateway::Gateway;
use super::ledger::Ledger;
use super::plant::Plant;
use super::port::free_port;
use super::program::program;
use crate::black_box::files;

const FILLER: u16 = 1;
const SPEED: u16 = 2;

fn plant(port: u16, faster_than: u16) -> Plant {
    let plant = Plant::of_gateway("gw-live").device("plc", port, 500);
    let plant = plant.register("Filler", "plc", FILLER).register("Speed", "plc", SPEED);
    plant.operation("Filling", "{Filler} = 1").operation("Fast", &format!("{{Speed}} > {faster_than}"))
}

/// Starts a gateway with a black box.
pub(super) fn start(folder: &Folder) -> Gateway {
    let mut command = Command::new(program());
    let gateway = Gateway::of(command.args(["run", "-c", "plant.toml", "--trace", "box"]), folder);
    gateway.wait_for_message("gateway runs", 1);
    gateway
}

/// Has a machine run for a while.
fn run(device: &mut Device, ledger: &Ledger, operation: &str, register: u16, values: [u16; 2]) {
    device.set(register, values[0]);
    let run = ledger.wait_for_open(operation);
    device.set(register, values[1]);
    ledger.wait_for_closed(&run);
}

/// Replays the black box of a gateway; returns the event lines.
pub(super) fn replay(folder: &Folder) -> String {
    let files = files(&folder.join("box"));
    let mut command = Command::new(program());
    command.args(["replay", "--output", "records.jsonl", "--events", "events.jsonl"]).args(files);
    let output = command.current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::read_to_string(folder.join("events.jsonl")).unwrap()
}

/// Returns the event lines of a ledger.
pub(super) fn told(ledger: &Ledger) -> Vec<String> {
    ledger.events().into_iter().map(|event| event.body + "\n").collect()
}

#[test]
fn a_black_box_replays_to_the_live_events_over_a_reload_and_a_crash() {
    let (folder, port) = (Folder::new("black-box"), free_port());
    folder.configure(&plant(port, 50));
    let mut device = Device::start(port, &[(SPEED, 40)]);
    let (gateway, ledger) = (start(&folder), folder.ledger());
    ledger.wait_for_quality("Filler", "Good");
    run(&mut device, &ledger, "Filling", FILLER, [1, 0]);
    run(&mut device, &ledger, "Fast", SPEED, [60, 40]);

    folder.configure(&plant(port, 30));
    gateway.reload();
    gateway.wait_for_message("configuration taken", 1);
    run(&mut device, &ledger, "Filling", FILLER, [1, 0]);
    device.set(FILLER, 1);
    let interrupted = ledger.wait_for_open("Filling");
    gateway.kill();

    let gateway = start(&folder);
    device.set(FILLER, 0);
    ledger.wait_for_closed(&interrupted);
    // The line is fast enough for the new bound: it must be seen slow first.
    device.set_and_read(SPEED, 20);
    run(&mut device, &ledger, "Fast", SPEED, [60, 20]);
    gateway.stop();

    let live = told(&ledger);
    let starts = live.iter().filter(|event| event.contains("\"operation.started\"")).count();
    assert_eq!(starts, 5, "{live:?}");
    assert_eq!(files(&folder.join("box")).len(), 2, "one file a start");
    assert_eq!(replay(&folder), live.concat());
}
