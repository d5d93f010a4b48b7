//! Instants as RFC 3339 text in UTC with six decimals.

use chrono::{DateTime, Datelike, Timelike};

use crate::value::Timestamp;

/// Appends an instant, such as `2026-01-01T00:00:01.000000Z`. Instants that no calendar date has
/// (beyond some 262,000 years) are written as the nearest that one has.
pub fn write_instant(out: &mut Vec<u8>, instant: Timestamp) {
    let (first, last) = (DateTime::<chrono::Utc>::MIN_UTC, DateTime::<chrono::Utc>::MAX_UTC);
    let bounded = instant.0.clamp(first.timestamp_micros(), last.timestamp_micros());
    let date = DateTime::from_timestamp_micros(bounded).unwrap_or(last);
    write_year(out, date.year());
    for (separator, part) in [(b'-', date.month()), (b'-', date.day()), (b'T', date.hour()), (b':', date.minute())] {
        out.push(separator);
        digits(out, part, 2);
    }
    out.push(b':');
    digits(out, date.second(), 2);
    out.push(b'.');
    digits(out, date.timestamp_subsec_micros(), 6);
    out.push(b'Z');
}

/// Returns an instant as text.
pub fn instant_text(instant: Timestamp) -> String {
    let mut out = Vec::with_capacity(27);
    write_instant(&mut out, instant);
    String::from_utf8_lossy(&out).into_owned()
}

/// Returns the instant of an RFC 3339 text with its offset; what is finer than a microsecond is dropped.
pub fn instant_of(text: &str) -> Option<Timestamp> {
    DateTime::parse_from_rfc3339(text).ok().map(|date| Timestamp(date.timestamp_micros()))
}

/// Years have four digits; those outside 0 to 9999 a sign and as many as they need (ISO 8601).
fn write_year(out: &mut Vec<u8>, year: i32) {
    match u32::try_from(year) {
        Ok(year) if year <= 9999 => digits(out, year, 4),
        Ok(_) | Err(_) => out.extend(format!("{year:+05}").bytes()),
    }
}

fn digits(out: &mut Vec<u8>, mut value: u32, width: usize) {
    let start = out.len();
    out.resize(start + width, b'0');
    for place in out[start..].iter_mut().rev() {
        *place = b'0' + (value % 10) as u8;
        value /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_six_decimals_in_utc() {
        assert_eq!(instant_text(Timestamp(1_352_718_196_958_000)), "2012-11-12T11:03:16.958000Z");
        assert_eq!(instant_text(Timestamp(-1)), "1969-12-31T23:59:59.999999Z");
        assert_eq!(instant_text(Timestamp(253_402_300_800_000_000)), "+10000-01-01T00:00:00.000000Z");
        assert!(instant_text(Timestamp(i64::MIN)).starts_with("-262"));
    }
}
