//! What the wires carry: registers over Modbus TCP and messages over MQTT, through the program as people start it.
//!
//! `cargo bench -p latchwork-tests --bench connectors`, after `cargo build --release`; `LATCHWORK_PROGRAM` names another
//! program. What is polled and what publishes are processes of their own (this bench, started again); CPU time is what
//! Linux tells of each. mosquitto must be there (`tests/live/install.sh`).

mod modbus;
mod mqtt;
mod process;
#[path = "../common/program.rs"]
mod program;

use std::io;

fn main() -> io::Result<()> {
    // Cargo adds arguments of its own.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["device", values] => modbus::device(values),
        ["publisher", broker, qos, rate, count] => mqtt::publisher(broker, qos, rate, count),
        [] => bench(true, true),
        ["modbus"] => bench(true, false),
        ["mqtt"] => bench(false, true),
        _ => Err(io::Error::other("expected nothing, `modbus` or `mqtt`")),
    }
}

fn bench(with_modbus: bool, with_mqtt: bool) -> io::Result<()> {
    let folder = std::env::temp_dir().join(format!("latchwork-connectors-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    if with_modbus {
        modbus::bench(&folder)?;
    }
    if with_mqtt {
        mqtt::bench(&folder)?;
    }
    std::fs::remove_dir_all(&folder)
}
