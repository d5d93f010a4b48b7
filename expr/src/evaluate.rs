//! What an evaluation is given and what it gives back.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::functions::Failure;
use crate::image::Cell;
use crate::limits::HANDLED_BYTES_MAX;
use crate::monotonic::Monotonic;
use crate::quality::{Level, Quality};
use crate::site::Site;
use crate::value::{Timestamp, Value};

/// A value with its quality: what every part of an expression evaluates to.
#[derive(Clone, Debug)]
pub struct Evaluated {
    /// The value.
    pub value: Value,
    /// Its quality.
    pub quality: Quality,
}

impl Evaluated {
    /// Returns a value of Good quality.
    pub const fn good(value: Value) -> Self {
        Self { value, quality: Quality::Good }
    }

    /// Returns what an evaluation error gives: null with `Error_ExpressionEval`.
    pub const fn error() -> Self {
        Self { value: Value::Null, quality: Quality::ErrorExpressionEval }
    }

    /// Tells whether the level is Error.
    pub const fn is_error(&self) -> bool {
        matches!(self.quality.level(), Level::Error)
    }

    /// Tells whether this is the null of an error: what is computed from it is null with its quality.
    pub(crate) const fn is_poison(&self) -> bool {
        self.value.is_null() && self.is_error()
    }
}

/// What the references `{operation.…}`, `{record.captures.…}` and `{value}` read: the state of the
/// operation that the expression belongs to, as of the end of the scan before.
#[derive(Clone, Debug, Default)]
pub struct Host {
    /// `{operation.name}`.
    pub operation_name: Value,
    /// `{operation.location}`.
    pub operation_location: Value,
    /// `{operation.productionOrder}`: of the open record, else null.
    pub operation_production_order: Value,
    /// `{operation.status}`.
    pub operation_status: Value,
    /// `{operation.startDate}`: of the open record, else null.
    pub operation_start_date: Value,
    /// `{record.captures.NAME}`: names with the values so far.
    pub captures: Vec<(String, Value)>,
    /// `{value}`: what a transform works on.
    pub value: Value,
}

/// What the first known level does, and the first input of a block that waits for an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum FirstScan {
    /// It arms and never fires.
    #[default]
    Arm,
    /// RISING fires on a first true, FALLING on a first false; CHANGE arms.
    Fire,
}

/// Why an evaluation gave an error or a quality that is not Good: one sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The quality that this note explains.
    pub quality: Quality,
    /// The part of the expression's text, in bytes.
    pub start: usize,
    /// The end of that part.
    pub end: usize,
    /// The sentence.
    pub message: String,
}

/// All that an evaluation reads besides its program.
#[derive(Debug)]
pub struct Context<'a> {
    /// Every tag's cell, by slot.
    pub image: &'a [Cell],
    /// The scan's wall time: what `now()` returns.
    pub now: Timestamp,
    /// The scan's time on the axis on which blocks such as `ton` run.
    pub monotonic: Monotonic,
    /// What the first input of a block that waits for an edge does.
    pub first_scan: FirstScan,
    /// The zone in which dates are read and shown.
    pub zone: Tz,
    /// What host references read.
    pub host: &'a Host,
    /// The program's call sites; as many as [`crate::Program::sites`] says.
    pub sites: &'a mut [Site],
    /// Where explanations are collected; `None` in a scan, so that nothing is allocated.
    pub notes: Option<&'a mut Vec<Note>>,
    /// How many bytes of texts and cells this evaluation has handled so far; every evaluation begins at 0.
    pub handled_bytes: usize,
}

impl<'a> Context<'a> {
    /// Returns the context of an evaluation outside an engine: no clock ever stepped, and nothing fires cold.
    #[inline]
    pub fn of(image: &'a [Cell], now: Timestamp, zone: Tz, host: &'a Host, sites: &'a mut [Site]) -> Self {
        let (monotonic, first_scan) = (Monotonic(now.0), FirstScan::Arm);
        Self { image, now, monotonic, first_scan, zone, host, sites, notes: None, handled_bytes: 0 }
    }

    /// Counts what was built or read; fails once an evaluation has handled more than it may.
    pub(crate) fn handle(&mut self, bytes: usize) -> Result<(), Failure> {
        self.handled_bytes = self.handled_bytes.saturating_add(bytes);
        if self.handled_bytes <= HANDLED_BYTES_MAX {
            return Ok(());
        }
        Err(format!("the expression handles more than {HANDLED_BYTES_MAX} bytes in one evaluation").into())
    }

    /// Records why something is not Good, if somebody wants to know.
    pub(crate) fn note(&mut self, quality: Quality, span: (usize, usize), message: impl FnOnce() -> String) {
        if let Some(notes) = &mut self.notes {
            notes.push(Note { quality, start: span.0, end: span.1, message: message() });
        }
    }
}
