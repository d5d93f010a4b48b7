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
#[inline]
pub(crate) fn short_decimal(text: &[u8]) -> Option<(f64, &[u8])> {
    let unsigned = text.strip_prefix(b"-").unwrap_or(text);
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
    Some((if unsigned.len() < text.len() { -magnitude } else { magnitude }, rest))
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
    }
}
