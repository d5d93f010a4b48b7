//! What may be written, and what stands in a device when a tag has a value: the way back of every reading.
//!
//! Pure data and arithmetic. Knows no socket.

use std::collections::BTreeMap;

use latchwork_expr::Value;

use crate::connections::{Coding, Point, RegisterTable};

/// The tags that may be written over a connection.
///
/// A connection has one only if its configuration says `allow_writes = true` and a handshake names such a tag. Nothing
/// but the reading of a configuration makes one, so whoever asks for one cannot write anything else.
#[derive(Clone, Debug, PartialEq)]
pub struct Writing {
    targets: BTreeMap<usize, WriteTarget>,
}

/// Where a tag's value is written.
#[derive(Clone, Debug, PartialEq)]
pub enum WriteTarget {
    /// In the tables of a Modbus unit: a coil, or holding registers.
    Point(Point),
    /// In messages of a topic.
    Topic {
        /// The topic, without wildcards.
        topic: String,
        /// The keys of nested JSON objects, the outermost first, within which the value stands; `None` is the plain
        /// text of the value.
        keys: Option<Vec<String>>,
    },
}

/// A number as a device holds it, before scale and offset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WireNumber {
    /// A bit.
    Truth(bool),
    /// A whole number.
    Whole(i128),
    /// A float.
    Real(f64),
}

/// How far a quotient may be from a whole number that it is meant to be: floats such as 0.1 are not exact.
const WHOLE_TOLERANCE: f64 = 1e-6;

/// The whole floats below this are exactly one integer each.
const EXACT_FLOAT_MAX: f64 = 9_007_199_254_740_992.0;

impl Writing {
    /// Returns the permission to write these tags, by their indices in the connection; `None` without any.
    pub(crate) fn of(targets: BTreeMap<usize, WriteTarget>) -> Option<Self> {
        (!targets.is_empty()).then_some(Self { targets })
    }

    /// Returns where a tag is written, by its index in the connection; `None` if it may not be.
    pub fn target(&self, tag: usize) -> Option<&WriteTarget> {
        self.targets.get(&tag)
    }
}

impl Point {
    /// Tells whether there is anything that a value can be written to without changing its neighbours.
    pub(crate) const fn is_writable(&self) -> bool {
        match self.table {
            RegisterTable::Coils => true,
            RegisterTable::HoldingRegisters => self.bit.is_none() && self.coding.is_writable(),
            RegisterTable::DiscreteInputs | RegisterTable::InputRegisters => false,
        }
    }

    /// Returns what stands in the device when the tag has a value; `None` for a value that cannot stand there: it is
    /// never rounded, cut off or wrapped around.
    pub fn number_of(&self, value: &Value) -> Option<WireNumber> {
        let number = match self.coding {
            Coding::Bool => WireNumber::Truth(truth(value)?),
            Coding::Float32 | Coding::Float64 => WireNumber::Real((float(value)? - self.offset) / self.scale),
            Coding::Int16 | Coding::Uint16 | Coding::Int32 | Coding::Uint32 | Coding::Int64 | Coding::Uint64 => {
                WireNumber::Whole(self.unscaled(value)?)
            }
            Coding::Int8(_)
            | Coding::Uint8(_)
            | Coding::Float16
            | Coding::Bcd16
            | Coding::Bcd32
            | Coding::Fixed16(_)
            | Coding::Fixed32(_)
            | Coding::Text(_) => return None,
        };
        self.coding.holds(number).then_some(number)
    }

    /// Returns the whole number that scale and offset make a value of.
    fn unscaled(&self, value: &Value) -> Option<i128> {
        if let (Some(number), Some(scale), Some(offset)) = (integer(value), whole(self.scale), whole(self.offset)) {
            let difference = number - offset;
            return (scale != 0 && difference % scale == 0).then(|| difference / scale);
        }
        let number = (float(value)? - self.offset) / self.scale;
        let nearest = number.round();
        if (number - nearest).abs() > WHOLE_TOLERANCE { None } else { whole(nearest) }
    }
}

impl Coding {
    /// Tells whether a number can stand in the registers of this coding.
    fn holds(self, number: WireNumber) -> bool {
        match (self, number) {
            (Self::Bool, WireNumber::Truth(_)) => true,
            (Self::Int16, WireNumber::Whole(number)) => i16::try_from(number).is_ok(),
            (Self::Uint16, WireNumber::Whole(number)) => u16::try_from(number).is_ok(),
            (Self::Int32, WireNumber::Whole(number)) => i32::try_from(number).is_ok(),
            (Self::Uint32, WireNumber::Whole(number)) => u32::try_from(number).is_ok(),
            (Self::Int64, WireNumber::Whole(number)) => i64::try_from(number).is_ok(),
            (Self::Uint64, WireNumber::Whole(number)) => u64::try_from(number).is_ok(),
            (Self::Float32, WireNumber::Real(number)) => number.is_finite() && number.abs() <= f32::MAX.into(),
            (Self::Float64, WireNumber::Real(number)) => number.is_finite(),
            (_, WireNumber::Truth(_) | WireNumber::Whole(_) | WireNumber::Real(_)) => false,
        }
    }
}

/// Returns a value as a truth: 0 and 1 are numbers that a bit can show.
fn truth(value: &Value) -> Option<bool> {
    match integer(value)? {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

/// Returns a value as a whole number, if it is one.
fn integer(value: &Value) -> Option<i128> {
    match value {
        Value::Boolean(truth) => Some((*truth).into()),
        Value::Integer(number) => Some((*number).into()),
        Value::Float(number) => whole(*number),
        Value::Null
        | Value::String(_)
        | Value::Date(_)
        | Value::Dataset(_)
        | Value::Document(_)
        | Value::Quality(_) => None,
    }
}

/// Returns a value as a float, if it is a number.
fn float(value: &Value) -> Option<f64> {
    if let Value::Float(number) = value {
        return Some(*number);
    }
    #[expect(clippy::cast_precision_loss, reason = "the nearest float is what the device can hold")]
    integer(value).map(|number| number as f64)
}

/// Returns a float as the integer that it is exactly, if it is one.
fn whole(number: f64) -> Option<i128> {
    #[expect(clippy::cast_possible_truncation, reason = "the number is whole and in range")]
    (number.fract() == 0.0 && number.abs() <= EXACT_FLOAT_MAX).then_some(number as i128)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::connections::ByteOrder;

    fn point(coding: Coding, scale: f64, offset: f64) -> Point {
        let (table, period, order) =
            (RegisterTable::HoldingRegisters, Some(Duration::from_millis(250)), ByteOrder::Abcd);
        Point { unit: 1, table, address: 0, bit: None, coding, order, scale, offset, period }
    }

    #[test]
    fn whole_numbers_are_exact_and_in_range() {
        let number = |coding, value: i64| point(coding, 1.0, 0.0).number_of(&Value::Integer(value));
        assert_eq!(number(Coding::Uint16, 65_535), Some(WireNumber::Whole(65_535)));
        assert_eq!(number(Coding::Uint16, 65_536), None);
        assert_eq!(number(Coding::Uint16, -1), None);
        assert_eq!(number(Coding::Int16, -32_768), Some(WireNumber::Whole(-32_768)));
        assert_eq!(number(Coding::Int64, i64::MIN), Some(WireNumber::Whole(i64::MIN.into())));
        assert_eq!(number(Coding::Uint64, i64::MAX), Some(WireNumber::Whole(i64::MAX.into())));
        assert_eq!(point(Coding::Uint16, 1.0, 0.0).number_of(&Value::Boolean(true)), Some(WireNumber::Whole(1)));
        assert_eq!(point(Coding::Uint16, 1.0, 0.0).number_of(&Value::Float(1.5)), None);
        assert_eq!(point(Coding::Uint16, 1.0, 0.0).number_of(&"1".into()), None);
    }

    #[test]
    fn scale_and_offset_are_taken_back() {
        let number = |scale, offset, value: f64| point(Coding::Int16, scale, offset).number_of(&Value::Float(value));
        assert_eq!(number(0.1, 0.0, 12.3), Some(WireNumber::Whole(123)));
        assert_eq!(number(0.5, -10.0, -8.5), Some(WireNumber::Whole(3)));
        assert_eq!(number(10.0, 5.0, 35.0), Some(WireNumber::Whole(3)));
        assert_eq!(number(10.0, 5.0, 36.0), None);
        assert_eq!(number(0.1, 0.0, 12.34), None);
        assert_eq!(number(0.0, 0.0, 1.0), None);
        let real = point(Coding::Float32, 2.0, 1.0).number_of(&Value::Integer(4));
        assert_eq!(real, Some(WireNumber::Real(1.5)));
        assert_eq!(point(Coding::Float32, 1.0, 0.0).number_of(&Value::Float(1e39)), None);
        assert_eq!(point(Coding::Float64, 1.0, 0.0).number_of(&Value::Float(f64::NAN)), None);
    }

    #[test]
    fn a_bit_shows_two_numbers() {
        let bit = point(Coding::Bool, 1.0, 0.0);
        assert_eq!(bit.number_of(&Value::Boolean(true)), Some(WireNumber::Truth(true)));
        assert_eq!(bit.number_of(&Value::Integer(0)), Some(WireNumber::Truth(false)));
        assert_eq!(bit.number_of(&Value::Integer(2)), None);
    }

    #[test]
    fn only_coils_and_whole_holding_registers_are_writable() {
        let is_writable = |table, bit| Point { table, bit, ..point(Coding::Uint16, 1.0, 0.0) }.is_writable();
        assert!(is_writable(RegisterTable::Coils, None));
        assert!(is_writable(RegisterTable::HoldingRegisters, None));
        assert!(!is_writable(RegisterTable::HoldingRegisters, Some(3)));
        assert!(!is_writable(RegisterTable::InputRegisters, None));
        assert!(!is_writable(RegisterTable::DiscreteInputs, None));
    }
}
