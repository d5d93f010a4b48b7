//! Characters and their codes.

use super::{ROW, example};
use crate::coerce::{described, integer};
use crate::functions::arguments::string;
use crate::functions::{Body, Call, Failure, Function};
use crate::value::{Type, Value};

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "char",
        arguments: "code",
        summary: "Gives the character of a Unicode code point.",
        examples: &[
            example("char(88)", "\"X\""),
            example("char(252)", "\"ü\""),
            example("char(-1)", "error"),
            example("char(55296)", "error"),
        ],
        body: Body::Plain(character),
        ..ROW
    },
    Function {
        name: "ordinal",
        arguments: "character",
        result: Type::Integer,
        summary: "Gives the Unicode code point of a text of exactly one character.",
        examples: &[
            example("ordinal(\"a\")", "97"),
            example("ordinal(\"ñ\")", "241"),
            example("ordinal(\"AA\")", "error"),
            example("ordinal(\"\")", "error"),
        ],
        body: Body::Plain(code_point),
        ..ROW
    },
];

fn character(_: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let code = integer(&arguments[0])?;
    let character = u32::try_from(code).ok().and_then(char::from_u32);
    character.map(|one| one.to_string().into()).ok_or_else(|| format!("{code} is not the code of a character").into())
}

fn code_point(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let text = string(&arguments[0], call.zone)?;
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(one), None) => Ok(Value::Integer(u32::from(one).into())),
        (None, _) | (Some(_), Some(_)) => Err(format!("{} is not one character", described(&arguments[0])).into()),
    }
}
