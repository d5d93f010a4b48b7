//! What stands in a trace → a reading: above all, what nothing means.

use chrono_tz::Tz;
use latchwork_engine::Reading;
use latchwork_expr::{Level, Quality, Type, Value};
use serde_json::Value as Json;

use super::csv::Style;
use super::time::Calendar;
use super::value::{Expected, conform, from_json, from_text};

/// Makes the readings of one file.
#[derive(Debug)]
pub(crate) struct Readings {
    dates: Calendar,
}

impl Readings {
    pub(crate) fn new(zone: Tz) -> Self {
        Self { dates: Calendar::new(zone) }
    }

    /// Returns the reading of a cell.
    #[inline]
    pub(crate) fn of_cell(
        &mut self,
        kind: Type,
        text: &[u8],
        style: Style,
        quality: Quality,
    ) -> Result<Reading, Expected> {
        let value = if text.is_empty() { empty(kind, style) } else { from_text(kind, text, &mut self.dates)? };
        Ok(reading(value, quality))
    }

    /// Returns the reading of a JSON value.
    pub(crate) fn of_json(&mut self, kind: Type, json: Json, quality: Quality) -> Result<Reading, Expected> {
        from_json(kind, json, &mut self.dates).map(|value| reading(value, quality))
    }

    /// Makes a reading that was recorded exactly fit the type that its tag has today.
    pub(crate) fn conform(&mut self, kind: Type, reading: Reading) -> Result<Reading, Expected> {
        match reading {
            Reading::Value(value) => conform(kind, value, &mut self.dates).map(Reading::Value),
            Reading::Kept => Ok(Reading::Kept),
        }
    }
}

/// Returns what an empty cell means: `""` is the empty string where there can be one.
fn empty(kind: Type, style: Style) -> Value {
    let can_be_text = matches!(kind, Type::String | Type::Any);
    if can_be_text && style == Style::Quoted { Value::from("") } else { Value::Null }
}

/// Returns the reading of a value: no value with a bad quality keeps the last one (`spec/engine.md` section 3).
#[inline]
fn reading(value: Value, quality: Quality) -> Reading {
    if value.is_null() && quality.level() >= Level::Bad { Reading::Kept } else { Reading::Value(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: Type, text: &str, style: Style, quality: Quality, expected: &str) {
        let reading = Readings::new(Tz::UTC).of_cell(kind, text.as_bytes(), style, quality);
        assert_eq!(format!("{:?}", reading.unwrap()), expected);
    }

    #[test]
    fn nothing_is_null_if_good_and_the_last_value_if_bad() {
        check(Type::Float, "", Style::Bare, Quality::Good, "Value(Null)");
        check(Type::Float, "", Style::Bare, Quality::Uncertain, "Value(Null)");
        check(Type::Float, "", Style::Bare, Quality::BadStale, "Kept");
        check(Type::Float, "null", Style::Bare, Quality::ErrorIo, "Kept");
        check(Type::Float, "5", Style::Bare, Quality::Bad, "Value(Float(5.0))");
    }

    #[test]
    fn two_quotes_are_the_empty_string() {
        check(Type::String, "", Style::Quoted, Quality::Good, "Value(String(\"\"))");
        check(Type::String, "", Style::Quoted, Quality::Bad, "Value(String(\"\"))");
        check(Type::String, "", Style::Bare, Quality::Good, "Value(Null)");
        check(Type::Integer, "", Style::Quoted, Quality::Good, "Value(Null)");
    }
}
