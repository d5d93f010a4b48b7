//! The number in a device → the tag's value: scale, offset, and the tag's declared type.
//!
//! Pure. A value that the type cannot hold is no value: it is never rounded, cut off or wrapped around.

use latchwork_config::connections::{ByteOrder, Characters, Coding, Encoding, Point, TextCoding};
use latchwork_expr::{Type, Value};

use super::answer::Registers;
use super::raw::{Raw, bytes_are_swapped, raw};
use crate::number::{float, of_type, whole};

/// Returns the value of a point in an answer, whose first register or bit is `offset` before the point's.
///
/// Integers stay integers, also when scaled by a whole number; other scales make floats. `None` when the tag's type
/// cannot hold the number: 64 unsigned bits beyond the greatest integer, a fraction or NaN for an integer, NaN for a
/// boolean. For floats NaN and infinities are values like any others: triggers take NaN as unknown.
pub(super) fn value(point: &Point, kind: Type, registers: &Registers, offset: usize) -> Option<Value> {
    if let (Coding::Text(coding), Type::String | Type::Any) = (point.coding, kind) {
        return text(coding, point.order, registers, offset).map(|text| text.as_str().into());
    }
    of_type(scaled(point, raw(point, registers, offset)?), kind)
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

/// Returns the text of a point; `None` when the answer does not reach so far, or its bytes are not of the encoding.
fn text(coding: TextCoding, order: ByteOrder, registers: &Registers, offset: usize) -> Option<String> {
    let Registers::Words(words) = registers else { return None };
    let words = words.get(offset..)?.get(..usize::from(Coding::Text(coding).registers()))?;
    let byte_pairs =
        words.iter().map(|word| if bytes_are_swapped(order) { word.swap_bytes() } else { *word }.to_be_bytes());
    let bytes: Vec<u8> = match coding.characters {
        Characters::Two => byte_pairs.flatten().take(coding.length.into()).collect(),
        Characters::One => byte_pairs.map(|[_, low]| low).collect(),
    };
    // What stands behind the end is whatever was there before.
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    match coding.encoding {
        Encoding::Utf8 => str::from_utf8(text).ok().map(str::to_owned),
        Encoding::Latin1 => Some(text.iter().map(|byte| char::from(*byte)).collect()),
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
    fn texts_end_where_they_end() {
        let coding = |length, characters, encoding| Coding::Text(TextCoding { length, characters, encoding });
        let utf8 = |length| scale(coding(length, Characters::Two, Encoding::Utf8), 1.0, 0.0);
        check(&utf8(4), Type::String, &[0x4142, 0x4344], "String(\"ABCD\")");
        check(&utf8(3), Type::String, &[0x4142, 0x4344], "String(\"ABC\")");
        check(&utf8(4), Type::Any, &[0x4100, 0x4344], "String(\"A\")");
        check(&utf8(4), Type::String, &[0, 0], "String(\"\")");
        check(&utf8(4), Type::String, &[0x4120, 0x2020], "String(\"A   \")");
        check(&utf8(4), Type::String, &[0x41C3, 0xA900], "String(\"Aé\")");
        check(&utf8(4), Type::String, &[0x41E9, 0], "-");
        check(&utf8(4), Type::String, &[0x4142], "-");
        check(&utf8(4), Type::Integer, &[0x4142, 0x4344], "-");
        let latin1 = scale(coding(2, Characters::Two, Encoding::Latin1), 1.0, 0.0);
        check(&latin1, Type::String, &[0x41E9], "String(\"Aé\")");
        let one = scale(coding(3, Characters::One, Encoding::Utf8), 1.0, 0.0);
        check(&one, Type::String, &[0x41, 0x42, 0x43], "String(\"ABC\")");
        check(&Point { order: ByteOrder::Badc, ..utf8(4) }, Type::String, &[0x4241, 0x4443], "String(\"ABCD\")");
        check(&Point { order: ByteOrder::Cdab, ..utf8(4) }, Type::String, &[0x4142, 0x4344], "String(\"ABCD\")");
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
