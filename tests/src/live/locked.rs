//! A ledger that another process writes to and does not let go: the gateway waits, says so and goes on, and catches up in order.

use super::device::Device;
use super::disk::{WAITING, WRITTEN, assert_written, folder, run_unwritten};
use super::gateway::Gateway;
use super::port::free_port;

#[test]
fn a_ledger_that_another_process_holds_for_a_while_loses_no_run() {
    let port = free_port();
    let folder = folder("locked", port);
    let mut device = Device::start(port, &[]);
    let (gateway, ledger) = (Gateway::start(&folder), folder.ledger());
    ledger.wait_for_quality("Filler", "Good");

    let writer = ledger.begin_to_write();
    let runs = run_unwritten(&mut device);
    let told = gateway.wait_for_message(WAITING, 1);
    assert!(told.contains("ERROR") && told.contains("another program holds it"), "{told}");
    assert_eq!(ledger.records("Filling"), []);
    assert_eq!(gateway.count_messages(WRITTEN), 0);
    writer.end();
    assert_written(&gateway, &ledger, &mut device, runs);
    gateway.stop();
}
