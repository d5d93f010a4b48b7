//! How far apart two dates are: in whole units, or in fractions.

use chrono::{Datelike, NaiveDateTime};

use super::calendar::local;
use super::unit::{Step, Unit};
use super::{Body, Call, Failure, Function, ROW, Type, Value, date, example};
use crate::functions::Basis;

/// What the rows of this file have in common.
const BETWEEN: Function = Function { arguments: "date1, date2", least: 2, most: Some(2), ..ROW };

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "millisBetween",
        summary: "Gives the whole milliseconds from the first date to the second, negative where that is the earlier.",
        examples: &[
            example("millisBetween(toDate(\"2026-03-02 06:00:00\"), toDate(\"2026-03-02 06:00:01\"))", "1000"),
            example("millisBetween(toDate(\"2026-03-02\"), null)", "error"),
        ],
        body: Body::Plain(|call, arguments| whole(call, arguments, Unit::Millisecond)),
        ..BETWEEN
    },
    Function {
        name: "secondsBetween",
        summary: "Gives the whole seconds from the first date to the second.",
        examples: &[
            example("secondsBetween(toDate(\"2026-03-02 06:00:00\"), toDate(\"2026-03-02 06:00:01.999\"))", "1"),
            example("secondsBetween(toDate(\"2026-03-02 06:00:01.999\"), toDate(\"2026-03-02 06:00:00\"))", "-1"),
        ],
        body: Body::Plain(|call, arguments| whole(call, arguments, Unit::Second)),
        ..BETWEEN
    },
    Function {
        name: "minutesBetween",
        summary: "Gives the whole minutes from the first date to the second.",
        examples: &[
            example("minutesBetween(toDate(\"2026-03-02 06:00:00\"), toDate(\"2026-03-02 07:30:59\"))", "90"),
            example("minutesBetween(toDate(\"2026-03-02 06:00:00\"), toDate(\"2026-03-02 05:59:01\"))", "0"),
        ],
        body: Body::Plain(|call, arguments| whole(call, arguments, Unit::Minute)),
        ..BETWEEN
    },
    Function {
        name: "hoursBetween",
        summary: "Gives the whole hours that pass from the first date to the second.",
        examples: &[
            example("hoursBetween(toDate(\"2026-03-02 06:00:00\"), toDate(\"2026-03-02 08:59:00\"))", "2"),
            example("hoursBetween(toDate(\"2026-03-02 06:00:00\"), toDate(\"2026-03-01 06:00:00\"))", "-24"),
        ],
        body: Body::Plain(|call, arguments| whole(call, arguments, Unit::Hour)),
        ..BETWEEN
    },
    Function {
        name: "daysBetween",
        summary: "Gives the whole days from the first date to the second, from one time of day to the same, whether \
                  the days have 23, 24 or 25 hours.",
        examples: &[
            example("daysBetween(toDate(\"2017-04-28\"), toDate(\"2017-03-22\"))", "-37"),
            example("daysBetween(toDate(\"2026-03-02 06:00:00\"), toDate(\"2026-03-04 05:59:59\"))", "1"),
        ],
        body: Body::Plain(|call, arguments| whole(call, arguments, Unit::Day)),
        ..BETWEEN
    },
    Function {
        name: "weeksBetween",
        summary: "Gives the whole weeks from the first date to the second: seven days each.",
        examples: &[
            example("weeksBetween(toDate(\"2026-03-02\"), toDate(\"2026-03-22\"))", "2"),
            example("weeksBetween(toDate(\"2026-03-22\"), toDate(\"2026-03-02\"))", "-2"),
        ],
        body: Body::Plain(|call, arguments| whole(call, arguments, Unit::Week)),
        ..BETWEEN
    },
    Function {
        name: "monthsBetween",
        summary: "Gives the whole months from the first date to the second: a month is over at the same day and time \
                  of the next.",
        examples: &[
            example("monthsBetween(toDate(\"2026-01-15\"), toDate(\"2026-03-14\"))", "1"),
            example("monthsBetween(toDate(\"2026-03-15\"), toDate(\"2026-01-15\"))", "-2"),
        ],
        body: Body::Plain(|call, arguments| whole(call, arguments, Unit::Month)),
        ..BETWEEN
    },
    Function {
        name: "yearsBetween",
        summary: "Gives the whole years from the first date to the second.",
        examples: &[
            example("yearsBetween(toDate(\"2020-03-02\"), toDate(\"2026-03-01\"))", "5"),
            example("yearsBetween(toDate(\"2026-03-02\"), toDate(\"2020-03-02\"))", "-6"),
        ],
        body: Body::Plain(|call, arguments| whole(call, arguments, Unit::Year)),
        ..BETWEEN
    },
    Function {
        name: "dateDiff",
        arguments: "date1, date2, unit",
        least: 3,
        most: Some(3),
        result: Type::Float,
        summary: "Gives the time that passes from the first date to the second in a unit of `dateArithmetic`, with \
                  fractions; a day is 24 hours. Months and years are whole: the difference of the calendar's months \
                  or years, whatever the days are.",
        examples: &[
            example("dateDiff(toDate(\"2026-03-02 06:00:00\"), toDate(\"2026-03-02 06:45:00\"), \"hour\")", "0.75"),
            example("dateDiff(toDate(\"2008-02-24 08:00:00\"), toDate(\"2008-03-12 09:28:00\"), \"month\")", "1.0"),
            example("dateDiff(toDate(\"2026-03-02\"), toDate(\"2026-03-01 12:00:00\"), \"days\")", "-0.5"),
            example("dateDiff(toDate(\"2026-03-02\"), toDate(\"2026-03-03\"), \"millisecond\")", "error"),
        ],
        basis: Basis::Measured,
        body: Body::Plain(|call, arguments| difference(call, arguments, Unit::of(&arguments[2])?)),
        ..BETWEEN
    },
];

/// Two dates as local times of the zone.
fn locals(call: &Call, arguments: &[Value]) -> Result<(NaiveDateTime, NaiveDateTime), Failure> {
    let [from, to] = [date(call, &arguments[0])?, date(call, &arguments[1])?];
    Ok((local(from, call.zone)?, local(to, call.zone)?))
}

/// Returns the microseconds from the first date to the second; 64 bits could be too few.
fn elapsed_micros(call: &Call, arguments: &[Value]) -> Result<i128, Failure> {
    let [from, to] = [date(call, &arguments[0])?, date(call, &arguments[1])?];
    Ok(i128::from(to.0) - i128::from(from.0))
}

fn whole(call: &Call, arguments: &[Value], unit: Unit) -> Result<Value, Failure> {
    let count = match unit.step() {
        Step::Elapsed(micros) => {
            let count = elapsed_micros(call, arguments)? / i128::from(micros);
            i64::try_from(count).map_err(|_| "the dates are too far apart")?
        }
        Step::Days(days) => {
            let (from, to) = locals(call, arguments)?;
            (to - from).num_days() / days
        }
        Step::Months(months) => {
            let (from, to) = locals(call, arguments)?;
            whole_months(from, to) / months
        }
    };
    Ok(Value::Integer(count))
}

/// Returns the calendar's months since the year 0.
fn month_count(local: NaiveDateTime) -> i64 {
    i64::from(local.year()) * 12 + i64::from(local.month0())
}

/// Returns the difference of the calendar's months, less one where the last is not over.
fn whole_months(from: NaiveDateTime, to: NaiveDateTime) -> i64 {
    let months = month_count(to) - month_count(from);
    let (from_rest, to_rest) = ((from.day(), from.time()), (to.day(), to.time()));
    if months > 0 && to_rest < from_rest {
        months - 1
    } else if months < 0 && to_rest > from_rest {
        months + 1
    } else {
        months
    }
}

#[expect(clippy::cast_precision_loss, reason = "a float of an integer is the nearest one, as in Java")]
fn difference(call: &Call, arguments: &[Value], unit: Unit) -> Result<Value, Failure> {
    const DAY: i64 = 86_400_000_000;
    let micros = match unit.step() {
        Step::Elapsed(micros) => micros,
        Step::Days(days) => days * DAY,
        Step::Months(months) => {
            let (from, to) = locals(call, arguments)?;
            let count = month_count(to).div_euclid(months) - month_count(from).div_euclid(months);
            return Ok(Value::Float(count as f64));
        }
    };
    Ok(Value::Float(elapsed_micros(call, arguments)? as f64 / micros as f64))
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::coerce::text;
    use crate::value::Timestamp;

    type Measure = fn(&Call, &[Value], Unit) -> Result<Value, Failure>;

    fn check(measure: Measure, zone: Tz, dates: [&str; 2], unit: Unit, wanted: &str) {
        let call = Call { now: Timestamp(0), zone };
        let got = measure(&call, &dates.map(Value::from), unit).map(|value| text(&value, zone));
        assert_eq!(got.as_deref(), Ok(wanted), "{dates:?} in {unit:?}");
    }

    #[test]
    fn days_follow_the_clocks_and_hours_do_not() {
        for (zone, short_day, long_day) in [
            (
                Tz::Europe__Berlin,
                ["2026-03-28 12:00:00", "2026-03-29 12:00:00"],
                ["2026-10-24 12:00:00", "2026-10-25 12:00:00"],
            ),
            (
                Tz::America__New_York,
                ["2026-03-07 12:00:00", "2026-03-08 12:00:00"],
                ["2026-10-31 12:00:00", "2026-11-01 12:00:00"],
            ),
        ] {
            check(whole, zone, short_day, Unit::Day, "1");
            check(whole, zone, short_day, Unit::Hour, "23");
            check(whole, zone, long_day, Unit::Day, "1");
            check(whole, zone, long_day, Unit::Hour, "25");
            check(whole, zone, [long_day[1], long_day[0]], Unit::Day, "-1");
            check(difference, zone, short_day, Unit::Hour, "23.0");
            check(difference, zone, long_day, Unit::Day, "1.0416666666666667");
        }
    }

    #[test]
    fn the_documented_difference_in_days_counts_elapsed_time() {
        // 17.02 in the vendor's own zone, where the clocks went forward between.
        let dates = ["2008-02-24 08:00:00", "2008-03-12 09:28:00"];
        check(difference, Tz::America__Los_Angeles, dates, Unit::Day, "17.019444444444446");
        check(difference, Tz::America__Los_Angeles, dates, Unit::Month, "1.0");
        check(difference, Tz::America__Los_Angeles, dates, Unit::Year, "0.0");
        check(difference, Tz::UTC, ["2025-12-31 23:59:59", "2026-01-01 00:00:00"], Unit::Year, "1.0");
        check(difference, Tz::UTC, ["2026-03-15", "2026-03-01"], Unit::Week, "-2.0");
    }

    #[test]
    fn a_month_is_over_at_the_same_day_and_time() {
        for (dates, wanted) in [
            (["2026-01-31", "2026-02-28"], "0"),
            (["2026-02-28", "2026-01-31"], "0"),
            (["2026-01-31", "2026-03-01"], "1"),
            (["2026-01-15 10:00:00", "2026-02-15 09:59:59"], "0"),
            (["2026-02-15 09:59:59", "2026-01-15 10:00:00"], "0"),
            (["2026-02-15 10:00:00", "2026-01-15 10:00:00"], "-1"),
            (["2024-02-29", "2025-02-28"], "11"),
            (["2025-02-28", "2024-02-29"], "-11"),
        ] {
            check(whole, Tz::UTC, dates, Unit::Month, wanted);
        }
        check(whole, Tz::UTC, ["2024-02-29", "2025-02-28"], Unit::Year, "0");
    }

    #[test]
    fn the_ends_of_time_are_not_too_far_apart_to_say() {
        let call = Call { now: Timestamp(0), zone: Tz::UTC };
        let ends = [i64::MIN, i64::MAX].map(|micros| Value::Date(Timestamp(micros)));
        assert!(whole(&call, &ends, Unit::Millisecond).is_ok());
        assert!(whole(&call, &ends, Unit::Day).is_err());
        assert!(difference(&call, &ends, Unit::Month).is_err());
    }
}
