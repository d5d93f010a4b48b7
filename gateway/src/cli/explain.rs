//! `latchwork explain`: why an operation did or did not start or stop, at a moment of a trace or now in a running gateway.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use latchwork_config::Configuration;
use latchwork_engine::Plant;
use latchwork_expr::Timestamp;
use serde_json::json;

use super::ops::{Reach, place};
use super::remote::RemoteArguments;
use super::replay::instant;
use super::traces::{Opened, Reading, Span, duration};
use super::{Format, load, tell};
use crate::black_box::files_near;
use crate::exit::{Exit, Failure, write_failure};
use crate::explain::{Findings, Observer, Question};
use crate::replay::{Replay, Speed};

/// What `explain` is called with.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The traces, as `replay` reads them; none to ask the running gateway.
    #[arg(value_name = "TRACE", requires = "at")]
    traces: Vec<PathBuf>,
    /// The operation: its name, `Location/Path:Name`, or its id.
    #[arg(long, value_name = "NAME")]
    operation: String,
    /// The moment: the last scan at or before it is told of.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// How far around the moment what happened is told.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10min")]
    window: i64,
    /// For people, or one JSON object.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The configuration. For traces that a gateway wrote that in them holds without it; for the running gateway it says
    /// where the data directory is.
    #[arg(short, long = "config", value_name = "FILE", conflicts_with = "socket")]
    config: Option<PathBuf>,
    /// The running gateway's socket, instead of the one in the data directory.
    #[arg(long, value_name = "PATH", conflicts_with = "traces")]
    socket: Option<PathBuf>,
    #[command(flatten)]
    remote: RemoteArguments,
    #[command(flatten)]
    reading: Reading,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    match (&arguments.at, &arguments.traces[..]) {
        (Some(at), [_, ..]) => of_traces(arguments, at),
        (None, _) => of_gateway(arguments),
        (Some(_), []) => Err(name_a_trace(arguments)?),
    }
}

/// Explains a moment of traces.
fn of_traces(arguments: &Arguments, at: &str) -> Result<Exit, Failure> {
    let (Opened { basis, traces, .. }, at) = match &arguments.config {
        Some(path) => open_with(arguments, at, load(path)?)?,
        None => open_recording(arguments, at)?,
    };
    let operation = arguments.operation.clone();
    let zone = arguments.reading.timezone;
    let mut observer = Observer::new(Question { operation, at, window_micros: arguments.window, zone })?;
    let replay = Replay { until: Some(at), speed: Speed::Unbounded, show_progress: true };
    let report = match replay.run_on(basis, traces, &mut observer) {
        Ok(report) => Some(report),
        // What comes after the moment is beside the point.
        Err(failure) if observer.has_found() => {
            tell(&failure.message);
            None
        }
        Err(failure) => return Err(failure),
    };
    let findings = observer.findings(report.as_ref().map(crate::replay::Report::engine));
    show(arguments.format, &findings.map_err(|reason| Failure::new(Exit::Problems, reason))?)
}

/// Opens the traces for a configuration, and reads the moment in its zone.
fn open_with(arguments: &Arguments, at: &str, configuration: Configuration) -> Result<(Opened, Timestamp), Failure> {
    let at = instant(at, arguments.reading.zone(configuration.replay.zone))?;
    let given = |_: &Plant| Ok(());
    Ok((arguments.reading.open_with(&arguments.traces, configuration, Span::default(), given)?, at))
}

/// Opens the traces of a gateway, and reads the moment in the zone of its configuration.
fn open_recording(arguments: &Arguments, at: &str) -> Result<(Opened, Timestamp), Failure> {
    let opened = arguments.reading.open_recording(&arguments.traces, |_| Ok(Span::default()))?;
    let at = instant(at, opened.zone)?;
    Ok((opened, at))
}

/// Asks the running gateway how things stand now.
fn of_gateway(arguments: &Arguments) -> Result<Exit, Failure> {
    let remote = arguments.remote.remote(None)?;
    let (reach, _) = Reach::of(arguments.config.as_deref(), arguments.socket.as_deref(), remote)?;
    let format = match arguments.format {
        Format::Text => "text",
        Format::Json => "json",
    };
    let question = json!({
        "explain": {"operation": arguments.operation, "window_seconds": arguments.window / 1_000_000, "format": format},
    });
    let answer = reach.exchange(&question)?;
    let word = |key: &str| answer[key].as_str().unwrap_or_default();
    match answer["status"].as_u64() {
        Some(200) => write(&match arguments.format {
            Format::Text => word("text").to_owned(),
            Format::Json => format!("{}\n", answer["explanation"]),
        }),
        Some(400..500) => Err(Failure::new(Exit::Problems, format_args!("{}: {}", word("error"), word("detail")))),
        Some(_) | None => Err(Failure::new(Exit::Fault, word("detail"))),
    }
}

/// Returns how a moment that is past can be asked for: the running gateway tells of the present only.
fn name_a_trace(arguments: &Arguments) -> Result<Failure, Failure> {
    let (socket, _) = place(arguments.config.as_deref(), arguments.socket.as_deref())?;
    let data_directory = socket.parent().unwrap_or(Path::new("."));
    let gateway_id = arguments.config.as_deref().map(load).transpose()?.map(|found| found.plant.gateway_id);
    let config_directory = arguments.config.as_deref().and_then(Path::parent);
    let places = [Path::new("."), config_directory.unwrap_or(Path::new(".")), data_directory];
    let files = gateway_id.and_then(|id| files_near(&places, &id));
    let at = arguments.at.as_deref().unwrap_or_default();
    let message = match files {
        Some(files) => format!(
            "a moment that is past is in a trace; this gateway's black box is here:\n  latchwork explain --operation {:?} \
             --at {at:?} {}",
            arguments.operation,
            files.display()
        ),
        None => "a moment that is past is in a trace: name one. `run --trace DIRECTORY` keeps one; without `--at` the running \
                 gateway tells how things stand now"
            .to_owned(),
    };
    Ok(Failure::new(Exit::Usage, message))
}

fn show(format: Format, findings: &Findings) -> Result<Exit, Failure> {
    write(&match format {
        Format::Text => findings.to_string(),
        Format::Json => format!("{}\n", findings.to_json()),
    })
}

fn write(text: &str) -> Result<Exit, Failure> {
    let written = io::stdout().write_all(text.as_bytes());
    written.map(|()| Exit::Done).map_err(|error| write_failure("standard output", &error))
}
