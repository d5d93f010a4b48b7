//! `split`: a text at the matches of a regular expression, as Java splits.

use std::ops::Range;

use regex::{Regex, RegexBuilder};

use super::java_regex::with_ascii_classes;
use super::{ROW, example};
use crate::coerce::integer;
use crate::dataset::{Column, Dataset};
use crate::functions::arguments::string;
use crate::functions::{Basis, Body, Call, Failure, Function};
use crate::limits::{DATASET_ROWS_MAX, REGEX_BYTES_MAX, SEARCHED_BYTES_MAX};
use crate::value::{Type, Value};

pub(super) const ROWS: &[Function] = &[Function {
    name: "split",
    arguments: "text, regex, limit?",
    least: 2,
    most: Some(3),
    result: Type::Dataset,
    summary: "Splits a text at the matches of a regular expression into a dataset with the column `parts`. A limit \
              above 0 is the most rows; without one, or with 0, empty texts at the end are dropped; below 0 they \
              stay. Look-around and back-references are refused.",
    examples: &[
        example("split(\"x;y;z\", \";\")", "Dataset [3R x 1C]"),
        example("split(\"x;y;z\", \";\")[2, \"parts\"]", "\"z\""),
        example("split(\"x;y;z\", \";\", 2)[1, 0]", "\"y;z\""),
        example("len(split(\"x;;\", \";\"))", "1"),
        example("len(split(\"x;;\", \";\", -1))", "3"),
        example("split(\"a1b22c\", \"[0-9]+\")[2, 0]", "\"c\""),
        example("split(\"abc\", \"(?=b)\")", "error"),
    ],
    basis: Basis::Measured,
    body: Body::Plain(split),
    ..ROW
}];

fn split(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let (text, pattern) = (string(&arguments[0], call.zone)?, string(&arguments[1], call.zone)?);
    let limit = arguments.get(2).map_or(Ok(0), integer)?;
    let parts = if regex::escape(&pattern) == pattern {
        parts(&text, limit, |from| Ok(literal_match(&text, &pattern, from)))?
    } else {
        let regex = compiled(&pattern)?;
        let mut searched = 0_usize;
        parts(&text, limit, |from| {
            searched += text.len() - from;
            if searched > SEARCHED_BYTES_MAX {
                return Err("the text has too many parts for its length".into());
            }
            Ok(regex.find_at(&text, from).map(|found| found.range()))
        })?
    };
    let column = Column { name: "parts".to_owned(), kind: Type::String };
    let rows = parts.into_iter().map(|part| vec![Value::from(part)]).collect();
    Ok(Value::Dataset(Dataset::new(vec![column], rows).into()))
}

/// Finds a separator that says nothing special: most separators are a comma or a semicolon, and
/// those need no regular expression compiled at every evaluation.
fn literal_match(text: &str, separator: &str, from: usize) -> Option<Range<usize>> {
    let start = from + text[from..].find(separator)?;
    Some(start..start + separator.len())
}

fn compiled(pattern: &str) -> Result<Regex, Failure> {
    RegexBuilder::new(&with_ascii_classes(pattern)).size_limit(REGEX_BYTES_MAX).build().map_err(|error| {
        let message = error.to_string();
        // A syntax error draws the pattern over several lines; the last says what is wrong.
        let reason = message.lines().last().unwrap_or_default().trim_start_matches("error: ");
        format!("the regular expression cannot be used: {reason}").into()
    })
}

/// Returns the texts between the matches. `find` gives the first match from a byte position on.
fn parts(
    text: &str,
    limit: i64,
    mut find: impl FnMut(usize) -> Result<Option<Range<usize>>, Failure>,
) -> Result<Vec<&str>, Failure> {
    let most = usize::try_from(limit).ok().filter(|&most| most > 0).unwrap_or(usize::MAX);
    let mut parts = Vec::new();
    let (mut start, mut from) = (0, Some(0));
    while let Some(place) = from.filter(|_| parts.len() + 1 < most) {
        let Some(found) = find(place)? else { break };
        from = following(text, &found);
        // An empty match at the very start splits nothing off.
        if found.end > 0 {
            parts.push(&text[start..found.start]);
            start = found.end;
        }
        if parts.len() >= DATASET_ROWS_MAX {
            return Err(format!("there would be more than {DATASET_ROWS_MAX} parts").into());
        }
    }
    // Java gives an empty text as one part when nothing matched in it.
    let unsplit = parts.is_empty();
    parts.push(&text[start..]);
    if limit == 0 && !unsplit {
        parts.truncate(parts.iter().rposition(|part| !part.is_empty()).map_or(0, |last| last + 1));
    }
    Ok(parts)
}

/// Returns where the search goes on after a match: behind it, and after an empty one a character further.
fn following(text: &str, found: &Range<usize>) -> Option<usize> {
    let step = if found.is_empty() { text[found.end..].chars().next()?.len_utf8() } else { 0 };
    Some(found.end + step)
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::value::Timestamp;

    const CALL: Call = Call { now: Timestamp(0), zone: Tz::UTC };

    fn rows(text: &str, pattern: &str, limit: i64) -> Result<String, Failure> {
        let arguments = [text.into(), pattern.into(), Value::Integer(limit)];
        let Value::Dataset(table) = split(&CALL, &arguments)? else { panic!("no dataset") };
        let cells = (0..table.rows()).map(|row| crate::coerce::text(table.get(row, 0).unwrap(), Tz::UTC));
        Ok(cells.collect::<Vec<_>>().join("|"))
    }

    fn check(text: &str, pattern: &str, limit: i64, wanted: &str) {
        assert_eq!(rows(text, pattern, limit).as_deref(), Ok(wanted), "{text:?} {pattern:?} {limit}");
    }

    #[test]
    fn limits_and_empty_parts_are_as_in_java() {
        check("boo:and:foo", ":", 2, "boo|and:foo");
        check("boo:and:foo", ":", 5, "boo|and|foo");
        check("boo:and:foo", "o", 0, "b||:and:f");
        check("boo:and:foo", "o", -2, "b||:and:f||");
        check("boo:and:foo", "o", 5, "b||:and:f||");
        check("boo:and:foo", ":", 1, "boo:and:foo");
        check(";a", ";", 0, "|a");
        check(";;", ";", 0, "");
        check("", ";", 0, "");
        check("ab", ";", 0, "ab");
    }

    #[test]
    fn empty_matches_split_between_characters() {
        check("abc", "", 0, "a|b|c");
        check("añb", "", -1, "a|ñ|b|");
        check("axxb", "x*", 0, "a||b");
        check("abc", "^", 0, "abc");
    }

    #[test]
    fn an_empty_text_is_one_part_and_separators_alone_are_none() {
        let count = |text: &str| match split(&CALL, &[text.into(), ";".into()]) {
            Ok(Value::Dataset(table)) => table.rows(),
            other => panic!("{other:?}"),
        };
        assert_eq!((count(""), count(";;")), (1, 0));
    }

    #[test]
    fn predefined_classes_are_ascii_as_in_java() {
        check("a1b\u{662}c", r"\d", 0, "a|b\u{662}c");
        check("a\u{a0}b c", r"\s+", 0, "a\u{a0}b|c");
    }

    #[test]
    fn what_is_not_supported_is_said() {
        let reason = |pattern| rows("a", pattern, 0).unwrap_err().to_string();
        assert!(reason("(?=b)").contains("look-around"), "{}", reason("(?=b)"));
        assert!(reason(r"(a)\1").contains("backreferences"), "{}", reason(r"(a)\1"));
        assert!(reason("(").contains("unclosed group"), "{}", reason("("));
        assert!(reason(r"(\w{100}){100}").contains("exceeds size limit"), "{}", reason(r"(\w{100}){100}"));
    }

    #[test]
    fn what_would_take_for_ever_is_an_error() {
        // Each match is one letter, found only after a look at all that follows.
        assert!(rows(&"A".repeat(100_000), ".*[^A-Z]|[A-Z]", 0).unwrap_err().to_string().contains("too many parts"));
        assert!(rows(&"A;".repeat(10_000), "[;,]", 0).is_ok());
        assert!(rows(&"A".repeat(1_000_000), "[;,]", 0).is_ok());
    }

    #[test]
    fn the_rows_are_bounded() {
        assert!(rows(&";".repeat(DATASET_ROWS_MAX), ";", -1).is_err());
        assert!(rows(&";".repeat(DATASET_ROWS_MAX - 1), ";", -1).is_ok());
    }
}
