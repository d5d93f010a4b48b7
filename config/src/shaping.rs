//! What becomes of a reading before it is a tag's value: the rules that tags of every connection may have. Pure data.

use std::collections::BTreeMap;
use std::sync::Arc;

use latchwork_expr::{Program, Type, Tz};

/// What becomes of a reading, in this order: range, inversion, names, transform, the tag's type, deadband.
#[derive(Clone, Debug, PartialEq)]
pub struct Shaping {
    /// From the device's numbers to the engineer's (`raw_range`, `engineering_range`, `clamp`).
    pub range: Option<Range>,
    /// Whether true is false (`invert`).
    pub invert: bool,
    /// The texts that numbers stand for (`enum`).
    pub names: Option<BTreeMap<i64, String>>,
    /// What is calculated (`transform`).
    pub transform: Option<Transform>,
    /// The number that a reading must differ by from the one told last, or more, to be told (`deadband`).
    pub deadband: Option<f64>,
}

/// Two numbers that two others stand for; what lies between them lies between those.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// What the device says.
    pub raw: (f64, f64),
    /// What that means.
    pub engineering: (f64, f64),
    /// Whether what lies outside is taken to the nearer end.
    pub clamp: bool,
}

/// An expression over `{value}`.
#[derive(Clone, Debug)]
pub struct Transform {
    /// The expression; it reads no tag and keeps nothing.
    pub program: Arc<Program>,
    /// The zone in which it reads and shows dates.
    pub zone: Tz,
}

impl PartialEq for Transform {
    fn eq(&self, other: &Self) -> bool {
        self.program.text() == other.program.text() && self.zone == other.zone
    }
}

impl Shaping {
    /// Returns the type that a value is read as, for a tag of a type.
    pub fn reads_as(&self, kind: Type) -> Type {
        if self.changes_values() { Type::Any } else { kind }
    }

    /// Tells whether a value is another than what was read. The deadband only holds it.
    pub const fn changes_values(&self) -> bool {
        self.range.is_some() || self.invert || self.names.is_some() || self.transform.is_some()
    }
}
