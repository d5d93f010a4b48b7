//! The engine over recorded samples: what `replay` and the tests run.

use std::fmt::Write;
use std::io::IsTerminal;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use latchwork_config::Configuration;
use latchwork_connectors::trace::{
    Catalog, ColumnMapping, Counters, Fault, Options, TraceError, TraceInput, Traces, Usage,
};
use latchwork_engine::{Engine, Moment, Monotonic, OperationIndex, Plant};
use latchwork_expr::Timestamp;

use crate::drive::{Drive, Sink};
use crate::exit::{Exit, Failure};
use crate::output::replayed::Replayed;

/// How many scans pass between two looks at the clock for the progress bar.
const PROGRESS_SCANS: u64 = 1 << 16;

/// How fast time passes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speed {
    /// As fast as it can.
    Unbounded,
    /// So many times as fast as recorded.
    Times(f64),
}

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

/// What a replay did.
#[derive(Debug)]
pub struct Report {
    drive: Drive,
    /// The last moment.
    pub end: Option<Timestamp>,
    /// What was read.
    pub counters: Counters,
    /// Lines that were skipped: the first of them, in words.
    pub bad_lines: Vec<String>,
    /// How long it took.
    pub elapsed: Duration,
}

impl Replay {
    /// Runs the engine of a plant over traces.
    pub fn run(&self, plant: &Arc<Plant>, mut traces: Traces, replayed: &mut Replayed) -> Result<Report, Failure> {
        let begun = Instant::now();
        let mut drive = Drive::new(Engine::new(plant.clone()));
        let mut pace = Pace { speed: self.speed, begun, first: None };
        let progress = Progress::new(&traces, self.show_progress);
        let mut batch = Vec::new();
        while let Some(scan) = traces.next(&mut batch).map_err(|error| trace_failure(&error))? {
            pace.wait_for(scan.at);
            if let TraceInput::Samples = scan.input {
                drive.samples(scan.at, scan.sequence, &mut batch, replayed);
            }
            if drive.scans().is_multiple_of(PROGRESS_SCANS) {
                progress.show(&traces);
            }
            if let Some(failure) = replayed.failure() {
                return Err(failure);
            }
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

impl Report {
    /// Returns the engine as it is at the end.
    pub const fn engine(&self) -> &Engine {
        self.drive.engine()
    }

    /// Returns what people are told at the end.
    pub fn summary(&self, replayed: &Replayed) -> String {
        let Counters { samples, unread_rows, bad_lines, cut_off, .. } = self.counters;
        let seconds = self.elapsed.as_secs_f64();
        let (scans, opened, open) = (self.drive.scans(), replayed.opened(), self.engine().open_records().count());
        let rate = if seconds > 0.0 { per_second(samples, seconds) } else { String::new() };
        let mut text = format!(
            "{} in {}, {} ({open} open), {}, {seconds:.3} s{rate}",
            counted(samples, "sample"),
            counted(scans, "scan"),
            counted(opened, "record"),
            counted(replayed.events(), "event"),
        );
        for (count, what, rest) in [
            (unread_rows, "row", " of tags that nothing reads"),
            (bad_lines, "bad line", " skipped"),
            (cut_off, "own trace", " cut off at the end"),
        ] {
            if count > 0 {
                let _ = write!(text, "\n{}{rest}", counted(count, what));
            }
        }
        for line in &self.bad_lines {
            let _ = write!(text, "\n  {line}");
        }
        self.write_voided(&mut text);
        text
    }

    /// Tells what did not become a record, if anything.
    fn write_voided(&self, text: &mut String) {
        let mut totals = [0; 5];
        for index in (0_u32..).map(OperationIndex).take(self.engine().plant().operations.len()) {
            let counters = self.engine().counters(index);
            let counts = [counters.held_off, counters.ignored, counters.refused, counters.continued, counters.faults];
            totals.iter_mut().zip(counts).for_each(|(total, count)| *total += count);
        }
        let words = [
            ("start", " held off"),
            ("start", " ignored"),
            ("start", " refused"),
            ("short interruption", " continued"),
            ("evaluation", " failed"),
        ];
        let told: Vec<String> = totals
            .into_iter()
            .zip(words)
            .filter(|&(count, _)| count > 0)
            .map(|(count, (what, rest))| counted(count, what) + rest)
            .collect();
        if !told.is_empty() {
            let _ = write!(text, "\n{}", told.join(", "));
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
fn per_second(samples: u64, seconds: f64) -> String {
    let rate = samples as f64 / seconds;
    if rate >= 1e6 { format!(", {:.1} M samples/s", rate / 1e6) } else { format!(", {rate:.0} samples/s") }
}

/// Returns a count of things, such as `1 row` or `2,000 rows`.
fn counted(count: u64, thing: &str) -> String {
    format!("{} {thing}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// Returns a count with its thousands apart.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
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
    let column = |row: &latchwork_config::ReplayColumn| ColumnMapping {
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

/// Lets recorded time pass no faster than asked.
struct Pace {
    speed: Speed,
    begun: Instant,
    first: Option<Monotonic>,
}

impl Pace {
    #[inline]
    fn wait_for(&mut self, at: Moment) {
        let Speed::Times(factor) = self.speed else { return };
        let first = *self.first.get_or_insert(at.monotonic);
        let micros = u64::try_from(at.monotonic.micros_since(first)).unwrap_or(0);
        let due = Duration::from_micros(micros).div_f64(factor);
        sleep(due.saturating_sub(self.begun.elapsed()));
    }
}

/// A bar on standard error, if that is a terminal.
struct Progress(Option<ProgressBar>);

impl Progress {
    fn new(traces: &Traces, wanted: bool) -> Self {
        if !wanted || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = match traces.progress().bytes_total {
            Some(total) => {
                ProgressBar::new(total).with_style(style("{bar:40} {bytes}/{total_bytes} {bytes_per_sec} {eta}"))
            }
            None => ProgressBar::new_spinner().with_style(style("{spinner} {bytes} {bytes_per_sec}")),
        };
        Self(Some(bar))
    }

    fn show(&self, traces: &Traces) {
        if let Some(bar) = &self.0 {
            bar.set_position(traces.progress().bytes_read);
        }
    }

    fn end(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("our own template is well-formed")
}

/// Takes effects for nobody.
#[derive(Clone, Copy, Debug)]
pub struct Nobody;

impl Sink for Nobody {
    fn take(&mut self, _: &Engine, _: &mut Vec<latchwork_engine::Effect>) {}
}
