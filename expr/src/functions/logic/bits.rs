//! Bits: booleans to a number, a number to its bits.

use super::{ROW, example};
use crate::coerce::{boolean, integer};
use crate::functions::arguments::position;
use crate::functions::{Body, Call, Failure, Function};
use crate::value::{Type, Value};

/// The bits of an integer.
const BITS: usize = 64;

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "binEnc",
        arguments: "bit, …",
        most: Some(BITS),
        result: Type::Integer,
        summary: "Gives the number whose bits the arguments are, the lowest first; the 64th is the sign.",
        examples: &[
            example("binEnc(true, true, false, true)", "11"),
            example("binEnc(0, 0, 1, 0)", "4"),
            example("binEnc(false)", "0"),
        ],
        body: Body::Plain(encode),
        ..ROW
    },
    Function {
        name: "binEnum",
        arguments: "value, …",
        most: None,
        result: Type::Integer,
        summary: "Gives the place of the first argument that is true, from 1; 0 when none is.",
        examples: &[
            example("binEnum(false, true, true)", "2"),
            example("binEnum(0, false, 15, 0, 23)", "3"),
            example("binEnum(false, false)", "0"),
        ],
        body: Body::Plain(first_true),
        ..ROW
    },
    Function {
        name: "getBit",
        arguments: "number, position",
        least: 2,
        most: Some(2),
        result: Type::Integer,
        summary: "Gives one bit of a number, 0 or 1; position 0 is the lowest and 63 the sign.",
        examples: &[
            example("getBit(10, 1)", "1"),
            example("getBit(10, 0)", "0"),
            example("getBit(-1, 63)", "1"),
            example("getBit(1, 64)", "error"),
        ],
        body: Body::Plain(bit_at),
        ..ROW
    },
];

fn encode(_: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let mut number = 0;
    for (place, bit) in arguments.iter().enumerate() {
        number |= i64::from(boolean(bit)?) << place;
    }
    Ok(Value::Integer(number))
}

fn first_true(_: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    for (place, value) in (1..).zip(arguments) {
        if boolean(value)? {
            return Ok(Value::Integer(place));
        }
    }
    Ok(Value::Integer(0))
}

fn bit_at(_: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let number = integer(&arguments[0])?;
    let place = position(&arguments[1])?;
    if place >= BITS {
        return Err(format!("a number has no bit {place}, the last is 63").into());
    }
    Ok(Value::Integer(number >> place & 1))
}
