//! A record as it is shown: what its plant says of it is worked out at once, for a later plant may say something else.

use latchwork_engine::{OperationIndex, Plant, Record, Status};
use latchwork_expr::Timestamp;
use ulid::Ulid;

use super::records::Form;

/// Which records are shown, and in which order.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only those of these operations, each a name or `Location/Path:Name`; of all when empty.
    pub operations: Vec<String>,
    /// By start, then configuration order, then opening; else each when it closes.
    pub sorted: bool,
    /// Whether [`super::replayed::Replayed::shown`] is wanted.
    pub kept: bool,
}

/// A record that closed, or is open at the end.
#[derive(Clone, Debug)]
pub struct Shown {
    pub(super) id: Ulid,
    pub(super) operation: OperationIndex,
    /// `Location/Path: Name`.
    pub(super) label: String,
    pub(super) status: Status,
    pub(super) start: Timestamp,
    pub(super) end: Option<Timestamp>,
    /// Its place among the openings.
    pub(super) opening: u64,
    /// The line that is written.
    pub(super) line: Vec<u8>,
}

impl Selection {
    /// Tells whether a record is shown.
    pub(super) fn has(&self, plant: &Plant, record: &Record) -> bool {
        self.operations.is_empty() || self.operations.iter().any(|name| is_named(plant, record.operation.index(), name))
    }

    /// Tells whether what is shown waits for the end.
    pub(super) const fn waits(&self) -> bool {
        self.sorted || self.kept
    }
}

impl Shown {
    /// Returns a record of a plant in a form.
    pub(super) fn of(record: &Record, plant: &Plant, form: Form) -> Self {
        let mut line = Vec::new();
        form.write(&mut line, record, plant);
        let location = &plant.locations[record.location.index()].path;
        Self {
            id: record.id,
            operation: record.operation,
            label: format!("{location}: {}", plant.operations[record.operation.index()].name),
            status: record.status,
            start: record.start.wall,
            end: record.end.map(|end| end.wall),
            opening: 0,
            line,
        }
    }
}

/// Tells whether a plant has an operation of this name.
pub(crate) fn has_operation(plant: &Plant, name: &str) -> bool {
    (0..plant.operations.len()).any(|operation| is_named(plant, operation, name))
}

/// Tells whether an operation has a name, alone or with its location's path before it.
fn is_named(plant: &Plant, operation: usize, name: &str) -> bool {
    let row = &plant.operations[operation];
    let path = &plant.locations[row.location.index()].path;
    row.name == name
        || name.strip_prefix(path.as_str()).and_then(|rest| rest.strip_prefix(':')) == Some(row.name.as_str())
}
