//! Machines and brokers that are stopped, killed and started while a run is open.

use super::broker::Broker;
use super::device::Device;
use super::folder::Folder;
use super::gateway::Gateway;
use super::ledger::Ledger;
use super::plant::Plant;
use super::port::free_port;

const UP: &str = "connection.up";
const DOWN: &str = "connection.down";

/// Waits until a connection is lost for the `nth` time, and its tag with it.
fn wait_for_loss(ledger: &Ledger, tag: &str, nth: usize) {
    let lost = ledger.wait_for_events(DOWN, nth);
    assert!(lost["info"]["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{lost}");
    ledger.wait_for_quality(tag, "Bad_NotConnected");
}

#[test]
fn a_run_goes_on_while_its_device_is_stopped_and_killed() {
    let (folder, port) = (Folder::new("device"), free_port());
    let plant = Plant::new().device("plc", port, 500).register("Filler", "plc", 1).operation("Filling", "{Filler} = 1");
    folder.configure(&plant);
    let (gateway, ledger) = (Gateway::start(&folder), folder.ledger());
    let lost = ledger.wait_for_events(DOWN, 1);
    assert_eq!(lost["info"]["connection"], "plc");
    let mut device = Device::start(port, &[]);
    ledger.wait_for_quality("Filler", "Good");

    let start = device.set(1, 1);
    let run = ledger.wait_for_open("Filling");
    for (nth, end) in (1..).zip([Device::stop, Device::kill]) {
        end(&mut device);
        wait_for_loss(&ledger, "Filler", nth + 1);
        device = Device::start(port, &[(1, 1)]);
        ledger.wait_for_events(UP, nth + 1);
        ledger.wait_for_quality("Filler", "Good");
        assert_eq!(ledger.open_record("Filling").as_ref(), Some(&run));
    }
    let end = device.set(1, 0);
    let run = ledger.wait_for_closed(&run);

    start.assert_dates(&run.start_date);
    end.assert_dates(run.end_date.as_deref().unwrap());
    assert_eq!((run.end_reason.as_deref(), run.detected_after_gap), (Some("TRIGGER"), false));
    assert_eq!(ledger.operation_event_types(), ["operation.started", "operation.stopped"]);
    gateway.stop();
}

#[test]
fn what_a_device_did_while_nobody_saw_it_is_found_and_flagged() {
    let (folder, port) = (Folder::new("unseen"), free_port());
    let plant = Plant::new().device("plc", port, 500).register("Filler", "plc", 1).operation("Filling", "{Filler} = 1");
    folder.configure(&plant);
    let mut device = Device::start(port, &[]);
    let (gateway, ledger) = (Gateway::start(&folder), folder.ledger());
    ledger.wait_for_quality("Filler", "Good");

    device.kill();
    wait_for_loss(&ledger, "Filler", 1);
    let mut device = Device::start(port, &[(1, 1)]);
    let run = ledger.wait_for_open("Filling");
    assert!(run.detected_after_gap);

    device.kill();
    wait_for_loss(&ledger, "Filler", 2);
    assert_eq!(ledger.open_record("Filling").as_ref(), Some(&run));
    let _device = Device::start(port, &[]);
    let run = ledger.wait_for_closed(&run);
    assert!(run.detected_after_gap);
    assert_eq!(ledger.operation_event_types(), ["operation.started", "operation.stopped"]);
    gateway.stop();
}

#[test]
fn a_run_goes_on_while_its_broker_is_stopped_and_killed() {
    let (folder, port) = (Folder::new("broker"), free_port());
    let plant = Plant::new().broker("broker", port).topic("Packer", "broker", "packer/state");
    folder.configure(&plant.operation("Packing", "{Packer} = 'RUN'"));
    let (gateway, ledger) = (Gateway::start(&folder), folder.ledger());
    let lost = ledger.wait_for_events(DOWN, 1);
    assert_eq!(lost["info"]["connection"], "broker");
    let mut broker = Broker::start(&folder, port);
    ledger.wait_for_events(UP, 1);
    broker.publish("packer/state", "IDLE");
    ledger.wait_for_quality("Packer", "Good");

    let start = broker.publish("packer/state", "RUN");
    let run = ledger.wait_for_open("Packing");
    broker.stop();
    wait_for_loss(&ledger, "Packer", 2);
    // It kept the last message, which makes the tag Good again.
    broker = Broker::start(&folder, port);
    ledger.wait_for_events(UP, 2);
    ledger.wait_for_quality("Packer", "Good");
    assert_eq!(ledger.open_record("Packing").as_ref(), Some(&run));

    broker.kill();
    wait_for_loss(&ledger, "Packer", 3);
    broker = Broker::start(&folder, port);
    ledger.wait_for_events(UP, 3);
    broker.publish("packer/state", "RUN");
    ledger.wait_for_quality("Packer", "Good");
    assert_eq!(ledger.open_record("Packing").as_ref(), Some(&run));

    let end = broker.publish("packer/state", "IDLE");
    let run = ledger.wait_for_closed(&run);
    start.assert_dates(&run.start_date);
    end.assert_dates(run.end_date.as_deref().unwrap());
    assert!(!run.detected_after_gap);
    assert_eq!(ledger.operation_event_types(), ["operation.started", "operation.stopped"]);
    gateway.stop();
}

#[test]
fn a_count_in_a_derived_tag_goes_on_after_a_kill() {
    let (folder, port) = (Folder::new("count"), free_port());
    let plant = Plant::new().device("plc", port, 500).register("Part", "plc", 1);
    let plant = plant.derived("Full", "ctu({Part} = 1, false, 3)").operation("Packing", "{Full}");
    let plant = plant.operation("Part", "{Part} = 1");
    folder.configure(&plant);
    let mut device = Device::start(port, &[]);
    let (gateway, ledger) = (Gateway::start(&folder), folder.ledger());
    ledger.wait_for_quality("Part", "Good");
    for _ in 0..2 {
        device.set(1, 1);
        let made = ledger.wait_for_open("Part");
        device.set(1, 0);
        ledger.wait_for_closed(&made);
    }
    gateway.kill();

    let gateway = Gateway::start(&folder);
    ledger.wait_for_events(UP, 2);
    ledger.wait_for_quality("Part", "Good");
    assert_eq!(ledger.open_record("Packing"), None, "two parts are no three");
    let third = device.set(1, 1);
    let run = ledger.wait_for_open("Packing");
    third.assert_dates(&run.start_date);
    gateway.stop();
}
