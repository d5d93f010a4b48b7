//! Reads own traces.

use std::sync::Arc;

use latchwork_engine::{Moment, Monotonic, Sample};
use latchwork_expr::{Quality, Timestamp};
use serde::Deserialize;
use serde_json::Value as Json;

use super::code::decode_reading;
use super::{FORMAT_VERSION, OwnHeader};
use crate::trace::bad_line::{BadLine, quoted};
use crate::trace::catalog::{Catalog, Tag, TagIndex, Usage};
use crate::trace::error::{TraceError, TraceProblem};
use crate::trace::ledger::Ledger;
use crate::trace::lines::Lines;
use crate::trace::reading::Readings;
use crate::trace::row::{Row, Shape};

/// An own trace behind its header.
pub(crate) struct OwnTrace {
    lines: Lines,
    pub(crate) header: Arc<OwnHeader>,
    rows: OwnRows,
}

/// The version, which must be known before anything else is.
#[derive(Deserialize)]
struct Version {
    latchwork_trace: u64,
}

/// A line behind the header: exactly one of `tag`, `scan`, `boot`.
#[derive(Deserialize)]
struct Line {
    tag: Option<u32>,
    path: Option<String>,
    scan: Option<u64>,
    boot: Option<u64>,
    #[serde(default)]
    monotonic: i64,
    #[serde(default)]
    wall: i64,
    #[serde(default)]
    samples: Vec<Vec<Json>>,
    #[serde(default)]
    retained: Json,
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
        Ok(Self { lines, header: Arc::new(header), rows: OwnRows { tags: Vec::new(), readings } })
    }

    /// Tells whether the end of the trace was lost.
    pub(crate) const fn is_cut_off(&self) -> bool {
        self.lines.is_cut_off()
    }

    /// Reads lines up to the next boot or scan of which something is read; returns whether there was one.
    pub(crate) fn next_row(
        &mut self,
        catalog: &mut Catalog,
        ledger: &mut Ledger,
        row: &mut Row,
    ) -> Result<bool, TraceError> {
        while let Some((number, line)) = self.lines.next_line()? {
            match self.rows.read(line, catalog, row) {
                Ok(Found::Row) => {
                    ledger.enter(row.at, number)?;
                    if !row.samples.is_empty() || matches!(row.shape, Shape::Boot(..)) {
                        return Ok(true);
                    }
                    ledger.unread_rows += 1;
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
}

/// Reads the lines of an own trace.
struct OwnRows {
    /// By the number that a tag was declared with.
    tags: Vec<TagIndex>,
    readings: Readings,
}

impl OwnRows {
    fn read(&mut self, text: &[u8], catalog: &mut Catalog, row: &mut Row) -> Result<Found, String> {
        let line: Line = serde_json::from_slice(text).map_err(|error| format!("a line of an own trace ({error})"))?;
        let at = Moment { monotonic: Monotonic(line.monotonic), wall: Timestamp(line.wall) };
        row.at = at;
        match (line.tag, line.scan, line.boot) {
            (Some(number), None, None) => {
                self.declare(number, &line.path.unwrap_or_default(), catalog)?;
                return Ok(Found::Tag);
            }
            (None, Some(sequence), None) => {
                row.shape = Shape::Own(sequence);
                for sample in line.samples {
                    row.samples.extend(self.sample(sample, at, catalog)?);
                }
            }
            (None, None, Some(sequence)) => row.shape = Shape::Boot(sequence, Box::new(line.retained)),
            (_, _, _) => return Err("one of `tag`, `scan`, `boot`".to_owned()),
        }
        Ok(Found::Row)
    }

    fn declare(&mut self, number: u32, path: &str, catalog: &mut Catalog) -> Result<(), String> {
        if usize::try_from(number) != Ok(self.tags.len()) {
            return Err(format!("the declaration of tag {}", self.tags.len()));
        }
        self.tags.push(catalog.meet(path.as_bytes())?);
        Ok(())
    }

    fn sample(&mut self, parts: Vec<Json>, at: Moment, catalog: &Catalog) -> Result<Option<Sample>, String> {
        let mut parts = parts.into_iter();
        let number = parts.next().and_then(|number| number.as_u64()).and_then(|number| usize::try_from(number).ok());
        let index = *number.and_then(|number| self.tags.get(number)).ok_or("the number of a declared tag")?;
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
