//! `latchwork replay`: recorded samples through the engine, records out.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, NaiveDateTime, TimeZone};
use latchwork_config::Configuration;
use latchwork_connectors::trace::{BadLines, Catalog, Options, Traces};
use latchwork_engine::Plant;
use latchwork_expr::{Timestamp, Tz};

use super::eval::zone;
use super::{load, tell};
use crate::exit::{Exit, Failure};
use crate::output::records::Form;
use crate::output::replayed::{Output, Replayed, Selection};
use crate::output::shown::has_operation;
use crate::output::timeline::timeline;
use crate::replay::{Basis, Recording, Replay, Speed, options, trace_failure};

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
    /// The zone of times that are written without one, instead of the configuration's.
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    timezone: Option<Tz>,
    /// What stands before the column names of a wide file to make them tag paths.
    #[arg(long, default_value = "", hide_default_value = true)]
    prefix: String,
    /// Sorts rows that are out of order by at most this long, such as `500ms`, `30s`, `1h`.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    reorder_window: Option<i64>,
    /// Skips and counts lines that cannot be understood, instead of ending at the first.
    #[arg(long)]
    skip_bad_lines: bool,
}

fn speed(text: &str) -> Result<f64, String> {
    let factor: f64 = text.parse().map_err(|_| "expected a number".to_owned())?;
    if factor > 0.0 && factor.is_finite() { Ok(factor) } else { Err("expected a number above 0".into()) }
}

/// Reads a duration such as `1h`; gives microseconds.
fn duration(text: &str) -> Result<i64, String> {
    const UNITS: [(&str, f64); 7] =
        [("us", 1.0), ("µs", 1.0), ("ms", 1e3), ("s", 1e6), ("min", 6e7), ("m", 6e7), ("h", 3.6e9)];
    let split = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor = UNITS.into_iter().find(|(name, _)| *name == unit).map(|(_, factor)| factor);
    let micros = number.parse::<f64>().ok().zip(factor).map(|(number, factor)| number * factor);
    micros.map(crate::replay::whole_micros).ok_or_else(|| "expected a duration such as 500ms, 30s, 5m, 1h".into())
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
    let Opened { basis, traces, until } = match &arguments.config {
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

/// Traces with what runs over them.
struct Opened {
    basis: Basis,
    traces: Traces,
    until: Option<Timestamp>,
}

/// Opens the traces for a configuration. If it is the one in them, they replay as recorded.
fn open_with(arguments: &Arguments, configuration: Configuration) -> Result<Opened, Failure> {
    let (from, until) = span(arguments, configuration.replay.zone)?;
    let options = Options { from, until, ..trace_options(arguments, options(&configuration)) };
    let plant = Arc::new(configuration.plant);
    let traces = open(arguments, crate::replay::catalog(&plant), &options)?;
    let recording = Recording::with(&traces, &configuration.hash, &plant);
    let basis = recording.map_or_else(|| given(arguments, plant), |recording| Ok(Basis::Recorded(recording)))?;
    Ok(Opened { basis, traces, until })
}

/// Returns that one plant runs over all the traces; it must have the operations that are asked for.
fn given(arguments: &Arguments, plant: Arc<Plant>) -> Result<Basis, Failure> {
    let unknown = arguments.operations.iter().find(|name| !has_operation(&plant, name));
    unknown.map_or(Ok(()), |name| Err(no_operation(name, &plant)))?;
    Ok(Basis::Given(plant))
}

/// Opens the traces of a gateway, which have their configuration in them.
fn open_recording(arguments: &Arguments) -> Result<Opened, Failure> {
    let mut traces = open(arguments, Catalog::new(), &trace_options(arguments, Options::default()))?;
    let (recording, zone) = Recording::of(&traces)?;
    let (from, until) = span(arguments, zone)?;
    traces.set_span(from, until);
    Ok(Opened { basis: Basis::Recorded(recording), traces, until })
}

fn open(arguments: &Arguments, catalog: Catalog, options: &Options) -> Result<Traces, Failure> {
    Traces::open(&arguments.traces, catalog, options).map_err(|error| trace_failure(&error))
}

/// Returns from when to when; times without a zone are in that of the configuration unless another is given.
fn span(arguments: &Arguments, zone: Tz) -> Result<(Option<Timestamp>, Option<Timestamp>), Failure> {
    let zone = arguments.timezone.unwrap_or(zone);
    let time = |text: &Option<String>| text.as_deref().map(|text| instant(text, zone)).transpose();
    Ok((time(&arguments.from)?, time(&arguments.until)?))
}

fn trace_options(arguments: &Arguments, configured: Options) -> Options {
    Options {
        zone: arguments.timezone.unwrap_or(configured.zone),
        reorder_window_micros: arguments.reorder_window.unwrap_or(0),
        bad_lines: if arguments.skip_bad_lines { BadLines::Skip } else { BadLines::Stop },
        prefix: arguments.prefix.clone(),
        ..configured
    }
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
