//! How bodies read their arguments and bound what they build. Knows nothing of any one function.

use chrono_tz::Tz;

use super::Failure;
use crate::coerce::{described, integer, text};
use crate::dataset::Dataset;
use crate::diagnostic::{closest, quoted};
use crate::limits::TEXT_BYTES_MAX;
use crate::value::Value;

/// Returns an argument as text; null has none.
pub(crate) fn string(value: &Value, zone: Tz) -> Result<String, Failure> {
    if value.is_null() { Err("null is not a text".into()) } else { Ok(text(value, zone)) }
}

/// Returns an argument as a position or count: a whole number from zero up.
pub(super) fn position(value: &Value) -> Result<usize, Failure> {
    usize::try_from(integer(value)?).map_err(|_| format!("{} is below zero", described(value)).into())
}

/// Returns an argument as a dataset.
pub(super) fn dataset(value: &Value) -> Result<&Dataset, Failure> {
    if let Value::Dataset(table) = value {
        Ok(table)
    } else {
        Err(format!("{} is not a dataset", described(value)).into())
    }
}

/// Returns a column's index, given its index or its name in any case.
pub(super) fn column(table: &Dataset, key: &Value) -> Result<usize, Failure> {
    if let Value::String(name) = key {
        return table.column(name).ok_or_else(|| no_column(table, name));
    }
    existing_column(table, position(key)?)
}

/// Returns a column's index, if there is such a column.
pub(super) fn existing_column(table: &Dataset, column: usize) -> Result<usize, Failure> {
    if column < table.columns().len() { Ok(column) } else { Err(format!("there is no column {column}").into()) }
}

fn no_column(table: &Dataset, name: &str) -> Failure {
    let names = table.columns().iter().map(|column| column.name.as_str());
    match closest(name, names) {
        Some(meant) => format!("there is no column {}; did you mean `{meant}`?", quoted(name)).into(),
        None => format!("there is no column {}", quoted(name)).into(),
    }
}

/// Returns a text as a value, unless it is longer than an evaluation may build.
pub(super) fn bounded(text: String) -> Result<Value, Failure> {
    fits(text.len())?;
    Ok(text.into())
}

/// Fails when a text of so many bytes would be longer than an evaluation may build: asked before
/// building it where one argument alone decides the length.
pub(super) fn fits(bytes: usize) -> Result<(), Failure> {
    if bytes <= TEXT_BYTES_MAX {
        Ok(())
    } else {
        Err(format!("the text would be longer than {TEXT_BYTES_MAX} bytes").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_whole_and_not_negative() {
        assert_eq!(position(&3.0.into()), Ok(3));
        assert_eq!(position(&"0".into()), Ok(0));
        assert_eq!(position(&Value::Integer(-1)), Err("-1 is below zero".into()));
        assert!(position(&1.5.into()).is_err());
    }

    #[test]
    fn texts_are_bounded() {
        assert!(bounded("x".repeat(TEXT_BYTES_MAX)).is_ok());
        assert!(bounded("x".repeat(TEXT_BYTES_MAX + 1)).is_err());
    }
}
