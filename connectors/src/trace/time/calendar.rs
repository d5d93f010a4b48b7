//! Times in the form of RFC 3339: with an offset, or without one in the file's zone; a space may stand for the `T`.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use chrono_tz::Tz;
use latchwork_expr::Timestamp;

use super::local::instant;

/// The length of `2024-07-05T12:00`.
const MINUTE_BYTES: usize = 16;

/// Reads such times. Rows come in order, so the minute is nearly always that of the row before, and calendar and
/// zone are asked once a minute.
#[derive(Debug)]
pub(crate) struct Calendar {
    zone: Tz,
    text: [u8; MINUTE_BYTES],
    minute: Minute,
}

/// A minute's beginning in microseconds since the epoch.
#[derive(Clone, Copy, Debug)]
struct Minute {
    /// Read as UTC.
    utc: i64,
    /// Read in the zone; `None` when the zone's offset changes within the minute.
    local: Option<i64>,
    day: NaiveDateTime,
}

impl Calendar {
    pub(crate) fn new(zone: Tz) -> Self {
        let minute = Minute { utc: 0, local: None, day: NaiveDateTime::default() };
        Self { zone, text: *b"1970-01-01T00:00", minute }
    }

    pub(crate) const fn zone(&self) -> Tz {
        self.zone
    }

    /// Reads a time; a day alone is its midnight.
    pub(crate) fn read(&mut self, text: &[u8]) -> Option<Timestamp> {
        let text = text.trim_ascii();
        if let Some((minute, rest)) = text.split_first_chunk::<MINUTE_BYTES>() {
            if *minute != self.text {
                self.minute = Minute::read(minute, self.zone)?;
                self.text = *minute;
            }
            return self.minute.read_rest(rest, self.zone).map(Timestamp);
        }
        let day = date(text.try_into().ok()?)?.and_hms_opt(0, 0, 0)?;
        instant(self.zone, day).map(Timestamp)
    }
}

impl Minute {
    fn read(text: &[u8; MINUTE_BYTES], zone: Tz) -> Option<Self> {
        let (day, time) = text.split_first_chunk::<10>()?;
        let [b'T' | b't' | b' ', h1, h2, b':', m1, m2] = *time else { return None };
        let day = date(day)?.and_hms_opt(two_digits(h1, h2)?, two_digits(m1, m2)?, 0)?;
        let end = day.checked_add_signed(TimeDelta::seconds(60))?;
        let (local, local_end) = (instant(zone, day)?, instant(zone, end)?);
        let local = (local_end - local == 60_000_000).then_some(local);
        Some(Self { utc: day.and_utc().timestamp_micros(), local, day })
    }

    /// Reads seconds, fraction and offset.
    #[inline]
    fn read_rest(&self, rest: &[u8], zone: Tz) -> Option<i64> {
        let (micros, rest) = seconds(rest)?;
        match (rest, self.local) {
            (b"Z" | b"z", _) => Some(self.utc + micros),
            (b"", Some(local)) => Some(local + micros),
            (b"", None) => instant(zone, self.day + TimeDelta::microseconds(micros)),
            _ => (self.utc + micros).checked_sub(offset(rest)?),
        }
    }
}

/// Reads `:12.345`, or nothing, as microseconds, and returns what follows. A leap second is the next minute's first.
#[inline]
fn seconds(text: &[u8]) -> Option<(i64, &[u8])> {
    let [b':', s1, s2, rest @ ..] = text else { return Some((0, text)) };
    let seconds = two_digits(*s1, *s2).filter(|&seconds| seconds <= 60)?;
    let micros = i64::from(seconds) * 1_000_000;
    match rest {
        [b'.' | b',', fraction @ ..] => {
            let length = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (fraction, rest) = fraction.split_at(length);
            (length > 0).then(|| (micros + millionths(fraction), rest))
        }
        _ => Some((micros, rest)),
    }
}

/// Returns a decimal fraction in microseconds; finer digits are dropped.
fn millionths(digits: &[u8]) -> i64 {
    (0..6).fold(0, |sum, at| sum * 10 + digits.get(at).map_or(0, |&byte| i64::from(byte - b'0')))
}

/// Reads `+02:00`, `+0200` or `+02`, with or without a space before it, as microseconds.
fn offset(text: &[u8]) -> Option<i64> {
    let (hours, minutes) = match *text.strip_prefix(b" ").unwrap_or(text) {
        [b'+' | b'-', h1, h2, b':', m1, m2] | [b'+' | b'-', h1, h2, m1, m2] => {
            (two_digits(h1, h2)?, two_digits(m1, m2)?)
        }
        [b'+' | b'-', h1, h2] => (two_digits(h1, h2)?, 0),
        _ => return None,
    };
    let seconds = i64::from(hours * 3600 + minutes * 60);
    let sign = if text.trim_ascii_start().first() == Some(&b'-') { -1 } else { 1 };
    (hours < 24 && minutes < 60).then_some(sign * seconds * 1_000_000)
}

fn date(text: &[u8; 10]) -> Option<NaiveDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text else { return None };
    let year = two_digits(y1, y2)? * 100 + two_digits(y3, y4)?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, two_digits(m1, m2)?, two_digits(d1, d2)?)
}

#[inline]
fn two_digits(tens: u8, ones: u8) -> Option<u32> {
    let both_digits = tens.is_ascii_digit() && ones.is_ascii_digit();
    both_digits.then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::time::rfc3339;

    fn check(text: &str, expected: Option<&str>) {
        let time = Calendar::new(Tz::Europe__Berlin).read(text.as_bytes()).map(rfc3339);
        assert_eq!(time.as_deref(), expected, "{text}");
    }

    #[test]
    fn offsets_are_obeyed() {
        check("2012-11-12T11:03:00.348Z", Some("2012-11-12T11:03:00.348000Z"));
        check("2012-11-12 11:03:00.1234567z", Some("2012-11-12T11:03:00.123456Z"));
        check("2012-11-12T11:03:00+02:00", Some("2012-11-12T09:03:00.000000Z"));
        check("2012-11-12T11:03:00 -0530", Some("2012-11-12T16:33:00.000000Z"));
        check("2012-11-12T11:03+01", Some("2012-11-12T10:03:00.000000Z"));
        check("0001-01-01T00:00:00Z", Some("0001-01-01T00:00:00.000000Z"));
    }

    #[test]
    fn without_an_offset_the_zone_counts() {
        check("2024-07-05 12:00:01,5", Some("2024-07-05T10:00:01.500000Z"));
        check("2024-01-05 12:00", Some("2024-01-05T11:00:00.000000Z"));
        check("2024-01-05", Some("2024-01-04T23:00:00.000000Z"));
        check("2016-12-31T23:59:60Z", Some("2017-01-01T00:00:00.000000Z"));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "now",
            "2024-02-30T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:00:61Z",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00+99:00",
            "2024-1-1 00:00:00",
            "2024-01-01T00:00:00Zulu",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn a_remembered_minute_reads_as_a_fresh_one() {
        let mut calendar = Calendar::new(Tz::Europe__Berlin);
        for text in ["2024-10-27 01:59:59", "2024-10-27 02:00:00", "2024-10-27 02:00:00Z", "2024-10-27 02:00:59.9"] {
            let fresh = Calendar::new(Tz::Europe__Berlin).read(text.as_bytes());
            assert_eq!(calendar.read(text.as_bytes()), fresh, "{text}");
        }
    }
}
