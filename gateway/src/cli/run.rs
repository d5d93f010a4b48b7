//! `latchwork run`: the gateway.

use std::path::PathBuf;

use latchwork_engine::{Effect, EventKind, Info, Plant, Record};

use super::runtime::{self, block_on};
use crate::exit::{Exit, Failure};
use crate::live::{Start, Supervisor};
use crate::logging::LogArguments;

/// What `run` is called with.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The configuration. SIGHUP reads it again.
    #[arg(short, long = "config", value_name = "FILE")]
    config: PathBuf,
    /// Keeps a black box there: every scan as an own trace, which `replay` turns into the same records again.
    #[arg(long, value_name = "DIRECTORY")]
    trace: Option<PathBuf>,
    #[command(flatten)]
    log: LogArguments,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    arguments.log.begin("info");
    let configuration = super::load(&arguments.config)?;
    block_on(async {
        let control = runtime::control_by_signals()?;
        let (path, trace) = (arguments.config.clone(), arguments.trace.clone());
        let start = Start { path, configuration, trace, speed: 1.0, watch: Box::new(log) };
        let gateway = start.start().await?.supervised_by(Supervisor::from_environment());
        tracing::info!("gateway runs");
        runtime::as_task(Box::pin(gateway.run(control))).await?;
        tracing::info!("gateway ended");
        Ok(Exit::Done)
    })
}

/// Logs the records that opened and closed, and the expressions that failed.
fn log(plant: &Plant, effects: &[Effect]) {
    for effect in effects {
        let Effect::Event(event) = effect else { continue };
        if let Info::Fault { operation, text } = &event.info {
            let row = &plant.operations[operation.index()];
            let location = &plant.locations[row.location.index()].path;
            tracing::warn!(operation = row.name, location, text = text.as_str(), "expression failed");
        }
        let Info::Record(record) = &event.info else { continue };
        let Record { id, status, order, .. } = &**record;
        let operation = &plant.operations[record.operation.index()].name;
        let location = &plant.locations[record.location.index()].path;
        let order = order.as_ref().map_or("", |order| order.name.as_str());
        let kind = event.kind.name();
        if event.kind == EventKind::OperationFaulted {
            tracing::warn!(%id, operation, location, order, status = status.name(), kind, "record");
        } else {
            tracing::info!(%id, operation, location, order, status = status.name(), kind, "record");
        }
    }
}
