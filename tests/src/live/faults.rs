//! An expression that fails is a fault of its operation alone: seen in log and ledger, over with the next success.

use super::broker::Broker;
use super::folder::Folder;
use super::gateway::Gateway;
use super::plant::Plant;
use super::port::free_port;

#[test]
fn an_expression_that_fails_is_told_and_others_go_on() {
    let (folder, port) = (Folder::new("fault"), free_port());
    let plant = Plant::new().broker("broker", port).topic("Code", "broker", "packer/code");
    let plant = plant.operation("Coded", "toInt({Code}) > 5").operation("Stopped", "{Code} = 'oops'");
    folder.configure(&plant);
    let broker = Broker::start(&folder, port);
    let (gateway, ledger) = (Gateway::start(&folder), folder.ledger());
    ledger.wait_for_events("connection.up", 1);
    broker.publish("packer/code", "1");
    ledger.wait_for_quality("Code", "Good");

    broker.publish("packer/code", "oops");
    let fault = ledger.wait_for_events("trigger.fault", 1);
    assert_eq!((&fault["info"]["operation"], &fault["info"]["location"]), (&"Coded".into(), &"Line".into()));
    gateway.wait_for_message("expression failed", 1);
    let stopped = ledger.wait_for_open("Stopped");

    broker.publish("packer/code", "9");
    ledger.wait_for_open("Coded");
    ledger.wait_for_closed(&stopped);
    gateway.stop();
}
