//! Dates from numbers and from text in the patterns that plants write.

use chrono::{DateTime, Duration, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone};
use chrono_tz::Tz;

use super::scanner::Scanner;
use crate::coerce::{Number, described, parse_number};
use crate::functions::Failure;
use crate::value::{Timestamp, Value};

/// Casts a value to a date.
pub(super) fn to_date(value: &Value, zone: Tz) -> Result<Value, Failure> {
    instant(value, zone).map(Value::Date)
}

/// Returns a value as an instant: dates, milliseconds since the epoch, texts in one of the patterns.
pub(in crate::functions) fn instant(value: &Value, zone: Tz) -> Result<Timestamp, Failure> {
    let instant = match value {
        Value::Date(instant) => Some(*instant),
        Value::Integer(millis) => from_number(Number::Integer(*millis)),
        Value::Float(millis) => from_number(Number::Float(*millis)),
        Value::String(text) => parse_number(text).map_or_else(|| read(text, zone), from_number),
        Value::Null | Value::Boolean(_) | Value::Dataset(_) | Value::Document(_) | Value::Quality(_) => None,
    };
    instant.ok_or_else(|| format!("{} is not a date", described(value)).into())
}

/// Returns the instant so many milliseconds after the epoch, if the calendar has it.
#[expect(clippy::cast_possible_truncation, reason = "what is beyond 64 bits is beyond the calendar, too")]
pub(in crate::functions) fn from_number(millis: Number) -> Option<Timestamp> {
    let micros = match millis {
        Number::Integer(millis) => millis.checked_mul(1000)?,
        Number::Float(millis) if millis.is_nan() => return None,
        Number::Float(millis) => (millis * 1000.0) as i64,
    };
    DateTime::from_timestamp_micros(micros).map(|_| Timestamp(micros))
}

/// Reads a text in one of the patterns.
fn read(text: &str, zone: Tz) -> Option<Timestamp> {
    const PATTERNS: &[fn(&mut Scanner<'_>) -> Option<Moment>] =
        &[iso_date, iso_date_time, iso_8601, american_date, american_24_hours, american_12_hours, time_of_day];
    let moment = PATTERNS.iter().find_map(|pattern| {
        let mut scanner = Scanner(text);
        pattern(&mut scanner).filter(|_| scanner.0.is_empty())
    })?;
    match moment.offset_seconds {
        Some(seconds) => {
            let utc = moment.local.checked_sub_signed(Duration::seconds(seconds))?;
            Some(Timestamp(utc.and_utc().timestamp_micros()))
        }
        None => instant_of(moment.local, zone),
    }
}

/// Returns the instant of a local time in a zone: one that exists twice is the later, one that
/// does not exist moves forward by as much as the clocks do (measured).
pub(in crate::functions) fn instant_of(local: NaiveDateTime, zone: Tz) -> Option<Timestamp> {
    let micros = match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(instant) | MappedLocalTime::Ambiguous(_, instant) => instant.timestamp_micros(),
        MappedLocalTime::None => {
            // A day earlier, read as UTC, is before the clocks move in every zone there is.
            let before = zone.offset_from_utc_datetime(&local.checked_sub_signed(Duration::days(1))?).fix();
            local.checked_sub_offset(before)?.and_utc().timestamp_micros()
        }
    };
    Some(Timestamp(micros))
}

/// Reads a text that is a time of day and nothing else, `hh:mm[:ss] a`.
pub(in crate::functions) fn read_time_of_day(text: &str) -> Option<NaiveTime> {
    let mut scanner = Scanner(text);
    time_of_day(&mut scanner).filter(|_| scanner.0.is_empty()).map(|moment| moment.local.time())
}

/// A local time, with an offset from UTC if the text has one.
struct Moment {
    local: NaiveDateTime,
    offset_seconds: Option<i64>,
}

impl Moment {
    #[expect(clippy::unnecessary_wraps, reason = "patterns end with it")]
    const fn local(date: NaiveDate, time: NaiveTime) -> Option<Self> {
        Some(Self { local: NaiveDateTime::new(date, time), offset_seconds: None })
    }
}

/// `yyyy-MM-dd`
fn iso_date(scanner: &mut Scanner<'_>) -> Option<Moment> {
    Moment::local(scanner.dashed_date()?, NaiveTime::MIN)
}

/// `yyyy-MM-dd HH:mm:ss[.SSS]`
fn iso_date_time(scanner: &mut Scanner<'_>) -> Option<Moment> {
    let date = scanner.dashed_date()?;
    scanner.literal(' ')?;
    let (hour, minute, second) = scanner.full_time()?;
    // The last field is a number of milliseconds, not a fraction: `.5` is 5 ms.
    let millis = if scanner.literal('.').is_some() { scanner.number(3)? } else { 0 };
    Moment::local(date, NaiveTime::from_hms_milli_opt(hour, minute, second, millis)?)
}

/// ISO 8601: `yyyy-MM-ddTHH:mm[:ss[.fraction]][Z|±HH[:]mm|±HH]`
fn iso_8601(scanner: &mut Scanner<'_>) -> Option<Moment> {
    let date = scanner.dashed_date()?;
    scanner.literal('T')?;
    let (hour, minute) = scanner.short_time()?;
    let second = if scanner.literal(':').is_some() { scanner.number(2)? } else { 0 };
    let micros = if scanner.literal('.').is_some() { scanner.fraction_micros()? } else { 0 };
    let time = NaiveTime::from_hms_micro_opt(hour, minute, second, micros)?;
    let offset_seconds = if scanner.0.is_empty() { None } else { Some(scanner.offset_seconds()?) };
    Some(Moment { local: date.and_time(time), offset_seconds })
}

/// `MM/dd/yyyy`
fn american_date(scanner: &mut Scanner<'_>) -> Option<Moment> {
    Moment::local(scanner.slashed_date()?, NaiveTime::MIN)
}

/// `MM/dd/yyyy HH:mm:ss`
fn american_24_hours(scanner: &mut Scanner<'_>) -> Option<Moment> {
    let date = scanner.slashed_date()?;
    scanner.literal(' ')?;
    let (hour, minute, second) = scanner.full_time()?;
    Moment::local(date, NaiveTime::from_hms_opt(hour, minute, second)?)
}

/// `MM/dd/yyyy hh:mm:ss a`
fn american_12_hours(scanner: &mut Scanner<'_>) -> Option<Moment> {
    let date = scanner.slashed_date()?;
    scanner.literal(' ')?;
    let (hour, minute, second) = scanner.full_time()?;
    Moment::local(date, NaiveTime::from_hms_opt(scanner.half_day(hour)?, minute, second)?)
}

/// `hh:mm[:ss] a`, on the day of the epoch.
fn time_of_day(scanner: &mut Scanner<'_>) -> Option<Moment> {
    let (hour, minute) = scanner.short_time()?;
    let second = if scanner.literal(':').is_some() { scanner.number(2)? } else { 0 };
    Moment::local(NaiveDate::default(), NaiveTime::from_hms_opt(scanner.half_day(hour)?, minute, second)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coerce::date_text;

    fn read_in(text: &str, zone: Tz) -> Option<String> {
        read(text, zone).map(|instant| date_text(instant, Tz::UTC))
    }

    fn check(text: &str, wanted: &str) {
        assert_eq!(read_in(text, Tz::UTC).as_deref(), Some(wanted), "{text}");
    }

    #[test]
    fn every_pattern_is_read_with_one_digit_fields_too() {
        check("2026-03-02", "2026-03-02 00:00:00.000");
        check("2026-3-2 6:5:9", "2026-03-02 06:05:09.000");
        check("2026-03-02 06:05:09.120", "2026-03-02 06:05:09.120");
        check("2026-03-02 06:05:09.5", "2026-03-02 06:05:09.005");
        check("3/2/2026", "2026-03-02 00:00:00.000");
        check("03/02/2026 18:05:09", "2026-03-02 18:05:09.000");
        check("03/02/2026 12:05:09 am", "2026-03-02 00:05:09.000");
        check("12:30 PM", "1970-01-01 12:30:00.000");
        check("6:05:09 PM", "1970-01-01 18:05:09.000");
        check("2026-03-02T06:05", "2026-03-02 06:05:00.000");
        check("2026-03-02T06:05:09.5Z", "2026-03-02 06:05:09.500");
        check("2026-03-02T06:05:09+0530", "2026-03-02 00:35:09.000");
        check("2026-03-02T06:05:09-08", "2026-03-02 14:05:09.000");
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "2026",
            "26-03-02",
            "2026-13-01",
            "2026-02-29",
            " 2026-03-02",
            "2026-03-02 ",
            "2026-03-02 24:00:00",
            "2026-03-02 06:05",
            "2026-03-02T06:05:09+24:00",
            "2026-03-02T06:05:09+1",
            "2026-03-02T06:05:09+:1:",
            "03/02/2026 13:00:00 PM",
            "0:30 AM",
            "6:05 ÄM",
        ] {
            assert_eq!(read_in(text, Tz::UTC), None, "{text:?}");
        }
    }

    #[test]
    fn the_clocks_of_the_zone_count() {
        let berlin = |text| read_in(text, Tz::Europe__Berlin);
        assert_eq!(berlin("2026-07-01 12:00:00").as_deref(), Some("2026-07-01 10:00:00.000"));
        // In March 02:30 does not exist: it is 03:30 summer time.
        assert_eq!(berlin("2026-03-29 02:30:00").as_deref(), Some("2026-03-29 01:30:00.000"));
        // In October 02:30 exists twice: the later is standard time.
        assert_eq!(berlin("2026-10-25 02:30:00").as_deref(), Some("2026-10-25 01:30:00.000"));
        // Samoa skipped a whole day.
        let apia = read_in("2011-12-30 12:00:00", Tz::Pacific__Apia);
        assert_eq!(apia.as_deref(), Some("2011-12-30 22:00:00.000"));
    }

    #[test]
    fn numbers_are_milliseconds_within_the_calendar() {
        assert_eq!(from_number(Number::Float(1.5)), Some(Timestamp(1500)));
        assert_eq!(from_number(Number::Integer(-1)), Some(Timestamp(-1000)));
        assert_eq!(from_number(Number::Integer(i64::MAX)), None);
        assert_eq!(from_number(Number::Float(f64::NAN)), None);
        assert_eq!(from_number(Number::Float(f64::INFINITY)), None);
    }
}
