//! Reads own traces.

use std::sync::Arc;

use latchwork_engine::{Command, Moment, Monotonic, Sample};
use latchwork_expr::{Quality, Timestamp};
use serde::Deserialize;
use serde_json::Value as Json;

use super::code::{decode_notice, decode_reading};
use super::line::Line;
use super::{FORMAT_VERSION, News, OwnHeader};
use crate::trace::bad_line::{BadLine, quoted};
use crate::trace::catalog::{Catalog, Tag, TagIndex, Usage};
use crate::trace::error::{TraceError, TraceProblem};
use crate::trace::ledger::Ledger;
use crate::trace::lines::Lines;
use crate::trace::reading::Readings;
use crate::trace::row::{Row, Shape};

/// The lines that there are.
const KINDS: &str = "one of `tag`, `scan`, `timer`, `command`, `boot`, `reload`";

/// An own trace.
pub(crate) struct OwnTrace {
    lines: Lines,
    pub(crate) header: Arc<OwnHeader>,
    is_header_told: bool,
    rows: OwnRows,
}

/// The version, which must be known before anything else is.
#[derive(Deserialize)]
struct Version {
    latchwork_trace: u64,
}

/// What a line holds.
enum Found {
    Row,
    Tag,
}

impl OwnTrace {
    /// Reads the header.
    pub(crate) fn new(mut lines: Lines, ledger: &Ledger, readings: Readings) -> Result<Self, TraceError> {
        lines.accept_cut();
        let refused = |problem| TraceError::new(&ledger.file, problem);
        let (_, line) = lines.next_line()?.ok_or_else(|| refused(TraceProblem::CutOff))?;
        let version = serde_json::from_slice(line).map(|Version { latchwork_trace }| latchwork_trace);
        if let Ok(version) = version
            && version > FORMAT_VERSION
        {
            return Err(refused(TraceProblem::NewerVersion(version)));
        }
        let header = serde_json::from_slice(line).map_err(|error| {
            let (expected, found) = (format!("the header of an own trace ({error})"), quoted(line));
            let file = Arc::clone(&ledger.file);
            refused(TraceProblem::BadLine(BadLine { file, line: 1, column: 1, expected, found }))
        })?;
        let rows = OwnRows { tags: Vec::new(), readings };
        Ok(Self { lines, header: Arc::new(header), is_header_told: false, rows })
    }

    /// Tells whether the end of the trace was lost.
    pub(crate) const fn is_cut_off(&self) -> bool {
        self.lines.is_cut_off()
    }

    /// Tells whether reading it has begun.
    pub(crate) const fn is_begun(&self) -> bool {
        self.is_header_told
    }

    /// Forgets what the tags are that were declared so far: the catalog is another.
    pub(crate) fn forget_tags(&mut self) {
        self.rows.tags.fill(None);
    }

    /// Reads the header, then the lines up to the next that is no declaration; returns whether there was one.
    pub(crate) fn next_row(
        &mut self,
        catalog: &mut Catalog,
        ledger: &mut Ledger,
        row: &mut Row,
    ) -> Result<bool, TraceError> {
        if !self.is_header_told {
            self.is_header_told = true;
            (row.at, row.shape) = (self.begun(), Shape::File(Arc::clone(&self.header)));
            return Ok(true);
        }
        while let Some((number, line)) = self.lines.next_line()? {
            match self.rows.read(line, catalog, row) {
                Ok(Found::Row) => {
                    enter(row, number, ledger)?;
                    return Ok(true);
                }
                Ok(Found::Tag) => {}
                Err(expected) => {
                    row.samples.clear();
                    ledger.refuse(number, 1, expected, quoted(line))?;
                }
            }
        }
        Ok(false)
    }

    /// Returns when the file begins: before everything in it, and behind the last scan before it.
    fn begun(&self) -> Moment {
        let monotonic = self.header.last.map_or(Monotonic(i64::MIN), |last| last.monotonic);
        Moment { monotonic, wall: self.header.begun }
    }
}

/// Enters a row into the books. A boot may be before scans that were never committed.
fn enter(row: &Row, number: u64, ledger: &mut Ledger) -> Result<(), TraceError> {
    if matches!(&row.shape, Shape::News(_, news) if matches!(**news, News::Boot(_))) {
        ledger.begin_anew();
    }
    ledger.unread_rows += u64::from(matches!(row.shape, Shape::Own(_)) && row.samples.is_empty());
    ledger.enter(row.at, number)
}

/// Reads the lines of an own trace.
struct OwnRows {
    /// By the number that a tag was declared with; `None` where that was under another catalog.
    tags: Vec<Option<TagIndex>>,
    readings: Readings,
}

impl OwnRows {
    fn read(&mut self, text: &[u8], catalog: &mut Catalog, row: &mut Row) -> Result<Found, String> {
        let line: Line = parsed(text)?;
        row.at = Moment { monotonic: Monotonic(line.monotonic), wall: Timestamp(line.wall) };
        row.is_retained = line.retained == Json::Bool(true);
        row.shape = match (line.tag, line.scan, line.timer, line.command, line.boot, line.reload) {
            (Some(number), None, None, None, None, None) => {
                self.declare(number, &line.path.unwrap_or_default(), catalog)?;
                return Ok(Found::Tag);
            }
            (None, Some(sequence), None, None, None, None) => {
                self.samples(line.samples, catalog, row)?;
                match line.notice {
                    None => Shape::Own(sequence),
                    Some(notice) => {
                        news(sequence, News::Notice(decode_notice(&notice).ok_or("a notice that is known")?))
                    }
                }
            }
            (None, None, Some(sequence), None, None, None) => news(sequence, News::Timer),
            (None, None, None, Some(sequence), None, None) => news(sequence, News::Command(command(line.asked)?)),
            (None, None, None, None, Some(sequence), None) => news(sequence, News::Boot(parsed(text)?)),
            (None, None, None, None, None, Some(sequence)) => news(sequence, News::Reload(parsed(text)?)),
            (_, _, _, _, _, _) => return Err(KINDS.to_owned()),
        };
        Ok(Found::Row)
    }

    fn declare(&mut self, number: u32, path: &str, catalog: &mut Catalog) -> Result<(), String> {
        if usize::try_from(number) != Ok(self.tags.len()) {
            return Err(format!("the declaration of tag {}", self.tags.len()));
        }
        self.tags.push(Some(catalog.meet(path.as_bytes())?));
        Ok(())
    }

    fn samples(&mut self, samples: Vec<Vec<Json>>, catalog: &Catalog, row: &mut Row) -> Result<(), String> {
        for sample in samples {
            row.samples.extend(self.sample(sample, row.at, catalog)?);
        }
        Ok(())
    }

    fn sample(&mut self, parts: Vec<Json>, at: Moment, catalog: &Catalog) -> Result<Option<Sample>, String> {
        let mut parts = parts.into_iter();
        let number = parts.next().and_then(|number| number.as_u64()).and_then(|number| usize::try_from(number).ok());
        let index = number.and_then(|number| *self.tags.get(number)?).ok_or("the number of a declared tag")?;
        let Tag { kind, usage, .. } = *catalog.tag(index);
        if usage == Usage::Unread {
            return Ok(None);
        }
        let reading = parts.next().and_then(decode_reading).ok_or("a value")?;
        let reading = self.readings.conform(kind, reading)?;
        let quality = parts.next().map_or(Some(Quality::Good), |name| Quality::from_name(name.as_str()?));
        let quality = quality.ok_or("the name of a quality")?;
        let source_time = parts.next().map_or(Some(at.wall), |time| time.as_i64().map(Timestamp));
        let source_time = source_time.ok_or("a source time in microseconds")?;
        Ok(Some(Sample { tag: index.slot(), reading, quality, source_time }))
    }
}

fn news(sequence: u64, news: News) -> Shape {
    Shape::News(sequence, Box::new(news))
}

fn command(asked: Json) -> Result<Box<Command>, String> {
    Command::from_json(asked).map(Box::new).map_err(|error| format!("a command ({error})"))
}

fn parsed<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, String> {
    serde_json::from_slice(text).map_err(|error| format!("a line of an own trace ({error})"))
}
