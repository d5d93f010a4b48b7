//! A collector's rows are the gateway's.

use super::super::broker::Broker;
use super::super::device::Device;
use super::super::folder::Folder;
use super::super::gateway::Gateway;
use super::super::port::free_port;
use super::collector::{Collector, kept, status, wait_for_log};
use super::rows::{assert_same_orders, assert_same_rows};
use super::{command, plant, run_once};

#[test]
fn a_collector_has_the_rows_of_its_gateway() {
    let (folder, port, device_port) = (Folder::new("collect-mirror"), free_port(), free_port());
    let plant = plant("gw-live", port)
        .device("plc", device_port, 500)
        .register("Filler", "plc", 1)
        .operation("Filling", "{Filler} = 1")
        .and("production_order_resolution_strategy = \"EXPRESSION\"\nproduction_order_expression = \"'PO-1'\"")
        .and("notes = \"by hand\"\nspare1 = \"one\"\nstart_production_order_status = \"RUNNING\"")
        .and("update_production_order_status_on_start = true\nstop_production_order_status = \"STOPPED\"")
        .and("update_production_order_status_on_stop = true")
        .and("[[operations.captures]]\nname = \"level\"\nexpression = \"{Filler}\"\nmode = \"AT_START\"")
        .and("[[production_orders]]\nname = \"PO-1\"\nstatus = \"SCHEDULED\"");
    folder.configure(&plant);
    let _broker = Broker::start(&folder, port);
    let collector = Collector::start_alone(&folder, port);
    let mut device = Device::start(device_port, &[]);
    let (gateway, ledger) = (Gateway::start(&folder), folder.ledger());
    ledger.wait_for_quality("Filler", "Good");
    for _ in 0..3 {
        device.set_and_read(1, 1);
        let run = ledger.wait_for_open("Filling");
        device.set_and_read(1, 0);
        ledger.wait_for_closed(&run);
        run_once(&folder);
    }
    command(&folder, &["start", "Cleaning"]);
    command(&folder, &["pause", "Cleaning"]);
    gateway.stop();
    let kept = kept(&folder);
    wait_for_log(&kept, &ledger);
    assert_same_rows(&kept, &ledger);
    assert_same_orders(&kept, &ledger);
    assert_eq!(kept.number("SELECT count(*) FROM operation_records"), 7);
    assert!(kept.number("SELECT count(*) FROM schedules") > 0, "there is something to compare");
    let told = status(&folder, "c");
    assert_eq!(told[0]["running"], true, "{told:?}");
    let gateway = told.iter().find(|line| line["gateway"] == "gw-live").unwrap();
    assert_eq!((&gateway["missing"], &gateway["lost"], &gateway["log"]), (&0.into(), &0.into(), &1.into()));
    collector.stop();
    assert_eq!(status(&folder, "c")[0]["running"], false);
    assert_eq!(kept.number("SELECT count(*) FROM dead_letters"), 0);
}
