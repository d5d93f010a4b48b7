//! What becomes of runs that nobody sees: the gateway is killed, or the device answers and is not to be believed.

use super::broker::Broker;
use super::device::Device;
use super::folder::Folder;
use super::gateway::Gateway;
use super::ledger::Ledger;
use super::patience::{Done, micros, until};
use super::plant::Plant;
use super::port::free_port;

const FILLER: u16 = 1;
const MODE: u16 = 2;

/// How old what a killed gateway left may be: about a second, and as much again on a machine that is busy.
const AGE_MICROS_MAX: i64 = 2_000_000;

/// Returns until when the open record of an operation was seen, as its row says.
fn last_seen(ledger: &Ledger, operation: &str) -> i64 {
    let rows: Vec<(String, String)> =
        ledger.rows("SELECT operation, last_seen_date FROM operation_records WHERE end_date IS NULL");
    let row = rows.into_iter().find(|(name, _)| name == operation);
    micros(&row.unwrap_or_else(|| panic!("no open record of {operation}")).1)
}

/// Waits until the gateway was seen after a time.
fn wait_for_life(ledger: &Ledger, after: i64) {
    let seen = || ledger.rows::<(String,)>("SELECT last_seen_date FROM gateways").remove(0).0;
    until("a sign of life", || (micros(&seen()) > after).then_some(()));
}

/// Sees to it that a date is at most so old as a killed gateway may leave it.
fn assert_fresh(date: i64, killed: Done) {
    assert!((killed.from - AGE_MICROS_MAX..=killed.to).contains(&date), "{date} when killed at {killed:?}");
}

#[test]
fn a_run_of_a_killed_gateway_ends_when_it_was_last_seen_and_another_begins() {
    let (folder, port) = (Folder::new("last-seen"), free_port());
    let plant = Plant::new().device("plc", port, 500).register("Filler", "plc", FILLER);
    let plant = plant.operation("Closed", "{Filler} = 1").and("restart_policy = \"CLOSE_AT_LAST_SEEN\"");
    let plant = plant.operation("Resumed", "{Filler} = 1");
    folder.configure(&plant);
    let mut device = Device::start(port, &[]);
    let (gateway, ledger) = (Gateway::start(&folder), folder.ledger());
    ledger.wait_for_quality("Filler", "Good");
    device.set(FILLER, 1);
    let (closed, resumed) = (ledger.wait_for_open("Closed"), ledger.wait_for_open("Resumed"));
    wait_for_life(&ledger, micros(&closed.start_date) + AGE_MICROS_MAX);
    let killed = Done::by(|| gateway.kill());

    let gateway = Gateway::start(&folder);
    let closed = ledger.wait_for_closed(&closed);
    assert_eq!((closed.status.as_str(), closed.end_reason.as_deref()), ("UNKNOWN", Some("RESTART")));
    assert_fresh(micros(closed.end_date.as_deref().unwrap()), killed);
    assert!(!closed.detected_after_gap);
    let again = ledger.wait_for_open("Closed");
    assert!(again.detected_after_gap && micros(&again.start_date) >= killed.from, "{again:?}");
    assert_eq!(ledger.open_record("Resumed").as_ref(), Some(&resumed));

    let end = device.set(FILLER, 0);
    for run in [again, resumed] {
        let run = ledger.wait_for_closed(&run);
        end.assert_dates(run.end_date.as_deref().unwrap());
        assert_eq!(run.end_reason.as_deref(), Some("TRIGGER"));
    }
    assert_eq!((ledger.records("Closed").len(), ledger.records("Resumed").len()), (2, 1));
    gateway.stop();
}

#[test]
fn a_run_that_is_silent_is_seen_as_long_as_the_gateway_lives() {
    let (folder, port) = (Folder::new("silent"), free_port());
    let plant = Plant::new().broker("broker", port).topic("Packer", "broker", "packer/state");
    folder.configure(&plant.operation("Packing", "{Packer} = 'RUN'").and("restart_policy = \"CLOSE_AT_LAST_SEEN\""));
    let broker = Broker::start(&folder, port);
    let (gateway, ledger) = (Gateway::start(&folder), folder.ledger());
    ledger.wait_for_events("connection.up", 1);
    broker.publish("packer/state", "IDLE");
    ledger.wait_for_quality("Packer", "Good");
    broker.publish("packer/state", "RUN");
    let run = ledger.wait_for_open("Packing");
    wait_for_life(&ledger, micros(&run.start_date) + AGE_MICROS_MAX);
    let killed = Done::by(|| gateway.kill());

    let gateway = Gateway::start(&folder);
    let run = ledger.wait_for_closed(&run);
    assert_eq!((run.status.as_str(), run.end_reason.as_deref()), ("UNKNOWN", Some("RESTART")));
    assert_fresh(micros(run.end_date.as_deref().unwrap()), killed);
    gateway.stop();
}

#[test]
fn rows_of_open_runs_are_flushed_without_an_event() {
    let (folder, port) = (Folder::new("flush"), free_port());
    let plant = Plant::new().device("plc", port, 500).register("Filler", "plc", FILLER);
    let plant = plant.operation("Flushed", "{Filler} = 1").and("flush_interval_millis = 100");
    let plant = plant.operation("Kept", "{Filler} = 1");
    folder.configure(&plant);
    let mut device = Device::start(port, &[]);
    let (gateway, ledger) = (Gateway::start(&folder), folder.ledger());
    ledger.wait_for_quality("Filler", "Good");
    device.set(FILLER, 1);
    let (run, kept) = (ledger.wait_for_open("Flushed"), ledger.wait_for_open("Kept"));
    let enough = micros(&run.start_date) + 1_000_000;
    until("a flushed row", || (last_seen(&ledger, "Flushed") > enough).then_some(()));
    let killed = Done::by(|| gateway.kill());

    assert_fresh(last_seen(&ledger, "Flushed"), killed);
    assert_eq!(last_seen(&ledger, "Kept"), micros(&kept.start_date), "only its transitions are written");
    assert_eq!(ledger.open_record("Flushed"), Some(run), "a flush is no change");
    assert_eq!(ledger.operation_event_types(), ["operation.started"; 2]);
}

#[test]
fn zeros_of_a_device_that_says_it_is_not_ready_end_no_run() {
    let (folder, port) = (Folder::new("valid"), free_port());
    let plant = Plant::new().device("plc", port, 500).and("valid_when = \"{Mode} = 4\"");
    let plant = plant.register("Filler", "plc", FILLER).register("Mode", "plc", MODE);
    folder.configure(&plant.operation("Filling", "{Filler} = 1"));
    let mut device = Device::start(port, &[(MODE, 4)]);
    let (gateway, ledger) = (Gateway::start(&folder), folder.ledger());
    ledger.wait_for_quality("Filler", "Good");
    device.set(FILLER, 1);
    let run = ledger.wait_for_open("Filling");

    // It starts anew: first it is not ready, then all its registers are zeros.
    device.set_and_read(MODE, 0);
    device.set_and_read(FILLER, 0);
    ledger.wait_for_quality("Filler", "Bad_Stale");
    device.set_and_read(FILLER, 1);
    device.set_and_read(MODE, 4);
    ledger.wait_for_quality("Filler", "Good");
    assert_eq!(ledger.open_record("Filling"), Some(run.clone()));

    let end = device.set(FILLER, 0);
    let run = ledger.wait_for_closed(&run);
    end.assert_dates(run.end_date.as_deref().unwrap());
    assert_eq!((run.end_reason.as_deref(), run.detected_after_gap), (Some("TRIGGER"), false));
    assert_eq!(ledger.operation_event_types(), ["operation.started", "operation.stopped"]);
    gateway.stop();
}
