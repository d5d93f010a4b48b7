//! The engine over recorded samples: what `replay` and the tests run.

mod audience;
mod course;
mod pace;
mod progress;
mod recording;
mod report;

use std::slice;
use std::sync::Arc;
use std::time::Instant;

use latchwork_config::{Configuration, ReplayColumn, SourceFile};
use latchwork_connectors::trace::{Catalog, ColumnMapping, Fault, News, Options, OwnFile, TraceError, Traces, Usage};
use latchwork_engine::{Moment, Monotonic, Plant};
use latchwork_expr::Timestamp;

use crate::exit::{Exit, Failure};
use course::Course;
use pace::Pace;
use progress::Progress;

pub use audience::Audience;
pub use course::Basis;
pub use pace::Speed;
pub use recording::Recording;
pub use report::Report;

/// How many tags that the plant does not have are told.
const UNKNOWN_TAGS_TOLD: usize = 3;

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
    pub fn run(&self, plant: &Arc<Plant>, traces: Traces, audience: &mut impl Audience) -> Result<Report, Failure> {
        self.run_on(Basis::Given(plant.clone()), traces, audience)
    }

    /// Runs an engine over traces.
    pub fn run_on(&self, basis: Basis, mut traces: Traces, audience: &mut impl Audience) -> Result<Report, Failure> {
        let begun = Instant::now();
        let mut course = Course::new(basis, &mut traces, audience);
        let mut pace = Pace::new(self.speed);
        let mut progress = Progress::new(&traces, self.show_progress);
        while traces.advance().map_err(|error| trace_failure(&error))? {
            if traces.news().is_some() {
                take_news(&mut course, &mut pace, &mut traces, audience)?;
            } else {
                let (at, sequence) = (traces.at(), traces.sequence());
                pace.wait_for(at);
                course.drive.samples(at, sequence, traces.samples_mut(), audience);
                // Nearly all rows of nearly all traces: nothing is asked of them that a run of them can be asked once.
                for sample in traces.take_lone() {
                    let at = Moment { monotonic: Monotonic(sample.source_time.0), wall: sample.source_time };
                    pace.wait_for(at);
                    course.drive.samples(at, None, slice::from_mut(sample), audience);
                }
            }
            progress.show(course.drive.scans(), &traces);
            audience.replayed().check()?;
            if audience.has_heard_enough() {
                break;
            }
        }
        let end = self.end(&traces);
        if let Some(end) = end {
            pace.wait_for(end);
            course.drive.pass(end, audience);
        }
        let measured_until = end.or(course.drive.last()).unwrap_or_default();
        audience.replayed().finish(course.drive.engine(), measured_until)?;
        progress.end();
        Ok(Report {
            scans: course.scans(&traces),
            reloads_left_out: course.reloads_left_out,
            drive: course.drive,
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

/// Takes what a scan of an own trace tells besides samples, at its time.
#[cold]
fn take_news(
    course: &mut Course,
    pace: &mut Pace,
    traces: &mut Traces,
    audience: &mut impl Audience,
) -> Result<(), Failure> {
    let Some(news) = traces.take_news() else { return Ok(()) };
    if !matches!(news, News::File(_)) && !traces.is_left_out() {
        pace.wait_for(traces.at());
    }
    course.take(news, traces, audience)
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

/// Returns the files of a configuration as own traces keep them.
pub fn own_files(files: &[SourceFile]) -> Vec<OwnFile> {
    let own = |file: &SourceFile| OwnFile { path: file.path.display().to_string(), text: file.text.clone() };
    files.iter().map(own).collect()
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
