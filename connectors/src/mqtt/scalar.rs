//! What stands at a place of a JSON document: nearly always a number, a truth or a text.

use std::fmt;

use latchwork_engine::Reading;
use latchwork_expr::{Level, Quality, Type, Value};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;

use crate::trace::quality;

/// A value of a JSON document.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar {
    Null,
    Truth(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    /// An array, an object, or an integer beyond 64 bits with a sign.
    Other(Json),
}

impl Scalar {
    /// Returns a value as what it is.
    pub(super) fn of(json: Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(truth) => Self::Truth(truth),
            Json::String(text) => Self::Text(text),
            Json::Number(number) => match (number.as_i64(), number.is_f64(), number.as_f64()) {
                (Some(integer), _, _) => Self::Integer(integer),
                (None, true, Some(float)) => Self::Float(float),
                (None, _, _) => Self::Other(Json::Number(number)),
            },
            Json::Array(_) | Json::Object(_) => Self::Other(json),
        }
    }

    /// Returns it as JSON.
    pub(super) fn json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Truth(truth) => (*truth).into(),
            Self::Integer(number) => (*number).into(),
            Self::Float(number) => (*number).into(),
            Self::Text(text) => text.as_str().into(),
            Self::Other(json) => json.clone(),
        }
    }

    /// Returns the reading of a tag of this type where that takes no conversion.
    pub(super) fn plain_reading(&self, kind: Type, quality: Quality) -> Option<Reading> {
        let value = match (self, kind) {
            (Self::Null, _) if quality.level() >= Level::Bad => return Some(Reading::Kept),
            (Self::Null, _) => Value::Null,
            (Self::Truth(truth), Type::Boolean | Type::Any) => Value::Boolean(*truth),
            (Self::Integer(number), Type::Integer | Type::Any) => Value::Integer(*number),
            #[expect(clippy::cast_precision_loss, reason = "an integer read as a float is the nearest one")]
            (Self::Integer(number), Type::Float) => Value::Float(*number as f64),
            (Self::Float(number), Type::Float | Type::Any) => Value::Float(*number),
            (Self::Text(text), Type::String | Type::Any) => text.as_str().into(),
            (
                Self::Truth(_) | Self::Integer(_) | Self::Float(_) | Self::Text(_) | Self::Other(_),
                Type::Any
                | Type::Null
                | Type::Boolean
                | Type::Integer
                | Type::Float
                | Type::String
                | Type::Date
                | Type::Document
                | Type::Dataset,
            ) => return None,
        };
        Some(Reading::Value(value))
    }

    /// Returns it as a quality: a name, a number, a truth (true is Good, false Bad), or nothing, which is Good.
    pub(super) fn quality(&self) -> Option<Quality> {
        match self {
            Self::Null | Self::Truth(true) => Some(Quality::Good),
            Self::Truth(false) => Some(Quality::Bad),
            Self::Integer(number) => quality::from_number(*number),
            Self::Text(text) => quality::from_text(text.as_bytes()),
            Self::Float(_) | Self::Other(_) => None,
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(document: D) -> Result<Self, D::Error> {
        document.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Scalar;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Scalar, E> {
        Ok(Scalar::Truth(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar::Integer(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
        Ok(i64::try_from(number).map_or_else(|_| Scalar::Other(number.into()), Scalar::Integer))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Scalar, E> {
        Ok(Scalar::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Scalar, E> {
        Ok(Scalar::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<Scalar, A::Error> {
        Json::deserialize(SeqAccessDeserializer::new(elements)).map(Scalar::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Scalar, A::Error> {
        Json::deserialize(MapAccessDeserializer::new(members)).map(Scalar::Other)
    }
}
