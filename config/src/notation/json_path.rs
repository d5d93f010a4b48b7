//! Paths into JSON documents: `$`, `$.a.b`, `$.a[0]`, `$['a b']`; into one of a document's points with `@` instead of
//! `$`. One path leads to one place: there are no wildcards, slices and filters.

use std::fmt::Write;

use crate::connections::JsonStep;
use crate::limits::JSON_STEPS_MAX;

/// Where a path begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PathRoot {
    /// At the document (`$`).
    Document,
    /// At a point of it (`@`).
    Point,
}

/// Reads a path into a document, or tells what is wrong with it.
pub(crate) fn parse(text: &str) -> Result<Vec<JsonStep>, String> {
    steps(text.strip_prefix('$').ok_or("does not begin with `$`, which is the document")?)
}

/// Reads a path into a document or a point of it, or tells what is wrong with it.
pub(crate) fn parse_of_point(text: &str) -> Result<(PathRoot, Vec<JsonStep>), String> {
    if let Some(rest) = text.strip_prefix('@') {
        return Ok((PathRoot::Point, steps(rest)?));
    }
    let rest = text.strip_prefix('$').ok_or("begins with neither `$`, the document, nor `@`, the point")?;
    Ok((PathRoot::Document, steps(rest)?))
}

fn steps(mut rest: &str) -> Result<Vec<JsonStep>, String> {
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if steps.len() == JSON_STEPS_MAX {
            return Err(format!("has more than {JSON_STEPS_MAX} steps"));
        }
        let (step, after) = match rest.strip_prefix('[') {
            Some(inside) => bracketed(inside)?,
            None => dotted(rest)?,
        };
        steps.push(step);
        rest = after;
    }
    Ok(steps)
}

/// Returns a path in one spelling, whatever spelling it was read from.
pub(crate) fn render(steps: &[JsonStep]) -> String {
    steps.iter().fold("$".to_owned(), |mut text, step| {
        let _ = match step {
            JsonStep::Key(key) => write!(text, "['{}']", key.replace('\\', "\\\\").replace('\'', "\\'")),
            JsonStep::Index(index) => write!(text, "[{index}]"),
        };
        text
    })
}

/// Reads `.key`.
fn dotted(rest: &str) -> Result<(JsonStep, &str), String> {
    let name = rest.strip_prefix('.').ok_or("has a step that begins with neither `.` nor `[`")?;
    let end = name.find(['.', '[']).unwrap_or(name.len());
    let (key, after) = name.split_at(end);
    if key.is_empty() {
        return Err("has a `.` without a key after it".to_owned());
    }
    if let Some(odd) = key.chars().find(|&character| !is_plain(character)) {
        return Err(format!("has `{odd}` in a key that stands without quotes"));
    }
    Ok((JsonStep::Key(key.to_owned()), after))
}

/// Tells whether a character may stand in a key without quotes.
fn is_plain(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '$' | ':' | '/')
}

/// Reads what stands after `[`: an index, or a key in quotes.
fn bracketed(inside: &str) -> Result<(JsonStep, &str), String> {
    let quote = inside.chars().next().filter(|first| matches!(first, '\'' | '"'));
    let (step, after) = match quote {
        Some(quote) => quoted_key(&inside[1..], quote)?,
        None => index(inside)?,
    };
    let after = after.strip_prefix(']').ok_or("has a `[` without `]`")?;
    Ok((step, after))
}

fn index(inside: &str) -> Result<(JsonStep, &str), String> {
    let end = inside.find(']').ok_or("has a `[` without `]`")?;
    let (digits, after) = inside.split_at(end);
    let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let index = whole.then(|| digits.parse().ok()).flatten();
    let index = index.ok_or_else(|| format!("has `[{digits}]`, expected an index from 0 or a key in quotes"))?;
    Ok((JsonStep::Index(index), after))
}

/// Reads a key up to its closing quote; a backslash takes the next character as it is.
fn quoted_key(text: &str, quote: char) -> Result<(JsonStep, &str), String> {
    let mut key = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        if character == quote {
            return Ok((JsonStep::Key(key), &text[at + quote.len_utf8()..]));
        }
        let literal = if character == '\\' { characters.next().map(|(_, escaped)| escaped) } else { Some(character) };
        key.extend(literal);
    }
    Err("has a key whose quotes are not closed".to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(render(&parse(text).unwrap()), expected, "{text}");
    }

    #[test]
    fn reads_keys_and_indices() {
        check("$", "$");
        check("$.v", "$['v']");
        check("$.payload.values[0].v", "$['payload']['values'][0]['v']");
        check("$['a b']['it\\'s'][\"x]\"]", "$['a b']['it\\'s']['x]']");
        check("$[3][12]", "$[3][12]");
        check("$.Füllstand.$type", "$['Füllstand']['$type']");
    }

    #[test]
    fn a_path_of_points_begins_at_the_document_or_at_the_point() {
        let key = || vec![JsonStep::Key("v".to_owned())];
        assert_eq!(parse_of_point("@.v"), Ok((PathRoot::Point, key())));
        assert_eq!(parse_of_point("$.v"), Ok((PathRoot::Document, key())));
        assert_eq!(parse_of_point("@"), Ok((PathRoot::Point, Vec::new())));
        assert!(parse_of_point("v").is_err() && parse_of_point("@@").is_err() && parse("@.v").is_err());
    }

    #[test]
    fn refuses_what_leads_to_no_single_place() {
        for text in [
            "",
            "v",
            ".v",
            "$v",
            "$.",
            "$..v",
            "$.a.",
            "$.*",
            "$[*]",
            "$[-1]",
            "$[1:2]",
            "$[]",
            "$[1",
            "$['a",
            "$['a'",
            "$['a'x]",
            "$[+1]",
            "$.a b",
            "$ ",
            "$[99999999999999999999999]",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        let deep = format!("${}", ".a".repeat(JSON_STEPS_MAX + 1));
        assert!(parse(&deep).is_err() && parse(&deep[..deep.len() - 2]).is_ok());
    }

    proptest! {
        #[test]
        fn what_is_rendered_is_read_as_the_same(
            steps in proptest::collection::vec(
                prop_oneof![".{0,5}".prop_map(JsonStep::Key), any::<usize>().prop_map(JsonStep::Index)], 0..5)
        ) {
            prop_assert_eq!(parse(&render(&steps)), Ok(steps));
        }

        #[test]
        fn takes_any_text(text in r#"\$?[.\[\]'"\\a0-9é ]{0,20}"#) {
            let _ = parse(&text);
        }
    }
}
