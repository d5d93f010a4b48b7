//! A result as a trigger reads it: true or false, with what is known of it in one byte.

use crate::image::Cell;
use crate::quality::Quality;
use crate::value::Value;

/// What is known of a level besides the value: the levels of all operands that were evaluated,
/// OR-ed together, so that the worst is exact at no cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub u8);

impl Status {
    /// Nothing but Good.
    pub const GOOD: Self = Self(0);
    /// Some operand was Uncertain.
    pub const UNCERTAIN: Self = Self(1);
    /// Some operand was Bad.
    pub const BAD: Self = Self(2);
    /// An error: there is no value.
    pub const ERROR: Self = Self(4);
    /// The result is null: there is no value.
    pub const NULL: Self = Self(8);
    /// A quick test met a value that it is not made for, and has no answer. Never leaves this crate.
    pub(crate) const MISSED: Self = Self(16);

    /// Tells whether any of `bits` is set.
    pub const fn any(self, bits: Self) -> bool {
        self.0 & bits.0 != 0
    }

    /// Returns the bit of a quality's level.
    #[inline]
    pub const fn of(quality: Quality) -> Self {
        /// By the place in [`Quality::ALL`]: one look-up for each operand of every evaluation.
        const BITS: [u8; Quality::ALL.len()] = {
            let mut bits = [0; Quality::ALL.len()];
            let mut place = 0;
            while place < bits.len() {
                // Level 0 has no bit, the others one each.
                bits[place] = (1 << Quality::ALL[place].level() as u8) >> 1;
                place += 1;
            }
            bits
        };
        Self(BITS[quality as usize])
    }

    /// Returns both together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A program's result as an edge trigger reads it: boolean as is, number 0 false and any other true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truth {
    /// The truth; without meaning when the status has ERROR or NULL.
    pub value: bool,
    /// How far it can be trusted. NaN, strings, dates, datasets and documents are ERROR.
    pub status: Status,
}

impl Truth {
    /// Returns the truth of a tag.
    #[inline]
    pub(crate) fn of_cell(cell: &Cell) -> Self {
        Self::of(&cell.value, cell.quality)
    }

    /// Returns the truth of a value, whatever it is: null and what is no truth give none.
    pub(crate) fn of(value: &Value, quality: Quality) -> Self {
        let status = Status::of(quality);
        match value {
            Value::Boolean(truth) => Self::known(*truth, status),
            Value::Integer(number) => Self::known(*number != 0, status),
            Value::Float(number) if !number.is_nan() => Self::known(*number != 0.0, status),
            Value::Null => Self { value: false, status: status.with(Status::NULL) },
            Value::Float(_)
            | Value::String(_)
            | Value::Date(_)
            | Value::Dataset(_)
            | Value::Document(_)
            | Value::Quality(_) => Self { value: false, status: status.with(Status::ERROR) },
        }
    }

    pub(crate) const fn known(value: bool, status: Status) -> Self {
        Self { value, status }
    }

    /// Returns the result of an evaluation error.
    pub(crate) const fn failed(status: Status) -> Self {
        Self { value: false, status: status.with(Status::ERROR).with(Status::NULL) }
    }

    /// Changes the truth, if there is one.
    pub(crate) fn map(self, change: impl FnOnce(bool) -> bool) -> Self {
        Self { value: !self.status.any(Status::NULL) && change(self.value), ..self }
    }

    /// Tells whether a chain ends here: it has an operand of this truth, or none at all.
    pub(crate) const fn decides(self, truth: bool) -> bool {
        self.value == truth || self.status.any(Status::NULL)
    }

    /// Returns what a quick test says that was not made for the values it met.
    pub(crate) const fn missed() -> Self {
        Self { value: false, status: Status::MISSED }
    }

    /// Tells whether a quick test gave this for want of an answer.
    pub(crate) const fn is_missed(self) -> bool {
        self.status.any(Status::MISSED)
    }

    /// Returns this result of a chain whose operand before it contributes its status.
    pub(crate) const fn after(self, first: Self) -> Self {
        Self { value: self.value, status: self.status.with(first.status) }
    }
}
