//! `[[locations]]`.

use latchwork_engine::ids;
use ulid::Ulid;

use crate::desk::Desk;
use crate::document::Table;
use crate::path;
use crate::place::Place;
use crate::reader::{Reader, Written};

/// One of `[[locations]]`.
#[derive(Debug)]
pub(crate) struct RawLocation {
    /// The path.
    pub(crate) path: Written,
    /// The id, and where it stands.
    pub(crate) id: (Ulid, Place),
}

/// Reads one of `[[locations]]`.
pub(crate) fn read(desk: &mut Desk<'_>, table: &Table) -> Option<RawLocation> {
    let mut reader = Reader::new(desk, "locations", table);
    let path = reader.required_name("path").filter(|path| path::check_location(&mut reader, path));
    let derived = path.as_ref().map(|path| ids::location_id(&path.value));
    let id = reader.id("id", derived, "derived from the path");
    reader.finish("[[locations]]");
    Some(RawLocation { path: path?, id: id? })
}
