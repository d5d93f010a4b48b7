//! Searches in a text, and its length. Positions count characters (Unicode scalar values), not the
//! halves of surrogate pairs that Java counts.

use super::{ROW, example};
use crate::functions::arguments::string;
use crate::functions::{Body, Call, Failure, Function};
use crate::value::{Type, Value};

const SEARCH: Function = Function { arguments: "text, part", least: 2, most: Some(2), result: Type::Integer, ..ROW };

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "indexOf",
        summary: "Gives the position of the first occurrence of a part in a text, from 0; -1 when there is none.",
        examples: &[
            example("indexOf(\"conveyor\", \"o\")", "1"),
            example("indexOf(\"conveyor\", \"x\")", "-1"),
            example("indexOf(\"Füller\", \"l\")", "2"),
            example("indexOf(\"Test\", \"\")", "0"),
        ],
        body: Body::Plain(|call, arguments| find(call, arguments, |text, part| text.find(part))),
        ..SEARCH
    },
    Function {
        name: "lastIndexOf",
        summary: "Gives the position of the last occurrence of a part in a text, from 0; -1 when there is none.",
        examples: &[
            example("lastIndexOf(\"conveyor\", \"o\")", "6"),
            example("lastIndexOf(\"Hamburger\", \"urge\")", "4"),
            example("lastIndexOf(\"Test\", \"\")", "4"),
            example("lastIndexOf(\"conveyor\", \"x\")", "-1"),
        ],
        body: Body::Plain(|call, arguments| find(call, arguments, |text, part| text.rfind(part))),
        ..SEARCH
    },
    Function {
        name: "len",
        result: Type::Integer,
        summary: "Gives the characters of a text, the rows of a dataset or the elements of a document; 0 for null.",
        examples: &[
            example("len(\"conveyor\")", "8"),
            example("len(split(\"x;y;z\", \";\"))", "3"),
            example("len(null)", "0"),
            example("len(1500)", "4"),
        ],
        body: Body::Plain(length),
        ..ROW
    },
];

/// Gives the position in characters of what `start` finds in bytes.
fn find(call: &Call, arguments: &[Value], start: fn(&str, &str) -> Option<usize>) -> Result<Value, Failure> {
    let (text, part) = (string(&arguments[0], call.zone)?, string(&arguments[1], call.zone)?);
    start(&text, &part).map_or(Ok(Value::Integer(-1)), |start| count(text[..start].chars().count()))
}

fn length(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let value = &arguments[0];
    match value {
        Value::Null => count(0),
        Value::Dataset(table) => count(table.rows()),
        Value::Document(document) => {
            count(document.as_array().map_or_else(|| document.as_object().map_or(0, serde_json::Map::len), Vec::len))
        }
        Value::Boolean(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::Date(_)
        | Value::Quality(_) => count(string(value, call.zone)?.chars().count()),
    }
}

fn count(number: usize) -> Result<Value, Failure> {
    i64::try_from(number).map(Value::Integer).map_err(|_| "the count is too large".into())
}
