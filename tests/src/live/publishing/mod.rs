//! What the plant is told: every event of the log arrives at a subscriber that knows nothing of us, under one id, whatever
//! happens to the broker, the line and the gateway meanwhile.

mod backlog;
mod cutter;
mod faults;
mod on_a_server;
mod poison;
mod refusing;
mod schema;

use std::process::{Command, Output};

use serde_json::Value as Json;

use super::folder::Folder;
use super::gateway::Gateway;
use super::ledger::Ledger;
use super::plant::Plant;
use super::program::program;

pub(super) use schema::faults_of_event;

/// Returns a plant that publishes to a broker at a port, with an operation that only commands start.
fn plant(port: u16, more: &str) -> Plant {
    let publish = format!("[publish]\nurl = \"mqtt://127.0.0.1:{port}\"\n{more}");
    Plant::new().manual("Cleaning").and(&publish)
}

/// Makes the log of a gateway that does not run yet so many events longer than it is: events that tell of nothing.
fn lengthen(folder: &Folder, count: u64) {
    // The tables are made by whoever will write them.
    Gateway::start(folder).stop();
    folder.ledger().lengthen(count);
}

/// Calls the program on the plant of a folder.
fn call(folder: &Folder, words: &[&str]) -> Output {
    let mut command = Command::new(program());
    command.args(words).args(["-c", "plant.toml"]).current_dir(folder.path()).output().unwrap()
}

/// Returns the numbers of the outbox.
fn stats(folder: &Folder) -> Json {
    let output = call(folder, &["outbox", "stats", "--format", "json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Returns the events of the log: number and id.
fn log(ledger: &Ledger) -> Vec<(i64, String)> {
    ledger.rows("SELECT seq, id FROM events ORDER BY seq")
}
