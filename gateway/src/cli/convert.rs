//! `latchwork convert`: any trace into any other.

use std::path::PathBuf;
use std::sync::Arc;

use latchwork_config::Configuration;
use latchwork_connectors::trace::{Catalog, News, Options, OwnHeader, TraceFile, Traces, Usage};
use latchwork_expr::Tz;

use super::eval::zone;
use super::{load, tell};
use crate::exit::{Exit, Failure, write_failure};
use crate::replay::{options, own_files, trace_failure};

/// What `convert` is called with.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The trace to read, in any format that `replay` reads; `-` is standard input.
    #[arg(value_name = "FROM")]
    from: PathBuf,
    /// The trace to write: `.csv` (long), `.jsonl` or `.lwt` (own), then perhaps `.zst` or `.gz`.
    #[arg(value_name = "TO")]
    to: PathBuf,
    /// Takes the types of the tags and the names of columns from this configuration, and puts it into an own trace.
    #[arg(short, long = "config", value_name = "FILE")]
    config: Option<PathBuf>,
    /// The zone of times that are written without one.
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    timezone: Option<Tz>,
    /// What stands before the column names of a wide file to make them tag paths.
    #[arg(long, default_value = "", hide_default_value = true)]
    prefix: String,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let configuration = arguments.config.as_deref().map(load).transpose()?;
    let mut options = configuration.as_ref().map_or_else(Options::default, options);
    options.zone = arguments.timezone.unwrap_or(options.zone);
    options.prefix.clone_from(&arguments.prefix);
    let catalog = configuration.as_ref().map_or_else(Catalog::of_everything, every_tag);
    let traces = Traces::open(&[&arguments.from], catalog, &options).map_err(|error| trace_failure(&error))?;
    let name = arguments.to.display().to_string();
    let header = header(configuration.as_ref(), traces.recording());
    let file = TraceFile::create(&arguments.to, &header)
        .map_err(|error| Failure::new(Exit::NotStarted, format_args!("cannot write `{name}`: {error}")))?;
    let samples = copy(traces, file, &name)?;
    tell(&format!("{samples} samples written to {name}"));
    Ok(Exit::Done)
}

fn copy(mut traces: Traces, mut file: TraceFile, name: &str) -> Result<u64, Failure> {
    let mut scans = 0;
    while traces.advance().map_err(|error| trace_failure(&error))? {
        scans += u64::from(!matches!(traces.news(), Some(News::File(_))));
        let (catalog, samples) = (traces.catalog(), traces.samples());
        let (sequence, at) = (traces.sequence().unwrap_or(scans), traces.at());
        if traces.is_retained() {
            file.note_retained();
        }
        match traces.news() {
            None => file.scan(catalog, sequence, at, samples),
            Some(news) => file.news(catalog, (sequence, at), news, samples),
        }
        .map_err(|error| write_failure(name, &error))?;
    }
    file.finish().map_err(|error| write_failure(name, &error))?;
    Ok(traces.counters().samples)
}

/// Returns every tag of a configuration, read or not: the copy is whole.
pub(super) fn every_tag(configuration: &Configuration) -> Catalog {
    let mut catalog = Catalog::of_everything();
    for tag in &configuration.plant.tags {
        catalog.add(&tag.path, tag.kind, Usage::Read);
    }
    catalog
}

/// Returns the header of the copy: that of an own trace, else one that tells nothing of a gateway.
pub(super) fn header(configuration: Option<&Configuration>, copied: Option<&Arc<OwnHeader>>) -> OwnHeader {
    let copied = copied.map_or_else(OwnHeader::default, |header| (**header).clone());
    match configuration {
        None => copied,
        Some(Configuration { hash, files, .. }) => {
            OwnHeader { configuration_hash: hash.clone(), files: own_files(files), ..copied }
        }
    }
}
