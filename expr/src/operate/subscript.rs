//! `x["key"]`, `x[i]`, `ds[row, column]`: zero-based, and an error out of range.

use std::sync::Arc;

use crate::coerce::{described, integer};
use crate::dataset::Dataset;
use crate::functions::Failure;
use crate::value::Value;

/// Returns the part of a dataset or document that one or two keys name.
pub(crate) fn subscript(base: &Value, keys: &[Value]) -> Result<Value, Failure> {
    match (base, keys) {
        (Value::Dataset(table), [row, column]) => cell(table, index(row)?, column),
        (Value::Dataset(table), [column]) => cell(table, 0, column),
        (Value::Document(document), [key]) => element(document, key),
        (Value::Document(_), _) => Err("a document takes one key at a time: `x[\"a\"][0]`".into()),
        (Value::Dataset(_), _) => Err("a dataset takes a row and a column".into()),
        (
            Value::Null
            | Value::Boolean(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::String(_)
            | Value::Date(_)
            | Value::Quality(_),
            _,
        ) => Err(format!("{} is no dataset or document", described(base)).into()),
    }
}

fn index(key: &Value) -> Result<usize, Failure> {
    usize::try_from(integer(key)?).map_err(|_| format!("the position {} is out of range", described(key)).into())
}

fn cell(table: &Dataset, row: usize, key: &Value) -> Result<Value, Failure> {
    let column = match key {
        Value::String(name) => {
            table.column(name).ok_or_else(|| Failure::from(format!("there is no column {}", described(key))))?
        }
        Value::Null
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Date(_)
        | Value::Dataset(_)
        | Value::Document(_)
        | Value::Quality(_) => index(key)?,
    };
    let (rows, columns) = (table.rows(), table.columns().len());
    let value = table.get(row, column).cloned();
    value.ok_or_else(|| format!("row {row}, column {column} is outside {rows} rows of {columns} columns").into())
}

fn element(document: &serde_json::Value, key: &Value) -> Result<Value, Failure> {
    let found = match document {
        serde_json::Value::Object(members) => match key {
            Value::String(name) => members.get(name.as_str()),
            Value::Null
            | Value::Boolean(_)
            | Value::Integer(_)
            | Value::Float(_)
            | Value::Date(_)
            | Value::Dataset(_)
            | Value::Document(_)
            | Value::Quality(_) => None,
        },
        serde_json::Value::Array(elements) => elements.get(index(key)?),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => None,
    };
    found.map(from_json).ok_or_else(|| format!("the document has no {}", described(key)).into())
}

/// Returns a JSON value as one of the language: objects and arrays stay documents.
pub(crate) fn from_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(truth) => Value::Boolean(*truth),
        serde_json::Value::Number(number) => {
            number.as_i64().map(Value::Integer).or_else(|| number.as_f64().map(Value::Float)).unwrap_or_default()
        }
        serde_json::Value::String(text) => Value::from(text.as_str()),
        serde_json::Value::Object(_) | serde_json::Value::Array(_) => Value::Document(Arc::new(json.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Column;
    use crate::value::Type;

    fn table() -> Value {
        let columns = ["Name", "Count"].map(|name| Column { name: name.to_owned(), kind: Type::Any });
        let rows = vec![vec!["a".into(), 1.into()], vec!["b".into(), Value::Null]];
        Value::Dataset(Arc::new(Dataset::new(columns.into(), rows)))
    }

    fn check(base: &Value, keys: &[Value], wanted: Result<&str, &str>) {
        let got = subscript(base, keys).map(|value| described(&value));
        assert_eq!(got.as_deref().map_err(ToString::to_string), wanted.map_err(str::to_owned));
    }

    #[test]
    fn datasets_take_row_and_column() {
        check(&table(), &[1.into(), "name".into()], Ok("`b`"));
        check(&table(), &[0.into(), 1.into()], Ok("1"));
        check(&table(), &["COUNT".into()], Ok("1"));
        check(&table(), &[1.into(), 1.into()], Ok("null"));
        check(&table(), &[2.into(), 0.into()], Err("row 2, column 0 is outside 2 rows of 2 columns"));
        check(&table(), &[0.into(), "x".into()], Err("there is no column `x`"));
        check(&table(), &[(-1).into(), 0.into()], Err("the position -1 is out of range"));
    }

    #[test]
    fn documents_take_keys_and_positions() {
        let document = Value::Document(Arc::new(serde_json::json!({"a": [1, 2.5, {"b": null}]})));
        check(&document, &["a".into()], Ok("a document"));
        let list = subscript(&document, &["a".into()]).expect("a list");
        check(&list, &[1.into()], Ok("2.5"));
        check(&list, &[3.into()], Err("the document has no 3"));
        check(&document, &["A".into()], Err("the document has no `A`"));
        check(&"{}".into(), &["a".into()], Err("`{}` is no dataset or document"));
    }
}
