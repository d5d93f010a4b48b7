//! `like`: `%` and `*` stand for any run of characters, `?` for one; case counts.

use chrono_tz::Tz;

use crate::coerce::text;
use crate::functions::Failure;
use crate::limits::LIKE_STEPS_MAX;
use crate::value::Value;

pub(super) fn like(value: &Value, pattern: &Value, zone: Tz) -> Result<bool, Failure> {
    match (value, pattern) {
        (Value::Null, _) | (_, Value::Null) => Err("null has no text to compare".into()),
        (Value::String(value), Value::String(pattern)) => matches(value, pattern),
        (value, pattern) => matches(&text(value, zone), &text(pattern, zone)),
    }
}

/// Walks both once; after a mismatch the last run takes one character more.
fn matches(text: &str, pattern: &str) -> Result<bool, Failure> {
    let (mut text, mut pattern) = (text.chars(), pattern.chars());
    let mut last_run = None;
    for _ in 0..LIKE_STEPS_MAX {
        let (mut text_next, mut pattern_next) = (text.clone(), pattern.clone());
        match (pattern_next.next(), text_next.next()) {
            (Some('%' | '*'), _) => {
                last_run = Some((pattern_next.clone(), text.clone()));
                pattern = pattern_next;
            }
            (None, None) => return Ok(true),
            (Some(_), None) => return Ok(false),
            (Some(wanted), Some(found)) if wanted == '?' || wanted == found => {
                (text, pattern) = (text_next, pattern_next);
            }
            (Some(_) | None, Some(_)) => {
                let Some((run_pattern, run_text)) = &mut last_run else { return Ok(false) };
                run_text.next();
                (text, pattern) = (run_text.clone(), run_pattern.clone());
            }
        }
    }
    Err("the text and the pattern are too long for each other".into())
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn runs_are_as_long_as_they_must_be() {
        for (text, pattern) in [
            ("Filler 12", "Filler*"),
            ("Filler 12", "%12"),
            ("Filler 12", "Filler ?2"),
            ("", "%*"),
            ("aab", "*ab"),
            ("abcabd", "*ab?"),
            ("ü%", "?%"),
        ] {
            assert_eq!(matches(text, pattern), Ok(true), "{text} {pattern}");
        }
        for (text, pattern) in
            [("Filler 12", "filler*"), ("", "?"), ("abc", "ab"), ("abc", "*b"), ("ab", "abc*"), ("abab", "*aab")]
        {
            assert_eq!(matches(text, pattern), Ok(false), "{text} {pattern}");
        }
    }

    #[test]
    fn what_would_take_for_ever_is_an_error() {
        let (long, half) = ("a".repeat(1_000_000), "a".repeat(500_000));
        assert_eq!(matches(&long, &format!("{half}%")), Ok(true));
        assert_eq!(matches(&long, &"%a".repeat(500_000)), Ok(true));
        assert!(matches(&long, &format!("%{half}b")).is_err());
    }
}
