//! What a stretch of a capture's level comes to: stretches that follow one another join to one.

use latchwork_expr::{Number, Value, equal, exact};
use serde::{Deserialize, Serialize};

use super::CaptureMode;
use super::number::{compare, finite, minus, plus, value_of};
use crate::retained::is_default;

/// What was measured over a stretch of time. Which of the amounts counts is the mode's business.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Tally {
    /// The first known value; none if the stretch begins with a pause.
    #[serde(skip_serializing_if = "Value::is_null", with = "exact")]
    first: Value,
    /// The last known value; none if a pause came after it.
    #[serde(skip_serializing_if = "Value::is_null", with = "exact")]
    last: Value,
    /// Whether a pause lies in it: what is before it and what is after it are not compared.
    #[serde(skip_serializing_if = "is_default")]
    paused: bool,
    /// Whether anything was known in it.
    #[serde(skip_serializing_if = "is_default")]
    known: bool,
    /// For MIN and MAX the best value; for MEAN the last known one, whatever came after it.
    #[serde(skip_serializing_if = "Value::is_null", with = "exact")]
    best: Value,
    /// For MEAN: the sum of value times microseconds.
    #[serde(skip_serializing_if = "is_default", with = "exact_float")]
    area: f64,
    /// For MEAN: how long values were known; for `TRUE_SECONDS` how long they were true.
    #[serde(skip_serializing_if = "is_default")]
    micros: i64,
    /// For `SUM_OF_INCREASES`.
    #[serde(skip_serializing_if = "Value::is_null", with = "exact")]
    increase: Value,
    /// For `COUNT_OF_CHANGES`.
    #[serde(skip_serializing_if = "is_default")]
    changes: i64,
}

impl Tally {
    /// Returns the tally of a pause.
    pub(super) fn of_pause() -> Self {
        Self { paused: true, ..Self::default() }
    }

    /// Returns the tally of a level that stood for some time, or only came to be.
    pub(super) fn of_level(mode: CaptureMode, level: Option<&Value>, micros: i64) -> Self {
        let Some(value) = level else { return Self::default() };
        let mut tally = Self { first: value.clone(), last: value.clone(), known: true, ..Self::default() };
        match mode {
            CaptureMode::Min | CaptureMode::Max => tally.best = value.clone(),
            CaptureMode::Mean => {
                tally.best = value.clone();
                tally.area = finite(value).map_or(0.0, |number| area(number, micros));
                tally.micros = micros;
            }
            CaptureMode::TrueSeconds => tally.micros = if is_true(value) { micros } else { 0 },
            CaptureMode::AtStart
            | CaptureMode::AtStop
            | CaptureMode::Delta { .. }
            | CaptureMode::SumOfIncreases
            | CaptureMode::CountOfChanges => {}
        }
        tally
    }

    /// Adds the stretch that follows.
    pub(super) fn join(&mut self, mode: CaptureMode, later: &Self) {
        match mode {
            CaptureMode::Min | CaptureMode::Max => self.keep_best(mode, later),
            CaptureMode::SumOfIncreases => self.add_increase(later),
            CaptureMode::CountOfChanges => self.changes += later.changes + i64::from(self.changes_to(later)),
            CaptureMode::Mean if !later.best.is_null() => self.best.clone_from(&later.best),
            CaptureMode::AtStart
            | CaptureMode::AtStop
            | CaptureMode::Delta { .. }
            | CaptureMode::Mean
            | CaptureMode::TrueSeconds => {}
        }
        self.area += later.area;
        self.micros = self.micros.saturating_add(later.micros);
        if self.first.is_null() && !self.paused {
            self.first.clone_from(&later.first);
        }
        if !later.last.is_null() || later.paused {
            self.last.clone_from(&later.last);
        }
        self.paused |= later.paused;
        self.known |= later.known;
    }

    fn keep_best(&mut self, mode: CaptureMode, later: &Self) {
        let order = compare(&later.best, &self.best);
        let better = if mode == CaptureMode::Min { order.is_lt() } else { order.is_gt() };
        if !later.best.is_null() && (self.best.is_null() || better) {
            self.best.clone_from(&later.best);
        }
    }

    fn add_increase(&mut self, later: &Self) {
        let between = finite(&later.first).zip(finite(&self.last)).map(|(later, earlier)| minus(later, earlier));
        let between = between.filter(|between| between.to_float() > 0.0);
        let amounts = [finite(&later.increase), between].into_iter().flatten();
        let sum = amounts.fold(finite(&self.increase), |sum, amount| Some(sum.map_or(amount, |sum| plus(sum, amount))));
        self.increase = sum.map_or(Value::Null, value_of);
    }

    fn changes_to(&self, later: &Self) -> bool {
        !self.last.is_null() && !later.first.is_null() && !equal(&self.last, &later.first)
    }

    /// Returns what it comes to; null when nothing was known.
    pub(super) fn value(&self, mode: CaptureMode) -> Value {
        if !self.known {
            return Value::Null;
        }
        match mode {
            CaptureMode::AtStart | CaptureMode::AtStop | CaptureMode::Delta { .. } => Value::Null,
            CaptureMode::Min | CaptureMode::Max => self.best.clone(),
            CaptureMode::Mean => self.mean(),
            CaptureMode::SumOfIncreases => finite(&self.increase).map_or(Value::Integer(0), value_of),
            CaptureMode::CountOfChanges => Value::Integer(self.changes),
            CaptureMode::TrueSeconds => Value::Float(float(self.micros) / 1e6),
        }
    }

    /// Returns the mean; without any time to weigh by, the last value.
    fn mean(&self) -> Value {
        if self.micros > 0 {
            return Value::Float(self.area / float(self.micros));
        }
        finite(&self.best).map_or(Value::Null, |number| Value::Float(number.to_float()))
    }
}

const fn is_true(value: &Value) -> bool {
    matches!(value, Value::Boolean(true))
}

const fn area(number: Number, micros: i64) -> f64 {
    number.to_float() * float(micros)
}

#[expect(clippy::cast_precision_loss, reason = "runs of 285 years keep their microseconds")]
const fn float(micros: i64) -> f64 {
    micros as f64
}

/// Floats exact to the bit, those without a number in JSON too.
mod exact_float {
    use latchwork_expr::{Value, exact};
    use serde::de::Error;
    use serde::{Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
    pub(super) fn serialize<S: Serializer>(float: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        exact::serialize(&Value::Float(*float), serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        match exact::deserialize(deserializer)? {
            Value::Float(float) => Ok(float),
            Value::Null
            | Value::Boolean(_)
            | Value::Integer(_)
            | Value::String(_)
            | Value::Date(_)
            | Value::Dataset(_)
            | Value::Document(_)
            | Value::Quality(_) => Err(D::Error::custom("not a float")),
        }
    }
}
