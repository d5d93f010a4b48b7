//! Values of tags in a step: TOML that fits the tag's type becomes what a line of a trace would hold.

use latchwork_expr::Type;
use serde_json::Value as Json;

use crate::document::{Content, Item};
use crate::raw::initial::expected;
use crate::reader::Reader;

/// Returns the value for a tag of a type; complains about one that does not fit.
pub(super) fn read(reader: &mut Reader<'_, '_>, tag: &str, item: &Item, kind: Option<Type>) -> Option<Json> {
    let value = json(&item.content);
    match kind.filter(|kind| !fits(*kind, &item.content)) {
        None => Some(value),
        Some(kind) => {
            reader.wrong_type(tag, item, expected(kind));
            None
        }
    }
}

const fn fits(kind: Type, content: &Content) -> bool {
    match (kind, content) {
        (Type::Any, _)
        | (Type::Boolean, Content::Boolean(_))
        | (Type::Integer, Content::Integer(_))
        | (Type::Float, Content::Integer(_) | Content::Float(_))
        | (Type::String, Content::Text(_))
        | (Type::Date, Content::Date(_))
        | (Type::Document, Content::Table(_) | Content::List(_))
        | (Type::Dataset, Content::Table(_)) => true,
        (
            Type::Boolean
            | Type::Integer
            | Type::Float
            | Type::String
            | Type::Date
            | Type::Document
            | Type::Dataset
            | Type::Null,
            _,
        ) => false,
    }
}

/// Returns a TOML value as JSON. What JSON has no number for is written as traces have it.
pub(super) fn json(content: &Content) -> Json {
    match content {
        Content::Boolean(value) => (*value).into(),
        Content::Integer(value) => (*value).into(),
        Content::Float(value) if value.is_finite() => (*value).into(),
        Content::Float(value) if value.is_nan() => "NaN".into(),
        Content::Float(value) => if *value > 0.0 { "Infinity" } else { "-Infinity" }.into(),
        Content::Text(text) | Content::Date(text) => text.as_str().into(),
        Content::List(items) => items.iter().map(|item| json(&item.content)).collect(),
        Content::Table(table) => {
            Json::Object(table.entries.iter().map(|entry| (entry.key.to_string(), json(&entry.item.content))).collect())
        }
    }
}
