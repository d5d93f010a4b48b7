//! Texts and values as an explanation shows them: on one line, and cut short.

use chrono_tz::Tz;

use crate::coerce::text;
use crate::limits::{EXPLAINED_TEXT_CHARS_MAX, EXPLAINED_VALUE_CHARS_MAX};
use crate::parse::Tokens;
use crate::value::Value;

/// Returns a part's text on one line, without comments.
pub(super) fn line_of(source: &str) -> String {
    let mut line = String::new();
    let mut end = 0;
    for token in Tokens::of(source) {
        // A character of four bytes counts as one: this is enough, and seldom more than enough.
        if line.len() > 4 * EXPLAINED_TEXT_CHARS_MAX {
            break;
        }
        if token.start > end && end > 0 {
            line.push(' ');
        }
        line.extend(token.text.chars().map(|character| if character.is_control() { ' ' } else { character }));
        end = token.span().1;
    }
    cut(&line, EXPLAINED_TEXT_CHARS_MAX)
}

/// Returns a value for people: a string in quotes, everything cut short.
pub(super) fn shown_value(value: &Value, zone: Tz) -> String {
    match value {
        Value::String(text) => format!("{:?}", cut(text, EXPLAINED_VALUE_CHARS_MAX)),
        Value::Null
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Date(_)
        | Value::Dataset(_)
        | Value::Document(_)
        | Value::Quality(_) => cut(&text(value, zone), EXPLAINED_VALUE_CHARS_MAX),
    }
}

/// Returns a text, or what of it fits so many characters, with a mark that there is more.
pub(super) fn cut(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        None => text.to_owned(),
        Some(_) => text.chars().take(chars_max.saturating_sub(1)).chain(std::iter::once('…')).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_one_line_without_comments() {
        assert_eq!(line_of("( {a b}\n  // why\n > 5 /* x */ )"), "( {a b} > 5 )");
        assert_eq!(line_of("if({x},1,  'a\nb')"), "if({x},1, 'a b')");
        let long = line_of(&vec!["{ü}"; 10_000].join(" + "));
        assert_eq!((long.chars().count(), long.ends_with('…')), (EXPLAINED_TEXT_CHARS_MAX, true));
    }

    #[test]
    fn values_are_short() {
        assert_eq!(shown_value(&"say \"ü\"\n".into(), Tz::UTC), r#""say \"ü\"\n""#);
        assert_eq!(shown_value(&"x".repeat(41).into(), Tz::UTC), format!("\"{}…\"", "x".repeat(39)));
        assert_eq!(shown_value(&"x".repeat(40).into(), Tz::UTC), format!("\"{}\"", "x".repeat(40)));
        assert_eq!(shown_value(&2.0.into(), Tz::UTC), "2.0");
    }
}
