//! Writing traces that others read.

mod file;
mod jsonl;
mod long;

pub use file::TraceFile;
pub use jsonl::JsonLinesWriter;
pub use long::LongWriter;

use latchwork_expr::Value;
use serde_json::{Number, Value as Json};

use super::time::rfc3339;

/// Returns a value as others read it: dates as RFC 3339, floats that JSON has no number for as text.
fn plain(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(truth) => Json::Bool(*truth),
        Value::Integer(number) => Json::from(*number),
        Value::Float(number) => Number::from_f64(*number).map_or_else(|| not_finite(*number).into(), Json::Number),
        Value::String(text) => Json::String(text.to_string()),
        Value::Date(time) => Json::String(rfc3339(*time)),
        Value::Dataset(dataset) => dataset.to_json_with(&plain),
        Value::Document(document) => (**document).clone(),
        Value::Quality(quality) => Json::String(quality.name().to_owned()),
    }
}

const fn not_finite(number: f64) -> &'static str {
    match (number.is_nan(), number.is_sign_positive()) {
        (true, _) => "NaN",
        (false, true) => "Infinity",
        (false, false) => "-Infinity",
    }
}
