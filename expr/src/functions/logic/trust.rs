//! Tests of what is known of a value. The answers are Good whatever the value is: here the
//! propagation of quality stops.

use super::{ROW, example};
use crate::evaluate::Evaluated;
use crate::functions::{Body, Function};
use crate::quality::Level;
use crate::value::{Type, Value};

const TEST: Function = Function { result: Type::Boolean, ..ROW };

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "isNull",
        summary: "Tells whether there is no value; an evaluation error has none.",
        examples: &[
            example("isNull({Weight})", "true"),
            example("isNull(\"\")", "false"),
            example("isNull({Count})", "false"),
            example("isNull({Missing})", "true"),
        ],
        body: Body::Qualified(|_, arguments| Ok(answer(arguments[0].value.is_null()))),
        ..TEST
    },
    Function {
        name: "isGood",
        summary: "Tells whether the value's quality is Good, with any subcode.",
        examples: &[example("isGood({Speed})", "true"), example("isGood({Count})", "false")],
        body: Body::Qualified(|_, arguments| Ok(answer(level(arguments) == Level::Good))),
        ..TEST
    },
    Function {
        name: "isUncertain",
        summary: "Tells whether the value's quality is Uncertain, with any subcode.",
        examples: &[example("isUncertain({Level})", "true"), example("isUncertain({Count})", "false")],
        body: Body::Qualified(|_, arguments| Ok(answer(level(arguments) == Level::Uncertain))),
        ..TEST
    },
    Function {
        name: "isBad",
        summary: "Tells whether the value's quality is Bad, with any subcode; an error is not Bad.",
        examples: &[
            example("isBad({Count})", "true"),
            example("isBad({Missing})", "true"),
            example("isBad({Weight} + 1)", "false"),
        ],
        body: Body::Qualified(|_, arguments| Ok(answer(level(arguments) == Level::Bad))),
        ..TEST
    },
    Function {
        name: "isError",
        summary: "Tells whether the value is an error, such as one of the evaluation.",
        examples: &[example("isError({Weight} + 1)", "true"), example("isError({Count})", "false")],
        body: Body::Qualified(|_, arguments| Ok(answer(level(arguments) == Level::Error))),
        ..TEST
    },
    Function {
        name: "isBadOrError",
        summary: "Tells whether the value's quality is Bad or an error.",
        examples: &[
            example("isBadOrError({Count})", "true"),
            example("isBadOrError({Weight} + 1)", "true"),
            example("isBadOrError({Level})", "false"),
        ],
        body: Body::Qualified(|_, arguments| Ok(answer(level(arguments) >= Level::Bad))),
        ..TEST
    },
];

const fn level(arguments: &[Evaluated]) -> Level {
    arguments[0].quality.level()
}

const fn answer(truth: bool) -> Evaluated {
    Evaluated::good(Value::Boolean(truth))
}
