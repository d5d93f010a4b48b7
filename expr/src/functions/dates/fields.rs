//! The parts of a date, as calendar and clock of the zone show them.

use chrono::{Datelike, NaiveDateTime, Timelike};

use super::calendar::local;
use super::unit::Unit;
use super::weeks::week_of_year;
use super::{Body, Call, Failure, Function, ROW, Value, date, example};
use crate::coerce::described;

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "getMillis",
        summary: "Gives the milliseconds of the second, 0 to 999.",
        examples: &[
            example("getMillis(toDate(\"2026-03-02 18:05:09.120\"))", "120"),
            example("getMillis(null)", "error"),
        ],
        body: Body::Plain(|call, arguments| get(call, arguments, millis)),
        ..ROW
    },
    Function {
        name: "getSecond",
        summary: "Gives the second of the minute, 0 to 59.",
        examples: &[
            example("getSecond(toDate(\"2026-03-02 18:05:09\"))", "9"),
            example("getSecond(fromMillis(-1))", "59"),
        ],
        body: Body::Plain(|call, arguments| get(call, arguments, Timelike::second)),
        ..ROW
    },
    Function {
        name: "getMinute",
        summary: "Gives the minute of the hour, 0 to 59.",
        examples: &[
            example("getMinute(toDate(\"2026-03-02 18:05:09\"))", "5"),
            example("getMinute(\"2026-03-02 18:05:09\")", "5"),
        ],
        body: Body::Plain(|call, arguments| get(call, arguments, Timelike::minute)),
        ..ROW
    },
    Function {
        name: "getHour12",
        summary: "Gives the hour of the half day, 0 to 11: noon and midnight are 0.",
        examples: &[
            example("getHour12(toDate(\"2026-03-02 18:05:09\"))", "6"),
            example("getHour12(toDate(\"2026-03-02 12:00:00\"))", "0"),
        ],
        body: Body::Plain(|call, arguments| get(call, arguments, |local| local.hour() % 12)),
        ..ROW
    },
    Function {
        name: "getHour24",
        summary: "Gives the hour of the day, 0 to 23.",
        examples: &[
            example("getHour24(toDate(\"2026-03-02 18:05:09\"))", "18"),
            example("getHour24(toDate(\"2026-03-02\"))", "0"),
        ],
        body: Body::Plain(|call, arguments| get(call, arguments, Timelike::hour)),
        ..ROW
    },
    Function {
        name: "getDayOfWeek",
        summary: "Gives the day of the week, 1 for Sunday to 7 for Saturday.",
        examples: &[
            example("getDayOfWeek(toDate(\"2026-03-01\"))", "1"),
            example("getDayOfWeek(toDate(\"2026-03-07\"))", "7"),
        ],
        body: Body::Plain(|call, arguments| get(call, arguments, day_of_week)),
        ..ROW
    },
    Function {
        name: "getDayOfMonth",
        summary: "Gives the day of the month, from 1.",
        examples: &[
            example("getDayOfMonth(toDate(\"2026-03-02\"))", "2"),
            example("getDayOfMonth(toDate(\"2024-02-29\"))", "29"),
        ],
        body: Body::Plain(|call, arguments| get(call, arguments, Datelike::day)),
        ..ROW
    },
    Function {
        name: "getDayOfYear",
        summary: "Gives the day of the year, from 1.",
        examples: &[
            example("getDayOfYear(toDate(\"2026-03-02\"))", "61"),
            example("getDayOfYear(toDate(\"2024-12-31\"))", "366"),
        ],
        body: Body::Plain(|call, arguments| get(call, arguments, Datelike::ordinal)),
        ..ROW
    },
    Function {
        name: "getMonth",
        summary: "Gives the month, 0 for January to 11 for December.",
        examples: &[example("getMonth(toDate(\"2026-03-02\"))", "2"), example("getMonth(\"March\")", "error")],
        body: Body::Plain(|call, arguments| get(call, arguments, Datelike::month0)),
        ..ROW
    },
    Function {
        name: "getQuarter",
        summary: "Gives the quarter of the year, 1 to 4.",
        examples: &[
            example("getQuarter(toDate(\"2026-03-31\"))", "1"),
            example("getQuarter(toDate(\"2026-04-01\"))", "2"),
        ],
        body: Body::Plain(|call, arguments| get(call, arguments, |local| local.month0() / 3 + 1)),
        ..ROW
    },
    Function {
        name: "getYear",
        summary: "Gives the year.",
        examples: &[example("getYear(toDate(\"2026-03-02\"))", "2026"), example("getYear({Weight})", "error")],
        body: Body::Plain(|call, arguments| get(call, arguments, Datelike::year)),
        ..ROW
    },
    Function {
        name: "getAMorPM",
        summary: "Gives 0 before noon and 1 from noon on.",
        examples: &[
            example("getAMorPM(toDate(\"2026-03-02 11:59:59\"))", "0"),
            example("getAMorPM(toDate(\"2026-03-02 12:00:00\"))", "1"),
        ],
        body: Body::Plain(|call, arguments| get(call, arguments, |local| local.hour() / 12)),
        ..ROW
    },
    Function {
        name: "dateExtract",
        arguments: "date, field",
        least: 2,
        most: Some(2),
        summary: "Gives a part of the date: a unit of `dateArithmetic`, `dayofweek` (1 for Sunday) or `dayofyear`. \
                  Months count from 0, hours from 0 to 23, `day` is of the month, `week` of the year, the week of 1 \
                  January being 1 and Sunday its first day.",
        examples: &[
            example("dateExtract(toDate(\"2003-09-14 08:00:00\"), \"year\")", "2003"),
            example("dateExtract(toDate(\"2009-01-15 08:00:00\"), \"month\")", "0"),
            example("dateExtract(toDate(\"2026-03-02 18:05:09\"), \"hr\")", "18"),
            example("dateExtract(toDate(\"2026-03-01\"), \"dayOfWeek\")", "1"),
            example("dateExtract(toDate(\"2026-12-28\"), \"week\")", "1"),
            example("dateExtract(toDate(\"2026-03-02\"), \"quarter\")", "error"),
        ],
        body: Body::Plain(extract),
        ..ROW
    },
];

fn get<N: Into<i64>>(call: &Call, arguments: &[Value], field: impl Fn(&NaiveDateTime) -> N) -> Result<Value, Failure> {
    let local = local(date(call, &arguments[0])?, call.zone)?;
    Ok(Value::Integer(field(&local).into()))
}

fn millis(local: &NaiveDateTime) -> u32 {
    local.nanosecond() / 1_000_000
}

fn day_of_week(local: &NaiveDateTime) -> u32 {
    local.weekday().number_from_sunday()
}

fn extract(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let name = &arguments[1];
    let field = if let Value::String(name) = name { field_named(name) } else { None };
    get(call, arguments, field.ok_or_else(|| format!("{} is not a part of a date", described(name)))?)
}

/// A part of a local time.
type Field = fn(&NaiveDateTime) -> i64;

/// What `dateExtract` knows besides the units of time.
pub(super) const FIELDS: &[&str] = &["dayofweek", "dayofyear"];

fn field_named(name: &str) -> Option<Field> {
    match name.to_ascii_lowercase().as_str() {
        "dayofweek" => Some(|local| day_of_week(local).into()),
        "dayofyear" => Some(|local| local.ordinal().into()),
        unit => Unit::named(unit).map(field_of),
    }
}

fn field_of(unit: Unit) -> Field {
    match unit {
        Unit::Millisecond => |local| millis(local).into(),
        Unit::Second => |local| local.second().into(),
        Unit::Minute => |local| local.minute().into(),
        Unit::Hour => |local| local.hour().into(),
        Unit::Day => |local| local.day().into(),
        Unit::Week => |local| week_of_year(local.date()).into(),
        Unit::Month => |local| local.month0().into(),
        Unit::Year => |local| local.year().into(),
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::value::Timestamp;

    fn hour(zone: Tz, micros: i64) -> Option<i64> {
        let call = Call { now: Timestamp(0), zone };
        match get(&call, &[Value::Date(Timestamp(micros))], NaiveDateTime::hour) {
            Ok(Value::Integer(hour)) => Some(hour),
            Ok(_) | Err(_) => None,
        }
    }

    #[test]
    fn the_clock_of_the_zone_is_read() {
        // The hour before the clocks go forward in Berlin, and the hour after.
        let before = 1_774_742_400_000_000;
        assert_eq!(hour(Tz::UTC, before), Some(0));
        assert_eq!(hour(Tz::Europe__Berlin, before), Some(1));
        assert_eq!(hour(Tz::Europe__Berlin, before + 3_600_000_000), Some(3));
        assert_eq!(hour(Tz::Asia__Kolkata, before), Some(5));
        assert_eq!(hour(Tz::UTC, i64::MAX), None);
    }

    #[test]
    fn every_unit_is_a_part_and_two_names_more() {
        for name in ["ms", "s", "MIN", "hours", "day", "week", "month", "year", "DayOfYear"].iter().chain(FIELDS) {
            assert!(field_named(name).is_some(), "{name}");
        }
        for name in ["", "millis", "quarter", "dayofmonth", "daysofweek"] {
            assert!(field_named(name).is_none(), "{name:?}");
        }
    }
}
