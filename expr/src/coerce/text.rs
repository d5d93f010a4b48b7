//! Values as text, for expressions and for messages.

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::Tz;

use crate::diagnostic::quoted;
use crate::value::{Timestamp, Value};

/// Returns a value as text, as `toStr` and `+` with a string write it; null is "null".
pub fn text(value: &Value, zone: Tz) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => float_text(*number),
        Value::String(text) => text.as_str().to_owned(),
        Value::Date(instant) => date_text(*instant, zone),
        Value::Dataset(table) => format!("Dataset [{}R x {}C]", table.rows(), table.columns().len()),
        Value::Document(document) => document.to_string(),
        Value::Quality(quality) => quality.name().to_owned(),
    }
}

/// Returns a float as Java's `Double.toString` writes it: `1.0`, `1.0E21`, `NaN`, `Infinity`.
pub fn float_text(value: f64) -> String {
    let size = value.abs();
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else if size == 0.0 || (1e-3..1e7).contains(&size) {
        // Debug writes the shortest digits that read back, with at least one after the point.
        format!("{value:?}")
    } else {
        scientific_text(value)
    }
}

/// Returns a finite float as `d.dddEn`, with at least one digit after the point.
fn scientific_text(value: f64) -> String {
    let shortest = format!("{value:e}");
    if shortest.contains('.') {
        return shortest.replace('e', "E");
    }
    // Java writes two digits at least, and of those the nearest: 4.9E-324 where one digit would be 5.
    format!("{value:.1e}").replace('e', "E")
}

/// Returns an instant as text in a zone: `yyyy-MM-dd HH:mm:ss.SSS` (our choice, see docs/decisions).
pub fn date_text(instant: Timestamp, zone: Tz) -> String {
    let local = DateTime::from_timestamp_micros(instant.0).and_then(|utc| {
        let naive = utc.naive_utc();
        naive.checked_add_offset(zone.offset_from_utc_datetime(&naive).fix())
    });
    match local {
        Some(local) => local.format("%Y-%m-%d %H:%M:%S%.3f").to_string(),
        // Beyond the calendar's 262,000 years there is no date to write, only the number.
        None => format!("{} ms", instant.millis()),
    }
}

/// Returns how a message names a value: strings quoted and cut short, the large kinds by kind.
pub(crate) fn described(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Quality(quality) => format!("the quality `{}`", quality.name()),
        Value::Date(_) => "a date".to_owned(),
        Value::Dataset(_) => "a dataset".to_owned(),
        Value::Document(_) => "a document".to_owned(),
        Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Float(_) => text(value, Tz::UTC),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_in_java() {
        let cases = [
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (0.001, "0.001"),
            (0.000_999, "9.99E-4"),
            (9_999_999.0, "9999999.0"),
            (10_000_000.0, "1.0E7"),
            (12_345_678.9, "1.23456789E7"),
            (1e21, "1.0E21"),
            (-2.5e-9, "-2.5E-9"),
            (f64::from_bits(1), "4.9E-324"),
            (f64::MAX, "1.7976931348623157E308"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ];
        for (value, wanted) in cases {
            assert_eq!(float_text(value), wanted);
        }
    }

    #[test]
    fn dates_are_shown_in_the_zone() {
        assert_eq!(date_text(Timestamp(1_772_431_200_123_456), Tz::Europe__Berlin), "2026-03-02 07:00:00.123");
        assert_eq!(date_text(Timestamp(i64::MAX), Tz::UTC), "9223372036854775 ms");
    }
}
