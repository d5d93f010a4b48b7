//! Powers, roots and logarithms.

use super::{ROW, apply, example};
use crate::coerce::float;
use crate::functions::{Body, Call, Failure, Function};
use crate::operate::power;
use crate::value::Value;

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "exp",
        summary: "Gives Euler's number e to the power of the number.",
        examples: &[example("exp(0)", "1.0"), example("exp(1)", "2.718281828459045")],
        body: Body::Plain(|_, arguments| apply(arguments, f64::exp)),
        ..ROW
    },
    Function {
        name: "log",
        summary: "Gives the natural logarithm; of 0 it is −Infinity, of less NaN.",
        examples: &[
            example("log(1)", "0.0"),
            example("log(exp(1))", "1.0"),
            example("log(0)", "-Infinity"),
            example("log(-1)", "NaN"),
        ],
        body: Body::Plain(|_, arguments| apply(arguments, f64::ln)),
        ..ROW
    },
    Function {
        name: "log10",
        summary: "Gives the logarithm to base 10; of 0 it is −Infinity, of less NaN.",
        examples: &[example("log10(1000)", "3.0"), example("log10(0.01)", "-2.0"), example("log10(0)", "-Infinity")],
        body: Body::Plain(|_, arguments| apply(arguments, f64::log10)),
        ..ROW
    },
    Function {
        name: "pow",
        arguments: "base, exponent",
        least: 2,
        most: Some(2),
        summary: "Gives the base to the power of the exponent, always as a float, as the operator `^` does.",
        examples: &[
            example("pow(2, 10)", "1024.0"),
            example("pow(2, -1)", "0.5"),
            example("pow(0, 0)", "1.0"),
            example("pow(-8, 1/3)", "NaN"),
            example("pow(1, 1/0)", "NaN"),
        ],
        body: Body::Plain(pow),
        ..ROW
    },
    Function {
        name: "sqrt",
        summary: "Gives the square root; NaN below 0.",
        examples: &[example("sqrt(144)", "12.0"), example("sqrt(2)", "1.4142135623730951"), example("sqrt(-1)", "NaN")],
        body: Body::Plain(|_, arguments| apply(arguments, f64::sqrt)),
        ..ROW
    },
];

fn pow(_: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Float(power(float(&arguments[0])?, float(&arguments[1])?)))
}
