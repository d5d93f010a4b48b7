//! What an expression computes with: [`Value`], its [`Type`], instants and shared text.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::coerce::Number;
use crate::dataset::Dataset;
use crate::quality::Quality;

/// An instant: microseconds since 1970-01-01T00:00:00Z, negative before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Returns the instant `millis` milliseconds after the epoch, saturating at the ends of time.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1000))
    }

    /// Returns the whole milliseconds since the epoch, rounded towards the past.
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1000)
    }
}

/// Immutable text, shared by reference count: cloning never copies, and a [`Value`] stays 16 bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Arc<String>);

impl Text {
    /// Returns the characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(Arc::new(text.to_owned()))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Arc::new(text))
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One value of the language (`spec/expression.md` section 3).
///
/// Sixteen bytes, so that a [`crate::Cell`] of the image is 32. There is deliberately no
/// `PartialEq`: the language's equality is [`crate::equal`].
///
/// Those that share memory come last, so that one comparison tells whether there is any to give back.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// No value.
    #[default]
    Null,
    /// True or false.
    Boolean(bool),
    /// A signed 64-bit integer.
    Integer(i64),
    /// A 64-bit float; NaN and infinities are legal.
    Float(f64),
    /// An instant.
    Date(Timestamp),
    /// A quality as a value (`{tag.quality}`): compares with names and codes, is shown as its name.
    Quality(Quality),
    /// Text.
    String(Text),
    /// A table of named, typed columns.
    Dataset(Arc<Dataset>),
    /// A JSON object or array.
    Document(Arc<serde_json::Value>),
}

impl Value {
    /// Returns the value's type.
    pub const fn kind(&self) -> Type {
        match self {
            Self::Null => Type::Null,
            Self::Boolean(_) => Type::Boolean,
            Self::Integer(_) => Type::Integer,
            Self::Float(_) => Type::Float,
            Self::String(_) | Self::Quality(_) => Type::String,
            Self::Date(_) => Type::Date,
            Self::Dataset(_) => Type::Dataset,
            Self::Document(_) => Type::Document,
        }
    }

    /// Returns a number as the nearest float; `None` for all else, truths and texts of digits too.
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(Number::Integer(*number).to_float()),
            Self::Float(number) => Some(*number),
            Self::Null
            | Self::Boolean(_)
            | Self::String(_)
            | Self::Date(_)
            | Self::Dataset(_)
            | Self::Document(_)
            | Self::Quality(_) => None,
        }
    }

    /// Returns about how many bytes of a value a function looks at: a text as a whole, a cell of each row of a dataset,
    /// of a document what a path leads to. What is made of them is counted when it is.
    pub(crate) fn read_bytes(&self) -> usize {
        match self {
            Self::Null
            | Self::Boolean(_)
            | Self::Integer(_)
            | Self::Float(_)
            | Self::Date(_)
            | Self::Document(_)
            | Self::Quality(_) => 0,
            Self::String(text) => text.as_str().len(),
            Self::Dataset(table) => table.rows(),
        }
    }

    /// Returns about how many bytes a value holds beyond itself.
    pub(crate) fn held_bytes(&self) -> usize {
        match self {
            Self::Null | Self::Boolean(_) | Self::Integer(_) | Self::Float(_) | Self::Date(_) | Self::Quality(_) => 0,
            Self::String(text) => text.as_str().len(),
            Self::Dataset(table) => table.held_bytes(),
            Self::Document(document) => document_bytes(document),
        }
    }

    /// Tells whether this is [`Value::Null`].
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

/// Returns about how many bytes a document takes; documents are as deep as the strict reader goes.
fn document_bytes(document: &serde_json::Value) -> usize {
    let inside = match document {
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => 0,
        serde_json::Value::String(text) => text.len(),
        serde_json::Value::Array(elements) => elements.iter().map(document_bytes).sum(),
        serde_json::Value::Object(members) => {
            members.iter().map(|(name, member)| name.len() + document_bytes(member)).sum()
        }
    };
    inside + size_of::<serde_json::Value>()
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

/// What is known of a value before it exists: a declared tag's type, or an expression's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Type {
    /// Nothing is known: decided at each evaluation.
    Any,
    /// Always null.
    Null,
    /// [`Value::Boolean`] or null.
    Boolean,
    /// [`Value::Integer`] or null.
    Integer,
    /// [`Value::Float`] or null.
    Float,
    /// [`Value::String`] or null.
    String,
    /// [`Value::Date`] or null.
    Date,
    /// [`Value::Dataset`] or null.
    Dataset,
    /// [`Value::Document`] or null.
    Document,
}

impl Type {
    /// Returns the name that users see (`eval` prints it as `type`).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::String => "string",
            Self::Date => "date",
            Self::Dataset => "dataset",
            Self::Document => "document",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_sixteen_bytes() {
        assert_eq!(size_of::<Value>(), 16);
    }

    #[test]
    fn milliseconds_before_the_epoch_round_towards_the_past() {
        assert_eq!(Timestamp(-1).millis(), -1);
        assert_eq!(Timestamp(1999).millis(), 1);
    }
}
