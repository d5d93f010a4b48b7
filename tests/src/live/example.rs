//! The bottling line in two halves, as its file's header says: a simulated plant, a gateway, a broker of others between.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::broker::Broker;
use super::child::Child;
use super::folder::Folder;
use super::gateway::Gateway;
use super::patience::until;
use super::port::free_port;
use super::program::program;

/// How many closed records of an operation are enough.
const ENOUGH: usize = 2;

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/bottling-line").join(name)
}

/// Returns the example's plant at other ports.
fn plant(modbus: u16, broker: u16) -> String {
    let text = fs::read_to_string(example("plant.toml")).unwrap();
    for (port, uses) in [("127.0.0.1:5020", 2), ("127.0.0.1:1883", 1)] {
        assert_eq!(text.matches(&format!("{port}\"")).count(), uses, "{port}");
    }
    text.replace("127.0.0.1:5020\"", &format!("127.0.0.1:{modbus}\""))
        .replace("127.0.0.1:1883\"", &format!("127.0.0.1:{broker}\""))
        .replace("[gateway]\n", "[gateway]\ndata_directory = \"data\"\n")
}

#[test]
fn the_bottling_line_runs_in_two_halves_with_a_broker_between() {
    let folder = Folder::new("bottling-line");
    let (modbus, port) = (free_port(), free_port());
    folder.write("plant.toml", &plant(modbus, port));
    let _broker = Broker::start(&folder, port);
    let mut command = Command::new(program());
    command.arg("simulate").arg(example("scenario.toml"));
    command.args(["--modbus", &format!("127.0.0.1:{modbus}"), "--broker", &format!("127.0.0.1:{port}")]);
    let mut simulation = Child::start("the simulation", &mut command);
    simulation.wait_for_message("Modbus TCP at", 1);

    let (gateway, ledger) = (Gateway::start(&folder), folder.ledger());
    // Two from the simulated PLCs, one from the broker; their orders come from the broker too.
    for operation in ["Filling", "Labelling", "Packing"] {
        until(&format!("{ENOUGH} records of {operation}"), || {
            let mut records = ledger.records(operation);
            records.retain(|record| record.end_date.is_some() && record.production_order.is_some());
            (records.len() >= ENOUGH).then_some(())
        });
    }
    gateway.stop();
    let faults = ledger.events_of("trigger.fault");
    assert!(faults.is_empty(), "{faults:#?}");
    assert_eq!(ledger.events_of("connection.down").len(), 0);
    simulation.signal("TERM");
    assert_eq!(simulation.wait().code(), Some(0));
}
