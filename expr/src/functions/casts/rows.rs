//! The rows of the casts.

use super::{cast, dates, to_boolean, to_dataset, to_float, to_int, to_long, to_text};
use crate::functions::{Basis, Body, Category, Function, example};
use crate::value::Type;

/// What the casts have in common. The result's type is not promised: a failover is given as it is.
const ROW: Function = Function {
    name: "",
    category: Category::Casts,
    arguments: "value, failover?",
    least: 1,
    most: Some(2),
    step: 1,
    result: Type::Any,
    summary: "",
    examples: &[],
    basis: Basis::Measured,
    body: Body::Refused(""),
};

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "toBoolean",
        summary: "Casts to a boolean: 0 is false and any other number true; `on true t yes y` and `off false f no n` \
                  in any case; numbers as text.",
        examples: &[
            example("toBoolean(\"on\")", "true"),
            example("toBoolean(\"N\")", "false"),
            example("toBoolean(0.5)", "true"),
            example("toBoolean(\"maybe\", true)", "true"),
            example("toBoolean(\"maybe\")", "error"),
        ],
        basis: Basis::Documented,
        body: Body::Qualified(|call, arguments| cast(call, arguments, to_boolean)),
        ..ROW
    },
    Function {
        name: "toInt",
        summary: "Casts to an integer of 32 bits, a half up; what does not fit fails. Texts are not trimmed.",
        examples: &[
            example("toInt(3.5)", "4"),
            example("toInt(-3.5)", "-3"),
            example("toInt(\"44.6\", -1)", "45"),
            example("toInt(\" 44 \", -1)", "-1"),
            example("toInt(\"2147483650\", 0)", "0"),
            example("toInt({Count}, 0)", "7 (Bad_Stale)"),
            example("toInt({Missing}, 0)", "0"),
        ],
        body: Body::Qualified(|call, arguments| cast(call, arguments, to_int)),
        ..ROW
    },
    Function {
        name: "toInteger",
        summary: "Is `toInt` by another name.",
        examples: &[example("toInteger(\"33.9\")", "34"), example("toInteger(\"n/a\", null)", "null")],
        body: Body::Qualified(|call, arguments| cast(call, arguments, to_int)),
        ..ROW
    },
    Function {
        name: "toLong",
        summary: "Casts to an integer of 64 bits, a half up; what does not fit becomes the nearest that does. A date \
                  is its milliseconds since the epoch.",
        examples: &[
            example("toLong(\"33.5\")", "34"),
            example("toLong(\"9223372036854775900\", 0)", "9223372036854775807"),
            example("toLong(toDate(\"1970-01-02\"))", "86400000"),
            example("toLong(null)", "error"),
        ],
        body: Body::Qualified(|call, arguments| cast(call, arguments, to_long)),
        ..ROW
    },
    Function {
        name: "toFloat",
        summary: "Casts to a float; here of 64 bits, as all floats are.",
        examples: &[
            example("toFloat(\"38.772\")", "38.772"),
            example("toFloat(true)", "1.0"),
            example("toFloat(\"\", 0.0)", "0.0"),
        ],
        body: Body::Qualified(|call, arguments| cast(call, arguments, to_float)),
        ..ROW
    },
    Function {
        name: "toDouble",
        summary: "Casts to a float of 64 bits.",
        examples: &[
            example("toDouble(\"1e3\")", "1000.0"),
            example("toDouble(2)", "2.0"),
            example("toDouble(\"1,5\")", "error"),
        ],
        body: Body::Qualified(|call, arguments| cast(call, arguments, to_float)),
        ..ROW
    },
    Function {
        name: "toStr",
        summary: "Casts to text, floats as Java writes them.",
        examples: &[
            example("toStr(12)", "\"12\""),
            example("toStr(1.0)", "\"1.0\""),
            example("toStr(true)", "\"true\""),
            example("toStr(1/3)", "\"0.3333333333333333\""),
            example("toStr(null, \"\")", "\"\""),
            example("toStr(null)", "error"),
        ],
        body: Body::Qualified(|call, arguments| cast(call, arguments, to_text)),
        ..ROW
    },
    Function {
        name: "toString",
        summary: "Is `toStr` by another name.",
        examples: &[example("toString(1e21)", "\"1.0E21\""), example("toString({Count})", "\"7\" (Bad_Stale)")],
        body: Body::Qualified(|call, arguments| cast(call, arguments, to_text)),
        ..ROW
    },
    Function {
        name: "toDate",
        summary: "Casts to a date: numbers, as text too, are milliseconds since the epoch; texts are `yyyy-MM-dd`, \
                  `yyyy-MM-dd HH:mm:ss[.SSS]`, `MM/dd/yyyy`, `MM/dd/yyyy HH:mm:ss`, `MM/dd/yyyy hh:mm:ss a`, \
                  `hh:mm[:ss] a` or ISO 8601, with one-digit fields too. Texts without an offset are of the gateway's \
                  time zone: a local time that does not exist moves forward, one that exists twice is the later.",
        examples: &[
            example("toDate(\"2026-03-02 18:05:09\")", "2026-03-02 18:05:09.000"),
            example("toDate(\"3/2/2026 6:05:09 PM\")", "2026-03-02 18:05:09.000"),
            example("toDate(\"2026-03-02T18:05:09.5+01:00\")", "2026-03-02 17:05:09.500"),
            example("toDate(86400000)", "1970-01-02 00:00:00.000"),
            example("toDate(\"tomorrow\", toDate(0))", "1970-01-01 00:00:00.000"),
            example("toDate(\"2026-02-30\")", "error"),
        ],
        body: Body::Qualified(|call, arguments| cast(call, arguments, dates::to_date)),
        ..ROW
    },
    Function {
        name: "toDataSet",
        summary: "Casts to a dataset, which nothing but a dataset can be.",
        examples: &[
            example("toDataSet(split(\"a,b\", \",\"))", "Dataset [2R x 1C]"),
            example("toDataSet(5, \"none\")", "\"none\""),
            example("toDataSet(5)", "error"),
        ],
        basis: Basis::Documented,
        body: Body::Qualified(|call, arguments| cast(call, arguments, to_dataset)),
        ..ROW
    },
];
