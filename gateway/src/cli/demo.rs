//! `latchwork demo`: the whole thing with nothing installed: a simulated bottling line behind real Modbus TCP and a
//! real MQTT broker, the ordinary gateway in front of it, SQLite behind.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use latchwork_config::connections::{MqttVersion, Wire};
use latchwork_config::{Colour, Configuration, Memory};
use latchwork_connectors::simulator::broker::Broker;
use latchwork_connectors::simulator::{Running, Scenario, Simulation};
use tokio_util::sync::CancellationToken;

use super::demo_lines::DemoLines;
use super::runtime::{as_task, block_on, control_for};
use super::{simulate, tell};
use crate::exit::{Exit, Failure, write_failure};
use crate::live::Start;
use crate::logging::LogArguments;

const PLANT: &str = include_str!("../../../examples/bottling-line/plant.toml");
const SCENARIO: &str = include_str!("../../../examples/bottling-line/scenario.toml");
/// What is logged unless somebody asks: the lines of the records are the show.
const LOG: &str = "warn,rumqttd=off";
/// Any free port.
const FREE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// What `demo` is called with.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Ends by itself after this time, such as `30s` or `5m`. Without it Ctrl-C ends it.
    #[arg(long = "for", value_name = "TIME", value_parser = super::duration::read)]
    lasts: Option<Duration>,
    /// How many times as fast as in a real plant time passes.
    #[arg(long, default_value_t = 1.0, value_name = "TIMES", value_parser = speed)]
    speed: f64,
    /// Where the store is kept; a new temporary directory without it.
    #[arg(long, value_name = "DIRECTORY")]
    directory: Option<PathBuf>,
    #[command(flatten)]
    log: LogArguments,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    arguments.log.begin(LOG);
    let directory = match &arguments.directory {
        Some(directory) => directory.clone(),
        None => temporary_directory()?,
    };
    block_on(play(arguments, &directory))
}

async fn play(arguments: &Arguments, directory: &Path) -> Result<Exit, Failure> {
    let broker = Broker::start(0, MqttVersion::V4).await.map_err(|error| Failure::new(Exit::NotStarted, error))?;
    let stop = CancellationToken::new();
    let simulation = simulate_line(broker.address(), arguments.speed, stop.clone()).await?;
    let configuration = configuration(directory, simulation.modbus.unwrap_or(FREE), broker.address())?;
    tell(&format!(
        "a bottling line at Modbus TCP {} and MQTT {}; its records are in {}",
        simulation.modbus.unwrap_or(FREE),
        broker.address(),
        directory.join("latchwork.db").display(),
    ));
    let lines = Arc::new(Mutex::new(DemoLines::new(&configuration.plant)));
    let control = control_for(arguments.lasts)?;
    let start =
        Start { path: "plant.toml".into(), configuration, trace: None, speed: arguments.speed, watch: watch(&lines) };
    let gateway = start.start().await?;
    as_task(Box::pin(gateway.run(control))).await?;
    stop.cancel();
    let summary = lines.lock().map(|lines| lines.summary()).unwrap_or_default();
    print(&summary)?;
    Ok(Exit::Done)
}

/// Returns what prints the records as they open and close.
fn watch(lines: &Arc<Mutex<DemoLines>>) -> crate::live::Watch {
    let lines = Arc::clone(lines);
    Box::new(move |plant, effects| {
        let Ok(mut lines) = lines.lock() else { return };
        let text = lines.take(plant, effects);
        if let Err(failure) = print(&text) {
            tracing::debug!(reason = failure.message, "nobody reads the demo");
        }
    })
}

fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| write_failure("standard output", &error))
}

async fn simulate_line(broker: SocketAddr, speed: f64, stop: CancellationToken) -> Result<Running, Failure> {
    let scenario = Scenario::parse("scenario.toml", SCENARIO);
    let mut scenario = scenario.map_err(|mistakes| Failure::new(Exit::Fault, mistakes))?;
    scenario.serve_modbus_at(FREE);
    scenario.publish_to(broker);
    Simulation::start(scenario, speed, stop).await.map_err(|error| simulate::failure(&error))
}

/// Returns the example's configuration with the addresses of this run.
fn configuration(directory: &Path, modbus: SocketAddr, broker: SocketAddr) -> Result<Configuration, Failure> {
    let source = Memory::of("plant.toml", PLANT);
    let read = latchwork_config::read(Path::new("plant.toml"), &source);
    let mut configuration = read.map_err(|problems| Failure::new(Exit::Fault, problems.render(Colour::Off)))?;
    directory.clone_into(&mut configuration.data_directory);
    for connection in &mut configuration.connections {
        match &mut connection.wire {
            Wire::Modbus(wire) => Arc::make_mut(wire).address = modbus.to_string(),
            Wire::Mqtt(wire) => (wire.host, wire.port) = (broker.ip().to_string(), broker.port()),
        }
    }
    Ok(configuration)
}

fn temporary_directory() -> Result<PathBuf, Failure> {
    let name = format!("latchwork-demo-{}", std::process::id());
    let directory = std::env::temp_dir().join(name);
    match std::fs::create_dir_all(&directory) {
        Ok(()) => Ok(directory),
        Err(error) => {
            Err(Failure::new(Exit::NotStarted, format_args!("cannot make `{}`: {error}", directory.display())))
        }
    }
}

fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse::<f64>().ok().filter(|speed| (0.1..=100.0).contains(speed));
    speed.ok_or_else(|| "expected a number from 0.1 to 100".to_owned())
}
