//! A handful of expressions: enough for triggers, orders and durations. Knows nothing of operations.
//!
//! The language has its own proof; the model needs only its answers about null, quality and short circuits.

use std::collections::{BTreeMap, BTreeSet};

use super::value::{ModelValue, Reading};

/// The last reading of every tag that had one.
pub type Image = BTreeMap<String, Reading>;

/// An expression over tags.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// The value of a tag.
    Tag(String),
    /// The opposite truth.
    Not(Box<Expression>),
    /// Both, from left to right, stopping at the first false.
    And(Box<Expression>, Box<Expression>),
    /// Either, from left to right, stopping at the first true.
    Or(Box<Expression>, Box<Expression>),
    /// A tag compared with a fixed value.
    Compare(String, Comparison, ModelValue),
    /// A fixed value.
    Constant(ModelValue),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Smaller; numbers only.
    Less,
    /// Greater; numbers only.
    Greater,
    /// Equal; null is equal to nothing else.
    Equal,
    /// Not equal.
    NotEqual,
}

impl Comparison {
    fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::Greater => ">",
            Self::Equal => "=",
            Self::NotEqual => "!=",
        }
    }
}

impl Expression {
    /// Returns the value of a tag.
    pub fn tag(path: &str) -> Self {
        Self::Tag(path.to_owned())
    }

    /// Returns the expression's result for an image.
    pub fn evaluate(&self, image: &Image) -> Reading {
        match self {
            Self::Tag(path) => image.get(path).cloned().unwrap_or(Reading::NONE),
            Self::Constant(value) => Reading::good(value.clone()),
            Self::Not(inner) => negate(&inner.evaluate(image)),
            Self::And(left, right) => until(false, left, right, image),
            Self::Or(left, right) => until(true, left, right, image),
            Self::Compare(path, comparison, constant) => {
                let reading = image.get(path).cloned().unwrap_or(Reading::NONE);
                match compare(&reading.value, *comparison, constant) {
                    Some(truth) => Reading { value: ModelValue::Bool(truth), quality: reading.quality },
                    None => Reading::NONE,
                }
            }
        }
    }

    /// Returns the expression as the plant file writes it.
    pub fn text(&self) -> String {
        match self {
            Self::Tag(path) => format!("{{[default]{path}}}"),
            Self::Not(inner) => format!("!({})", inner.text()),
            Self::And(left, right) => format!("({}) && ({})", left.text(), right.text()),
            Self::Or(left, right) => format!("({}) || ({})", left.text(), right.text()),
            Self::Compare(path, comparison, constant) => {
                format!("{{[default]{path}}} {} {}", comparison.sign(), literal(constant))
            }
            Self::Constant(value) => literal(value),
        }
    }

    /// Adds the tags that the expression reads.
    pub fn add_tags(&self, tags: &mut BTreeSet<String>) {
        match self {
            Self::Tag(path) | Self::Compare(path, _, _) => {
                tags.insert(path.clone());
            }
            Self::Not(inner) => inner.add_tags(tags),
            Self::And(left, right) | Self::Or(left, right) => {
                left.add_tags(tags);
                right.add_tags(tags);
            }
            Self::Constant(_) => {}
        }
    }
}

/// A literal of the language.
fn literal(value: &ModelValue) -> String {
    match value {
        ModelValue::Null => "null".to_owned(),
        ModelValue::Bool(bit) => bit.to_string(),
        ModelValue::Int(number) => number.to_string(),
        ModelValue::Float(number) => format!("{number:?}"),
        ModelValue::Text(text) => format!("\"{text}\""),
    }
}

fn negate(reading: &Reading) -> Reading {
    match reading.value.truth() {
        Some(truth) => Reading { value: ModelValue::Bool(!truth), quality: reading.quality },
        None => Reading::NONE,
    }
}

/// `&&` stops at the first false, `||` at the first true; what is not evaluated does not spoil the quality.
fn until(stop: bool, left: &Expression, right: &Expression, image: &Image) -> Reading {
    let left = left.evaluate(image);
    match left.value.truth() {
        None => Reading::NONE,
        Some(truth) if truth == stop => Reading { value: ModelValue::Bool(stop), quality: left.quality },
        Some(_) => {
            let right = right.evaluate(image);
            match right.value.truth() {
                Some(truth) => Reading { value: ModelValue::Bool(truth), quality: left.quality.max(right.quality) },
                None => Reading::NONE,
            }
        }
    }
}

/// Null has no order (an evaluation error), but it is known to be unequal.
fn compare(value: &ModelValue, comparison: Comparison, constant: &ModelValue) -> Option<bool> {
    match comparison {
        Comparison::Equal => Some(value.same(constant)),
        Comparison::NotEqual => Some(!value.same(constant)),
        Comparison::Less => Some(value.number()? < constant.number()?),
        Comparison::Greater => Some(value.number()? > constant.number()?),
    }
}
