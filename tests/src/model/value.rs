//! Values, qualities and readings of the model; knows nothing of triggers or of time.

use std::cmp::Ordering;

/// A tag's or an expression's value.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelValue {
    /// No value.
    Null,
    /// A bit.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// A string.
    Text(String),
}

impl ModelValue {
    /// Returns the value as a truth: numbers are true unless 0, NaN, null and strings are no truth at all.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Self::Bool(bit) => Some(*bit),
            Self::Int(number) => Some(*number != 0),
            Self::Float(number) if number.is_nan() => None,
            Self::Float(number) => Some(*number != 0.0),
            Self::Null | Self::Text(_) => None,
        }
    }

    /// Returns the value as a number, if it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "the model's whole numbers are small")]
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            Self::Null | Self::Bool(_) | Self::Text(_) => None,
        }
    }

    /// Says whether two values are the same: numbers by value whatever their width, the others exactly.
    pub fn same(&self, other: &Self) -> bool {
        match (self.number(), other.number()) {
            (Some(left), Some(right)) => left.partial_cmp(&right) == Some(Ordering::Equal),
            (None, None) => self == other,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// Says whether the value is the empty string.
    pub fn is_empty_text(&self) -> bool {
        matches!(self, Self::Text(text) if text.is_empty())
    }

    /// Returns the value as an order's name, or `None` if it can be none.
    ///
    /// A number is written without a trailing `.0`.
    pub fn order_name(&self) -> Option<String> {
        match self {
            Self::Null | Self::Bool(_) => None,
            Self::Int(number) => Some(number.to_string()),
            Self::Float(number) => Some(number.to_string()),
            Self::Text(text) => (!text.is_empty()).then(|| text.clone()),
        }
    }
}

/// How far a reading can be trusted; the worse is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ModelQuality {
    /// As read.
    Good,
    /// Read, but doubtful.
    Uncertain,
    /// Not read, or an evaluation error.
    Bad,
}

impl ModelQuality {
    /// Returns the name as a trace writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "Good",
            Self::Uncertain => "Uncertain",
            Self::Bad => "Bad",
        }
    }
}

/// A value with its quality.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The value.
    pub value: ModelValue,
    /// Its quality.
    pub quality: ModelQuality,
}

impl Reading {
    /// The reading of a tag before its first sample, and the result of an evaluation error.
    pub const NONE: Self = Self { value: ModelValue::Null, quality: ModelQuality::Bad };

    /// Returns a Good reading of a value.
    pub fn good(value: ModelValue) -> Self {
        Self { value, quality: ModelQuality::Good }
    }
}
