//! `like`: `%` and `*` stand for any run of characters, `?` for one; case counts.

use chrono_tz::Tz;

use crate::coerce::text;
use crate::functions::Failure;
use crate::value::Value;

pub(super) fn like(value: &Value, pattern: &Value, zone: Tz) -> Result<bool, Failure> {
    match (value, pattern) {
        (Value::Null, _) | (_, Value::Null) => Err("null has no text to compare".into()),
        (Value::String(value), Value::String(pattern)) => Ok(matches(value, pattern)),
        (value, pattern) => Ok(matches(&text(value, zone), &text(pattern, zone))),
    }
}

/// Walks both once; after a mismatch the last run takes one character more.
fn matches(text: &str, pattern: &str) -> bool {
    let (mut text, mut pattern) = (text.chars(), pattern.chars());
    let mut last_run = None;
    loop {
        let (mut text_next, mut pattern_next) = (text.clone(), pattern.clone());
        match (pattern_next.next(), text_next.next()) {
            (Some('%' | '*'), _) => {
                last_run = Some((pattern_next.clone(), text.clone()));
                pattern = pattern_next;
            }
            (None, None) => return true,
            (Some(_), None) => return false,
            (Some(wanted), Some(found)) if wanted == '?' || wanted == found => {
                (text, pattern) = (text_next, pattern_next);
            }
            (Some(_) | None, Some(_)) => {
                let Some((run_pattern, run_text)) = &mut last_run else { return false };
                run_text.next();
                (text, pattern) = (run_text.clone(), run_pattern.clone());
            }
        }
    }
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
            assert!(matches(text, pattern), "{text} {pattern}");
        }
        for (text, pattern) in
            [("Filler 12", "filler*"), ("", "?"), ("abc", "ab"), ("abc", "*b"), ("ab", "abc*"), ("abab", "*aab")]
        {
            assert!(!matches(text, pattern), "{text} {pattern}");
        }
    }
}
