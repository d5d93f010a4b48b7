//! The gateway's time zone.

use super::calendar::Clock;
use super::{Body, Call, Failure, Function, ROW, Type, Value, date, example};

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "getTimezone",
        arguments: "",
        least: 0,
        most: Some(0),
        result: Type::String,
        summary: "Gives the name of the gateway's time zone.",
        examples: &[example("getTimezone()", "\"UTC\""), example("upper(getTimezone())", "\"UTC\"")],
        body: Body::Plain(|call, _| Ok(call.zone.name().into())),
        ..ROW
    },
    Function {
        name: "getTimezoneOffset",
        arguments: "date?",
        least: 0,
        result: Type::Float,
        summary: "Gives the hours that the zone's clocks are ahead of UTC at the date, or at the scan's time, daylight \
                  saving included.",
        examples: &[
            example("getTimezoneOffset(toDate(\"2026-07-01\"))", "0.0"),
            example("getTimezoneOffset()", "0.0"),
            example("getTimezoneOffset(null)", "error"),
        ],
        body: Body::Plain(|call, arguments| Ok(hours(clock(call, arguments)?.offset_seconds))),
        ..ROW
    },
    Function {
        name: "getTimezoneRawOffset",
        arguments: "",
        least: 0,
        most: Some(0),
        result: Type::Float,
        summary: "Gives the hours that the zone's clocks are ahead of UTC without daylight saving.",
        examples: &[example("getTimezoneRawOffset()", "0.0"), example("getTimezoneRawOffset() * 60", "0.0")],
        body: Body::Plain(|call, arguments| Ok(hours(clock(call, arguments)?.standard_seconds))),
        ..ROW
    },
    Function {
        name: "dateIsDaylight",
        arguments: "date?",
        least: 0,
        result: Type::Boolean,
        summary: "Tells whether daylight saving is in effect in the zone at the date, or at the scan's time.",
        examples: &[
            example("dateIsDaylight(toDate(\"2026-07-01\"))", "false"),
            example("dateIsDaylight(null)", "error"),
        ],
        body: Body::Plain(|call, arguments| Ok(clock(call, arguments)?.is_daylight().into())),
        ..ROW
    },
];

/// Returns how the clocks go at the date that is given, else at the scan's time. A call without
/// arguments is never folded, so that it may read that.
fn clock(call: &Call, arguments: &[Value]) -> Result<Clock, Failure> {
    let instant = arguments.first().map_or(Ok(call.now), |value| date(call, value))?;
    Clock::at(instant, call.zone)
}

fn hours(seconds: i32) -> Value {
    Value::Float(f64::from(seconds) / 3600.0)
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::value::Timestamp;

    #[test]
    fn the_scan_s_time_stands_for_a_date_that_is_not_given() {
        let (july, january) = (Timestamp::from_millis(1_782_864_000_000), Timestamp::from_millis(1_768_000_000_000));
        for (zone, raw, summer) in
            [(Tz::Europe__Berlin, 1.0, 2.0), (Tz::America__St_Johns, -3.5, -2.5), (Tz::Asia__Kathmandu, 5.75, 5.75)]
        {
            let (at, wanted) = (Call { now: july, zone }, Value::Float(summer));
            let got = hours(clock(&at, &[]).unwrap().offset_seconds);
            assert_eq!(format!("{got:?}"), format!("{wanted:?}"), "{zone}");
            let winter = clock(&at, &[Value::Date(january)]).unwrap();
            assert_eq!(format!("{:?}", hours(winter.offset_seconds)), format!("{:?}", Value::Float(raw)), "{zone}");
            assert!(!winter.is_daylight());
        }
    }
}
