//! Values of the language as JSON, and back.

use latchwork_expr::{Dataset, Text, Value};
use serde_json::{Map, Value as Json, json};

use crate::output::instant::instant_text;

/// Returns a value as JSON: NaN and infinities as strings, dates in RFC 3339 UTC, datasets as
/// `{"columns": [{"name", "type"}], "rows": [[…]]}`, qualities by name.
pub fn value_to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(value) => Json::from(*value),
        Value::Integer(value) => Json::from(*value),
        Value::Float(value) if value.is_finite() => Json::from(*value),
        Value::Float(value) => Json::from(latchwork_expr::float_text(*value)),
        Value::String(text) => Json::from(text.as_str()),
        Value::Date(instant) => Json::from(instant_text(*instant)),
        Value::Dataset(table) => dataset_to_json(table),
        Value::Document(document) => Json::clone(document),
        Value::Quality(quality) => Json::from(quality.name()),
    }
}

fn dataset_to_json(table: &Dataset) -> Json {
    let columns: Vec<Json> =
        table.columns().iter().map(|column| json!({"name": column.name, "type": column.kind.name()})).collect();
    let cell = |row, column| table.get(row, column).map_or(Json::Null, value_to_json);
    let row = |row| (0..columns.len()).map(|column| cell(row, column)).collect::<Json>();
    let rows: Vec<Json> = (0..table.rows()).map(row).collect();
    json!({"columns": columns, "rows": rows})
}

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
