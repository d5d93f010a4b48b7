//! Floats out of text, exactly rounded, the short ones fast.

/// The powers of ten that a float holds exactly and that stand behind a short decimal's point.
const POWERS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// Reads a float: decimal or with an exponent, `NaN`, `inf`, `Infinity`.
#[inline]
pub(crate) fn float(text: &[u8]) -> Option<f64> {
    match short_decimal(text) {
        Some((number, b"")) => Some(number),
        Some(_) | None => fast_float2::parse(text).ok(),
    }
}

/// Reads the number of at most fifteen digits that begins a text, and returns what follows: a whole number below 2⁵³
/// through an exact power of ten is rounded once, and so rightly. `None` proves nothing.
#[expect(clippy::inline_always, reason = "a call costs a fifth of what it takes to read a number")]
#[inline(always)]
pub(crate) fn short_decimal(text: &[u8]) -> Option<(f64, &[u8])> {
    // Signs come as they like: nothing here branches on them.
    let is_negative = text.first() == Some(&b'-');
    let unsigned = &text[usize::from(is_negative)..];
    let (magnitude, rest) = very_short_decimal(unsigned).or_else(|| longer_decimal(unsigned))?;
    let sign = u64::from(is_negative) << (u64::BITS - 1);
    Some((f64::from_bits(magnitude.to_bits() | sign), rest))
}

/// Reads a number digit by digit.
fn longer_decimal(unsigned: &[u8]) -> Option<(f64, &[u8])> {
    let (whole, rest) = digits(0, unsigned);
    let before_point = unsigned.len() - rest.len();
    let (whole, decimals, rest) = match rest {
        [b'.', fraction @ ..] => {
            let (whole, rest) = digits(whole, fraction);
            (whole, fraction.len() - rest.len(), rest)
        }
        _ => (whole, 0, rest),
    };
    if !(1..POWERS.len()).contains(&(before_point + decimals)) {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "fifteen digits are below 2⁵³")]
    let magnitude = whole as f64 / POWERS[decimals];
    Some((magnitude, rest))
}

/// Reads a number that ends within eight bytes, all of them at once: without a loop whose end no processor foresees.
#[inline]
fn very_short_decimal(text: &[u8]) -> Option<(f64, &[u8])> {
    let digits = u64::from_le_bytes(*text.first_chunk()?) ^ ZEROS;
    let others = not_digits(digits);
    let points = zeros(digits ^ POINTS);
    // Where the next line begins must be known soon, for it waits for that: the end does not ask where the point is.
    let ends = others & !points;
    if ends == 0 {
        return None;
    }
    // Positions are in bits: eight to a byte, the first byte lowest.
    let (whole_bits, end_bits) = (first_byte(others), first_byte(ends));
    let points = points & (ends ^ (ends - 1));
    let point_bits = 8 * u32::from(points != 0);
    let digits_bits = end_bits - point_bits;
    if digits_bits == 0 || points & points.wrapping_sub(1) != 0 {
        return None;
    }
    let whole = (1 << whole_bits) - 1;
    let joined = (digits & whole) | ((digits >> point_bits) & !whole);
    let magnitude = f64::from(number_of_digits(joined << (64 - digits_bits)));
    let decimals = (digits_bits - whole_bits) / 8;
    Some((magnitude / POWERS[decimals as usize], &text[end_bits as usize / 8..]))
}

/// Eight bytes of `0`: what turns digits into their values.
const ZEROS: u64 = 0x3030_3030_3030_3030;
/// Eight decimal points among such values.
const POINTS: u64 = 0x1e1e_1e1e_1e1e_1e1e;

/// Returns the high bit of every byte that is above 9.
const fn not_digits(values: u64) -> u64 {
    (((values & 0x7f7f_7f7f_7f7f_7f7f) + 0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080
}

/// Returns the high bit of every byte that is zero.
const fn zeros(values: u64) -> u64 {
    !(((values & 0x7f7f_7f7f_7f7f_7f7f) + 0x7f7f_7f7f_7f7f_7f7f) | values) & 0x8080_8080_8080_8080
}

/// Returns where the first marked byte begins, in bits; 64 without one.
const fn first_byte(marks: u64) -> u32 {
    marks.trailing_zeros() & !7
}

/// Returns eight digits, or `None` if one of the bytes is none.
#[inline]
pub(crate) fn eight_digits(text: [u8; 8]) -> Option<u32> {
    let digits = u64::from_le_bytes(text) ^ ZEROS;
    (not_digits(digits) == 0).then(|| number_of_digits(digits))
}

/// Returns the number that eight digits make, the first byte the highest.
const fn number_of_digits(digits: u64) -> u32 {
    let pairs = (digits * 10 + (digits >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    (fours.wrapping_mul((10_000 << 32) + 1) >> 32) as u32
}

/// Appends the digits that begin a text to a number, which wraps around beyond nineteen.
#[inline]
fn digits(mut number: u64, mut text: &[u8]) -> (u64, &[u8]) {
    while let [digit @ b'0'..=b'9', rest @ ..] = text {
        number = number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
        text = rest;
    }
    (number, text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "-", ".", "-.", "1.2.3", "7,5", "--1", "0x10", "1 "] {
            assert_eq!(float(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn the_sign_of_zero_is_kept() {
        assert!(float(b"-0").unwrap().is_sign_negative());
        assert!(float(b"-0.0").unwrap().is_sign_negative());
    }

    proptest! {
        #[test]
        fn short_decimals_are_what_the_standard_library_reads(text in "-?[0-9]{0,9}(\\.[0-9]{0,9})?") {
            let expected = text.parse::<f64>().ok();
            prop_assert_eq!(float(text.as_bytes()).map(f64::to_bits), expected.map(f64::to_bits));
        }

        #[test]
        fn a_decimal_ends_where_its_digits_do(text in "-?[0-9]{0,9}(\\.[0-9]{0,9})?", rest in "[,\n\r.x-][ -~]{0,12}") {
            let line = text.clone() + &rest;
            let at_end = |(number, rest): (f64, &[u8])| (number.to_bits(), rest.to_vec());
            // What follows may go on with the number: then there is nothing to compare.
            prop_assume!(!rest.starts_with('.') || text.contains('.'));
            prop_assume!(!rest.starts_with('-') || !text.is_empty());
            let alone = short_decimal(text.as_bytes()).map(|(number, _)| (number, rest.as_bytes()));
            prop_assert_eq!(short_decimal(line.as_bytes()).map(at_end), alone.map(at_end));
        }
    }
}
