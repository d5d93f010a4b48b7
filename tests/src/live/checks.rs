//! `latchwork check --connect`: devices and brokers that are there, are not there, or are not what they should be.

use std::process::{Command, Output};

use serde_json::Value as Json;

use super::broker::Broker;
use super::device::Device;
use super::folder::Folder;
use super::plant::Plant;
use super::port::free_port;
use super::program::program;

fn check(folder: &Folder, arguments: &[&str]) -> Output {
    let mut command = Command::new(program());
    command.args(["check", "-c", "plant.toml", "--connect"]).args(arguments);
    command.current_dir(folder.path()).env_remove("RUST_LOG").output().unwrap()
}

#[test]
fn what_is_there_is_read_once_and_what_is_not_says_what_to_do() {
    let (folder, [plc, broker_port, nobody]) = (Folder::new("checks"), [free_port(), free_port(), free_port()]);
    let plant = Plant::new().device("plc", plc, 500).register("Speed", "plc", 1);
    let plant =
        plant.broker("broker", broker_port).topic("Batch", "broker", "batch").topic("Silent", "broker", "silent");
    folder.configure(&plant);
    let _device = Device::start(plc, &[(1, 42)]);
    let broker = Broker::start(&folder, broker_port);
    broker.publish("batch", "B-1");
    let good = check(&folder, &[]);
    let table = String::from_utf8(good.stdout.clone()).unwrap();
    assert_eq!(good.status.code(), Some(0), "{good:?}");
    for part in ["plc         answers", "connected, subscriptions granted", "42", "B-1", "no message yet"] {
        assert!(table.contains(part), "{part:?} is not in\n{table}");
    }

    folder.configure(&plant.device("gone", nobody, 500).register("Never", "gone", 1));
    let bad = check(&folder, &["--format", "json", "--timeout", "5s"]);
    assert_eq!(bad.status.code(), Some(1), "{bad:?}");
    let output = String::from_utf8(bad.stdout).unwrap();
    let trials: Json = serde_json::from_str(output.lines().last().unwrap()).unwrap();
    assert_eq!((&trials[0]["good"], &trials[2]["good"]), (&true.into(), &false.into()), "{trials}");
    assert_eq!(trials[0]["tags"][0]["value"], 42);
    assert!(trials[2]["fault"].as_str().unwrap().contains("refused"), "{trials}");
}
