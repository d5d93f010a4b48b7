//! `[[schedule]]`.

use chrono_tz::Tz;
use latchwork_engine::{EntryStatus, Priority};
use latchwork_expr::Timestamp;
use ulid::Ulid;

use crate::desk::Desk;
use crate::document::Table;
use crate::path;
use crate::place::Place;
use crate::problems;
use crate::reader::{Reader, Written};
use crate::words::{ENTRY_STATUS, PRIORITY};

/// One of `[[schedule]]`.
#[derive(Debug)]
pub(crate) struct RawEntry {
    /// The operation's name.
    pub(crate) operation: Written,
    /// Its location, if that is said.
    pub(crate) location: Option<Written>,
    /// The id that is given, and where it stands.
    pub(crate) id: Option<(Ulid, Place)>,
    /// The order's name.
    pub(crate) order: Option<Written>,
    /// When its window begins.
    pub(crate) start: Timestamp,
    /// When its window is over.
    pub(crate) end: Option<Timestamp>,
    /// How urgent it is.
    pub(crate) priority: Priority,
    /// How much is to be made.
    pub(crate) quantity: Option<f64>,
    /// Its status before anything happened.
    pub(crate) status: EntryStatus,
    /// Where the entry stands.
    pub(crate) place: Place,
}

/// Reads one of `[[schedule]]`; dates without an offset are in a zone.
pub(crate) fn read(desk: &mut Desk<'_>, table: &Table, zone: Tz) -> Option<RawEntry> {
    let mut reader = Reader::new(desk, "schedule", table);
    let operation = reader.required_name("operation");
    let location = reader.name("location").filter(|path| path::check_location(&mut reader, path));
    let id = reader.id("id", None, "");
    let order = reader.name("production_order");
    let start = reader.date("start_date", zone);
    if !reader.has("start_date") {
        reader.missing("start_date");
    }
    let end = reader.date("end_date", zone);
    if start.zip(end).is_some_and(|(start, end)| end <= start) {
        let message = "`end_date` is not after `start_date`";
        reader.problem(problems::OUT_OF_RANGE, reader.value_place(&["end_date"]), message, None);
    }
    let priority = reader.word("priority", PRIORITY, Priority::Normal);
    let quantity = reader.amount("quantity");
    let status = reader.word("status", ENTRY_STATUS, EntryStatus::Scheduled);
    reader.finish("[[schedule]]");
    let place = table.place;
    Some(RawEntry { operation: operation?, location, id, order, start: start?, end, priority, quantity, status, place })
}
