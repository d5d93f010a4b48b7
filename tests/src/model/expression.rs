//! A handful of expressions: enough for triggers, orders and durations. Knows nothing of operations.
//!
//! The language has its own proof; the model needs only its answers about null, quality and short circuits.

use std::collections::{BTreeMap, BTreeSet};

use super::blocks::{Block, Sites};
use super::names::FirstScan;
use super::plant::Micros;
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
    /// Whether a number is greater than a fixed one.
    Above(Box<Expression>, f64),
    /// A call with memory.
    Block(Block),
    /// A fixed value.
    Constant(ModelValue),
}

/// What an evaluation looks at.
pub struct Evaluation<'a> {
    /// The readings.
    pub image: &'a Image,
    /// The scan's time.
    pub now: Micros,
    /// What a first input does.
    pub first_scan: FirstScan,
    /// What the expression's blocks saw before.
    pub sites: &'a mut Sites,
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

    /// Returns the expression's result.
    pub fn evaluate(&self, with: &mut Evaluation) -> Reading {
        match self {
            Self::Tag(path) => with.image.get(path).cloned().unwrap_or(Reading::NONE),
            Self::Constant(value) => Reading::good(value.clone()),
            Self::Not(inner) => negate(&inner.evaluate(with)),
            Self::And(left, right) => until(false, left, right, with),
            Self::Or(left, right) => until(true, left, right, with),
            Self::Above(inner, constant) => {
                let reading = inner.evaluate(with);
                match reading.value.number() {
                    Some(number) => Reading { value: ModelValue::Bool(number > *constant), quality: reading.quality },
                    None => Reading::NONE,
                }
            }
            Self::Block(block) => {
                let inputs: Vec<Reading> = block.inputs.iter().map(|input| input.evaluate(with)).collect();
                with.sites.take(block, &inputs, with.now, with.first_scan)
            }
            Self::Compare(path, comparison, constant) => {
                let reading = with.image.get(path).cloned().unwrap_or(Reading::NONE);
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
            Self::Above(inner, constant) => format!("({}) > {constant:?}", inner.text()),
            Self::Block(block) => block.text(),
            Self::Constant(value) => literal(value),
        }
    }

    /// Says whether the expression remembers anything.
    pub fn has_memory(&self) -> bool {
        match self {
            Self::Block(_) => true,
            Self::Not(inner) | Self::Above(inner, _) => inner.has_memory(),
            Self::And(left, right) | Self::Or(left, right) => left.has_memory() || right.has_memory(),
            Self::Tag(_) | Self::Compare(..) | Self::Constant(_) => false,
        }
    }

    /// Adds the tags that the expression reads.
    pub fn add_tags(&self, tags: &mut BTreeSet<String>) {
        match self {
            Self::Tag(path) | Self::Compare(path, _, _) => {
                tags.insert(path.clone());
            }
            Self::Not(inner) | Self::Above(inner, _) => inner.add_tags(tags),
            Self::Block(block) => block.inputs.iter().for_each(|input| input.add_tags(tags)),
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
fn until(stop: bool, left: &Expression, right: &Expression, with: &mut Evaluation) -> Reading {
    let left = left.evaluate(with);
    match left.value.truth() {
        None => Reading::NONE,
        Some(truth) if truth == stop => Reading { value: ModelValue::Bool(stop), quality: left.quality },
        Some(_) => {
            let right = right.evaluate(with);
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
