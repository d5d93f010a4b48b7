//! `latchwork record`: what the connections bring, as a trace.

use std::path::PathBuf;
use std::time::Duration;

use latchwork_connectors::trace::TraceFile;

use super::convert::{every_tag, header};
use super::runtime::{self, block_on};
use super::tell;
use crate::exit::{Exit, Failure};
use crate::live::Recording;
use crate::logging::LogArguments;

/// What `record` is called with.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The configuration.
    #[arg(short, long = "config", value_name = "FILE")]
    config: PathBuf,
    /// The trace to write; its ending tells the format: `.csv`, `.jsonl`, `.lwt`, and each with `.zst` or `.gz`.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Ends by itself after this time, such as `30s` or `1h`. Without it Ctrl-C ends it.
    #[arg(long = "for", value_name = "TIME", value_parser = super::duration::read)]
    lasts: Option<Duration>,
    #[command(flatten)]
    log: LogArguments,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    arguments.log.begin("info");
    let configuration = super::load(&arguments.config)?;
    let path = arguments.output.as_path();
    let samples = block_on(async {
        let control = runtime::control_for(arguments.lasts)?;
        let file = TraceFile::create(path, &header(Some(&configuration), None));
        let file = file.map_err(|error| {
            Failure::new(Exit::NotStarted, format_args!("cannot write `{}`: {error}", path.display()))
        })?;
        let catalog = every_tag(&configuration);
        Recording::start(configuration.connections, catalog, file, path).run(control).await
    })?;
    tell(&format!("{samples} samples written to {}", arguments.output.display()));
    Ok(Exit::Done)
}
