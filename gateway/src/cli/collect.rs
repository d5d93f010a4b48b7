//! `latchwork collect`: the collector, and how it stands.

use std::io::{self, Write};
use std::path::PathBuf;

use latchwork_config::{CollectorConfiguration, load_collector};
use latchwork_store::StoreError;
use latchwork_store::collected::Collection;
use tokio::runtime::Builder;
use tokio_util::sync::CancellationToken;

use super::{Format, colour, runtime, tell};
use crate::collect::{Form, collect, options, status};
use crate::exit::{Exit, Failure, write_failure};
use crate::logging::LogArguments;

/// How many threads a collector has: one reads what comes while the other writes.
const THREADS: usize = 2;

/// What `collect` is called with.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The collector's configuration.
    #[arg(short, long = "config", value_name = "FILE")]
    config: PathBuf,
    /// Shows how collecting stands, beside collectors that run, and ends.
    #[arg(long)]
    status: bool,
    /// How that is shown: tables for people, or one JSON object a line.
    #[arg(long, value_enum, default_value_t = Format::Text, requires = "status")]
    format: Format,
    #[command(flatten)]
    log: LogArguments,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    // The library complains of what it is asked on leaving: to leave off a filter that nobody subscribed to.
    arguments.log.begin("info,rumqttc=error,sqlx::postgres::notice=warn");
    let configuration = load_collector(&arguments.config).map_err(|problems| {
        tell(&problems.render(colour(&io::stderr())));
        Failure::told()
    })?;
    let runtime = Builder::new_multi_thread().worker_threads(THREADS).enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(Exit::NotStarted, format_args!("no runtime: {error}")))?;
    if arguments.status {
        runtime.block_on(show(&configuration, arguments.format))
    } else {
        runtime.block_on(go(configuration))
    }
}

async fn go(configuration: CollectorConfiguration) -> Result<Exit, Failure> {
    let stopped = runtime::stopped()?;
    let collection = open(&configuration).await?;
    tracing::info!(client_id = configuration.collect.broker.client_id, "collector runs");
    let stop = CancellationToken::new();
    let collecting = tokio::spawn(collect(configuration, collection, stop.clone()));
    tokio::select! {
        () = stopped => stop.cancel(),
        () = stop.cancelled() => {}
    }
    let is_well = collecting.await.map_err(|fault| Failure::new(Exit::Fault, fault))?;
    if is_well { Ok(Exit::Done) } else { Err(Failure::new(Exit::Fault, "a part of the collector failed")) }
}

async fn show(configuration: &CollectorConfiguration, format: Format) -> Result<Exit, Failure> {
    let options = options(configuration).map_err(|error| not_opened(&error))?;
    if options.is_absent() {
        let message = format_args!("there is no store `{}`", options.shown_place());
        return Err(Failure::new(Exit::Problems, message));
    }
    let collection = Collection::open(&options).await.map_err(|error| not_opened(&error))?;
    let form = match format {
        Format::Text => Form::Text,
        Format::Json => Form::Json,
    };
    let lines = status(&collection, form).await.map_err(|error| not_opened(&error))?;
    let mut out = io::stdout().lock();
    let written = lines.iter().try_for_each(|line| writeln!(out, "{line}"));
    written.map(|()| Exit::Done).map_err(|error| write_failure("standard output", &error))
}

async fn open(configuration: &CollectorConfiguration) -> Result<Collection, Failure> {
    let options = options(configuration).map_err(|error| not_opened(&error))?;
    Collection::open(&options).await.map_err(|error| not_opened(&error))
}

fn not_opened(error: &StoreError) -> Failure {
    Failure::new(Exit::NotStarted, error)
}
