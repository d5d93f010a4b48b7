//! Keys that take numbers and truth values.

use std::fmt::Display;
use std::ops::RangeInclusive;

use super::Reader;
use crate::document::{Content, Item};
use crate::limits::{MILLIS_MAX, SECONDS_MAX};
use crate::problems;

impl Reader<'_, '_> {
    /// Returns the truth value of a key, or a default.
    pub(crate) fn boolean(&mut self, key: &'static str, default: bool) -> bool {
        let item = self.item(key);
        let value = item.and_then(|item| match item.content {
            Content::Boolean(value) => Some(value),
            Content::Integer(_)
            | Content::Float(_)
            | Content::Text(_)
            | Content::Date(_)
            | Content::List(_)
            | Content::Table(_) => {
                self.wrong_type(key, item, "true or false");
                None
            }
        });
        let value = value.unwrap_or(default);
        self.explain(key, item.map(|item| item.place), || value.to_string());
        value
    }

    /// Returns the truth value of a key that is told of only where it is given; without it, false.
    pub(crate) fn boolean_or_absent(&mut self, key: &'static str) -> bool {
        if self.has(key) {
            return self.boolean(key, false);
        }
        self.pass_over(&[key]);
        false
    }

    /// Returns the milliseconds of a key; 0 if it is not there.
    pub(crate) fn millis(&mut self, key: &'static str) -> u64 {
        let item = self.item(key);
        let value = item.map_or(0, |item| self.whole_number(key, item));
        self.explain(key, item.map(|item| item.place), || value.to_string());
        value
    }

    /// Returns the whole number of a key, or a default.
    pub(crate) fn whole_or<T>(&mut self, key: &'static str, range: RangeInclusive<T>, default: T) -> T
    where
        T: Copy + Display + PartialOrd + TryFrom<i64>,
    {
        if self.table.entry(key).is_none() {
            self.explain(key, None, || default.to_string());
        }
        self.whole(key, range).unwrap_or(default)
    }

    /// Returns the whole number of a key, if there is one.
    pub(crate) fn whole<T>(&mut self, key: &'static str, range: RangeInclusive<T>) -> Option<T>
    where
        T: Copy + Display + PartialOrd + TryFrom<i64>,
    {
        let item = self.item(key)?;
        let Content::Integer(value) = item.content else {
            self.wrong_type(key, item, "a whole number");
            return None;
        };
        let found = T::try_from(value).ok().filter(|value| range.contains(value));
        if found.is_none() {
            let message = format!("`{key}` is {value}, expected {} to {}", range.start(), range.end());
            self.problem(problems::OUT_OF_RANGE, item.place, message, None);
        }
        self.explain(key, Some(item.place), || value.to_string());
        found
    }

    /// Returns the finite number of a key, or a default.
    pub(crate) fn finite_or(&mut self, key: &'static str, default: f64) -> f64 {
        let Some(item) = self.item(key) else {
            self.explain(key, None, || default.to_string());
            return default;
        };
        let Some(value) = self.number(key, item) else { return default };
        if !value.is_finite() {
            let message = format!("`{key}` is {value}, expected a finite number");
            self.problem(problems::OUT_OF_RANGE, item.place, message, None);
            return default;
        }
        self.explain(key, Some(item.place), || value.to_string());
        value
    }

    /// Returns the seconds of a key; 0 if it is not there.
    pub(crate) fn seconds(&mut self, key: &'static str) -> f64 {
        let seconds = self.amount_up_to(key, SECONDS_MAX);
        self.or_zero(key, seconds)
    }

    /// Returns the number of a key, finite and not negative; 0 if it is not there.
    pub(crate) fn amount_or_zero(&mut self, key: &'static str) -> f64 {
        let amount = self.amount(key);
        self.or_zero(key, amount)
    }

    /// Returns the number of a key, if there is one: finite, not negative.
    pub(crate) fn amount(&mut self, key: &'static str) -> Option<f64> {
        self.amount_up_to(key, f64::MAX)
    }

    /// Returns the number of a key, if there is one: finite, greater than 0.
    pub(crate) fn positive(&mut self, key: &'static str) -> Option<f64> {
        let value = self.amount(key)?;
        if value > 0.0 {
            return Some(value);
        }
        let place = self.value_place(&[key]);
        self.problem(problems::OUT_OF_RANGE, place, format!("`{key}` is 0, expected a number greater than 0"), None);
        None
    }

    fn or_zero(&mut self, key: &'static str, value: Option<f64>) -> f64 {
        value.unwrap_or_else(|| {
            self.explain(key, None, || "0".to_owned());
            0.0
        })
    }

    fn whole_number(&mut self, key: &'static str, item: &Item) -> u64 {
        let Content::Integer(value) = item.content else {
            self.wrong_type(key, item, "a whole number of milliseconds");
            return 0;
        };
        if (0..=MILLIS_MAX).contains(&value) {
            return value.unsigned_abs();
        }
        let message = format!("`{key}` is {value}, expected 0 to {MILLIS_MAX} (100 years)");
        self.problem(problems::OUT_OF_RANGE, item.place, message, None);
        0
    }

    fn amount_up_to(&mut self, key: &'static str, most: f64) -> Option<f64> {
        let item = self.item(key)?;
        let value = self.number(key, item)?;
        if !(0.0..=most).contains(&value) {
            let message = format!("`{key}` is {value}, expected {}", range_name(most));
            self.problem(problems::OUT_OF_RANGE, item.place, message, None);
            return None;
        }
        self.explain(key, Some(item.place), || value.to_string());
        Some(value)
    }

    fn number(&mut self, key: &str, item: &Item) -> Option<f64> {
        match item.content {
            Content::Integer(value) => Some(float_of(value)),
            Content::Float(value) => Some(value),
            Content::Boolean(_) | Content::Text(_) | Content::Date(_) | Content::List(_) | Content::Table(_) => {
                self.wrong_type(key, item, "a number");
                None
            }
        }
    }
}

fn range_name(most: f64) -> String {
    if most < f64::MAX { format!("0 to {most} (100 years)") } else { "a finite number, 0 or more".to_owned() }
}

/// Returns the float that is nearest to an integer.
#[expect(clippy::cast_precision_loss, reason = "beyond 2^53 the nearest float is what the number means here")]
pub(crate) const fn float_of(value: i64) -> f64 {
    value as f64
}
