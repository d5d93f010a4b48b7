//! What a gateway does not start on, and what it starts without.

use super::device::Device;
use super::folder::Folder;
use super::gateway::Gateway;
use super::plant::Plant;
use super::port::free_port;

/// The exit code of a program that could not start.
const NOT_STARTED: Option<i32> = Some(3);

/// Makes a folder whose plant has a device at this port.
fn folder(name: &str, port: u16) -> Folder {
    let folder = Folder::new(name);
    let plant = Plant::new().device("plc", port, 500).register("Filler", "plc", 1).operation("Filling", "{Filler} = 1");
    folder.configure(&plant);
    folder
}

/// Sees to it that a gateway ends before it runs, and says this.
fn assert_refused(folder: &Folder, reason: &str) {
    let (code, messages) = Gateway::spawn(folder).ended();
    assert!(code == NOT_STARTED && messages.contains(reason), "{code:?}: {messages}");
    assert!(!messages.contains("panicked"), "{messages}");
}

#[test]
fn a_second_gateway_on_one_ledger_is_refused_and_the_first_goes_on() {
    let port = free_port();
    let folder = folder("second", port);
    let mut device = Device::start(port, &[]);
    let (first, ledger) = (Gateway::start(&folder), folder.ledger());
    assert_refused(&folder, &format!("in use by another instance: process {} since ", first.id()));
    ledger.wait_for_quality("Filler", "Good");
    device.set(1, 1);
    ledger.wait_for_open("Filling");
    assert_eq!(ledger.events_of("gateway.started").len(), 1);
    first.stop();
}

#[test]
fn a_device_that_is_not_there_keeps_no_gateway_from_running() {
    let folder = folder("absent", free_port());
    let (gateway, ledger) = (Gateway::start(&folder), folder.ledger());
    let lost = ledger.wait_for_events("connection.down", 1);
    assert_eq!(lost["info"]["connection"], "plc");
    let reason = lost["info"]["reason"].as_str().unwrap();
    assert!(reason.contains("refused"), "{reason}");
    ledger.wait_for_quality("Filler", "Bad_NotConnected");
    gateway.stop();
}

#[test]
fn a_ledger_of_a_newer_program_is_refused_and_not_touched() {
    let folder = folder("newer", free_port());
    Gateway::start(&folder).stop();
    let ledger = folder.ledger();
    let started = ledger.events().len();
    ledger.change(
        "INSERT INTO _sqlx_migrations SELECT 999, 'newer', installed_on, success, checksum, 0 FROM _sqlx_migrations \
         ORDER BY version LIMIT 1",
    );
    assert_refused(&folder, "made by a newer program: it has version 999");
    assert_eq!(ledger.events().len(), started);
}

#[test]
fn a_file_in_place_of_the_data_directory_is_told() {
    let folder = folder("file", free_port());
    folder.write("data", "this is no directory");
    assert_refused(&folder, "data/latchwork.db");
}

#[test]
fn a_file_that_is_no_database_is_told_and_left_alone() {
    let folder = folder("letter", free_port());
    std::fs::create_dir(folder.join("data")).unwrap();
    let letter = "this is a letter and no database. ".repeat(50);
    folder.write("data/latchwork.db", &letter);
    assert_refused(&folder, "the file is no database");
    assert_eq!(std::fs::read_to_string(folder.join("data/latchwork.db")).unwrap(), letter);
}
