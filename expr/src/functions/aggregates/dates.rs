//! The latest and the earliest of dates.

use super::{Body, Failure, Function, Inputs, ROW, Value, example};
use crate::functions::Call;
use crate::functions::casts::instant;
use crate::value::{Timestamp, Type};

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "maxDate",
        arguments: "date, …",
        result: Type::Date,
        summary: "Gives the latest of the dates, or of a dataset's column: `maxDate(dataset, column)`. Nulls are left \
                  out; of nothing comes null.",
        examples: &[
            example("maxDate(toDate(\"2026-03-02\"), toDate(\"2026-04-01\"))", "2026-04-01 00:00:00.000"),
            example("maxDate(split(\"2026-03-02,2026-01-05\", \",\"), \"parts\")", "2026-03-02 00:00:00.000"),
            example("maxDate(null)", "null"),
            example("maxDate(\"x\")", "error"),
        ],
        body: Body::Plain(|call, arguments| best(call, arguments, Timestamp::max)),
        ..ROW
    },
    Function {
        name: "minDate",
        arguments: "date, …",
        result: Type::Date,
        summary: "Gives the earliest of the dates, or of a dataset's column: `minDate(dataset, column)`. Nulls are \
                  left out; of nothing comes null.",
        examples: &[
            example("minDate(toDate(\"2026-03-02\"), null, toDate(\"2026-04-01\"))", "2026-03-02 00:00:00.000"),
            example("minDate(null, null)", "null"),
        ],
        body: Body::Plain(|call, arguments| best(call, arguments, Timestamp::min)),
        ..ROW
    },
];

fn best(call: &Call, arguments: &[Value], better: fn(Timestamp, Timestamp) -> Timestamp) -> Result<Value, Failure> {
    let mut found: Option<Timestamp> = None;
    for value in Inputs::of(arguments)?.present() {
        let next = instant(value, call.zone)?;
        found = Some(found.map_or(next, |found| better(found, next)));
    }
    Ok(found.map_or(Value::Null, Value::Date))
}
