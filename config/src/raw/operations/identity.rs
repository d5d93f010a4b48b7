//! What an operation is and where: names, id, notes.

use latchwork_engine::ids;
use ulid::Ulid;

use crate::path;
use crate::place::Place;
use crate::reader::{Reader, Written};

/// What an operation is and where.
#[derive(Debug)]
pub(crate) struct RawIdentity {
    /// The name; `None` if it is missing, which is a problem.
    pub(crate) name: Option<Written>,
    /// The location's path; `None` if it is missing, which is a problem.
    pub(crate) location: Option<Written>,
    /// The id, and where it stands.
    pub(crate) id: Option<(Ulid, Place)>,
    /// What relative references start from.
    pub(crate) tag_folder: String,
    /// Whether it may start.
    pub(crate) enabled: bool,
    /// Copied into its records.
    pub(crate) notes: Option<String>,
    /// Copied into its records.
    pub(crate) spares: [Option<String>; 3],
}

/// Reads the keys that say what an operation is and where.
pub(crate) fn read(reader: &mut Reader<'_, '_>) -> RawIdentity {
    let name = reader.required_name("name");
    let location = reader.required_name("location").filter(|path| path::check_location(reader, path));
    let names = location.as_ref().zip(name.as_ref());
    let derived = names.map(|(location, name)| ids::operation_id(&location.value, &name.value));
    RawIdentity {
        id: reader.id("id", derived, "derived from location and name"),
        name,
        location,
        tag_folder: reader.text_or("tag_folder", "").trim_end_matches('/').to_owned(),
        enabled: reader.boolean("enabled", true),
        notes: text(reader, "notes"),
        spares: [text(reader, "spare1"), text(reader, "spare2"), text(reader, "spare3")],
    }
}

fn text(reader: &mut Reader<'_, '_>, key: &'static str) -> Option<String> {
    reader.text(key).map(|written| written.value)
}
