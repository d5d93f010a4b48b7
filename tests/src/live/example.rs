//! The examples in two halves, as their files' headers say: a simulated plant and a gateway; for the bottling line with a
//! broker of others between.

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
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(name)
}

/// Returns the example's plant at other ports.
fn plant(modbus: u16, broker: u16) -> String {
    let text = fs::read_to_string(example("bottling-line/plant.toml")).unwrap();
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
    command.arg("simulate").arg(example("bottling-line/scenario.toml"));
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

#[test]
fn the_compressor_tells_what_it_takes_from_the_grid() {
    let folder = Folder::new("compressor");
    let modbus = format!("127.0.0.1:{}", free_port());
    let text = fs::read_to_string(example("compressor/plant.toml")).unwrap();
    assert_eq!(text.matches("\"127.0.0.1:5021\"").count(), 1);
    let text = text.replace("127.0.0.1:5021", &modbus).replace("[gateway]\n", "[gateway]\ndata_directory = \"data\"\n");
    folder.write("plant.toml", &text);
    let mut command = Command::new(program());
    command.arg("simulate").arg(example("compressor/scenario.toml")).args(["--modbus", &modbus]);
    let mut simulation = Child::start("the simulation", &mut command);
    simulation.wait_for_message("Modbus TCP at", 1);

    let (gateway, ledger) = (Gateway::start(&folder), folder.ledger());
    let stopped = until("a run of the motor that took energy", || {
        let mut stopped = ledger.events_of("operation.stopped").into_iter();
        stopped.find(|event| event["info"]["record"]["captures"]["energy"].as_i64().is_some_and(|energy| energy > 0))
    });
    let captures = &stopped["info"]["record"]["captures"];
    // The counter is some 60 before its end when the simulation begins.
    assert!(captures["energy"].as_i64().is_some_and(|energy| energy < 1000), "{captures}");
    assert!(captures["pressure"].as_f64().is_some_and(|bar| (5.9..8.1).contains(&bar)), "{captures}");
    assert!(captures["loaded_seconds"].as_f64().is_some_and(|seconds| seconds > 1.0), "{captures}");
    gateway.stop();
    simulation.signal("TERM");
    assert_eq!(simulation.wait().code(), Some(0));
}

#[test]
fn the_sick_plant_gives_records_all_the_same() {
    let folder = Folder::new("sick-plant");
    let modbus = format!("127.0.0.1:{}", free_port());
    let text = fs::read_to_string(example("sick-plant/plant.toml")).unwrap();
    assert_eq!(text.matches("\"127.0.0.1:5022\"").count(), 1);
    let text = text.replace("127.0.0.1:5022", &modbus).replace("[gateway]\n", "[gateway]\ndata_directory = \"data\"\n");
    folder.write("plant.toml", &text);
    let mut command = Command::new(program());
    command.arg("simulate").arg(example("sick-plant/scenario.toml")).args(["--modbus", &modbus]);
    let mut simulation = Child::start("the simulation", &mut command);
    simulation.wait_for_message("Modbus TCP at", 1);

    let (gateway, ledger) = (Gateway::start(&folder), folder.ledger());
    // The heater never answers in time, and its values are good.
    ledger.wait_for_quality("Press/Temperature", "Good");
    until(&format!("{ENOUGH} records of Pressing"), || {
        let records = ledger.records("Pressing");
        (records.iter().filter(|record| record.end_date.is_some()).count() >= ENOUGH).then_some(())
    });
    gateway.stop();
    simulation.signal("TERM");
    assert_eq!(simulation.wait().code(), Some(0));
}
