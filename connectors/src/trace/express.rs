//! The short way through a long CSV file, for rows as nearly all recorders write them: columns in the usual order,
//! nothing quoted, a tag that is known already. Each byte is looked at once or twice.
//!
//! Never decides what a row means: it reads a row as [`super::long`] would, or leaves it alone.

use std::iter;

use latchwork_engine::{Reading, Sample};
use latchwork_expr::{Quality, TagSlot, Timestamp, Type, Value};
use memchr::{memchr2, memchr3};

use super::catalog::{Catalog, Tag, Usage};
use super::csv::Style;
use super::finder::TagFinder;
use super::number::short_decimal;
use super::quality;
use super::reading::Readings;
use super::row::{Row, moment};
use super::time::Times;

/// Whether a header has a quality behind the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tail {
    Value,
    ValueAndQuality,
}

/// Reads simple rows.
#[derive(Debug)]
pub(crate) struct Express {
    delimiter: u8,
    tail: Tail,
    tags: TagFinder,
}

/// What stands before a row's value.
#[derive(Clone, Copy)]
struct Front {
    time: Timestamp,
    tag: TagSlot,
    kind: Type,
}

impl Express {
    pub(crate) fn new(delimiter: u8, tail: Tail) -> Self {
        Self { delimiter, tail, tags: TagFinder::default() }
    }

    /// Reads the row that begins the bytes, with its sample if something reads its tag; returns what follows its line
    /// end. `None` proves nothing.
    #[inline]
    pub(crate) fn read<'a>(
        &mut self,
        ahead: &'a [u8],
        times: &mut Times,
        readings: &mut Readings,
        catalog: &Catalog,
        row: &mut Row,
    ) -> Option<(Usage, &'a [u8])> {
        let (time, rest) = times.read_ahead(ahead, self.delimiter)?;
        let (tag, &Tag { kind, usage, .. }, rest) = self.tags.read_ahead(catalog, rest, self.delimiter)?;
        let front = Front { time, tag: tag.slot(), kind };
        let rest = match usage {
            Usage::Unread => skip(rest)?,
            Usage::Read => match self.number(front, rest, row) {
                Some(rest) => rest,
                None => self.text(front, rest, readings, row)?,
            },
        };
        row.at = moment(time);
        Some((usage, rest))
    }

    /// Reads a number and a good quality, and returns what follows the line end.
    #[inline]
    fn number<'a>(&self, front: Front, rest: &'a [u8], row: &mut Row) -> Option<&'a [u8]> {
        let (number, rest) = short_decimal(rest)?;
        let rest = match (self.tail, rest) {
            (_, [b'\n', rest @ ..] | [b'\r', b'\n', rest @ ..]) => rest,
            (Tail::Value, _) => return None,
            (Tail::ValueAndQuality, _) => good(rest, self.delimiter)?,
        };
        let number = Numeric::of(front.kind, number)?;
        // An iterator makes the sample in its place: made before and moved there, it costs a third of the row's time.
        row.samples.extend(iter::once_with(move || {
            let reading = Reading::Value(number.value());
            Sample { tag: front.tag, reading, quality: Quality::Good, source_time: front.time }
        }));
        Some(rest)
    }

    /// Reads any value and quality, and returns what follows the line end.
    fn text<'a>(&self, front: Front, rest: &'a [u8], readings: &mut Readings, row: &mut Row) -> Option<&'a [u8]> {
        let (value, end, after) = cell(rest, self.delimiter)?;
        let (quality, rest) = match (end, self.tail) {
            (b'\n', _) => (Quality::Good, after),
            (_, Tail::Value) => return None,
            (_, Tail::ValueAndQuality) => {
                let (quality, end, after) = cell(after, self.delimiter)?;
                (quality::from_text(quality).filter(|_| end == b'\n')?, after)
            }
        };
        let reading = readings.of_cell(front.kind, value, Style::Bare, quality).ok()?;
        row.samples.push(Sample { tag: front.tag, reading, quality, source_time: front.time });
        Some(rest)
    }
}

/// A number that fits its tag's declared type.
#[derive(Clone, Copy)]
enum Numeric {
    Boolean(bool),
    Integer(i64),
    Float(f64),
}

impl Numeric {
    #[inline]
    fn of(kind: Type, number: f64) -> Option<Self> {
        match kind {
            Type::Float => Some(Self::Float(number)),
            Type::Boolean => Some(Self::Boolean(number != 0.0)),
            #[expect(clippy::cast_possible_truncation, reason = "whole and of at most fifteen digits")]
            Type::Integer => (number.fract() == 0.0).then_some(Self::Integer(number as i64)),
            Type::Any | Type::Null | Type::String | Type::Date | Type::Dataset | Type::Document => None,
        }
    }

    #[inline]
    const fn value(self) -> Value {
        match self {
            Self::Boolean(truth) => Value::Boolean(truth),
            Self::Integer(number) => Value::Integer(number),
            Self::Float(number) => Value::Float(number),
        }
    }
}

/// Returns what follows a good quality and its line end.
#[inline]
fn good(rest: &[u8], delimiter: u8) -> Option<&[u8]> {
    let (&first, rest) = rest.split_first()?;
    match rest.strip_prefix(b"Good").unwrap_or(rest) {
        [b'\n', rest @ ..] | [b'\r', b'\n', rest @ ..] if first == delimiter => Some(rest),
        _ => None,
    }
}

/// Splits off an unquoted cell: its text, the delimiter or line end behind it, and what follows.
fn cell(text: &[u8], delimiter: u8) -> Option<(&[u8], u8, &[u8])> {
    let at = memchr3(delimiter, b'\n', b'"', text)?;
    let (cell, end) = (&text[..at], text[at]);
    let cell = if end == b'\n' { cell.strip_suffix(b"\r").unwrap_or(cell) } else { cell };
    (end != b'"').then_some((cell, end, &text[at + 1..]))
}

/// Returns what follows the line, if nothing in it is quoted.
#[inline]
fn skip(rest: &[u8]) -> Option<&[u8]> {
    let end = memchr2(b'\n', b'"', rest)?;
    (rest[end] == b'\n').then_some(&rest[end + 1..])
}
