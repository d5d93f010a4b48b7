//! The engine over recorded samples: what `replay` and the tests run.

mod pace;
mod progress;
mod report;

use std::sync::Arc;
use std::time::Instant;

use latchwork_config::{Configuration, ReplayColumn};
use latchwork_connectors::trace::{Catalog, ColumnMapping, Fault, Options, TraceError, Traces, Usage};
use latchwork_engine::{Engine, Moment, Plant};
use latchwork_expr::Timestamp;

use crate::drive::Drive;
use crate::exit::{Exit, Failure};
use crate::output::replayed::Replayed;
use pace::Pace;
use progress::Progress;

pub use pace::Speed;
pub use report::Report;

/// How many tags that the plant does not have are told.
const UNKNOWN_TAGS_TOLD: usize = 3;
/// How many scans pass between two looks at the clock for the progress bar.
const PROGRESS_SCANS: u64 = 1 << 16;

/// A replay about to run.
#[derive(Clone, Copy, Debug)]
pub struct Replay {
    /// Where time ends, if not at the last row.
    pub until: Option<Timestamp>,
    /// How fast time passes.
    pub speed: Speed,
    /// Whether a bar on standard error, if that is a terminal, shows how far it is.
    pub show_progress: bool,
}

impl Replay {
    /// Runs the engine of a plant over traces.
    pub fn run(&self, plant: &Arc<Plant>, mut traces: Traces, replayed: &mut Replayed) -> Result<Report, Failure> {
        let begun = Instant::now();
        let mut drive = Drive::new(Engine::new(plant.clone()));
        let mut pace = Pace::new(self.speed);
        let progress = Progress::new(&traces, self.show_progress);
        while traces.advance().map_err(|error| trace_failure(&error))? {
            let (at, sequence) = (traces.at(), traces.sequence());
            pace.wait_for(at);
            if traces.boot().is_none() {
                drive.samples(at, sequence, traces.samples_mut(), replayed);
            }
            if drive.scans().is_multiple_of(PROGRESS_SCANS) {
                progress.show(&traces);
            }
            replayed.check()?;
        }
        let end = self.end(&traces);
        if let Some(end) = end {
            pace.wait_for(end);
            drive.pass(end, replayed);
        }
        replayed.finish(drive.engine())?;
        progress.end();
        Ok(Report {
            drive,
            end: end.map(|end| end.wall),
            counters: traces.counters(),
            bad_lines: traces.bad_lines().map(ToString::to_string).collect(),
            unknown_tags: unknown_tags(&traces),
            elapsed: begun.elapsed(),
        })
    }

    /// Returns where time ends: at `until`, else at the last row.
    fn end(&self, traces: &Traces) -> Option<Moment> {
        let last = traces.end()?;
        let micros = self.until.map_or(0, |until| until.0.saturating_sub(last.wall.0));
        Some(last.plus_micros(micros.max(0)))
    }
}

/// Returns the first tags of the traces that the plant does not have.
fn unknown_tags(traces: &Traces) -> Vec<String> {
    let paths = traces.catalog().unknown_paths().take(UNKNOWN_TAGS_TOLD);
    paths.map(|path| path.trim_start_matches("[default]").to_owned()).collect()
}

/// Returns the tags of a plant as readers look them up.
pub fn catalog(plant: &Plant) -> Catalog {
    let mut catalog = Catalog::new();
    for (tag, read) in plant.tags.iter().zip(plant.read_tags()) {
        let read = read && tag.expression.is_none();
        catalog.add(&tag.path, tag.kind, if read { Usage::Read } else { Usage::Unread });
    }
    catalog
}

/// Returns how the configuration says that traces are read.
pub fn options(configuration: &Configuration) -> Options {
    let replay = &configuration.replay;
    let column = |row: &ReplayColumn| ColumnMapping {
        column: row.column.clone(),
        tag: configuration.plant.tags[row.tag.index()].path.clone(),
    };
    Options {
        zone: replay.zone,
        columns: replay.columns.iter().map(column).collect(),
        timestamp_column: replay.timestamp_column.clone(),
        timestamp_format: replay.timestamp_format.clone(),
        ..Options::default()
    }
}

/// Returns how a trace's error ends a command.
pub fn trace_failure(error: &TraceError) -> Failure {
    let exit = match error.fault() {
        Fault::Given => Exit::Problems,
        Fault::System => Exit::Fault,
    };
    Failure::new(exit, error)
}

/// Returns seconds-like floats as whole microseconds.
#[expect(clippy::cast_possible_truncation, reason = "a float beyond the range saturates")]
pub(crate) fn whole_micros(micros: f64) -> i64 {
    micros.round() as i64
}
