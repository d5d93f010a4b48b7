//! Words and bits → the number that they are, before any scale: coding, byte order, bit.
//!
//! Pure. Never knows what type the tag has.

use latchwork_config::connections::{ByteOrder, Coding, Half, Point};

use super::answer::Registers;

/// What stands in a device, exactly: every coding's whole numbers fit, and so do 32-bit floats. NaN and infinities are
/// legal when they are read.
pub(super) use latchwork_config::connections::WireNumber as Raw;

/// Returns what a point reads in an answer, whose first register or bit is `offset` before the point's; `None` when the
/// answer does not reach so far, or no register has such a bit.
pub(super) fn raw(point: &Point, registers: &Registers, offset: usize) -> Option<Raw> {
    match registers {
        Registers::Bits(bits) => bits.get(offset).copied().map(Raw::Truth),
        Registers::Words(words) => {
            let words = words.get(offset..)?;
            match point.bit {
                Some(bit) => words.first()?.checked_shr(bit.into()).map(|word| Raw::Truth(word & 1 == 1)),
                None => coded(point.coding, point.order, words),
            }
        }
    }
}

fn coded(coding: Coding, order: ByteOrder, words: &[u16]) -> Option<Raw> {
    Some(match coding {
        Coding::Bool => Raw::Truth(*words.first()? != 0),
        Coding::Int16 => Raw::Whole(i16::from_be_bytes(bytes(words, order)?).into()),
        Coding::Uint16 => Raw::Whole(u16::from_be_bytes(bytes(words, order)?).into()),
        Coding::Int32 => Raw::Whole(i32::from_be_bytes(bytes(words, order)?).into()),
        Coding::Uint32 => Raw::Whole(u32::from_be_bytes(bytes(words, order)?).into()),
        Coding::Int64 => Raw::Whole(i64::from_be_bytes(bytes(words, order)?).into()),
        Coding::Uint64 => Raw::Whole(u64::from_be_bytes(bytes(words, order)?).into()),
        Coding::Float32 => Raw::Real(f32::from_be_bytes(bytes(words, order)?).into()),
        Coding::Float64 => Raw::Real(f64::from_be_bytes(bytes(words, order)?)),
        Coding::Int8(half) => Raw::Whole(byte(half, words, order)?.cast_signed().into()),
        Coding::Uint8(half) => Raw::Whole(byte(half, words, order)?.into()),
        Coding::Float16 => Raw::Real(half_precision(u16::from_be_bytes(bytes(words, order)?))),
        Coding::Bcd16 => Raw::Whole(digits(&bytes::<2>(words, order)?)?),
        Coding::Bcd32 => Raw::Whole(digits(&bytes::<4>(words, order)?)?),
        Coding::Fixed16(bits) => Raw::Real(fixed(i16::from_be_bytes(bytes(words, order)?).into(), bits)),
        Coding::Fixed32(bits) => Raw::Real(fixed(i32::from_be_bytes(bytes(words, order)?), bits)),
        // A text is no number.
        Coding::Text(_) => return None,
    })
}

/// Returns one byte of a register.
fn byte(half: Half, words: &[u16], order: ByteOrder) -> Option<u8> {
    let [high, low] = bytes(words, order)?;
    Some(match half {
        Half::High => high,
        Half::Low => low,
    })
}

/// Returns a number of 16 bits by IEEE 754: a sign, 5 bits of exponent, 10 bits of fraction.
fn half_precision(bits: u16) -> f64 {
    let (exponent, fraction) = ((bits >> 10) & 0x1F, f64::from(bits & 0x3FF) / 1024.0);
    let size = match exponent {
        0 => fraction * 2_f64.powi(-14),
        0x1F if fraction == 0.0 => f64::INFINITY,
        0x1F => f64::NAN,
        exponent => (1.0 + fraction) * 2_f64.powi(i32::from(exponent) - 15),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// Returns the number that decimal digits of four bits each make; `None` if one of them is none.
fn digits(bytes: &[u8]) -> Option<i128> {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xF])
        .try_fold(0, |number, digit| (digit <= 9).then(|| number * 10 + i128::from(digit)))
}

/// Returns a number of which so many bits stand behind the binary point.
fn fixed(number: i32, fraction_bits: u8) -> f64 {
    f64::from(number) / 2_f64.powi(fraction_bits.into())
}

/// Returns the `N` bytes of a value, the most significant one first. In a single register the two orders that swap
/// bytes do so, and the order of words means nothing.
fn bytes<const N: usize>(words: &[u16], order: ByteOrder) -> Option<[u8; N]> {
    let words = words.get(..N / 2)?;
    let mut bytes = [0; N];
    for (index, pair) in bytes.chunks_exact_mut(2).enumerate() {
        let from = if words_are_turned(order) { words.len() - 1 - index } else { index };
        let word = if bytes_are_swapped(order) { words[from].swap_bytes() } else { words[from] };
        pair.copy_from_slice(&word.to_be_bytes());
    }
    Some(bytes)
}

/// Returns the registers in which a number stands, as the coding holds it: the way back of [`raw`]. A number beyond the
/// coding's range is nobody's to write: whole numbers are cut off to its bits.
pub(super) fn words(coding: Coding, order: ByteOrder, number: Raw) -> Vec<u16> {
    let whole = match number {
        Raw::Truth(truth) => truth.into(),
        Raw::Whole(number) => number,
        Raw::Real(number) => bits(coding, number),
    };
    let bytes = whole.to_be_bytes();
    let value = &bytes[bytes.len() - 2 * usize::from(coding.registers())..];
    let mut words: Vec<u16> = value.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    if words_are_turned(order) {
        words.reverse();
    }
    if bytes_are_swapped(order) {
        for word in &mut words {
            *word = word.swap_bytes();
        }
    }
    words
}

/// Returns the bits of a float, as wide as its coding.
fn bits(coding: Coding, number: f64) -> i128 {
    #[expect(clippy::cast_possible_truncation, reason = "the nearest float is what the device can hold")]
    let single = || number as f32;
    if coding == Coding::Float32 { single().to_bits().into() } else { number.to_bits().into() }
}

const fn words_are_turned(order: ByteOrder) -> bool {
    match order {
        ByteOrder::Abcd | ByteOrder::Badc => false,
        ByteOrder::Dcba | ByteOrder::Cdab => true,
    }
}

pub(super) const fn bytes_are_swapped(order: ByteOrder) -> bool {
    match order {
        ByteOrder::Abcd | ByteOrder::Cdab => false,
        ByteOrder::Dcba | ByteOrder::Badc => true,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::modbus::tests::plant::point;

    const ORDERS: [ByteOrder; 4] = [ByteOrder::Abcd, ByteOrder::Dcba, ByteOrder::Badc, ByteOrder::Cdab];

    fn read(coding: Coding, order: ByteOrder, words: &[u16]) -> Option<Raw> {
        raw(&Point { coding, order, ..point(0) }, &Registers::Words(words.to_vec()), 0)
    }

    #[test]
    fn the_names_of_the_orders_are_the_bytes_on_the_wire() {
        let value = Some(Raw::Whole(0x0A0B_0C0D));
        assert_eq!(read(Coding::Uint32, ByteOrder::Abcd, &[0x0A0B, 0x0C0D]), value);
        assert_eq!(read(Coding::Uint32, ByteOrder::Dcba, &[0x0D0C, 0x0B0A]), value);
        assert_eq!(read(Coding::Uint32, ByteOrder::Badc, &[0x0B0A, 0x0D0C]), value);
        assert_eq!(read(Coding::Uint32, ByteOrder::Cdab, &[0x0C0D, 0x0A0B]), value);
        let value = Some(Raw::Whole(0x0102_0304_0506_0708));
        assert_eq!(read(Coding::Int64, ByteOrder::Abcd, &[0x0102, 0x0304, 0x0506, 0x0708]), value);
        assert_eq!(read(Coding::Int64, ByteOrder::Dcba, &[0x0807, 0x0605, 0x0403, 0x0201]), value);
        assert_eq!(read(Coding::Int64, ByteOrder::Badc, &[0x0201, 0x0403, 0x0605, 0x0807]), value);
        assert_eq!(read(Coding::Int64, ByteOrder::Cdab, &[0x0708, 0x0506, 0x0304, 0x0102]), value);
    }

    #[test]
    fn signs_and_bits_are_kept() {
        assert_eq!(read(Coding::Int16, ByteOrder::Abcd, &[0xFFFE]), Some(Raw::Whole(-2)));
        assert_eq!(read(Coding::Uint64, ByteOrder::Abcd, &[0xFFFF; 4]), Some(Raw::Whole(u64::MAX.into())));
        assert_eq!(read(Coding::Bool, ByteOrder::Dcba, &[0x0100]), Some(Raw::Truth(true)));
        for bit in 0..16 {
            let point = Point { bit: Some(bit), ..point(0) };
            assert_eq!(raw(&point, &Registers::Words(vec![0, 1 << bit]), 1), Some(Raw::Truth(true)));
            assert_eq!(raw(&point, &Registers::Words(vec![0, !(1 << bit)]), 1), Some(Raw::Truth(false)));
        }
    }

    #[test]
    fn bytes_digits_and_points_are_read() {
        let abcd = |coding, words: &[u16]| read(coding, ByteOrder::Abcd, words);
        assert_eq!(abcd(Coding::Int8(Half::Low), &[0x01FE]), Some(Raw::Whole(-2)));
        assert_eq!(abcd(Coding::Int8(Half::High), &[0x80FE]), Some(Raw::Whole(-128)));
        assert_eq!(abcd(Coding::Uint8(Half::High), &[0x80FE]), Some(Raw::Whole(128)));
        assert_eq!(read(Coding::Uint8(Half::Low), ByteOrder::Badc, &[0x80FE]), Some(Raw::Whole(128)));
        assert_eq!(abcd(Coding::Bcd16, &[0x1234]), Some(Raw::Whole(1234)));
        assert_eq!(abcd(Coding::Bcd16, &[0x12A4]), None);
        assert_eq!(abcd(Coding::Bcd32, &[0x9999, 0x9999]), Some(Raw::Whole(99_999_999)));
        assert_eq!(read(Coding::Bcd32, ByteOrder::Cdab, &[0x5678, 0x1234]), Some(Raw::Whole(12_345_678)));
        assert_eq!(abcd(Coding::Fixed16(8), &[0xFE80]), Some(Raw::Real(-1.5)));
        assert_eq!(abcd(Coding::Fixed32(16), &[3, 0x4000]), Some(Raw::Real(3.25)));
        assert_eq!(abcd(Coding::Fixed16(0), &[7]), Some(Raw::Real(7.0)));
    }

    #[test]
    fn halves_are_read_as_the_standard_says() {
        let half = |bits| match read(Coding::Float16, ByteOrder::Abcd, &[bits]) {
            Some(Raw::Real(number)) => number,
            other => panic!("{other:?}"),
        };
        for (bits, number) in [
            (0x0000, 0.0),
            (0x3C00, 1.0),
            (0xC000, -2.0),
            (0x7BFF, 65_504.0),
            (0x0400, 6.103_515_625e-5),
            (0x0001, 5.960_464_477_539_063e-8),
            (0x3555, 0.333_251_953_125),
            (0x7C00, f64::INFINITY),
            (0xFC00, f64::NEG_INFINITY),
        ] {
            assert_eq!(half(bits).to_bits(), f64::to_bits(number), "{bits:04X}");
        }
        assert!(half(0x7E00).is_nan() && half(0x8000).is_sign_negative());
    }

    #[test]
    fn an_answer_that_is_too_short_gives_nothing() {
        assert_eq!(read(Coding::Float64, ByteOrder::Abcd, &[0; 3]), None);
        assert_eq!(raw(&point(0), &Registers::Words(vec![1]), 1), None);
        assert_eq!(raw(&point(0), &Registers::Words(vec![1]), 5), None);
        assert_eq!(raw(&point(0), &Registers::Bits(vec![true]), 1), None);
        assert_eq!(raw(&Point { bit: Some(16), ..point(0) }, &Registers::Words(vec![1]), 0), None);
    }

    /// Writes bytes, the most significant first, as a device of that order does: the letters of its name one by one.
    fn written(bytes: &[u8], order: ByteOrder) -> Vec<u16> {
        let letters: &[usize] = match (order, bytes.len()) {
            (ByteOrder::Abcd | ByteOrder::Cdab, 2) => &[0, 1],
            (ByteOrder::Dcba | ByteOrder::Badc, 2) => &[1, 0],
            (ByteOrder::Abcd, 4) => &[0, 1, 2, 3],
            (ByteOrder::Dcba, 4) => &[3, 2, 1, 0],
            (ByteOrder::Badc, 4) => &[1, 0, 3, 2],
            (ByteOrder::Cdab, 4) => &[2, 3, 0, 1],
            (ByteOrder::Abcd, _) => &[0, 1, 2, 3, 4, 5, 6, 7],
            (ByteOrder::Dcba, _) => &[7, 6, 5, 4, 3, 2, 1, 0],
            (ByteOrder::Badc, _) => &[1, 0, 3, 2, 5, 4, 7, 6],
            (ByteOrder::Cdab, _) => &[6, 7, 4, 5, 2, 3, 0, 1],
        };
        letters.chunks(2).map(|pair| u16::from_be_bytes([bytes[pair[0]], bytes[pair[1]]])).collect()
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(number in any::<i64>(), real in any::<f64>()) {
            for order in ORDERS {
                let check = |coding, bytes: &[u8], expected| {
                    prop_assert_eq!(read(coding, order, &written(bytes, order)), Some(expected));
                    Ok(())
                };
                #[expect(clippy::cast_possible_truncation, reason = "the low bits are as good as any others")]
                let (short, word) = (number as i16, number as i32);
                check(Coding::Int16, &short.to_be_bytes(), Raw::Whole(short.into()))?;
                check(Coding::Uint16, &short.to_be_bytes(), Raw::Whole(short.cast_unsigned().into()))?;
                check(Coding::Int32, &word.to_be_bytes(), Raw::Whole(word.into()))?;
                check(Coding::Uint32, &word.to_be_bytes(), Raw::Whole(word.cast_unsigned().into()))?;
                check(Coding::Int64, &number.to_be_bytes(), Raw::Whole(number.into()))?;
                check(Coding::Uint64, &number.to_be_bytes(), Raw::Whole(number.cast_unsigned().into()))?;
                check(Coding::Float64, &real.to_be_bytes(), Raw::Real(real))?;
                #[expect(clippy::cast_possible_truncation, reason = "any 32-bit float will do")]
                let single = real as f32;
                check(Coding::Float32, &single.to_be_bytes(), Raw::Real(single.into()))?;
                prop_assert_eq!(words(Coding::Int16, order, Raw::Whole(short.into())), written(&short.to_be_bytes(), order));
                prop_assert_eq!(words(Coding::Uint32, order, Raw::Whole(word.cast_unsigned().into())), written(&word.to_be_bytes(), order));
                prop_assert_eq!(words(Coding::Int64, order, Raw::Whole(number.into())), written(&number.to_be_bytes(), order));
                prop_assert_eq!(words(Coding::Float32, order, Raw::Real(single.into())), written(&single.to_be_bytes(), order));
                prop_assert_eq!(words(Coding::Float64, order, Raw::Real(real)), written(&real.to_be_bytes(), order));
            }
        }
    }
}
