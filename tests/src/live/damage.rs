//! A ledger that is damaged while nobody looks: the gateway says so and goes on with what it knew.

use std::fs;

use super::device::Device;
use super::folder::Folder;
use super::gateway::Gateway;
use super::patience::until;
use super::plant::Plant;
use super::port::free_port;

const FILLER: u16 = 1;

#[test]
fn a_run_goes_on_over_a_damaged_ledger() {
    let (port, folder) = (free_port(), Folder::new("damaged"));
    let plant = Plant::new().device("plc", port, 500).register("Filler", "plc", FILLER);
    folder.configure(&plant.operation("Filling", "{Filler} = 1"));
    let mut device = Device::start(port, &[]);
    let (gateway, ledger) = (Gateway::start(&folder), folder.ledger());
    ledger.wait_for_quality("Filler", "Good");
    let start = device.set_and_read(FILLER, 1);
    ledger.wait_for_open("Filling");
    gateway.stop();
    // A gateway that starts copies what it knows at once, and then every minute.
    let copy = folder.join("data/latchwork.db.minute");
    fs::remove_file(&copy).unwrap();
    let gateway = Gateway::start(&folder);
    until("a minute copy", || copy.exists().then_some(()));
    gateway.kill();

    let file = folder.join("data/latchwork.db");
    let mut bytes = fs::read(&file).unwrap();
    bytes[4096..].fill(0xA5);
    fs::write(&file, bytes).unwrap();
    // What the log still holds would mend the pages that are in it.
    fs::write(folder.join("data/latchwork.db-wal"), [0; 32]).unwrap();
    let gateway = Gateway::start(&folder);
    let told = gateway.wait_for_message("store was damaged: it was put aside and a new one begun", 1);
    assert!(told.contains("ERROR") && told.contains("is_seeded=true"), "{told}");
    let end = device.set_and_read(FILLER, 0);
    until("the run's end", || ledger.records("Filling").iter().find_map(|record| record.end_date.clone()));
    let records = ledger.records("Filling");
    assert_eq!(records.len(), 1);
    start.assert_dates(&records[0].start_date);
    end.assert_dates(records[0].end_date.as_deref().unwrap());
    let names =
        fs::read_dir(folder.join("data")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.starts_with("latchwork.db.damaged-") && !name.ends_with("-wal")).count(), 1);
    gateway.stop();
}
