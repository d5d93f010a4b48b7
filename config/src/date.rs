//! Dates of TOML as instants: with an offset as they are, without one in a time zone.

use chrono::{DateTime, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;

use latchwork_expr::Timestamp;

/// Returns the instant of a TOML date; a time without a day has none.
pub(crate) fn instant(text: &str, zone: Tz) -> Option<Timestamp> {
    if let Ok(date) = DateTime::parse_from_rfc3339(text) {
        return Some(Timestamp(date.timestamp_micros()));
    }
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").map(|day| day.and_time(NaiveTime::MIN));
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").or_else(|_| day()).ok()?;
    in_zone(local, zone)
}

/// Returns the instant of a local time: one that exists twice is the later, standard one; one that
/// does not exist moves forward by the hour that is left out.
fn in_zone(local: NaiveDateTime, zone: Tz) -> Option<Timestamp> {
    let found = match zone.from_local_datetime(&local) {
        LocalResult::Single(date) | LocalResult::Ambiguous(_, date) => Some(date),
        LocalResult::None => zone.from_local_datetime(&(local + TimeDelta::hours(1))).latest(),
    };
    found.map(|date| Timestamp(date.timestamp_micros()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let expected = DateTime::parse_from_rfc3339(expected).unwrap().timestamp_micros();
        assert_eq!(instant(text, Tz::Europe__Berlin), Some(Timestamp(expected)), "{text}");
    }

    #[test]
    fn reads_dates_with_and_without_an_offset() {
        check("2026-01-02T03:04:05.25Z", "2026-01-02T03:04:05.25Z");
        check("2026-01-02T03:04:05-05:00", "2026-01-02T08:04:05Z");
        check("2026-01-02T03:04:05", "2026-01-02T02:04:05Z");
        check("2026-07-01", "2026-06-30T22:00:00Z");
    }

    #[test]
    fn reads_the_hours_of_daylight_saving() {
        check("2026-03-29T02:30:00", "2026-03-29T01:30:00Z");
        check("2026-10-25T02:30:00", "2026-10-25T01:30:00Z");
    }

    #[test]
    fn a_time_without_a_day_is_none() {
        assert_eq!(instant("07:30:00", Tz::UTC), None);
    }
}
