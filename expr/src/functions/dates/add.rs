//! Moving a date: by time that passes up to the hour, by the calendar from the day on.

use chrono::{Months, NaiveDateTime, TimeDelta};

use super::calendar::{at_local, at_micros, local};
use super::unit::{Step, Unit};
use super::{Body, Call, Failure, Function, ROW, Type, Value, date, example};
use crate::coerce::integer;
use crate::functions::Basis;

/// What the rows of this file have in common.
const ADD: Function = Function { arguments: "date, amount", least: 2, most: Some(2), result: Type::Date, ..ROW };

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "addMillis",
        summary: "Gives the date so many milliseconds later, or earlier where the amount is negative.",
        examples: &[
            example("addMillis(toDate(\"2026-03-02 06:00:00\"), 1500)", "2026-03-02 06:00:01.500"),
            example("addMillis(null, 1)", "error"),
        ],
        body: Body::Plain(|call, arguments| add(call, arguments, Unit::Millisecond)),
        ..ADD
    },
    Function {
        name: "addSeconds",
        summary: "Gives the date so many seconds later.",
        examples: &[
            example("addSeconds(toDate(\"2026-03-02 06:00:00\"), -1)", "2026-03-02 05:59:59.000"),
            example("addSeconds(toDate(\"2026-03-02 06:00:00\"), 1.5)", "error"),
        ],
        body: Body::Plain(|call, arguments| add(call, arguments, Unit::Second)),
        ..ADD
    },
    Function {
        name: "addMinutes",
        summary: "Gives the date so many minutes later.",
        examples: &[
            example("addMinutes(toDate(\"2026-03-02 06:00:00\"), 90)", "2026-03-02 07:30:00.000"),
            example("addMinutes(toDate(\"2026-03-02 06:00:00\"), null)", "error"),
        ],
        body: Body::Plain(|call, arguments| add(call, arguments, Unit::Minute)),
        ..ADD
    },
    Function {
        name: "addHours",
        summary: "Gives the date so many hours later; hours pass, whatever the clocks do.",
        examples: &[
            example("addHours(toDate(\"2026-03-02 06:00:00\"), 20)", "2026-03-03 02:00:00.000"),
            example("addHours(toDate(\"2026-03-02 06:00:00\"), -7)", "2026-03-01 23:00:00.000"),
        ],
        body: Body::Plain(|call, arguments| add(call, arguments, Unit::Hour)),
        ..ADD
    },
    Function {
        name: "addDays",
        summary: "Gives the same time of day so many days later, be a day of 23 or 25 hours between.",
        examples: &[
            example("addDays(toDate(\"2026-02-27 06:00:00\"), 2)", "2026-03-01 06:00:00.000"),
            example("addDays(toDate(\"2026-03-02\"), -2)", "2026-02-28 00:00:00.000"),
        ],
        body: Body::Plain(|call, arguments| add(call, arguments, Unit::Day)),
        ..ADD
    },
    Function {
        name: "addWeeks",
        summary: "Gives the same time of day so many weeks later.",
        examples: &[
            example("addWeeks(toDate(\"2026-03-02 06:00:00\"), 2)", "2026-03-16 06:00:00.000"),
            example("addWeeks(toDate(\"2026-03-02\"), -1)", "2026-02-23 00:00:00.000"),
        ],
        body: Body::Plain(|call, arguments| add(call, arguments, Unit::Week)),
        ..ADD
    },
    Function {
        name: "addMonths",
        summary: "Gives the same day and time so many months later; where the month is too short, its last day.",
        examples: &[
            example("addMonths(toDate(\"2025-08-31\"), 1)", "2025-09-30 00:00:00.000"),
            example("addMonths(toDate(\"2026-03-31\"), -1)", "2026-02-28 00:00:00.000"),
        ],
        body: Body::Plain(|call, arguments| add(call, arguments, Unit::Month)),
        ..ADD
    },
    Function {
        name: "addYears",
        summary: "Gives the same day and time so many years later; 29 February becomes 28 where it must.",
        examples: &[
            example("addYears(toDate(\"2024-02-29\"), 1)", "2025-02-28 00:00:00.000"),
            example("addYears(toDate(\"2026-03-02\"), 1000000)", "error"),
        ],
        body: Body::Plain(|call, arguments| add(call, arguments, Unit::Year)),
        ..ADD
    },
    Function {
        name: "dateArithmetic",
        arguments: "date, amount, unit",
        least: 3,
        most: Some(3),
        summary: "Gives the date so many units later. The units are `ms`, `s` `sec` `second`, `min` `minute`, `hr` \
                  `hour`, `day`, `week`, `month` and `year`, in any case, singular or plural.",
        examples: &[
            example("dateArithmetic(toDate(\"2026-03-02 08:00:00\"), 5, \"hour\")", "2026-03-02 13:00:00.000"),
            example("dateArithmetic(toDate(\"2026-03-02\"), -8, \"days\")", "2026-02-22 00:00:00.000"),
            example("dateArithmetic(toDate(\"2026-03-02\"), 1, \"millisecond\")", "error"),
        ],
        basis: Basis::Measured,
        body: Body::Plain(|call, arguments| add(call, arguments, Unit::of(&arguments[2])?)),
        ..ADD
    },
];

fn add(call: &Call, arguments: &[Value], unit: Unit) -> Result<Value, Failure> {
    let (start, amount) = (date(call, &arguments[0])?, integer(&arguments[1])?);
    if amount == 0 {
        // Through the calendar and back, the first of an hour that exists twice would become the second.
        return Ok(Value::Date(start));
    }
    match unit.step() {
        Step::Elapsed(micros) => {
            let moved = amount.checked_mul(micros).and_then(|micros| start.0.checked_add(micros));
            at_micros(moved.ok_or("the date would be beyond the calendar")?)
        }
        Step::Days(days) => at_local(by_days(local(start, call.zone)?, amount.checked_mul(days)), call.zone),
        Step::Months(months) => at_local(by_months(local(start, call.zone)?, amount.checked_mul(months)), call.zone),
    }
}

fn by_days(local: NaiveDateTime, days: Option<i64>) -> Option<NaiveDateTime> {
    local.checked_add_signed(TimeDelta::try_days(days?)?)
}

fn by_months(local: NaiveDateTime, months: Option<i64>) -> Option<NaiveDateTime> {
    let months = months?;
    let size = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
    if months < 0 { local.checked_sub_months(size) } else { local.checked_add_months(size) }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::coerce::text;
    use crate::functions::casts::instant;
    use crate::value::Timestamp;

    fn added(zone: Tz, start: &str, amount: i64, unit: &str) -> Result<String, Failure> {
        let call = Call { now: Timestamp(0), zone };
        let start = Value::Date(instant(&start.into(), zone)?);
        add(&call, &[start, amount.into()], Unit::of(&unit.into())?).map(|date| text(&date, zone))
    }

    fn check(zone: Tz, start: &str, amount: i64, unit: &str, wanted: &str) {
        assert_eq!(added(zone, start, amount, unit).as_deref(), Ok(wanted), "{start} + {amount} {unit}");
    }

    #[test]
    fn days_keep_the_time_of_day_over_both_nights_of_the_clocks() {
        let (berlin, new_york) = (Tz::Europe__Berlin, Tz::America__New_York);
        check(berlin, "2026-03-28 12:00:00", 1, "day", "2026-03-29 12:00:00.000");
        check(berlin, "2026-03-28 12:00:00", 24, "hours", "2026-03-29 13:00:00.000");
        check(berlin, "2026-03-28 02:30:00", 1, "day", "2026-03-29 03:30:00.000");
        check(berlin, "2026-02-28 02:30:00", 29, "day", "2026-03-29 03:30:00.000");
        check(berlin, "2026-03-29 01:30:00", 1, "hour", "2026-03-29 03:30:00.000");
        check(new_york, "2026-03-07 02:30:00", 1, "day", "2026-03-08 03:30:00.000");
        check(new_york, "2026-10-31 01:30:00", 1, "day", "2026-11-01 01:30:00.000");
        check(new_york, "2026-10-31 12:00:00", 24, "hours", "2026-11-01 11:00:00.000");
    }

    #[test]
    fn an_hour_that_exists_twice_is_the_later_one() {
        // One hour later it is half past three: the half past two was the one of standard time.
        let call = Call { now: Timestamp(0), zone: Tz::Europe__Berlin };
        let start = Value::Date(instant(&"2026-10-24 02:30:00".into(), call.zone).unwrap());
        let next_day = add(&call, &[start, 1.into()], Unit::Day).unwrap();
        let unmoved = add(&call, &[next_day.clone(), 0.into()], Unit::Day).unwrap();
        let later = add(&call, &[unmoved, 1.into()], Unit::Hour).unwrap();
        assert_eq!(text(&later, call.zone), "2026-10-25 03:30:00.000");
        // The first half past two stays the first when nothing is added.
        let first = add(&call, &[next_day, (-1).into()], Unit::Hour).unwrap();
        let same = add(&call, &[first.clone(), 0.into()], Unit::Week).unwrap();
        assert_eq!(format!("{first:?}"), format!("{same:?}"));
    }

    #[test]
    fn months_end_where_they_end() {
        check(Tz::UTC, "2026-01-31 10:00:00", 1, "month", "2026-02-28 10:00:00.000");
        check(Tz::UTC, "2024-01-31", 13, "months", "2025-02-28 00:00:00.000");
        check(Tz::Europe__Berlin, "2026-01-29 02:30:00", 2, "month", "2026-03-29 03:30:00.000");
        check(Tz::UTC, "2026-01-15", -1, "year", "2025-01-15 00:00:00.000");
    }

    #[test]
    fn beyond_the_calendar_there_is_no_date() {
        for unit in ["ms", "second", "hour", "day", "week", "month", "year"] {
            for amount in [i64::MIN, i64::MAX, 1 << 53] {
                assert!(added(Tz::Europe__Berlin, "2026-03-02", amount, unit).is_err(), "{amount} {unit}");
            }
        }
    }
}
