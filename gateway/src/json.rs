//! JSON as values of the language.

use latchwork_expr::{Text, Value};
use serde_json::{Map, Value as Json};

/// Returns JSON as a value: whole numbers as integers, others as floats, objects and arrays as
/// documents.
pub fn json_to_value(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Boolean(value),
        Json::Number(number) => {
            number.as_i64().map(Value::Integer).or_else(|| number.as_f64().map(Value::Float)).unwrap_or(Value::Null)
        }
        Json::String(text) => Value::String(Text::from(text)),
        Json::Array(_) | Json::Object(_) => Value::Document(std::sync::Arc::new(json)),
    }
}

/// Returns an object of these members, in their order.
pub fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    Json::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
}
