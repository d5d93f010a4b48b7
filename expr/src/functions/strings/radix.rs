//! Numbers in binary, octal and hexadecimal. Like the originals they are of 32 bits: what does not
//! fit is read as null, and a negative number is written as its two's complement of 32 bits.

use super::{ROW, example};
use crate::coerce::integer;
use crate::functions::arguments::string;
use crate::functions::{Body, Call, Failure, Function};
use crate::value::{Type, Value};

const READ: Function = Function { result: Type::Integer, ..ROW };
const WRITE: Function = Function { arguments: "number", ..ROW };

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "fromBinary",
        summary: "Reads a binary number; null when it is none or does not fit 32 bits.",
        examples: &[
            example("fromBinary(\"1111\")", "15"),
            example("fromBinary(\"-1111\")", "-15"),
            example("fromBinary(\"12\")", "null"),
        ],
        body: Body::Plain(|call, arguments| read(call, arguments, 2, "")),
        ..READ
    },
    Function {
        name: "fromHex",
        summary: "Reads a hexadecimal number, with or without `0x`; null when it is none or does not fit 32 bits.",
        examples: &[
            example("fromHex(\"ff\")", "255"),
            example("fromHex(\"0xFF\")", "255"),
            example("fromHex(\"-ff\")", "-255"),
            example("fromHex(\"80000000\")", "null"),
            example("fromHex(\"xyz\")", "null"),
        ],
        body: Body::Plain(|call, arguments| read(call, arguments, 16, "0x")),
        ..READ
    },
    Function {
        name: "fromOctal",
        summary: "Reads an octal number; null when it is none or does not fit 32 bits.",
        examples: &[example("fromOctal(\"17\")", "15"), example("fromOctal(\"8\")", "null")],
        body: Body::Plain(|call, arguments| read(call, arguments, 8, "")),
        ..READ
    },
    Function {
        name: "toBinary",
        summary: "Writes an integer in binary, a negative one plus 2³².",
        examples: &[
            example("toBinary(5)", "\"101\""),
            example("toBinary(-255)", "\"11111111111111111111111100000001\""),
            example("toBinary(0)", "\"0\""),
        ],
        body: Body::Plain(|_, arguments| write(arguments, |bits| format!("{bits:b}"))),
        ..WRITE
    },
    Function {
        name: "toHex",
        summary: "Writes an integer in upper-case hexadecimal, a negative one plus 2³².",
        examples: &[
            example("toHex(255)", "\"FF\""),
            example("toHex(-255)", "\"FFFFFF01\""),
            example("toHex(4294967296)", "\"100000000\""),
            example("toHex(1.5)", "error"),
        ],
        body: Body::Plain(|_, arguments| write(arguments, |bits| format!("{bits:X}"))),
        ..WRITE
    },
    Function {
        name: "toOctal",
        summary: "Writes an integer in octal, a negative one plus 2³².",
        examples: &[example("toOctal(15)", "\"17\""), example("toOctal(-1)", "\"37777777777\"")],
        body: Body::Plain(|_, arguments| write(arguments, |bits| format!("{bits:o}"))),
        ..WRITE
    },
];

fn read(call: &Call, arguments: &[Value], radix: u32, marker: &str) -> Result<Value, Failure> {
    let text = string(&arguments[0], call.zone)?.to_ascii_lowercase();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text.as_str()), |digits| (-1, digits));
    let digits = digits.strip_prefix(marker).unwrap_or(digits);
    // The standard parser would take a second sign.
    let readable = digits.chars().all(|digit| digit.is_digit(radix));
    let magnitude = i64::from_str_radix(digits, radix).ok().filter(|_| readable);
    let number = magnitude.and_then(|magnitude| i32::try_from(sign * magnitude).ok());
    Ok(number.map_or(Value::Null, |number| Value::Integer(number.into())))
}

/// Writes the two's complement bits of an integer: 32 of them where they are enough, else 64.
#[expect(clippy::cast_sign_loss, reason = "the bits are wanted, not the number")]
fn write(arguments: &[Value], digits: fn(u64) -> String) -> Result<Value, Failure> {
    let number = integer(&arguments[0])?;
    let bits = i32::try_from(number).map_or(number as u64, |number| u64::from(number as u32));
    Ok(digits(bits).into())
}
