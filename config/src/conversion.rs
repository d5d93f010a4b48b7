//! Types of values: their names for people, and which may become which.

use latchwork_expr::Type;

/// Tells whether a value of a type may become one of another.
pub(crate) const fn convertible(from: Type, to: Type) -> bool {
    match from {
        Type::Any | Type::Null | Type::String => true,
        Type::Boolean | Type::Integer | Type::Float => {
            matches!(to, Type::Boolean | Type::Integer | Type::Float | Type::String | Type::Any)
        }
        Type::Date => matches!(to, Type::Date | Type::String | Type::Any),
        Type::Dataset => matches!(to, Type::Dataset | Type::Any),
        Type::Document => matches!(to, Type::Document | Type::String | Type::Any),
    }
}

/// Returns a type with its article.
pub(crate) const fn type_name(kind: Type) -> &'static str {
    match kind {
        Type::Any => "any value",
        Type::Null => "null",
        Type::Boolean => "a boolean",
        Type::Integer => "an integer",
        Type::Float => "a float",
        Type::String => "a string",
        Type::Date => "a date",
        Type::Dataset => "a dataset",
        Type::Document => "a document",
    }
}
