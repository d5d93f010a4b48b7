//! `numberFormat`: a number by a pattern of Java's `DecimalFormat`, in the locale en-US.

use super::{ROW, example};
use crate::coerce::number;
use crate::functions::arguments::{bounded, string};
use crate::functions::{Body, Call, Failure, Function};
use crate::value::Value;

mod layout;
mod pattern;
mod write;

pub(super) const ROWS: &[Function] = &[Function {
    name: "numberFormat",
    arguments: "number, pattern",
    least: 2,
    most: Some(2),
    summary: "Writes a number by a pattern of Java's `DecimalFormat`: `0` a digit, `#` a digit if there is one, `,` \
              groups, `.` the point, `E0` an exponent, `%` and `‰` hundredths and thousandths, `;` before the pattern \
              of negative numbers, `'` around plain text. A half goes to the even digit.",
    examples: &[
        example("numberFormat(9876.543, \"#,##0.0\")", "\"9,876.5\""),
        example("numberFormat(0.125, \"0.0%\")", "\"12.5%\""),
        example("numberFormat(34.8, \"#0.00'%'\")", "\"34.80%\""),
        example("numberFormat(-1234, \"#,##0;(#)\")", "\"(1,234)\""),
        example("numberFormat(4096, \"0.###E0\")", "\"4.096E3\""),
        example("numberFormat(2.5, \"0 bottles\")", "\"2 bottles\""),
        example("numberFormat(5, \"0.0.0\")", "error"),
    ],
    body: Body::Plain(number_format),
    ..ROW
}];

fn number_format(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let number = number(&arguments[0])?;
    let pattern = pattern::read(&string(&arguments[1], call.zone)?)?;
    bounded(write::number(number, &pattern))
}
