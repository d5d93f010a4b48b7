//! Times as numbers since 1970-01-01T00:00:00Z, whole or decimal, exact to the microsecond.

use latchwork_expr::Timestamp;

use crate::trace::number::eight_digits;

/// What one of the number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Seconds,
    Millis,
    Micros,
    Nanos,
}

/// Numbers below these, without sign, are seconds, milliseconds, microseconds (`spec/cli.md` section 3).
const BOUNDS: [(u64, Unit); 3] =
    [(100_000_000_000, Unit::Seconds), (100_000_000_000_000, Unit::Millis), (100_000_000_000_000_000, Unit::Micros)];

impl Unit {
    /// Returns the unit that a number's magnitude tells; `None` if it is no number.
    pub(crate) fn of(text: &[u8]) -> Option<Self> {
        let magnitude = Decimal::read(text)?.whole;
        let unit = BOUNDS.iter().find(|&&(bound, _)| magnitude < bound).map(|&(_, unit)| unit);
        Some(unit.unwrap_or(Self::Nanos))
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Millis => "milliseconds",
            Self::Micros => "microseconds",
            Self::Nanos => "nanoseconds",
        }
    }

    const fn nanos(self) -> i128 {
        match self {
            Self::Seconds => 1_000_000_000,
            Self::Millis => 1_000_000,
            Self::Micros => 1000,
            Self::Nanos => 1,
        }
    }
}

/// Reads a time in a unit; what is finer than a microsecond is rounded towards the past.
pub(crate) fn read(text: &[u8], unit: Unit) -> Option<Timestamp> {
    let decimal = Decimal::read(text)?;
    let magnitude = i128::from(decimal.whole) * unit.nanos() + decimal.billionths * unit.nanos() / 1_000_000_000;
    let nanos = if decimal.negative { -magnitude } else { magnitude };
    i64::try_from(nanos.div_euclid(1000)).ok().map(Timestamp)
}

/// Returns the time of a whole number in a unit; what is finer than a microsecond is rounded towards the past.
pub(crate) fn of_whole(number: i64, unit: Unit) -> Option<Timestamp> {
    let nanos = i128::from(number) * unit.nanos();
    i64::try_from(nanos.div_euclid(1000)).ok().map(Timestamp)
}

/// Reads times of thirteen digits: what nearly every recorder writes for milliseconds. Rows come in order, so the first
/// eight digits are nearly always those of the row before, and are read once in 100 seconds.
#[derive(Debug)]
pub(crate) struct MillisOfToday {
    head: [u8; 8],
    /// What the first five of them mean.
    millis: i64,
}

impl MillisOfToday {
    pub(crate) const fn new() -> Self {
        Self { head: *b"00000000", millis: 0 }
    }

    /// Reads a line that begins with such a time and a delimiter, and returns what follows. `None` proves nothing.
    #[inline]
    pub(crate) fn read<'a>(&mut self, line: &'a [u8], delimiter: u8) -> Option<(Timestamp, &'a [u8])> {
        let (time, rest) = line.split_first_chunk::<13>()?;
        let (&after, rest) = rest.split_first()?;
        let (head, tail) = (time.first_chunk()?, time.last_chunk()?);
        if *head != self.head {
            // The last eight digits hold three of the first eight: those count once.
            self.millis = i64::from(eight_digits(*head)? / 1000) * 100_000_000;
            self.head = *head;
        }
        let millis = self.millis + i64::from(eight_digits(*tail)?);
        (after == delimiter).then_some((Timestamp(millis * 1000), rest))
    }
}

/// A decimal number.
struct Decimal {
    negative: bool,
    whole: u64,
    billionths: i128,
}

impl Decimal {
    fn read(text: &[u8]) -> Option<Self> {
        let text = text.trim_ascii();
        let (negative, text) = text.strip_prefix(b"-").map_or((false, text), |rest| (true, rest));
        let point = text.iter().position(|&byte| byte == b'.');
        let (whole, fraction) = point.map_or((text, b"0".as_slice()), |at| (&text[..at], &text[at + 1..]));
        let whole = digits(whole)?;
        fraction.iter().all(u8::is_ascii_digit).then_some(())?;
        let billionths =
            (0..9).fold(0, |sum, at| sum * 10 + i128::from(fraction.get(at).map_or(0, |byte| byte - b'0')));
        Some(Self { negative, whole, billionths })
    }
}

fn digits(text: &[u8]) -> Option<u64> {
    let next = |number: u64, &byte: &u8| {
        byte.is_ascii_digit().then_some(())?;
        number.checked_mul(10)?.checked_add(u64::from(byte - b'0'))
    };
    if text.is_empty() { None } else { text.iter().try_fold(0, next) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, unit: Unit, expected: Option<i64>) {
        assert_eq!(read(text.as_bytes(), unit).map(|time| time.0), expected, "{text} {unit:?}");
    }

    #[test]
    fn decimals_are_exact() {
        check("1700000000.123456", Unit::Seconds, Some(1_700_000_000_123_456));
        check("1700000000123.4567", Unit::Millis, Some(1_700_000_000_123_456));
        check("1700000000123456789", Unit::Nanos, Some(1_700_000_000_123_456));
        check("1.", Unit::Seconds, Some(1_000_000));
    }

    #[test]
    fn before_the_epoch_rounds_towards_the_past_too() {
        check("-1", Unit::Millis, Some(-1000));
        check("-0.5", Unit::Micros, Some(-1));
        check("-1999", Unit::Nanos, Some(-2));
    }

    #[test]
    fn whole_numbers_are_read_as_their_texts_are() {
        for unit in [Unit::Seconds, Unit::Millis, Unit::Micros, Unit::Nanos] {
            for number in [0, 1, -1, -1999, 1_700_000_000_123, i64::MAX, i64::MIN + 1] {
                assert_eq!(of_whole(number, unit), read(number.to_string().as_bytes(), unit), "{number} {unit:?}");
            }
        }
    }

    #[test]
    fn what_is_no_number_or_too_large_is_none() {
        for text in ["", "-", ".5", "1e9", "12a", "1700000000x00", "99999999999999999999"] {
            check(text, Unit::Millis, None);
        }
        check("99999999999999", Unit::Seconds, None);
    }

    proptest! {
        #[test]
        fn thirteen_digits_are_read_at_once_as_one_by_one(millis in 0_i64..9_999_999_900_000, other in any::<[u8; 8]>()) {
            let mut times = MillisOfToday::new();
            for millis in [millis, millis + 1, millis + 99_999, millis] {
                let line = format!("{millis:013},tag");
                prop_assert_eq!(times.read(line.as_bytes(), b','), Some((Timestamp(millis * 1000), b"tag".as_slice())));
                prop_assert_eq!(times.read(line.as_bytes(), b';'), None);
            }
            prop_assert_eq!(times.read(b"17000000x0000,tag", b','), None);
            let slow = digits(&other).and_then(|number| u32::try_from(number).ok());
            prop_assert_eq!(eight_digits(other), slow);
        }
    }
}
