//! SIGTERM: what was taken is committed, what was not is the broker's, and the run goes on.

use std::thread;

use super::broker::Broker;
use super::folder::Folder;
use super::gateway::Gateway;
use super::patience::until;
use super::plant::Plant;
use super::port::free_port;

/// More runs than a gateway takes from the broker before it is told to end.
const RUNS: usize = 1_500;

#[test]
fn a_gateway_that_is_told_to_end_in_the_middle_of_a_burst_takes_each_message_once() {
    let (folder, port) = (Folder::new("drain"), free_port());
    let plant = Plant::new().broker("broker", port).topic("Packer", "broker", "packer/state");
    folder.configure(&plant.operation("Packing", "{Packer} = 'RUN'"));
    let (broker, ledger) = (Broker::start(&folder, port), folder.ledger());
    let gateway = Gateway::start(&folder);
    ledger.wait_for_events("connection.up", 1);
    broker.publish("packer/state", "IDLE");
    ledger.wait_for_quality("Packer", "Good");

    let taken = thread::scope(|scope| {
        scope.spawn(|| broker.publish_burst("packer/state", &["RUN", "IDLE"].repeat(RUNS)));
        until("the first run", || (!ledger.records("Packing").is_empty()).then_some(()));
        gateway.stop();
        ledger.records("Packing").len()
    });
    assert!(taken < RUNS, "the burst was over before the gateway was told to end");
    assert_eq!(ledger.events().last().unwrap().event_type, "gateway.stopped");

    let gateway = Gateway::start(&folder);
    until("the last run", || {
        let records = ledger.records("Packing");
        let is_over = records.len() >= RUNS && records.iter().all(|record| record.end_date.is_some());
        is_over.then_some(())
    });
    // A message of its own shows that nothing of the burst is still on its way.
    broker.publish("packer/state", "RUN");
    until("one more run", || ledger.open_record("Packing"));
    assert_eq!(ledger.records("Packing").len(), RUNS + 1, "{taken} were taken before the end");
    gateway.stop();
}

#[test]
fn a_run_that_is_open_at_the_end_goes_on_at_the_next_start() {
    let (folder, port) = (Folder::new("goes-on"), free_port());
    let plant = Plant::new().broker("broker", port).topic("Packer", "broker", "packer/state");
    folder.configure(&plant.operation("Packing", "{Packer} = 'RUN'"));
    let (broker, ledger) = (Broker::start(&folder, port), folder.ledger());
    broker.publish("packer/state", "IDLE");
    let gateway = Gateway::start(&folder);
    ledger.wait_for_quality("Packer", "Good");
    broker.publish("packer/state", "RUN");
    let run = ledger.wait_for_open("Packing");
    gateway.stop();
    assert_eq!(ledger.open_record("Packing").as_ref(), Some(&run));

    let gateway = Gateway::start(&folder);
    ledger.wait_for_events("connection.up", 2);
    ledger.wait_for_quality("Packer", "Good");
    let end = broker.publish("packer/state", "IDLE");
    let closed = ledger.wait_for_closed(&run);
    end.assert_dates(closed.end_date.as_deref().unwrap());
    assert_eq!(ledger.records("Packing"), [closed]);
    gateway.stop();
}
