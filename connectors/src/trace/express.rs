//! The short way through a long CSV file, for rows as nearly all recorders write them: columns in the usual order,
//! nothing quoted, a known tag, a number or nothing to read. Each byte is looked at once.
//!
//! Never decides what a row means: it reads a row as [`super::long`] would, or leaves it alone.

use std::iter;

use latchwork_engine::{Reading, Sample};
use latchwork_expr::{Quality, TagSlot, Timestamp, Type, Value};
use memchr::memchr2;

use super::catalog::{Catalog, Tag, TagFinder, Usage};
use super::number::short_decimal;
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

impl Express {
    pub(crate) fn new(delimiter: u8, tail: Tail) -> Self {
        Self { delimiter, tail, tags: TagFinder::default() }
    }

    /// Reads the row that begins the bytes, with its sample if something reads its tag; returns its length with its
    /// line end. `None` proves nothing.
    #[inline]
    pub(crate) fn read(
        &mut self,
        ahead: &[u8],
        times: &mut Times,
        catalog: &Catalog,
        row: &mut Row,
    ) -> Option<(usize, Usage)> {
        let (time, rest) = times.read_ahead(ahead, self.delimiter)?;
        let (tag, rest) = self.tags.read_ahead(catalog, rest, self.delimiter)?;
        let Tag { kind, usage, .. } = *catalog.tag(tag);
        let rest = match usage {
            Usage::Unread => skip(rest)?,
            Usage::Read => self.sample(tag.slot(), kind, time, rest, row)?,
        };
        row.at = moment(time);
        Some((ahead.len() - rest.len(), usage))
    }

    /// Reads a number and a good quality, and returns what follows the line end.
    #[inline]
    fn sample<'a>(
        &self,
        tag: TagSlot,
        kind: Type,
        source_time: Timestamp,
        rest: &'a [u8],
        row: &mut Row,
    ) -> Option<&'a [u8]> {
        let (number, rest) = short_decimal(rest)?;
        let rest = match (self.tail, rest) {
            (_, [b'\n', rest @ ..] | [b'\r', b'\n', rest @ ..]) => rest,
            (Tail::Value, _) => return None,
            (Tail::ValueAndQuality, _) => good(rest, self.delimiter)?,
        };
        let number = Numeric::of(kind, number)?;
        // An iterator makes the sample in its place: made before and moved there, it costs a third of the row's time.
        row.samples.extend(iter::once_with(move || {
            let reading = Reading::Value(number.value());
            Sample { tag, reading, quality: Quality::Good, source_time }
        }));
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
    let rest = rest.strip_prefix(b"Good").unwrap_or(rest);
    match rest {
        [b'\n', rest @ ..] | [b'\r', b'\n', rest @ ..] if first == delimiter => Some(rest),
        _ => None,
    }
}

/// Returns what follows the line, if nothing in it is quoted.
#[inline]
fn skip(rest: &[u8]) -> Option<&[u8]> {
    let end = memchr2(b'\n', b'"', rest)?;
    (rest[end] == b'\n').then_some(&rest[end + 1..])
}
