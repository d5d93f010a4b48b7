//! Instants as local times of a zone, and back.

use chrono::{DateTime, NaiveDateTime, Offset, TimeZone};
use chrono_tz::{OffsetComponents, Tz, TzOffset};

use super::Failure;
use crate::functions::casts::instant_of;
use crate::value::{Timestamp, Value};

const BEYOND: Failure = Failure::because("the date is beyond the calendar");

/// Returns an instant of so many microseconds since the epoch as a value, if the calendar has it.
pub(super) fn at_micros(micros: i64) -> Result<Value, Failure> {
    DateTime::from_timestamp_micros(micros).map(|_| Value::Date(Timestamp(micros))).ok_or(BEYOND)
}

/// Returns the instant of a local time as a value.
pub(super) fn at_local(local: Option<NaiveDateTime>, zone: Tz) -> Result<Value, Failure> {
    local.and_then(|local| instant_of(local, zone)).map(Value::Date).ok_or(BEYOND)
}

/// Returns what calendar and clock show at an instant.
pub(super) fn local(instant: Timestamp, zone: Tz) -> Result<NaiveDateTime, Failure> {
    let utc = utc(instant)?;
    utc.checked_add_offset(zone.offset_from_utc_datetime(&utc).fix()).ok_or(BEYOND)
}

fn utc(instant: Timestamp) -> Result<NaiveDateTime, Failure> {
    DateTime::from_timestamp_micros(instant.0).map(|utc| utc.naive_utc()).ok_or(BEYOND)
}

/// How a zone's clocks go at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    /// Seconds ahead of UTC.
    pub(super) offset_seconds: i32,
    /// Seconds ahead of UTC without daylight saving.
    pub(super) standard_seconds: i32,
}

impl Clock {
    /// Returns how the clocks go at an instant.
    pub(super) fn at(instant: Timestamp, zone: Tz) -> Result<Self, Failure> {
        let offset = zone.offset_from_utc_datetime(&utc(instant)?);
        Ok(Self { offset_seconds: offset.fix().local_minus_utc(), standard_seconds: standard_seconds(offset, zone) })
    }

    /// Tells whether daylight saving is in effect.
    pub(super) const fn is_daylight(self) -> bool {
        self.offset_seconds > self.standard_seconds
    }
}

/// Ireland and Morocco call their summer the standard time, and their winter an hour less. People and
/// other gateways take the winter for the standard, as everywhere else.
fn standard_seconds(offset: TzOffset, zone: Tz) -> i32 {
    const HOUR: i32 = 3600;
    let named = i32::try_from(offset.base_utc_offset().num_seconds()).unwrap_or(0);
    let names_summer_standard =
        matches!(zone, Tz::Europe__Dublin | Tz::Eire | Tz::Africa__Casablanca | Tz::Africa__El_Aaiun);
    if names_summer_standard && named == HOUR { 0 } else { named }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(millis: i64, zone: Tz) -> (i32, i32, bool) {
        let clock = Clock::at(Timestamp::from_millis(millis), zone).unwrap();
        (clock.offset_seconds / 60, clock.standard_seconds / 60, clock.is_daylight())
    }

    #[test]
    fn summer_is_ahead_of_the_standard_time_wherever_it_is() {
        // 2026-07-01 and 2026-01-10.
        let (july, january) = (1_782_864_000_000, 1_768_000_000_000);
        assert_eq!(clock(july, Tz::Europe__Berlin), (120, 60, true));
        assert_eq!(clock(january, Tz::Europe__Berlin), (60, 60, false));
        assert_eq!(clock(july, Tz::Europe__Dublin), (60, 0, true));
        assert_eq!(clock(january, Tz::Europe__Dublin), (0, 0, false));
        assert_eq!(clock(january, Tz::Africa__Casablanca), (60, 0, true));
        assert_eq!(clock(january, Tz::Australia__Lord_Howe), (660, 630, true));
        assert_eq!(clock(july, Tz::Asia__Kolkata), (330, 330, false));
    }

    #[test]
    fn what_no_calendar_has_is_an_error() {
        for micros in [i64::MIN, i64::MAX] {
            assert!(at_micros(micros).is_err() && local(Timestamp(micros), Tz::UTC).is_err());
            assert!(Clock::at(Timestamp(micros), Tz::UTC).is_err());
        }
        for zone in [Tz::Asia__Tokyo, Tz::America__New_York] {
            for limit in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
                let there = at_local(Some(limit), zone);
                let back = local(Timestamp(limit.and_utc().timestamp_micros()), zone);
                assert!(there.is_err() || back.is_err(), "{limit} in {zone}");
            }
        }
    }
}
