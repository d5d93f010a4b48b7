//! `latchwork simulate`: a plant that is not there, for real clients.

use std::net::SocketAddr;
use std::path::PathBuf;

use latchwork_connectors::simulator::{Scenario, Simulation, SimulatorError};
use tokio_util::sync::CancellationToken;

use super::runtime::{block_on, stopped};
use super::tell;
use crate::exit::{Exit, Failure};
use crate::logging::LogArguments;

/// What `simulate` is called with.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The scenario.
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// How many times as fast as written it plays.
    #[arg(long, default_value_t = 1.0, value_name = "TIMES")]
    speed: f64,
    /// Where Modbus TCP is served, in place of what the scenario says.
    #[arg(long, value_name = "ADDRESS")]
    modbus: Option<SocketAddr>,
    /// The MQTT broker, in place of the scenario's.
    #[arg(long, value_name = "ADDRESS")]
    broker: Option<SocketAddr>,
    /// Where to write what is done with each Modbus request, a JSON line each.
    #[arg(long = "log", value_name = "FILE")]
    requests: Option<PathBuf>,
    #[command(flatten)]
    log: LogArguments,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    arguments.log.begin("info");
    let mut scenario = Scenario::load(&arguments.scenario).map_err(|error| failure(&error))?;
    if let Some(address) = arguments.modbus {
        scenario.serve_modbus_at(address);
    }
    if let Some(address) = arguments.broker {
        scenario.publish_to(address);
    }
    if let Some(file) = &arguments.requests {
        scenario.log_requests_to(file.clone());
    }
    block_on(async {
        let (stop, stopped) = (CancellationToken::new(), stopped()?);
        let running =
            Simulation::start(scenario, arguments.speed, stop.clone()).await.map_err(|error| failure(&error))?;
        if let Some(address) = running.modbus {
            tell(&format!("Modbus TCP at {address}"));
        }
        tokio::select! {
            () = stopped => stop.cancel(),
            () = running.ended() => {}
        }
        Ok(Exit::Done)
    })
}

/// Returns how a simulation's error ends a command.
pub(super) fn failure(error: &SimulatorError) -> Failure {
    let exit = match error {
        SimulatorError::Unreadable { .. } | SimulatorError::TooLarge { .. } | SimulatorError::Mistakes(_) => {
            Exit::Problems
        }
        SimulatorError::Speed(_) => Exit::Usage,
        SimulatorError::Listen { .. } | SimulatorError::Log { .. } => Exit::NotStarted,
    };
    Failure::new(exit, error)
}
