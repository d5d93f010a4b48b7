//! Instants as RFC 3339 text in UTC with six decimals.

use chrono::{DateTime, Utc};

use crate::value::Timestamp;

/// The instants that calendar dates have, in microseconds.
const FIRST: i64 = DateTime::<Utc>::MIN_UTC.timestamp_micros();
const LAST: i64 = DateTime::<Utc>::MAX_UTC.timestamp_micros();

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// Appends an instant, such as `2026-01-01T00:00:01.000000Z`. Instants that no calendar date has
/// (beyond some 262,000 years) are written as the nearest that one has.
pub fn write_instant(out: &mut Vec<u8>, instant: Timestamp) {
    let bounded = instant.0.clamp(FIRST, LAST);
    let (year, month, day) = date(bounded.div_euclid(DAY));
    let micros = bounded.rem_euclid(DAY);
    let seconds = micros / SECOND;
    let mut text = *b"0000-00-00T00:00:00.000000Z";
    for (places, value) in [
        (5..7, month),
        (8..10, day),
        (11..13, seconds / 3600),
        (14..16, seconds / 60 % 60),
        (17..19, seconds % 60),
        (20..26, micros % SECOND),
    ] {
        write_digits(&mut text[places], value);
    }
    if (0..=9999).contains(&year) {
        write_digits(&mut text[..4], year);
        out.extend_from_slice(&text);
    } else {
        // Other years have a sign and as many digits as they need (ISO 8601).
        out.extend_from_slice(format!("{year:+05}").as_bytes());
        out.extend_from_slice(&text[4..]);
    }
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

/// Returns year, month and day of a day counted from 1970-01-01, in the Gregorian calendar. The year is taken to begin
/// in March, so that the day that not every year has is its last.
const fn date(day: i64) -> (i64, i64, i64) {
    // Days of 400 years, and from 0000-03-01 to 1970-01-01.
    const ERA: i64 = 146_097;
    const EPOCH: i64 = 719_468;
    let (era, day) = ((day + EPOCH).div_euclid(ERA), (day + EPOCH).rem_euclid(ERA));
    // Without the leap days before it, every year has 365.
    let year = (day - day / 1460 + day / 36_524 - day / (ERA - 1)) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // Five months from March or August on have 153 days.
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let is_next_year = month >= 10;
    let year = 400 * era + year;
    if is_next_year { (year + 1, month - 9, day) } else { (year, month + 3, day) }
}

/// Writes the last digits of a number that is not negative.
fn write_digits(places: &mut [u8], mut value: i64) {
    for place in places.iter_mut().rev() {
        *place = b'0' + (value % 10).to_le_bytes()[0];
        value /= 10;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_instant_has_the_date_of_the_calendar(any in FIRST..=LAST, near in -60_000 * DAY..60_000 * DAY) {
            for micros in [any, near] {
                let date = DateTime::from_timestamp_micros(micros).unwrap();
                let expected = date.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
                prop_assert_eq!(instant_text(Timestamp(micros)), expected);
            }
        }
    }

    #[test]
    fn writes_six_decimals_in_utc() {
        assert_eq!(instant_text(Timestamp(1_352_718_196_958_000)), "2012-11-12T11:03:16.958000Z");
        assert_eq!(instant_text(Timestamp(-1)), "1969-12-31T23:59:59.999999Z");
        assert_eq!(instant_text(Timestamp(253_402_300_800_000_000)), "+10000-01-01T00:00:00.000000Z");
        assert!(instant_text(Timestamp(i64::MIN)).starts_with("-262"));
    }
}
