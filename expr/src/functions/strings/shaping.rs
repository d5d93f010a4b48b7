//! Texts as a whole: joined, repeated, replaced, trimmed, in upper and lower case.

use super::{ROW, example};
use crate::coerce::text;
use crate::functions::arguments::{bounded, fits, position, string};
use crate::functions::{Body, Call, Failure, Function};
use crate::value::Value;

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "concat",
        arguments: "text, …",
        most: None,
        summary: "Joins the texts of all its arguments; null is the word `null`.",
        examples: &[
            example("concat(\"a\", 1, \"b\")", "\"a1b\""),
            example("concat(\"\", 2.0)", "\"2.0\""),
            example("concat(\"x\", null)", "\"xnull\""),
        ],
        body: Body::Plain(concatenate),
        ..ROW
    },
    Function {
        name: "lower",
        summary: "Gives the text in lower case.",
        examples: &[example("lower(\"FILLER\")", "\"filler\""), example("lower(\"ÜBER\")", "\"über\"")],
        body: Body::Plain(|call, arguments| bounded(string(&arguments[0], call.zone)?.to_lowercase())),
        ..ROW
    },
    Function {
        name: "upper",
        summary: "Gives the text in upper case.",
        examples: &[example("upper(\"ok\")", "\"OK\""), example("upper(\"straße\")", "\"STRASSE\"")],
        body: Body::Plain(|call, arguments| bounded(string(&arguments[0], call.zone)?.to_uppercase())),
        ..ROW
    },
    Function {
        name: "trim",
        summary: "Takes blanks and control characters (up to U+0020) off both ends.",
        examples: &[example("trim(\"  a b \")", "\"a b\""), example("trim(\"\\t\\n\")", "\"\"")],
        body: Body::Plain(trim),
        ..ROW
    },
    Function {
        name: "repeat",
        arguments: "text, count",
        least: 2,
        most: Some(2),
        summary: "Gives the text so many times in a row.",
        examples: &[
            example("repeat(\"ab\", 3)", "\"ababab\""),
            example("repeat(\"ab\", 0)", "\"\""),
            example("repeat(\"ab\", -1)", "error"),
        ],
        body: Body::Plain(repeat),
        ..ROW
    },
    Function {
        name: "replace",
        arguments: "text, part, replacement",
        least: 3,
        most: Some(3),
        summary: "Replaces every occurrence of a part, taken literally and in its case.",
        examples: &[
            example("replace(\"aXbXc\", \"X\", \"-\")", "\"a-b-c\""),
            example("replace(\"a.b\", \".\", \"\")", "\"ab\""),
            example("replace(\"abc\", \"\", \"-\")", "\"-a-b-c-\""),
        ],
        body: Body::Plain(replace),
        ..ROW
    },
];

fn concatenate(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let mut joined = String::new();
    for argument in arguments {
        joined.push_str(&text(argument, call.zone));
        fits(joined.len())?;
    }
    Ok(joined.into())
}

fn trim(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(string(&arguments[0], call.zone)?.trim_matches(|character| character <= ' ').into())
}

fn repeat(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let (text, count) = (string(&arguments[0], call.zone)?, position(&arguments[1])?);
    fits(text.len().saturating_mul(count))?;
    // An empty text may be repeated any number of times, which takes time but no room.
    Ok(if text.is_empty() { text } else { text.repeat(count) }.into())
}

fn replace(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let [text, part, replacement] = [0, 1, 2].map(|index| string(&arguments[index], call.zone));
    let (text, part, replacement) = (text?, part?, replacement?);
    let occurrences = text.matches(part.as_str()).count();
    fits((text.len() - occurrences * part.len()).saturating_add(occurrences.saturating_mul(replacement.len())))?;
    Ok(text.replace(part.as_str(), &replacement).into())
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::limits::TEXT_BYTES_MAX;
    use crate::value::Timestamp;

    const CALL: Call = Call { now: Timestamp(0), zone: Tz::UTC };

    #[test]
    fn no_text_grows_beyond_the_bound() {
        let long: Value = "x".repeat(TEXT_BYTES_MAX).into();
        assert!(concatenate(&CALL, std::slice::from_ref(&long)).is_ok());
        assert!(concatenate(&CALL, &[long.clone(), "x".into()]).is_err());
        assert!(repeat(&CALL, &["ab".into(), Value::Integer(i64::MAX)]).is_err());
        assert!(repeat(&CALL, &["".into(), Value::Integer(i64::MAX)]).is_ok());
        assert!(replace(&CALL, &[long.clone(), "x".into(), long.clone()]).is_err());
        assert!(replace(&CALL, &[long.clone(), "x".into(), "y".into()]).is_ok());
    }
}
