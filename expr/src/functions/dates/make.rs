//! Dates from numbers and parts, and back to numbers.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::calendar::{at_local, local};
use super::{Body, Call, Failure, Function, ROW, Type, Value, date, example};
use crate::coerce::{described, integer, number};
use crate::functions::casts::from_number;

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "fromMillis",
        arguments: "millis",
        result: Type::Date,
        summary: "Gives the date so many milliseconds after 1970-01-01 in UTC.",
        examples: &[
            example("fromMillis(1503092125000)", "2017-08-18 21:35:25.000"),
            example("fromMillis(-1)", "1969-12-31 23:59:59.999"),
            example("fromMillis(null)", "error"),
        ],
        body: Body::Plain(from_millis),
        ..ROW
    },
    Function {
        name: "toMillis",
        summary: "Gives the whole milliseconds from 1970-01-01 in UTC to the date.",
        examples: &[
            example("toMillis(toDate(\"1970-01-02 00:00:00\"))", "86400000"),
            example("toMillis(null)", "error"),
        ],
        body: Body::Plain(|call, arguments| Ok(date(call, &arguments[0])?.millis().into())),
        ..ROW
    },
    Function {
        name: "getDate",
        arguments: "year, month, day",
        least: 3,
        most: Some(3),
        result: Type::Date,
        summary: "Gives the midnight that begins a day; the month counts from 0, the day from 1.",
        examples: &[
            example("getDate(2016, 11, 1)", "2016-12-01 00:00:00.000"),
            example("getDate(2024, 1, 29)", "2024-02-29 00:00:00.000"),
            example("getDate(2026, 1, 29)", "error"),
            example("getDate(2026, 12, 1)", "error"),
        ],
        body: Body::Plain(get_date),
        ..ROW
    },
    Function {
        name: "midnight",
        result: Type::Date,
        summary: "Gives the midnight that begins the date's day.",
        examples: &[
            example("midnight(toDate(\"2026-03-02 18:05:09\"))", "2026-03-02 00:00:00.000"),
            example("midnight(\"x\")", "error"),
        ],
        body: Body::Plain(|call, arguments| at_time(call, &arguments[0], NaiveTime::MIN)),
        ..ROW
    },
    Function {
        name: "setTime",
        arguments: "date, hour, minute, second",
        least: 4,
        most: Some(4),
        result: Type::Date,
        summary: "Gives the time of day on the date's day; its fraction of a second is dropped.",
        examples: &[
            example("setTime(toDate(\"2026-03-02 18:05:09.120\"), 1, 37, 44)", "2026-03-02 01:37:44.000"),
            example("setTime(toDate(\"2026-03-02\"), 24, 0, 0)", "error"),
        ],
        body: Body::Plain(set_time),
        ..ROW
    },
];

fn from_millis(_: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let instant = from_number(number(&arguments[0])?);
    instant.map(Value::Date).ok_or_else(|| format!("{} is beyond the calendar", described(&arguments[0])).into())
}

fn get_date(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let [year, month, day] = [integer(&arguments[0])?, integer(&arguments[1])?, integer(&arguments[2])?];
    let date = day_of(year, month, day).ok_or_else(|| format!("there is no day {year}, {month}, {day}"))?;
    at_local(Some(date.and_time(NaiveTime::MIN)), call.zone)
}

fn day_of(year: i64, month0: i64, day: i64) -> Option<NaiveDate> {
    let month = u32::try_from(month0).ok()?.checked_add(1)?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, u32::try_from(day).ok()?)
}

fn set_time(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let [hour, minute, second] = [integer(&arguments[1])?, integer(&arguments[2])?, integer(&arguments[3])?];
    let time = time_of(hour, minute, second).ok_or_else(|| format!("there is no time {hour}, {minute}, {second}"))?;
    at_time(call, &arguments[0], time)
}

fn time_of(hour: i64, minute: i64, second: i64) -> Option<NaiveTime> {
    let part = |value: i64| u32::try_from(value).ok();
    NaiveTime::from_hms_opt(part(hour)?, part(minute)?, part(second)?)
}

/// Returns a time of day on the day of a date.
fn at_time(call: &Call, day: &Value, time: NaiveTime) -> Result<Value, Failure> {
    let day = local(date(call, day)?, call.zone)?.date();
    at_local(Some(NaiveDateTime::new(day, time)), call.zone)
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::coerce::text;
    use crate::value::Timestamp;

    fn check(zone: Tz, got: impl Fn(&Call) -> Result<Value, Failure>, wanted: &str) {
        let got = got(&Call { now: Timestamp(0), zone });
        assert_eq!(got.map(|value| text(&value, zone)).as_deref(), Ok(wanted));
    }

    fn midnight(day: &'static str) -> impl Fn(&Call) -> Result<Value, Failure> {
        move |call| at_time(call, &day.into(), NaiveTime::MIN)
    }

    #[test]
    fn a_day_may_begin_after_midnight() {
        // The clocks went from midnight to one o'clock.
        check(Tz::America__Sao_Paulo, midnight("2018-11-04 12:00:00"), "2018-11-04 01:00:00.000");
        check(Tz::Europe__Berlin, midnight("2026-03-29 12:00:00"), "2026-03-29 00:00:00.000");
        check(
            Tz::America__Sao_Paulo,
            |call| get_date(call, &[2018.into(), 10.into(), 4.into()]),
            "2018-11-04 01:00:00.000",
        );
    }

    #[test]
    fn a_time_that_the_clocks_skip_moves_forward_and_one_that_they_repeat_is_the_later() {
        let half_past = |day: &'static str, hour: i64| {
            move |call: &Call| set_time(call, &[day.into(), hour.into(), 30.into(), 0.into()])
        };
        check(Tz::Europe__Berlin, half_past("2026-03-29", 2), "2026-03-29 03:30:00.000");
        check(Tz::America__New_York, half_past("2026-03-08", 2), "2026-03-08 03:30:00.000");
        let call = Call { now: Timestamp(0), zone: Tz::Europe__Berlin };
        let twice = half_past("2026-10-25", 2)(&call).unwrap();
        assert_eq!(text(&twice, Tz::UTC), "2026-10-25 01:30:00.000");
    }

    #[test]
    fn what_no_clock_shows_is_an_error() {
        for (hour, minute, second) in [(-1, 0, 0), (0, 60, 0), (0, 0, 60), (i64::MAX, 0, 0)] {
            assert!(time_of(hour, minute, second).is_none());
        }
        for (year, month, day) in [(2026, -1, 1), (2026, 0, 0), (i64::MAX, 0, 1), (2026, i64::MAX, 1)] {
            assert!(day_of(year, month, day).is_none());
        }
    }
}
