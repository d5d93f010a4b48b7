//! Floats out of text, exactly rounded, the short ones fast.

/// Longer texts may have more digits than a float holds exactly.
const SHORT_BYTES: usize = 16;

/// The powers of ten that stand behind a short decimal's point: all of them exact.
const POWERS: [f64; SHORT_BYTES] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// Reads a float: decimal or with an exponent, `NaN`, `inf`, `Infinity`.
#[inline]
pub(crate) fn float(text: &[u8]) -> Option<f64> {
    short_decimal(text).or_else(|| fast_float2::parse(text).ok())
}

/// Reads digits with at most one point among them: a whole number below 2⁵³ through an exact power of ten is rounded
/// once, and so rightly. `None` proves nothing.
#[inline]
fn short_decimal(text: &[u8]) -> Option<f64> {
    let (sign, digits) = match text {
        [b'-', digits @ ..] => (-1.0, digits),
        digits => (1.0, digits),
    };
    let mut whole = 0;
    let mut point = digits.len();
    for (at, &byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => whole = whole * 10 + u64::from(byte - b'0'),
            b'.' if point == digits.len() => point = at,
            _ => return None,
        }
    }
    let decimals = digits.len().saturating_sub(point + 1);
    let count = point + decimals;
    #[expect(clippy::cast_precision_loss, reason = "fifteen digits are below 2⁵³")]
    let magnitude = whole as f64 / POWERS.get(decimals)?;
    (0 < count && count < SHORT_BYTES).then_some(sign * magnitude)
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
    }
}
