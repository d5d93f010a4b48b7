//! Datasets of traces of others: `{"columns": [{"name", "type"}], "rows": [[…]]}` with plain cells.

use std::sync::Arc;

use latchwork_expr::exact::plain_number;
use latchwork_expr::{Dataset, Value};
use serde_json::Value as Json;

/// What a dataset should have looked like.
pub(crate) const EXPECTED: &str = "a dataset (`{\"columns\": [{\"name\", \"type\"}], \"rows\": [[…]]}`)";

/// Reads a dataset.
pub(crate) fn from_json(json: Json) -> Option<Value> {
    Dataset::from_json_with(json, &scalar).map(|dataset| Value::Dataset(Arc::new(dataset)))
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
