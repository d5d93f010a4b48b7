//! `latchwork replay`: recorded samples through the engine, records out.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDateTime, TimeZone};
use latchwork_config::Configuration;
use latchwork_engine::Plant;
use latchwork_expr::{Timestamp, Tz};

use super::traces::{Opened, Reading, Span};
use super::{load, tell};
use crate::exit::{Exit, Failure};
use crate::output::records::Form;
use crate::output::replayed::{Output, Replayed, Selection};
use crate::output::shown::has_operation;
use crate::output::timeline::timeline;
use crate::replay::{Replay, Speed};

/// Bytes that are collected before a write.
const WRITE_BUFFER_BYTES: usize = 1 << 16;
/// The width of the timeline where the terminal does not tell its own.
const TIMELINE_COLUMNS: usize = 100;

/// What `replay` is called with.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The configuration; without it that of the trace, if a gateway wrote it.
    #[arg(short, long = "config", value_name = "FILE")]
    config: Option<PathBuf>,
    /// The traces: long or wide CSV, JSON lines, own traces; plain, .gz or .zst; `-` is standard input.
    #[arg(required = true, value_name = "TRACE")]
    traces: Vec<PathBuf>,
    /// Writes the records here instead of to standard output: JSON lines, or CSV if it ends in `.csv`.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Orders the records by start, then configuration order, then opening.
    #[arg(long)]
    sort: bool,
    /// Writes every event here, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    /// Shows the records as bars over time instead of printing them.
    #[arg(long)]
    timeline: bool,
    /// Leaves out what is before this time: as if the trace began here.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Time ends here: deadlines up to it still run.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Shows only this operation's records: its name, or `Location/Path:Name`. May be repeated.
    #[arg(long = "operation", value_name = "NAME")]
    operations: Vec<String>,
    /// Replays so many times as fast as recorded, 1 as recorded; without it as fast as it can.
    #[arg(long, value_name = "FACTOR", value_parser = speed)]
    speed: Option<f64>,
    #[command(flatten)]
    reading: Reading,
}

fn speed(text: &str) -> Result<f64, String> {
    let factor: f64 = text.parse().map_err(|_| "expected a number".to_owned())?;
    if factor > 0.0 && factor.is_finite() { Ok(factor) } else { Err("expected a number above 0".into()) }
}

/// Reads a time of the command line: RFC 3339, or local in the zone when it names none.
pub(super) fn instant(text: &str, zone: Tz) -> Result<Timestamp, Failure> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(Timestamp(time.timestamp_micros()));
    }
    let local = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        .into_iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let time = local.and_then(|local| zone.from_local_datetime(&local).latest());
    let refused = || Failure::new(Exit::Usage, format_args!("`{text}` is not a time such as 2026-03-02T06:00:00Z"));
    time.map(|time| Timestamp(time.timestamp_micros())).ok_or_else(refused)
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let (Opened { basis, traces, .. }, until) = match &arguments.config {
        Some(path) => open_with(arguments, load(path)?)?,
        None => open_recording(arguments)?,
    };
    let selection =
        Selection { operations: arguments.operations.clone(), sorted: arguments.sort, kept: arguments.timeline };
    let (form, records) = records_output(arguments)?;
    let events = arguments.events.as_deref().map(create).transpose()?;
    let mut replayed = Replayed::new(form, records, events, selection)?;
    let speed = arguments.speed.map_or(Speed::Unbounded, Speed::Times);
    let replay = Replay { until, speed, show_progress: true };
    let report = replay.run_on(basis, traces, &mut replayed)?;
    if let Some(name) = replayed.unmet().first() {
        return Err(no_operation(name, report.engine().plant()));
    }
    if arguments.timeline {
        show_timeline(&report, &replayed);
    }
    tell(&report.summary(&replayed));
    Ok(Exit::Done)
}

/// Opens the traces for a configuration; returns where time ends too.
fn open_with(arguments: &Arguments, configuration: Configuration) -> Result<(Opened, Option<Timestamp>), Failure> {
    let span = span(arguments, arguments.reading.zone(configuration.replay.zone))?;
    let given = |plant: &Plant| {
        let unknown = arguments.operations.iter().find(|name| !has_operation(plant, name));
        unknown.map_or(Ok(()), |name| Err(no_operation(name, plant)))
    };
    let opened = arguments.reading.open_with(&arguments.traces, configuration, span, given)?;
    Ok((opened, span.until))
}

/// Opens the traces of a gateway; returns where time ends too.
fn open_recording(arguments: &Arguments) -> Result<(Opened, Option<Timestamp>), Failure> {
    let mut until = None;
    let opened = arguments.reading.open_recording(&arguments.traces, |zone| {
        let span = span(arguments, zone)?;
        until = span.until;
        Ok(span)
    })?;
    Ok((opened, until))
}

/// Returns from when to when; times without a zone are in this one.
fn span(arguments: &Arguments, zone: Tz) -> Result<Span, Failure> {
    let time = |text: &Option<String>| text.as_deref().map(|text| instant(text, zone)).transpose();
    Ok(Span { from: time(&arguments.from)?, until: time(&arguments.until)? })
}

/// Returns that no plant has an operation of this name.
fn no_operation(name: &str, plant: &Plant) -> Failure {
    let names = plant.operations.iter().map(|row| row.name.as_str());
    let hint = latchwork_expr::closest(name, names).map(|name| format!("; did you mean `{name}`?"));
    Failure::new(Exit::Problems, format_args!("there is no operation `{name}`{}", hint.unwrap_or_default()))
}

fn records_output(arguments: &Arguments) -> Result<(Form, Output), Failure> {
    let Some(path) = &arguments.output else {
        let output = if arguments.timeline {
            crate::output::replayed::nowhere()
        } else {
            Output::new("standard output", BufWriter::with_capacity(WRITE_BUFFER_BYTES, io::stdout()))
        };
        return Ok((Form::JsonLines, output));
    };
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let form = match ending.to_ascii_lowercase().as_str() {
        "csv" => Form::Csv,
        "parquet" => {
            let message = "`--output` to Parquet is not in this version; use `.jsonl` or `.csv`";
            return Err(Failure::new(Exit::Usage, message));
        }
        _ => Form::JsonLines,
    };
    Ok((form, create(path)?))
}

fn create(path: &Path) -> Result<Output, Failure> {
    let file = File::create(path)
        .map_err(|error| Failure::new(Exit::NotStarted, format_args!("cannot write `{}`: {error}", path.display())))?;
    Ok(Output::new(path.display().to_string(), BufWriter::with_capacity(WRITE_BUFFER_BYTES, file)))
}

fn show_timeline(report: &crate::replay::Report, replayed: &Replayed) {
    let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).unwrap_or(TIMELINE_COLUMNS);
    let end = report.end.unwrap_or_default();
    print!("{}", timeline(replayed.shown(), end, columns));
}
