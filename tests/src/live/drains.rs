//! SIGTERM: what was taken is committed, what was not is the broker's, and the run goes on.

use std::sync::mpsc::{self, TryRecvError};
use std::thread;

use super::broker::Broker;
use super::folder::Folder;
use super::gateway::Gateway;
use super::patience::until;
use super::plant::Plant;
use super::port::free_port;

/// The runs of each of the bursts that are published until the gateway has ended.
const RUNS_A_BURST: usize = 10;

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

    let (running, is_running) = mpsc::channel::<()>();
    let (taken, runs) = thread::scope(|scope| {
        let broker = &broker;
        let published = scope.spawn(move || {
            let burst = ["RUN", "IDLE"].repeat(RUNS_A_BURST);
            let is_over = || is_running.try_recv() == Err(TryRecvError::Disconnected);
            broker.publish_bursts_until("packer/state", &burst, is_over) * RUNS_A_BURST
        });
        until("the first run", || (!ledger.records("Packing").is_empty()).then_some(()));
        gateway.stop();
        drop(running);
        (ledger.records("Packing").len(), published.join().unwrap())
    });
    assert!(taken < runs, "{taken} runs of {runs} were taken by a gateway that ended before the last");
    assert_eq!(ledger.events().last().unwrap().event_type, "gateway.stopped");

    let gateway = Gateway::start(&folder);
    until("the last run", || {
        let records = ledger.records("Packing");
        let is_over = records.len() >= runs && records.iter().all(|record| record.end_date.is_some());
        is_over.then_some(())
    });
    // A message of its own shows that nothing of the burst is still on its way.
    broker.publish("packer/state", "RUN");
    until("one more run", || ledger.open_record("Packing"));
    assert_eq!(ledger.records("Packing").len(), runs + 1, "{taken} were taken before the end");
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
