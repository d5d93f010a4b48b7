//! Values as JSON: one form for the store, for events, for lines and for the API.

use serde_json::{Value as Json, json};

use crate::coerce::float_text;
use crate::dataset::Dataset;
use crate::instant::instant_text;
use crate::value::Value;

/// Returns a value as JSON: NaN and infinities as strings, dates in RFC 3339 UTC, datasets as
/// `{"columns": [{"name", "type"}], "rows": [[…]]}`, qualities by name.
pub fn value_to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(value) => Json::from(*value),
        Value::Integer(value) => Json::from(*value),
        Value::Float(value) if value.is_finite() => Json::from(*value),
        Value::Float(value) => Json::from(float_text(*value)),
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
