//! What real devices and brokers are told of starts and stops, and when.

use super::broker::Broker;
use super::device::Device;
use super::folder::Folder;
use super::gateway::Gateway;
use super::ledger::Ledger;
use super::patience::until;
use super::plant::Plant;
use super::port::free_port;

const RUN: u16 = 1;
const ACK: u16 = 2;
const NUMBER: u16 = 3;

fn plant(port: u16) -> Plant {
    let plant = Plant::new().device("plc", port, 500).writable().register("Run", "plc", RUN);
    plant.register("Ack", "plc", ACK).register("Number", "plc", NUMBER)
}

/// Waits until nothing is due any more.
fn wait_for_no_write(ledger: &Ledger) {
    until("the end of what was to be written", || {
        (ledger.number("SELECT count(*) FROM retained WHERE key LIKE 'write:%'") == 0).then_some(())
    });
}

#[test]
fn an_answer_is_written_once_the_record_is_stored_and_again_after_a_kill() {
    let (folder, port) = (Folder::new("handshake-kill"), free_port());
    let keys = "acknowledge_tag = \"Ack\"\nsuccess_value = 1\nfailure_value = 2";
    folder.configure(&plant(port).operation("Filling", "{Run} = 1").handshake(keys));
    let (mut device, ledger) = (Device::start(port, &[]), folder.ledger());
    device.hold_writes();
    let gateway = Gateway::start(&folder);
    ledger.wait_for_quality("Run", "Good");
    device.set(RUN, 1);
    device.wait_for_asked_write();
    // The device was asked this very moment: the record is there, and what is due.
    let run = ledger.open_record("Filling").expect("nothing is written that is not stored");
    assert_eq!(ledger.number("SELECT count(*) FROM retained WHERE key LIKE 'write:%'"), 1);
    gateway.kill();
    // The writes that the dead one asked for end with its connections.
    device.kill();
    let mut device = Device::start(port, &[(RUN, 1)]);
    assert_eq!(device.count_writes(), 0);

    let gateway = Gateway::start(&folder);
    device.wait_for_write(ACK, 1);
    wait_for_no_write(&ledger);
    assert_eq!(ledger.open_record("Filling").map(|open| open.id), Some(run.id));
    gateway.stop();
}

#[test]
fn a_refused_start_is_told_and_answers_end_in_their_time() {
    let (folder, port) = (Folder::new("handshake-refused"), free_port());
    let keys = "acknowledge = \"BOTH\"\nacknowledge_tag = \"Ack\"\nsuccess_value = 1\nfailure_value = 2\n\
                reset_after_millis = 300\nsequence_tag = \"Number\"";
    folder.configure(&plant(port).operation("Filling", "{Run} = 1").holdoff(3_600_000).handshake(keys));
    let (mut device, ledger) = (Device::start(port, &[(NUMBER, 7)]), folder.ledger());
    let gateway = Gateway::start(&folder);
    ledger.wait_for_quality("Run", "Good");
    device.set(RUN, 1);
    device.wait_for_write(ACK, 1);
    device.wait_for_write(ACK, 0);
    device.set_and_read(RUN, 0);
    until("the stop", || ledger.open_record("Filling").is_none().then_some(()));
    device.set(RUN, 1);
    device.wait_for_write(ACK, 2);
    wait_for_no_write(&ledger);
    assert_eq!(ledger.records("Filling").len(), 1);
    gateway.stop();
}

#[test]
fn a_device_whose_connection_allows_no_writes_gets_none() {
    let (folder, port) = (Folder::new("handshake-none"), free_port());
    let plant = Plant::new().device("plc", port, 500).register("Run", "plc", RUN).register("Number", "plc", NUMBER);
    let plant = plant.operation("Filling", "{Run} = 1").handshake("sequence_tag = \"Number\"");
    folder.configure(&plant);
    let (mut device, ledger) = (Device::start(port, &[(NUMBER, 7)]), folder.ledger());
    let gateway = Gateway::start(&folder);
    ledger.wait_for_quality("Run", "Good");
    device.set(RUN, 1);
    let run = ledger.wait_for_open("Filling");
    device.set(RUN, 0);
    ledger.wait_for_closed(&run);
    device.set(NUMBER, 9);
    device.set(RUN, 1);
    let gap = ledger.wait_for_events("operation.sequence_gap", 1);
    assert_eq!((gap["info"]["previous_sequence"].as_i64(), gap["info"]["sequence"].as_i64()), (Some(7), Some(9)));
    assert_eq!(device.count_writes(), 0);
    gateway.stop();

    // With an answer the configuration is refused: no gateway runs that would have to keep itself from writing.
    folder.configure(
        &plant
            .operation("Other", "{Run} = 1")
            .handshake("acknowledge_tag = \"Run\"\nsuccess_value = 1\nfailure_value = 2"),
    );
    let (code, told) = Gateway::spawn(&folder).ended();
    assert_eq!(code, Some(1));
    assert!(told.contains("E262"), "{told}");
    assert_eq!(device.count_writes(), 0);
}

#[test]
fn a_broker_that_was_gone_gets_the_answer_when_it_is_back() {
    let (folder, port) = (Folder::new("handshake-mqtt"), free_port());
    let device_port = free_port();
    let keys = "acknowledge_tag = \"Answer\"\nsuccess_value = \"stored\"\nfailure_value = \"refused\"";
    let plant = Plant::new().device("plc", device_port, 500).register("Run", "plc", RUN);
    let plant = plant.broker("broker", port).writable().topic("Answer", "broker", "filler/answer");
    folder.configure(&plant.operation("Filling", "{Run} = 1").handshake(keys));
    let mut device = Device::start(device_port, &[]);
    let (mut broker, ledger) = (Broker::start(&folder, port), folder.ledger());
    let gateway = Gateway::start(&folder);
    ledger.wait_for_quality("Run", "Good");
    broker.kill();
    device.set(RUN, 1);
    ledger.wait_for_open("Filling");
    assert_eq!(ledger.number("SELECT count(*) FROM retained WHERE key LIKE 'write:%'"), 1);
    let _broker = Broker::start(&folder, port);
    wait_for_no_write(&ledger);
    assert_eq!(device.count_writes(), 0);
    gateway.stop();
}
