//! Parts of a text by position. A position outside the text is an evaluation error.

use super::{ROW, example};
use crate::functions::arguments::{position, string};
use crate::functions::{Body, Call, Failure, Function};
use crate::value::Value;

const END: Function = Function { arguments: "text, count", least: 2, most: Some(2), ..ROW };

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "left",
        summary: "Gives the first characters of a text.",
        examples: &[
            example("left(\"conveyor\", 4)", "\"conv\""),
            example("left(\"conveyor\", 0)", "\"\""),
            example("left(\"conveyor\", 9)", "error"),
        ],
        body: Body::Plain(first),
        ..END
    },
    Function {
        name: "right",
        summary: "Gives the last characters of a text.",
        examples: &[
            example("right(\"conveyor\", 3)", "\"yor\""),
            example("right(\"Größe\", 2)", "\"ße\""),
            example("right(\"conveyor\", -1)", "error"),
        ],
        body: Body::Plain(last),
        ..END
    },
    Function {
        name: "substring",
        arguments: "text, start, end?",
        least: 2,
        most: Some(3),
        summary: "Gives the characters from `start`, counted from 0, up to but without `end`, or to the text's end.",
        examples: &[
            example("substring(\"conveyor\", 3)", "\"veyor\""),
            example("substring(\"conveyor\", 0, 3)", "\"con\""),
            example("substring(\"conveyor\", 8)", "\"\""),
            example("substring(\"conveyor\", 3, 2)", "error"),
            example("substring(\"conveyor\", 0, 9)", "error"),
        ],
        body: Body::Plain(between),
        ..ROW
    },
];

fn first(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let text = string(&arguments[0], call.zone)?;
    let end = byte_at(&text, position(&arguments[1])?)?;
    Ok(text[..end].into())
}

fn last(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let text = string(&arguments[0], call.zone)?;
    let (length, count) = (text.chars().count(), position(&arguments[1])?);
    let start = length.checked_sub(count).ok_or_else(|| outside(count, length))?;
    Ok(text[byte_at(&text, start)?..].into())
}

fn between(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let text = string(&arguments[0], call.zone)?;
    let start = byte_at(&text, position(&arguments[1])?)?;
    let end = arguments.get(2).map_or(Ok(text.len()), |end| byte_at(&text, position(end)?))?;
    text.get(start..end).map(Value::from).ok_or_else(|| "the end is before the start".into())
}

/// Returns where the character at a position begins, or the text's end for the position after the last.
fn byte_at(text: &str, position: usize) -> Result<usize, Failure> {
    let ends = std::iter::once(text.len());
    let mut starts = text.char_indices().map(|(start, _)| start).chain(ends);
    starts.nth(position).ok_or_else(|| outside(position, text.chars().count()))
}

fn outside(position: usize, length: usize) -> Failure {
    format!("position {position} is outside the text of {length} characters").into()
}
