//! `[[scan_classes]]`: how often tags are read.

use std::time::Duration;

use crate::desk::Desk;
use crate::document::Table;
use crate::limits::{PERIOD_MILLIS_MIN, WIRE_MILLIS_MAX};
use crate::reader::{Reader, Written};

/// One of `[[scan_classes]]`.
#[derive(Debug)]
pub(crate) struct RawScanClass {
    /// The name.
    pub(crate) name: Written,
    /// The time from one reading to the next.
    pub(crate) period: Duration,
}

/// Reads one of `[[scan_classes]]`.
pub(super) fn read<'a>(desk: &mut Desk<'a>, table: &'a Table) -> Option<RawScanClass> {
    let mut reader = Reader::new(desk, "scan_classes", table);
    let name = reader.required_name("name");
    if !reader.has("period_millis") {
        reader.missing("period_millis");
    }
    // A class whose period is wrong has its name all the same, so that its tags are not told too.
    let period = reader.whole("period_millis", PERIOD_MILLIS_MIN..=WIRE_MILLIS_MAX).unwrap_or(PERIOD_MILLIS_MIN);
    reader.finish("[[scan_classes]]");
    Some(RawScanClass { name: name?, period: Duration::from_millis(period) })
}
