//! Questions about the order of dates, and of times of day.

use chrono::NaiveTime;

use super::calendar::local;
use super::{Body, Call, Failure, Function, ROW, Timestamp, Type, Value, date, example};
use crate::functions::casts::read_time_of_day;

/// What the rows of this file have in common.
const QUESTION: Function = Function { result: Type::Boolean, ..ROW };

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "dateIsAfter",
        arguments: "date1, date2",
        least: 2,
        most: Some(2),
        summary: "Tells whether the first date is later than the second; equal ones are not.",
        examples: &[
            example("dateIsAfter(toDate(\"2026-03-02\"), toDate(\"2026-03-01\"))", "true"),
            example("dateIsAfter(toDate(\"2026-03-02\"), toDate(\"2026-03-02\"))", "false"),
            example("dateIsAfter(toDate(\"2026-03-02\"), null)", "error"),
        ],
        body: Body::Plain(|call, arguments| Ok((date(call, &arguments[0])? > date(call, &arguments[1])?).into())),
        ..QUESTION
    },
    Function {
        name: "dateIsBefore",
        arguments: "date1, date2",
        least: 2,
        most: Some(2),
        summary: "Tells whether the first date is earlier than the second; equal ones are not.",
        examples: &[
            example("dateIsBefore(toDate(\"2026-03-01\"), toDate(\"2026-03-02\"))", "true"),
            example("dateIsBefore(toDate(\"2026-03-02\"), toDate(\"2026-03-02\"))", "false"),
        ],
        body: Body::Plain(|call, arguments| Ok((date(call, &arguments[0])? < date(call, &arguments[1])?).into())),
        ..QUESTION
    },
    Function {
        name: "dateIsBetween",
        arguments: "date, start, end",
        least: 3,
        most: Some(3),
        summary: "Tells whether the date is from the start to the end, both included.",
        examples: &[
            example("dateIsBetween(toDate(\"2026-03-02\"), toDate(\"2026-03-01\"), toDate(\"2026-03-02\"))", "true"),
            example("dateIsBetween(toDate(\"2026-03-03\"), toDate(\"2026-03-01\"), toDate(\"2026-03-02\"))", "false"),
            example("dateIsBetween(toDate(\"2026-03-02\"), toDate(\"2026-03-03\"), toDate(\"2026-03-01\"))", "false"),
        ],
        body: Body::Plain(date_is_between),
        ..QUESTION
    },
    Function {
        name: "timeBetween",
        arguments: "time, start, end",
        least: 3,
        most: Some(3),
        summary: "Tells whether the time is from the start to the end, both included. Each is a date or a text; where \
                  one is a time of day such as `2:30 pm` only the times of day are compared, over midnight where the \
                  end is before the start.",
        examples: &[
            example("timeBetween(\"2:00:00 pm\", \"9:00:00 am\", \"5:00:00 pm\")", "true"),
            example("timeBetween(toDate(\"2026-03-02 23:00:00\"), \"10:00 pm\", \"6:00 am\")", "true"),
            example("timeBetween(toDate(\"2026-03-02 12:00:00\"), \"10:00 pm\", \"6:00 am\")", "false"),
            example(
                "timeBetween(toDate(\"2003-09-14 20:00:00\"), toDate(\"2003-09-14 18:00:00\"), \
                 toDate(\"2003-09-15 02:00:00\"))",
                "true",
            ),
            example("timeBetween(\"noon\", \"9:00 am\", \"5:00 pm\")", "error"),
        ],
        body: Body::Plain(time_between),
        ..QUESTION
    },
];

fn date_is_between(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let [date, start, end] = [date(call, &arguments[0])?, date(call, &arguments[1])?, date(call, &arguments[2])?];
    Ok((start <= date && date <= end).into())
}

/// What an argument of `timeBetween` says.
enum Moment {
    Date(Timestamp),
    TimeOfDay(NaiveTime),
}

impl Moment {
    fn of(call: &Call, value: &Value) -> Result<Self, Failure> {
        let time_of_day = if let Value::String(text) = value { read_time_of_day(text) } else { None };
        match time_of_day {
            Some(time) => Ok(Self::TimeOfDay(time)),
            None => date(call, value).map(Self::Date),
        }
    }

    fn time_of_day(&self, call: &Call) -> Result<NaiveTime, Failure> {
        match self {
            Self::Date(date) => local(*date, call.zone).map(|local| local.time()),
            Self::TimeOfDay(time) => Ok(*time),
        }
    }
}

fn time_between(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let moment = |place: usize| Moment::of(call, &arguments[place]);
    let moments = [moment(0)?, moment(1)?, moment(2)?];
    if let [Moment::Date(date), Moment::Date(start), Moment::Date(end)] = moments {
        return Ok((start <= date && date <= end).into());
    }
    let [time, start, end] = &moments;
    let (time, start, end) = (time.time_of_day(call)?, start.time_of_day(call)?, end.time_of_day(call)?);
    let is_between = if start <= end { start <= time && time <= end } else { start <= time || time <= end };
    Ok(is_between.into())
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;

    fn check(arguments: [&str; 3], wanted: bool) {
        let call = Call { now: Timestamp(0), zone: Tz::Europe__Berlin };
        let got = time_between(&call, &arguments.map(Value::from)).map(|value| matches!(value, Value::Boolean(true)));
        assert_eq!(got, Ok(wanted), "{arguments:?}");
    }

    #[test]
    fn dates_are_compared_as_dates_and_times_as_times() {
        check(["2026-03-01 12:00:00", "2026-03-02 08:00:00", "2026-03-02 18:00:00"], false);
        check(["2026-03-01 12:00:00", "8:00 am", "6:00 pm"], true);
        check(["12:00 pm", "2026-03-02 08:00:00", "2026-03-04 18:00:00"], true);
    }

    #[test]
    fn both_ends_belong_to_it_and_midnight_is_passed() {
        check(["10:00 pm", "10:00 pm", "6:00 am"], true);
        check(["6:00 am", "10:00 pm", "6:00 am"], true);
        check(["6:01 am", "10:00 pm", "6:00 am"], false);
        check(["6:00 am", "6:00 am", "6:00 am"], true);
        // The time of day is that of the gateway's zone: 21:30 in UTC is half past ten.
        check(["2026-03-02T21:30Z", "10:00 pm", "11:00 pm"], true);
    }
}
