//! Local times to instants, as the language has it: one that does not exist moves forward, one that exists twice
//! is the later (`spec/expression.md` section 5).

use chrono::{NaiveDateTime, TimeDelta, TimeZone};
use chrono_tz::Tz;

/// Longer than any jump of a clock, shorter than the distance of two jumps: zones have skipped a whole day.
const BEFORE_THE_JUMP: TimeDelta = TimeDelta::hours(36);

/// Returns a local time in microseconds since the epoch.
pub(crate) fn instant(zone: Tz, local: NaiveDateTime) -> Option<i64> {
    match zone.from_local_datetime(&local) {
        chrono::LocalResult::Single(time) => Some(time.timestamp_micros()),
        chrono::LocalResult::Ambiguous(one, other) => Some(one.max(other).timestamp_micros()),
        chrono::LocalResult::None => {
            let before = zone.from_utc_datetime(&local.checked_sub_signed(BEFORE_THE_JUMP)?);
            let offset = before.naive_local() - before.naive_utc();
            Some(local.checked_sub_signed(offset)?.and_utc().timestamp_micros())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::time::rfc3339;
    use latchwork_expr::Timestamp;

    fn check(zone: Tz, local: &str, expected: &str) {
        let local = local.parse().unwrap();
        assert_eq!(rfc3339(Timestamp(instant(zone, local).unwrap())), format!("{expected}.000000Z"));
    }

    #[test]
    fn the_hour_that_summer_skips_moves_forward() {
        check(Tz::Europe__Berlin, "2024-03-31T01:59:59", "2024-03-31T00:59:59");
        check(Tz::Europe__Berlin, "2024-03-31T02:30:00", "2024-03-31T01:30:00");
        check(Tz::Europe__Berlin, "2024-03-31T03:00:00", "2024-03-31T01:00:00");
    }

    #[test]
    fn the_hour_that_winter_repeats_is_the_later() {
        check(Tz::Europe__Berlin, "2024-10-27T02:30:00", "2024-10-27T01:30:00");
    }

    #[test]
    fn a_whole_day_may_be_missing() {
        check(Tz::Pacific__Apia, "2011-12-30T12:00:00", "2011-12-30T22:00:00");
    }
}
