//! Values as JSON, exact to the bit and to the type: what is written down and read back is the same value.
//!
//! Null, truths, integers and texts are themselves. A finite float always has a point or an exponent. All else is an
//! object of one key. With serde: `#[serde(with = "latchwork_expr::exact")]`.

use std::sync::Arc;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Number, Value as Json, json};

use crate::dataset::Dataset;
use crate::quality::Quality;
use crate::value::{Timestamp, Value};

/// Returns a value as JSON.
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(truth) => Json::Bool(*truth),
        Value::Integer(number) => Json::from(*number),
        Value::Float(number) => Number::from_f64(*number).map_or_else(|| json!({"float": bits(*number)}), Json::Number),
        Value::String(text) => Json::String(text.to_string()),
        Value::Date(time) => json!({"date": time.0}),
        Value::Dataset(dataset) => json!({"dataset": dataset.to_json_with(&to_json)}),
        Value::Document(document) => json!({"document": **document}),
        Value::Quality(quality) => json!({"quality": quality.name()}),
    }
}

/// Returns the value of JSON that [`to_json`] wrote; `None` for any other.
pub fn from_json(json: Json) -> Option<Value> {
    match json {
        Json::Null => Some(Value::Null),
        Json::Bool(truth) => Some(Value::Boolean(truth)),
        Json::Number(number) => Some(plain_number(&number)),
        Json::String(text) => Some(text.into()),
        Json::Array(_) => None,
        Json::Object(object) => {
            let (key, value) = object.into_iter().next()?;
            from_object(&key, value)
        }
    }
}

/// Returns a number as JSON writes it: whole ones are integers.
pub fn plain_number(number: &Number) -> Value {
    let float = || Value::Float(number.as_f64().unwrap_or(f64::NAN));
    number.as_i64().map_or_else(float, Value::Integer)
}

/// Writes a value, for serde.
pub fn serialize<S: Serializer>(value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    to_json(value).serialize(serializer)
}

/// Reads a value, for serde.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    from_json(Json::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("not an exact value"))
}

fn from_object(key: &str, value: Json) -> Option<Value> {
    match key {
        "float" => u64::from_str_radix(value.as_str()?, 16).ok().map(|bits| Value::Float(f64::from_bits(bits))),
        "date" => value.as_i64().map(|micros| Value::Date(Timestamp(micros))),
        "dataset" => Dataset::from_json_with(value, &from_json).map(|dataset| Value::Dataset(Arc::new(dataset))),
        "document" => Some(Value::Document(Arc::new(value))),
        "quality" => Quality::from_name(value.as_str()?).map(Value::Quality),
        _ => None,
    }
}

/// Returns the bits of a float that JSON has no number for.
fn bits(number: f64) -> String {
    format!("{:016x}", number.to_bits())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dataset::Column;
    use crate::value::Type;

    fn check(value: &Value, text: &str) {
        let json = to_json(value).to_string();
        assert_eq!(json, text);
        let back = from_json(serde_json::from_str(&json).unwrap()).unwrap();
        assert_eq!(format!("{back:?}"), format!("{value:?}"));
    }

    #[test]
    fn every_type_has_a_form_of_its_own() {
        check(&Value::Null, "null");
        check(&true.into(), "true");
        check(&5.into(), "5");
        check(&i64::MIN.into(), "-9223372036854775808");
        check(&5.0.into(), "5.0");
        check(&(-0.0).into(), "-0.0");
        check(&1e300.into(), "1e+300");
        check(&f64::INFINITY.into(), "{\"float\":\"7ff0000000000000\"}");
        check(&"5".into(), "\"5\"");
        check(&Value::Date(Timestamp(-1)), "{\"date\":-1}");
        check(&Value::Quality(Quality::BadStale), "{\"quality\":\"Bad_Stale\"}");
        check(&Value::Document(Arc::new(json!({"date": 1}))), "{\"document\":{\"date\":1}}");
    }

    #[test]
    fn datasets_keep_the_types_of_their_cells() {
        let columns = vec![Column { name: "a".to_owned(), kind: Type::Float }];
        let dataset = Dataset::new(columns, vec![vec![f64::INFINITY.into()], vec![Value::Null], vec![1.into()]]);
        let text = "{\"dataset\":{\"columns\":[{\"name\":\"a\",\"type\":\"float\"}],\
                    \"rows\":[[{\"float\":\"7ff0000000000000\"}],[null],[1]]}}";
        check(&Value::Dataset(Arc::new(dataset)), text);
    }

    #[test]
    fn what_nobody_writes_is_none() {
        for text in ["[]", "{}", "{\"float\":1}", "{\"colour\":1}", "{\"quality\":\"Fine\"}"] {
            assert!(from_json(serde_json::from_str(text).unwrap()).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_float_comes_back_to_the_bit(bits: u64) {
            let text = to_json(&Value::Float(f64::from_bits(bits))).to_string();
            let Some(Value::Float(back)) = from_json(serde_json::from_str(&text).unwrap()) else { panic!("{text}") };
            prop_assert_eq!(back.to_bits(), bits);
        }
    }
}
