//! Whether a value is what was expected.

use latchwork_config::scenario::{Expected, ExpectedField, ExpectedValue, When};
use latchwork_expr::Timestamp;
use serde_json::Value as Json;

use super::happened::{Row, instant, value};

/// How far two numbers may be apart that are not both whole, as a part of the greater: people write six digits.
const NUMBERS_APART_MAX: f64 = 1e-6;

/// The keys that are times, to be shown after the test's start.
const TIMES: [&str; 5] = ["start", "end", "at", "detected_at", "recorded_at"];

/// How the values of a test are compared and shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure {
    /// The instant that `"0s"` is.
    pub(super) start: Timestamp,
    /// Where time ended.
    pub(super) end: Timestamp,
    /// By how many microseconds times may differ.
    pub(super) tolerance_micros: i64,
}

impl Measure {
    /// Tells whether a row is all that is expected.
    pub(super) fn is_met(self, expected: &Expected, row: &Row) -> bool {
        expected.fields.iter().all(|field| self.is_field_met(field, row))
    }

    /// Returns how many of the expected values a row has.
    pub(super) fn count_met(self, expected: &Expected, row: &Row) -> usize {
        expected.fields.iter().filter(|field| self.is_field_met(field, row)).count()
    }

    pub(super) fn is_field_met(self, field: &ExpectedField, row: &Row) -> bool {
        self.is_value(&field.value, value(row, &field.key))
    }

    fn is_value(self, expected: &ExpectedValue, actual: &Json) -> bool {
        match expected {
            ExpectedValue::Without => actual.is_null(),
            ExpectedValue::Value(expected) => is_same(expected, actual),
            ExpectedValue::Time(when) => instant(actual).is_some_and(|actual| self.is_time(*when, actual)),
            ExpectedValue::Seconds(expected) => actual.as_f64().is_some_and(|actual| self.is_length(*expected, actual)),
        }
    }

    fn is_time(self, expected: When, actual: Timestamp) -> bool {
        expected.instant(self.start).0.abs_diff(actual.0) <= self.tolerance_micros.unsigned_abs()
    }

    #[expect(clippy::cast_precision_loss, reason = "tolerances are short")]
    fn is_length(self, expected: f64, actual: f64) -> bool {
        (expected - actual).abs() <= self.tolerance_micros as f64 / 1e6 || is_near(expected, actual)
    }

    /// Returns why there is nothing where a time was expected: time may have ended before it.
    pub(super) fn shown_instead(self, expected: &ExpectedField, actual: &Json) -> String {
        let shown = self.shown(&expected.key, actual);
        match expected.value {
            ExpectedValue::Time(when) if actual.is_null() && when.instant(self.start) > self.end => {
                format!("{shown}: time ended at {}; `until` lets it go on", When::of(self.end, self.start))
            }
            ExpectedValue::Time(_) | ExpectedValue::Seconds(_) | ExpectedValue::Value(_) | ExpectedValue::Without => {
                shown
            }
        }
    }

    /// Returns a value of a row as it would stand in a file.
    pub(super) fn shown(self, key: &str, actual: &Json) -> String {
        if actual.is_null() {
            return "none".to_owned();
        }
        let time = TIMES.contains(&key).then(|| instant(actual)).flatten();
        time.map_or_else(|| actual.to_string(), |time| When::of(time, self.start).to_string())
    }
}

/// Compares numbers by value, whole ones exactly.
fn is_same(expected: &Json, actual: &Json) -> bool {
    match (expected, actual) {
        (Json::Number(one), Json::Number(other)) => {
            match (one.as_i64(), other.as_i64(), one.as_f64(), other.as_f64()) {
                (Some(one), Some(other), _, _) => one == other,
                (_, _, Some(one), Some(other)) => is_near(one, other),
                _ => one == other,
            }
        }
        (Json::Object(one), Json::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, one)| other.get(key).is_some_and(|other| is_same(one, other)))
        }
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) | Json::Object(_), _) => {
            expected == actual
        }
    }
}

fn is_near(one: f64, other: f64) -> bool {
    (one - other).abs() <= NUMBERS_APART_MAX * one.abs().max(other.abs())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whole_numbers_are_compared_exactly_and_others_nearly() {
        for (one, other, same) in [
            (json!(5_000_001), json!(5_000_000), false),
            (json!(15), json!(15.0), true),
            (json!(7.333_333), json!(22.0 / 3.0), true),
            (json!(7.33), json!(22.0 / 3.0), false),
            (json!(0.0), json!(1e-9), false),
            (json!("7"), json!(7), false),
            (json!([1, 2.0]), json!([1, 2]), true),
            (json!({"a": 1}), json!({"a": 1, "b": 2}), false),
        ] {
            assert_eq!(is_same(&one, &other), same, "{one} {other}");
        }
    }

    #[test]
    fn times_may_differ_by_the_tolerance() {
        let measure = Measure { start: Timestamp(0), end: Timestamp(0), tolerance_micros: 1_000 };
        let time = |text: &str| measure.is_value(&ExpectedValue::Time(When::After(1_000_000)), &json!(text));
        assert!(time("1970-01-01T00:00:01.001000Z") && time("1970-01-01T00:00:00.999000Z"));
        assert!(!time("1970-01-01T00:00:01.001001Z"));
        let length = |seconds: f64| measure.is_value(&ExpectedValue::Seconds(2.0), &json!(seconds));
        assert!(length(2.001) && !length(2.0012));
    }
}
