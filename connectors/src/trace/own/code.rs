//! Values of own traces as JSON, exact to the bit and to the type.
//!
//! Null, truths, integers and texts are themselves. A finite float always has a point or an exponent. All else is an
//! object of one key.

use std::sync::Arc;

use latchwork_engine::Reading;
use latchwork_expr::{Quality, Timestamp, Value};
use serde_json::{Number, Value as Json, json};

use super::super::dataset;
use super::super::value::plain_number;

/// The reading that keeps the last value.
const KEPT: &str = "kept";

/// Returns a reading as JSON.
pub(crate) fn encode_reading(reading: &Reading) -> Json {
    match reading {
        Reading::Value(value) => encode(value),
        Reading::Kept => json!({KEPT: true}),
    }
}

/// Returns the reading of a JSON value.
pub(crate) fn decode_reading(json: Json) -> Option<Reading> {
    if json.get(KEPT).is_some() { Some(Reading::Kept) } else { decode(json).map(Reading::Value) }
}

fn encode(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(truth) => Json::Bool(*truth),
        Value::Integer(number) => Json::from(*number),
        Value::Float(number) => Number::from_f64(*number).map_or_else(|| json!({"float": bits(*number)}), Json::Number),
        Value::String(text) => Json::String(text.to_string()),
        Value::Date(time) => json!({"date": time.0}),
        Value::Dataset(dataset) => json!({"dataset": dataset::to_json_with(dataset, &encode)}),
        Value::Document(document) => json!({"document": **document}),
        Value::Quality(quality) => json!({"quality": quality.name()}),
    }
}

fn decode(json: Json) -> Option<Value> {
    match json {
        Json::Null => Some(Value::Null),
        Json::Bool(truth) => Some(Value::Boolean(truth)),
        Json::Number(number) => Some(plain_number(&number)),
        Json::String(text) => Some(text.into()),
        Json::Array(_) => None,
        Json::Object(object) => {
            let (key, value) = object.into_iter().next()?;
            decode_object(&key, value)
        }
    }
}

fn decode_object(key: &str, value: Json) -> Option<Value> {
    match key {
        "float" => u64::from_str_radix(value.as_str()?, 16).ok().map(|bits| Value::Float(f64::from_bits(bits))),
        "date" => value.as_i64().map(|micros| Value::Date(Timestamp(micros))),
        "dataset" => dataset::from_json_with(value, &decode),
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
    use super::*;
    use latchwork_expr::{Column, Dataset, Type};

    fn check(value: &Value, text: &str) {
        let json = encode(value).to_string();
        assert_eq!(json, text);
        let back = decode(serde_json::from_str(&json).unwrap()).unwrap();
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
    fn the_bits_of_a_nan_are_kept() {
        let odd = f64::from_bits(0x7ff8_0000_0000_0001);
        let Some(Value::Float(back)) = decode(encode(&Value::Float(odd))) else { panic!("not a float") };
        assert_eq!(back.to_bits(), odd.to_bits());
    }

    #[test]
    fn what_nobody_writes_is_none() {
        for text in ["[]", "{}", "{\"float\":1}", "{\"colour\":1}", "{\"quality\":\"Fine\"}"] {
            assert!(decode_reading(serde_json::from_str(text).unwrap()).is_none(), "{text}");
        }
    }
}
