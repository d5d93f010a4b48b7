//! The number in a device → the tag's value: scale, offset, and the tag's declared type.
//!
//! Pure. A value that the type cannot hold is no value: it is never rounded, cut off or wrapped around.

use latchwork_config::connections::Point;
use latchwork_expr::{Timestamp, Type, Value, float_text};

use super::answer::Registers;
use super::raw::{Raw, raw};

/// The whole floats below this are exactly one integer each.
const EXACT_FLOAT_MAX: f64 = 9_007_199_254_740_992.0;

/// Returns the value of a point in an answer, whose first register or bit is `offset` before the point's.
///
/// Integers stay integers, also when scaled by a whole number; other scales make floats. `None` when the tag's type
/// cannot hold the number: 64 unsigned bits beyond the greatest integer, a fraction or NaN for an integer, NaN for a
/// boolean. For floats NaN and infinities are values like any others: triggers take NaN as unknown.
pub(super) fn value(point: &Point, kind: Type, registers: &Registers, offset: usize) -> Option<Value> {
    let scaled = scaled(point, raw(point, registers, offset)?);
    match kind {
        Type::Any => plain(scaled),
        Type::Boolean => truth(scaled).map(Value::Boolean),
        Type::Integer => integer(scaled).map(Value::Integer),
        Type::Float => Some(Value::Float(float(scaled))),
        Type::String => Some(text(scaled).into()),
        Type::Date => integer(scaled).map(Timestamp::from_millis).map(Value::Date),
        Type::Null | Type::Dataset | Type::Document => None,
    }
}

/// Applies scale and offset, which mean nothing to a bit.
fn scaled(point: &Point, raw: Raw) -> Raw {
    let whole = || Some((whole(point.scale)?, whole(point.offset)?));
    match raw {
        Raw::Truth(truth) => Raw::Truth(truth),
        Raw::Whole(number) => match whole() {
            // 64 bits times 53 bits and 53 more are 118 bits at most.
            Some((scale, offset)) => Raw::Whole(number * scale + offset),
            None => Raw::Real(float(raw) * point.scale + point.offset),
        },
        Raw::Real(number) => Raw::Real(number * point.scale + point.offset),
    }
}

/// Returns a float as the integer that it is exactly, if it is one.
fn whole(number: f64) -> Option<i128> {
    #[expect(clippy::cast_possible_truncation, reason = "the number is whole and in range")]
    (number.fract() == 0.0 && number.abs() <= EXACT_FLOAT_MAX).then_some(number as i128)
}

fn plain(raw: Raw) -> Option<Value> {
    match raw {
        Raw::Truth(truth) => Some(Value::Boolean(truth)),
        Raw::Whole(_) => integer(raw).map(Value::Integer),
        Raw::Real(number) => Some(Value::Float(number)),
    }
}

fn truth(raw: Raw) -> Option<bool> {
    match raw {
        Raw::Truth(truth) => Some(truth),
        Raw::Whole(number) => Some(number != 0),
        Raw::Real(number) => (!number.is_nan()).then_some(number != 0.0),
    }
}

fn integer(raw: Raw) -> Option<i64> {
    match raw {
        Raw::Truth(truth) => Some(truth.into()),
        Raw::Whole(number) => i64::try_from(number).ok(),
        Raw::Real(number) => whole(number).and_then(|number| i64::try_from(number).ok()),
    }
}

fn float(raw: Raw) -> f64 {
    match raw {
        Raw::Truth(truth) => f64::from(u8::from(truth)),
        #[expect(clippy::cast_precision_loss, reason = "the nearest float is what the tag's type can hold")]
        Raw::Whole(number) => number as f64,
        Raw::Real(number) => number,
    }
}

fn text(raw: Raw) -> String {
    match raw {
        Raw::Truth(truth) => truth.to_string(),
        Raw::Whole(number) => number.to_string(),
        Raw::Real(number) => float_text(number),
    }
}

#[cfg(test)]
mod tests {
    use latchwork_config::connections::Coding;

    use super::*;
    use crate::modbus::tests::plant::point;

    fn check(point: &Point, kind: Type, words: &[u16], expected: &str) {
        let value = value(point, kind, &Registers::Words(words.to_vec()), 0);
        let shown = value.map_or_else(|| "-".to_owned(), |value| format!("{value:?}"));
        assert_eq!(shown, expected, "{words:04X?} as {kind:?}");
    }

    fn scale(coding: Coding, scale: f64, offset: f64) -> Point {
        Point { coding, scale, offset, ..point(0) }
    }

    fn real(number: f32) -> [u16; 2] {
        let bits = number.to_bits();
        #[expect(clippy::cast_possible_truncation, reason = "the two halves of 32 bits")]
        [(bits >> 16) as u16, bits as u16]
    }

    #[test]
    fn integers_stay_exact() {
        let plain = |coding| scale(coding, 1.0, 0.0);
        check(&plain(Coding::Uint16), Type::Integer, &[65_535], "Integer(65535)");
        check(&plain(Coding::Uint16), Type::Any, &[1], "Integer(1)");
        check(&plain(Coding::Int16), Type::Float, &[65_535], "Float(-1.0)");
        check(&plain(Coding::Int16), Type::String, &[65_535], "String(\"-1\")");
        check(&plain(Coding::Int16), Type::Boolean, &[2], "Boolean(true)");
        check(&plain(Coding::Uint16), Type::Date, &[1000], "Date(Timestamp(1000000))");
        check(&plain(Coding::Int64), Type::Integer, &[0x7FFF, 0xFFFF, 0xFFFF, 0xFFFF], "Integer(9223372036854775807)");
    }

    #[test]
    fn an_unsigned_number_beyond_the_greatest_integer_is_no_value() {
        let point = scale(Coding::Uint64, 1.0, 0.0);
        let words = [0x8000, 0, 0, 0];
        check(&point, Type::Integer, &words, "-");
        check(&point, Type::Any, &words, "-");
        check(&point, Type::Float, &words, "Float(9.223372036854776e18)");
        check(&point, Type::String, &words, "String(\"9223372036854775808\")");
    }

    #[test]
    fn scales_make_floats_unless_they_are_whole() {
        check(&scale(Coding::Uint16, 0.1, 0.0), Type::Float, &[123], "Float(12.3)");
        check(&scale(Coding::Uint16, 0.5, -10.0), Type::Float, &[3], "Float(-8.5)");
        check(&scale(Coding::Uint16, 10.0, 5.0), Type::Integer, &[3], "Integer(35)");
        check(
            &scale(Coding::Int64, 2.0, 1.0),
            Type::Integer,
            &[0x3FFF, 0xFFFF, 0xFFFF, 0xFFFF],
            "Integer(9223372036854775807)",
        );
        check(&scale(Coding::Uint16, 0.5, 0.0), Type::Integer, &[4], "Integer(2)");
        check(&scale(Coding::Uint16, 0.5, 0.0), Type::Integer, &[5], "-");
        check(&scale(Coding::Uint16, f64::NAN, 0.0), Type::Integer, &[5], "-");
        check(&scale(Coding::Float32, 2.0, 1.0), Type::Float, &real(1.5), "Float(4.0)");
    }

    #[test]
    fn not_a_number_is_a_float_and_nothing_else() {
        let point = scale(Coding::Float32, 1.0, 0.0);
        for kind in [Type::Float, Type::Any] {
            check(&point, kind, &real(f32::NAN), "Float(NaN)");
            check(&point, kind, &real(f32::INFINITY), "Float(inf)");
        }
        check(&point, Type::String, &real(f32::NAN), "String(\"NaN\")");
        check(&point, Type::Boolean, &real(f32::NAN), "-");
        check(&point, Type::Integer, &real(f32::NAN), "-");
        check(&point, Type::Integer, &real(f32::INFINITY), "-");
        check(&point, Type::Boolean, &real(-0.0), "Boolean(false)");
    }

    #[test]
    fn a_bit_has_no_scale() {
        let bit = Point { bit: Some(3), ..scale(Coding::Bool, 10.0, 5.0) };
        check(&bit, Type::Boolean, &[8], "Boolean(true)");
        check(&bit, Type::Boolean, &[0xFFF7], "Boolean(false)");
        check(&bit, Type::Integer, &[8], "Integer(1)");
        check(&bit, Type::Float, &[0], "Float(0.0)");
        check(&bit, Type::String, &[8], "String(\"true\")");
        check(&bit, Type::Document, &[8], "-");
    }
}
