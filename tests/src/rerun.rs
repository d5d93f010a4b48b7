//! A plant's text and traces in memory through the very loop that `latchwork replay` runs.

use std::io::{self, Cursor, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use latchwork_config::{Configuration, Memory, Problems};
use latchwork_connectors::trace::{Options, Traces};
use latchwork_engine::{Engine, OperationIndex, Order};
use latchwork_gateway::output::records::Form;
use latchwork_gateway::output::replayed::{Output, Replayed, Selection};
use latchwork_gateway::replay::{Replay, Speed, catalog, options};
use serde_json::Value as Json;

use crate::model::record::Counts;

/// What a replay gave.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The record lines, sorted as `--sort` does.
    pub records: String,
    /// The event lines.
    pub events: String,
    /// The orders at the end.
    pub orders: Vec<Order>,
    /// The rejected commands.
    pub rejections: Vec<String>,
    /// How often a start opened nothing, over all operations.
    pub counts: Counts,
    /// How many scans the engine took: samples, commands, deadlines and the boot.
    pub scans: u64,
}

impl Outcome {
    /// Returns the records as JSON.
    pub fn record_rows(&self) -> Vec<Json> {
        rows(&self.records)
    }

    /// Returns the events as JSON.
    pub fn event_rows(&self) -> Vec<Json> {
        rows(&self.events)
    }
}

/// Reads JSON lines.
///
/// # Panics
/// Panics at a line that is not JSON: the text is our own.
pub fn rows(lines: &str) -> Vec<Json> {
    let row = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("`{line}` is not JSON: {error}"));
    lines.lines().filter(|line| !line.is_empty()).map(row).collect()
}

/// Reads a plant's text.
pub fn configuration(plant: &str) -> Result<Configuration, Problems> {
    latchwork_config::read(Path::new("plant.toml"), &Memory::of("plant.toml", plant))
}

/// Replays traces, each a name with its content.
///
/// # Panics
/// Panics when the plant has problems or a trace cannot be read: a test gives what is right.
pub fn replay(plant: &str, traces: &[(&str, &[u8])]) -> Outcome {
    let configuration = configuration(plant).unwrap_or_else(|problems| {
        panic!("the plant has problems:\n{}\n{plant}", problems.render(latchwork_config::Colour::Off))
    });
    let options = options(&configuration);
    replay_with(configuration, traces, &options)
}

/// Replays traces with options.
///
/// # Panics
/// Panics when a trace cannot be read.
pub fn replay_with(configuration: Configuration, traces: &[(&str, &[u8])], options: &Options) -> Outcome {
    let plant = Arc::new(configuration.plant);
    let (records, events) = (Shared::default(), Shared::default());
    let selection = Selection { sorted: true, ..Selection::default() };
    let output = |name: &str, shared: &Shared| Output::new(name, shared.clone());
    let mut replayed =
        Replayed::new(Form::JsonLines, output("records", &records), Some(output("events", &events)), selection)
            .expect("memory takes everything");
    let streams: Vec<_> =
        traces.iter().map(|&(name, bytes)| (name, Box::new(Cursor::new(bytes.to_vec())) as _)).collect();
    let traces = Traces::of_streams(streams, catalog(&plant), options).unwrap_or_else(|error| panic!("{error}"));
    let replay = Replay { until: options.until, speed: Speed::Unbounded, show_progress: false };
    let report = replay.run(&plant, traces, &mut replayed).unwrap_or_else(|failure| panic!("{}", failure.message));
    let rejections = replayed.commands().2.to_vec();
    let orders = report.engine().orders().to_vec();
    let counts = counts(report.engine());
    Outcome { records: records.text(), events: events.text(), orders, rejections, counts, scans: report.scans }
}

/// Returns what an engine counted over all operations.
fn counts(engine: &Engine) -> Counts {
    let operations = (0_u32..).map(OperationIndex).take(engine.plant().operations.len());
    operations.map(|operation| engine.counters(operation)).fold(Counts::default(), |sum, counters| Counts {
        held_off: sum.held_off + counters.held_off,
        ignored: sum.ignored + counters.ignored,
        continued: sum.continued + counters.continued,
    })
}

/// Bytes that several owners write and read.
#[derive(Clone, Debug, Default)]
pub struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    /// Returns what was written, as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
