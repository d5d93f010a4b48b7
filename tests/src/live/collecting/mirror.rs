//! A collector's rows are the gateway's.

use super::super::broker::Broker;
use super::super::device::Device;
use super::super::folder::Folder;
use super::super::gateway::Gateway;
use super::super::ledger::Ledger;
use super::super::port::free_port;
use super::collector::{Collector, kept, status, wait_for_log};
use super::{command, plant, run_once};

/// The columns of a run that a collector has as its gateway has them. Not `created_date`, which says when the row was written
/// here, nor `spare1` to `spare3`, which no event tells; and of a run that is open `last_seen_date` and `captures` only as of
/// its last event.
const RUNS: &str = "SELECT json_array(gateway_id, id, enabled, created_by, modified_date, modified_by, notes, name, start_date, \
     end_date, status, location_id, operation_id, production_order_id, shift_record_id, operation, location, \
     duration_seconds, detected_at, production_order, schedule_id, parent_record_id, start_reason, end_reason, \
     expected_duration_seconds, overrun, paused_seconds, detected_after_gap, \
     CASE WHEN end_date IS NOT NULL THEN json_array(last_seen_date, captures) END, revision) \
     FROM operation_records ORDER BY id";
const EVENTS: &str =
    "SELECT json_array(gateway_id, seq, id, event_type, occurred_at, recorded_at, body) FROM events ORDER BY seq";
const ORDERS: &str = "SELECT json_array(gateway_id, id, name, status) FROM production_orders ORDER BY id";
const ENTRIES: &str = "SELECT json_array(gateway_id, id, enabled, duration_expected, start_date, end_date, quantity, status, \
     location_id, operation_id, operation_record_id, production_order_id, priority, production_order) \
     FROM schedules ORDER BY id";

fn rows(ledger: &Ledger, query: &'static str) -> Vec<String> {
    ledger.rows::<(String,)>(query).into_iter().map(|row| row.0).collect()
}

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
    for query in [RUNS, EVENTS, ENTRIES] {
        assert_eq!(rows(&kept, query), rows(&ledger, query), "{query}");
    }
    assert_eq!(rows(&kept, ORDERS), rows(&ledger, ORDERS));
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
