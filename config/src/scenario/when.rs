//! Times of a test: after its start (`"1m30s"`), or dates.

use std::fmt::{self, Write};

use latchwork_expr::{Timestamp, Tz, instant_text};

use crate::date;
use crate::document::{Content, Item};
use crate::limits::MILLIS_MAX;
use crate::problems;
use crate::reader::Reader;

/// A moment of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// So many microseconds after the test's start.
    After(i64),
    /// A date.
    At(Timestamp),
}

/// The units of times with their length in microseconds, the longest first.
const UNITS: [(&str, i64); 6] =
    [("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000), ("us", 1)];

const EXPECTED: &str = "a time such as \"12.5s\" or \"1m30s\", or a date";

impl When {
    /// Returns the instant in a test that begins at `start`.
    pub const fn instant(self, start: Timestamp) -> Timestamp {
        match self {
            Self::After(micros) => Timestamp(start.0.saturating_add(micros)),
            Self::At(instant) => instant,
        }
    }

    /// Returns an instant of a test that begins at `start`, as people write it there.
    pub const fn of(instant: Timestamp, start: Timestamp) -> Self {
        let micros = instant.0.saturating_sub(start.0);
        if micros < 0 { Self::At(instant) } else { Self::After(micros) }
    }
}

impl fmt::Display for When {
    /// Writes it as it stands in a file, quotes included.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::After(micros) => write!(f, "\"{}\"", length_text(*micros)),
            Self::At(instant) => write!(f, "{}", instant_text(*instant)),
        }
    }
}

/// Reads a length of time such as `1m30s` or `12.5s`; gives microseconds.
pub(super) fn length(text: &str) -> Option<i64> {
    let (mut rest, mut sum) = (text, 0_i64);
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (number, behind) = rest.split_at(digits);
        let letters = behind.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(behind.len());
        let (unit, next) = behind.split_at(letters);
        let factor = UNITS.into_iter().find(|(name, _)| *name == unit)?.1;
        sum = sum.checked_add(micros(number, factor)?)?;
        rest = next;
    }
    (!text.is_empty() && sum <= MILLIS_MAX * 1_000).then_some(sum)
}

/// Returns a number of units as microseconds; finer ones are rounded.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "bounded before, exact to 285 years")]
fn micros(number: &str, factor: i64) -> Option<i64> {
    let micros = number.parse::<f64>().ok()? * factor as f64;
    (micros <= (MILLIS_MAX * 1_000) as f64).then(|| micros.round() as i64)
}

/// Returns a length of time as people write it: `1m30s`, `12.5s`.
fn length_text(micros: i64) -> String {
    let (minutes, rest) = (micros / 60_000_000, micros % 60_000_000);
    let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    let mut text = String::new();
    for (count, unit) in [(days, 'd'), (hours, 'h'), (minutes, 'm')] {
        if count > 0 {
            let _ = write!(text, "{count}{unit}");
        }
    }
    if rest > 0 || text.is_empty() {
        let seconds = format!("{}.{:06}", rest / 1_000_000, rest % 1_000_000);
        text += seconds.trim_end_matches('0').trim_end_matches('.');
        text.push('s');
    }
    text
}

/// Reads the time that a value is; complains if it is none.
pub(super) fn read(reader: &mut Reader<'_, '_>, key: &str, item: &Item, zone: Tz) -> Option<When> {
    let (found, shown) = match &item.content {
        Content::Text(text) => {
            let date = || text.contains('-').then(|| date::instant(text, zone)).flatten();
            (length(text).map(When::After).or_else(|| date().map(When::At)), text)
        }
        Content::Date(text) => (date::instant(text, zone).map(When::At), text),
        Content::Boolean(_) | Content::Integer(_) | Content::Float(_) | Content::List(_) | Content::Table(_) => {
            reader.wrong_type(key, item, EXPECTED);
            return None;
        }
    };
    if found.is_none() {
        let message = format!("`{key}` is `{shown}`, expected {EXPECTED}");
        let hint = "units are d, h, m, s, ms and us, the longest first".to_owned();
        reader.problem(problems::BAD_TIME, item.place, message, Some(hint));
    }
    found
}

/// Reads the time of a key, if it is given.
pub(super) fn optional(reader: &mut Reader<'_, '_>, key: &'static str, zone: Tz) -> Option<When> {
    let item = reader.item(key)?;
    read(reader, key, item, zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_and_written_alike() {
        for (text, micros) in [
            ("0s", 0),
            ("12.5s", 12_500_000),
            ("1m30s", 90_000_000),
            ("42.348s", 42_348_000),
            ("8h59m", 32_340_000_000),
            ("2d1h", 176_400_000_000),
            ("0.000001s", 1),
        ] {
            assert_eq!(length(text), Some(micros), "{text}");
            assert_eq!(length_text(micros), text);
        }
        assert_eq!(length("1500ms"), Some(1_500_000));
        assert_eq!(length("250us"), Some(250));
    }

    #[test]
    fn what_is_no_length_is_refused() {
        for text in ["", "5", "s", "5x", "1.2.3s", "-5s", "5 s", "1e5s", "99999999999d", "5s3"] {
            assert_eq!(length(text), None, "{text}");
        }
    }

    #[test]
    fn an_instant_is_told_after_the_start() {
        let start = Timestamp(1_000_000);
        assert_eq!(When::of(Timestamp(3_500_000), start).to_string(), "\"2.5s\"");
        assert_eq!(When::of(Timestamp(0), start).to_string(), "1970-01-01T00:00:00.000000Z");
        assert_eq!(When::After(5).instant(start), Timestamp(1_000_005));
    }
}
