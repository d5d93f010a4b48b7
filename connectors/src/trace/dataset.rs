//! Datasets as JSON: `{"columns": [{"name", "type"}], "rows": [[…]]}`.

use std::sync::Arc;

use latchwork_expr::{Column, Dataset, Type, Value};
use serde_json::{Value as Json, json};

use super::value::plain_number;

/// What a dataset should have looked like.
pub(crate) const EXPECTED: &str = "a dataset (`{\"columns\": [{\"name\", \"type\"}], \"rows\": [[…]]}`)";

/// Reads a dataset.
pub(crate) fn from_json(json: Json) -> Option<Value> {
    from_json_with(json, &scalar)
}

/// Reads a dataset whose cells are coded in a way of their own.
pub(crate) fn from_json_with(mut json: Json, cell: &dyn Fn(Json) -> Option<Value>) -> Option<Value> {
    let columns: Vec<Column> = json.get("columns")?.as_array()?.iter().map(column).collect::<Option<_>>()?;
    let Json::Array(rows) = json.get_mut("rows")?.take() else { return None };
    let row = |row: Json| match row {
        Json::Array(cells) if cells.len() == columns.len() => cells.into_iter().map(cell).collect(),
        Json::Array(_) | Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => None,
    };
    let rows = rows.into_iter().map(row).collect::<Option<_>>()?;
    Some(Value::Dataset(Arc::new(Dataset::new(columns, rows))))
}

/// Writes a dataset, each cell by `cell`.
pub(crate) fn to_json_with(dataset: &Dataset, cell: &dyn Fn(&Value) -> Json) -> Json {
    let column = |column: &Column| json!({"name": column.name, "type": column.kind.name()});
    let width = dataset.columns().len();
    let row = |row| (0..width).filter_map(|column| dataset.get(row, column)).map(cell).collect::<Json>();
    let columns: Vec<Json> = dataset.columns().iter().map(column).collect();
    json!({"columns": columns, "rows": (0..dataset.rows()).map(row).collect::<Vec<Json>>()})
}

fn column(json: &Json) -> Option<Column> {
    let kind = serde_json::from_value::<Type>(json.get("type")?.clone()).ok()?;
    Some(Column { name: json.get("name")?.as_str()?.to_owned(), kind })
}

fn scalar(json: Json) -> Option<Value> {
    match json {
        Json::Null => Some(Value::Null),
        Json::Bool(truth) => Some(Value::Boolean(truth)),
        Json::Number(number) => Some(plain_number(&number)),
        Json::String(text) => Some(text.into()),
        Json::Array(_) | Json::Object(_) => None,
    }
}
