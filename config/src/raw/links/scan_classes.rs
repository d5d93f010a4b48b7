//! `[[scan_classes]]`: how often tags are read.

use std::time::Duration;

use crate::desk::Desk;
use crate::document::Table;
use crate::limits::{PERIOD_MILLIS_MIN, WIRE_MILLIS_MAX};
use crate::problems;
use crate::reader::{Reader, Written};

/// The class of tags that are read once for each connection that is made. It is always there.
pub(crate) const ONCE: &str = "once";

/// One of `[[scan_classes]]`.
#[derive(Debug)]
pub(crate) struct RawScanClass {
    /// The name.
    pub(crate) name: Written,
    /// The time from one reading to the next.
    pub(crate) period: Duration,
}

/// Reads one of `[[scan_classes]]`.
pub(super) fn read(desk: &mut Desk<'_>, table: &Table) -> Option<RawScanClass> {
    let mut reader = Reader::new(desk, "scan_classes", table);
    let name = reader.required_name("name").filter(|name| is_free(&mut reader, name));
    if !reader.has("period_millis") {
        reader.missing("period_millis");
    }
    // A class whose period is wrong has its name all the same, so that its tags are not told too.
    let period = reader.whole("period_millis", PERIOD_MILLIS_MIN..=WIRE_MILLIS_MAX).unwrap_or(PERIOD_MILLIS_MIN);
    reader.finish("[[scan_classes]]");
    Some(RawScanClass { name: name?, period: Duration::from_millis(period) })
}

/// Tells whether a class may have a name, and complains if not.
fn is_free(reader: &mut Reader<'_, '_>, name: &Written) -> bool {
    if name.value != ONCE {
        return true;
    }
    let message = format!("`{ONCE}` is the scan class of what is read when the connection is made");
    reader.problem(problems::RESERVED_NAME, name.place, message, Some("give it another name".to_owned()));
    false
}
