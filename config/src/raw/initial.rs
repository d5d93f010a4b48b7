//! The `initial` value of a memory tag: a TOML value becomes one of the tag's type.

use std::sync::Arc;

use chrono_tz::Tz;

use latchwork_expr::{Type, Value};

use crate::date;
use crate::document::{Content, Item, Table};
use crate::problems;
use crate::reader::{Reader, float_of};

const KEY: &str = "initial";

/// Returns the value for a tag of a type; a tag without one takes what is written.
pub(crate) fn read(reader: &mut Reader<'_, '_>, item: &Item, kind: Option<Type>, zone: Tz) -> Option<Value> {
    if kind == Some(Type::Dataset) {
        let message = format!("`{KEY}` of a dataset is not in this version");
        reader.problem(problems::NOT_IN_VERSION, item.place, message, Some("leave it out".to_owned()));
        return None;
    }
    let value = match (value_of(reader, item, zone)?, kind) {
        (Value::Integer(value), Some(Type::Float)) => Value::Float(float_of(value)),
        (value, _) => value,
    };
    match kind {
        Some(kind) if kind != value.kind() => {
            reader.wrong_type(KEY, item, expected(kind));
            None
        }
        Some(_) | None => Some(value),
    }
}

/// Returns the value that is written, whatever the tag's type.
fn value_of(reader: &mut Reader<'_, '_>, item: &Item, zone: Tz) -> Option<Value> {
    let value = match &item.content {
        Content::Text(_) => return reader.text(KEY).map(|text| Value::from(text.value)),
        Content::Boolean(value) => Some(Value::Boolean(*value)),
        Content::Integer(value) => Some(Value::Integer(*value)),
        Content::Float(value) => value.is_finite().then_some(Value::Float(*value)),
        Content::Date(text) => date::instant(text, zone).map(Value::Date),
        content @ (Content::List(_) | Content::Table(_)) => Some(Value::Document(Arc::new(json(content)))),
    };
    if value.is_none() {
        let message = format!("`{KEY}` is {}, expected a finite number or a date with a day", item.content);
        reader.problem(problems::OUT_OF_RANGE, item.place, message, None);
    }
    reader.explain(KEY, Some(item.place), || item.content.to_string());
    value
}

/// Returns what a tag of a type expects, for a sentence.
pub(crate) const fn expected(kind: Type) -> &'static str {
    match kind {
        Type::Boolean => "true or false",
        Type::Integer => "a whole number",
        Type::Float => "a number",
        Type::String => "a string",
        Type::Date => "a date",
        Type::Document => "a table or a list",
        Type::Dataset => "a table with `columns` and `rows`",
        Type::Null | Type::Any => "another value",
    }
}

/// Returns a TOML value as JSON: dates become strings, what JSON cannot say becomes null.
fn json(content: &Content) -> serde_json::Value {
    match content {
        Content::Boolean(value) => (*value).into(),
        Content::Integer(value) => (*value).into(),
        Content::Float(value) => (*value).into(),
        Content::Text(text) | Content::Date(text) => text.as_str().into(),
        Content::List(items) => items.iter().map(|item| json(&item.content)).collect(),
        Content::Table(table) => object(table),
    }
}

fn object(table: &Table) -> serde_json::Value {
    table.entries.iter().map(|entry| (entry.key.to_string(), json(&entry.item.content))).collect()
}
