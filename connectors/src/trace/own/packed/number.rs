//! Numbers of a text that come back as the very same characters.

/// Most digits of a number: any so long fits into 64 bits. Longer ones stay text.
const DIGITS_MAX: usize = 18;

/// A number as it stood there: `-81.50` is -8150 with two decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) digits: i64,
    pub(super) decimals: u8,
}

impl Number {
    /// Reads the number that a text begins with, and tells how long it is. None that would be written in another way: with
    /// zeros before it, or a zero below nothing.
    pub(super) fn read(text: &[u8]) -> Option<(Self, usize)> {
        let is_negative = text.first() == Some(&b'-');
        let start = usize::from(is_negative);
        let whole = run(&text[start..]);
        if whole == 0 || whole > DIGITS_MAX || (whole > 1 && text[start] == b'0') {
            return None;
        }
        let point = start + whole;
        let behind = if text.get(point) == Some(&b'.') { run(&text[point + 1..]) } else { 0 };
        let decimals = if whole + behind <= DIGITS_MAX { behind } else { 0 };
        let fraction = if decimals > 0 { &text[point + 1..][..decimals] } else { &[] };
        let digits = text[start..point].iter().chain(fraction);
        let digits = digits.fold(0, |number: i64, &digit| number * 10 + i64::from(digit - b'0'));
        if is_negative && digits == 0 {
            return None;
        }
        let length = if decimals > 0 { point + 1 + decimals } else { point };
        let decimals = u8::try_from(decimals).ok()?;
        Some((Self { digits: if is_negative { -digits } else { digits }, decimals }, length))
    }

    /// Writes it as it stood there.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        let mut reversed = [b'0'; 2 * DIGITS_MAX + 3];
        let (mut rest, mut length) = (self.digits.unsigned_abs(), 0);
        let decimals = usize::from(self.decimals);
        while rest > 0 || length <= decimals {
            reversed[length] = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            (rest, length) = (rest / 10, length + 1);
        }
        if self.digits < 0 {
            out.push(b'-');
        }
        out.extend(reversed[decimals..length].iter().rev());
        if decimals > 0 {
            out.push(b'.');
            out.extend(reversed[..decimals].iter().rev());
        }
    }

    /// Returns its digits as they would be with so many decimals: some may be lost, or all that is left be nonsense. What
    /// another number is likely to be like need not be true.
    pub(super) fn digits_with(self, decimals: u8) -> i64 {
        let factor = 10_i64.wrapping_pow(u32::from(decimals.abs_diff(self.decimals)));
        if decimals >= self.decimals { self.digits.wrapping_mul(factor) } else { self.digits / factor }
    }
}

/// Tells whether a number may have so many decimals.
pub(super) fn is_decimals(decimals: u8) -> bool {
    usize::from(decimals) < DIGITS_MAX
}

fn run(text: &[u8]) -> usize {
    text.iter().take_while(|character| character.is_ascii_digit()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(i64, u8, usize)>) {
        let read = Number::read(text.as_bytes());
        assert_eq!(read.map(|(number, length)| (number.digits, number.decimals, length)), expected, "{text}");
        if let Some((number, length)) = read {
            let mut out = Vec::new();
            number.write(&mut out);
            assert_eq!(out, &text.as_bytes()[..length]);
        }
    }

    #[test]
    fn what_would_be_written_in_another_way_is_no_number() {
        check("0", Some((0, 0, 1)));
        check("17,", Some((17, 0, 2)));
        check("-81.50]", Some((-8150, 2, 6)));
        check("0.05", Some((5, 2, 4)));
        check("-0.5", Some((-5, 1, 4)));
        check("5.", Some((5, 0, 1)));
        check("1e300", Some((1, 0, 1)));
        check("999999999999999999", Some((999_999_999_999_999_999, 0, 18)));
        check("0.1234567890123456789", Some((0, 0, 1)));
        for text in ["", "-", "x", "00", "007", "-0", "-0.0", "1234567890123456789"] {
            check(text, None);
        }
    }

    #[test]
    fn a_number_has_so_many_decimals_as_another() {
        let number = Number { digits: 815, decimals: 1 };
        assert_eq!([0, 1, 3].map(|decimals| number.digits_with(decimals)), [81, 815, 81_500]);
    }
}
