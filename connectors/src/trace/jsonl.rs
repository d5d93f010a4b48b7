//! JSON lines: `{"ts", "tag", "value", "quality"?}`, or `{"ts", "values": {…}}`, which is one scan; and
//! `{"ts", "command": {…}}`.

use std::borrow::Cow;

use latchwork_engine::{Command, Sample};
use latchwork_expr::{Level, Quality, Timestamp};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value as Json};

use super::bad_line::quoted;
use super::catalog::{Catalog, Tag, Usage};
use super::error::{TraceError, TraceProblem};
use super::ledger::Ledger;
use super::lines::Lines;
use super::quality;
use super::reading::Readings;
use super::row::{Row, Shape, moment};
use super::time::Times;

/// A file of JSON lines.
pub(crate) struct JsonLines {
    lines: Lines,
    rows: JsonRows,
}

/// A line as it is written. Other keys are ignored.
#[derive(Deserialize)]
struct Line {
    ts: Option<Json>,
    tag: Option<String>,
    /// `None` when the key is not there, which is not `null`.
    #[serde(default, deserialize_with = "present")]
    value: Option<Json>,
    quality: Option<Json>,
    values: Option<Map<String, Json>>,
    command: Option<Json>,
}

/// What is wrong with a line.
struct JsonFault {
    column: usize,
    expected: Cow<'static, str>,
    found: String,
}

/// Why a line cannot be read.
enum Unreadable {
    /// It may be skipped.
    Line(JsonFault),
    /// It is a command: nobody may skip those.
    Command(String),
}

impl From<JsonFault> for Unreadable {
    fn from(fault: JsonFault) -> Self {
        Self::Line(fault)
    }
}

impl JsonLines {
    pub(crate) fn new(lines: Lines, times: Times, readings: Readings) -> Self {
        Self { lines, rows: JsonRows { times, readings } }
    }

    /// Reads lines up to the next that has a sample; returns whether there was one.
    pub(crate) fn next_row(
        &mut self,
        catalog: &mut Catalog,
        ledger: &mut Ledger,
        row: &mut Row,
    ) -> Result<bool, TraceError> {
        while let Some((number, line)) = self.lines.next_line()? {
            if line.trim_ascii().is_empty() {
                continue;
            }
            match self.rows.read(line, catalog, row) {
                Ok(()) => {
                    ledger.enter(row.at, number)?;
                    if !row.samples.is_empty() || matches!(row.shape, Shape::Command(_)) {
                        return Ok(true);
                    }
                    ledger.unread_rows += 1;
                }
                Err(Unreadable::Command(reason)) => {
                    return Err(TraceError::new(&ledger.file, TraceProblem::Command { line: number, reason }));
                }
                Err(Unreadable::Line(JsonFault { column, expected, found })) => {
                    row.samples.clear();
                    ledger.refuse(number, column as u64, expected.into_owned(), found)?;
                }
            }
        }
        Ok(false)
    }
}

/// Reads the lines of a file.
struct JsonRows {
    times: Times,
    readings: Readings,
}

impl JsonRows {
    fn read(&mut self, text: &[u8], catalog: &mut Catalog, row: &mut Row) -> Result<(), Unreadable> {
        let line: Line = serde_json::from_slice(text).map_err(|error| JsonFault::of_json(text, &error))?;
        let time = self.time(line.ts.ok_or_else(|| JsonFault::missing(text, "the key `ts`"))?)?;
        row.at = moment(time);
        if let Some(command) = line.command {
            let command = Command::from_json(command).map_err(|error| Unreadable::Command(error.to_string()))?;
            row.shape = Shape::Command(Box::new(command));
            return Ok(());
        }
        let quality = quality(line.quality)?;
        match (line.tag, line.value, line.values) {
            (None, None, Some(values)) => {
                row.shape = Shape::Whole;
                for (tag, value) in values {
                    row.samples.extend(self.sample(&tag, value, quality, time, catalog)?);
                }
            }
            (Some(tag), value, None) if value.is_some() || quality.level() >= Level::Bad => {
                row.shape = Shape::Joining;
                row.samples.extend(self.sample(&tag, value.unwrap_or_default(), quality, time, catalog)?);
            }
            (_, _, _) => return Err(JsonFault::missing(text, "the keys `tag` and `value`, or `values`").into()),
        }
        Ok(())
    }

    fn sample(
        &mut self,
        path: &str,
        value: Json,
        quality: Quality,
        time: Timestamp,
        catalog: &mut Catalog,
    ) -> Result<Option<Sample>, JsonFault> {
        let index = catalog.meet(path.as_bytes()).map_err(|expected| JsonFault::new(expected, path))?;
        let Tag { kind, usage, .. } = *catalog.tag(index);
        if usage == Usage::Unread {
            return Ok(None);
        }
        let shown = value.to_string();
        let reading = self.readings.of_json(kind, value, quality);
        let reading = reading.map_err(|expected| JsonFault::new(format!("{expected} for `{path}`"), &shown))?;
        Ok(Some(Sample { tag: index.slot(), reading, quality, source_time: time }))
    }

    fn time(&mut self, ts: Json) -> Result<Timestamp, JsonFault> {
        let text = if let Json::String(text) = ts { text } else { ts.to_string() };
        self.times.read(text.as_bytes()).ok_or_else(|| JsonFault::new(self.times.expected(), &text))
    }
}

impl JsonFault {
    fn new(expected: impl Into<Cow<'static, str>>, found: &str) -> Self {
        Self { column: 1, expected: expected.into(), found: quoted(found.as_bytes()) }
    }

    fn missing(line: &[u8], expected: &'static str) -> Self {
        Self { column: 1, expected: expected.into(), found: quoted(line) }
    }

    fn of_json(line: &[u8], error: &serde_json::Error) -> Self {
        let column = error.column().max(1);
        let found = quoted(line.get(column - 1..).unwrap_or_default());
        let expected = if error.is_data() { shape_of(error) } else { "a JSON object".into() };
        Self { column, expected, found }
    }
}

/// Returns what serde expected, without the place, which is told better before it.
fn shape_of(error: &serde_json::Error) -> Cow<'static, str> {
    let text = error.to_string();
    let place = text.rfind(" at line ").unwrap_or(text.len());
    let expected = text[..place].rsplit_once(", expected ").map_or("a line of another form", |(_, expected)| expected);
    expected.to_owned().into()
}

fn quality(json: Option<Json>) -> Result<Quality, JsonFault> {
    let read = quality::from_json(json.as_ref());
    read.ok_or_else(|| JsonFault::new(quality::EXPECTED, &json.unwrap_or_default().to_string()))
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(deserializer).map(Some)
}
