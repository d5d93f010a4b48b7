//! `lookup`: a dataset as a dictionary.

use super::{ROW, example};
use crate::coerce::equal;
use crate::functions::arguments::{column, dataset, existing_column};
use crate::functions::casts::convert_like;
use crate::functions::{Body, Call, Failure, Function};
use crate::value::Value;

pub(super) const ROWS: &[Function] = &[Function {
    name: "lookup",
    arguments: "dataset, key, noMatch, keyColumn?, resultColumn?",
    least: 3,
    most: Some(5),
    summary: "Gives the result column's value in the first row whose key column equals the key, cast to the type of \
              `noMatch`, or `noMatch` when there is no such row. Columns are indices from 0 or names; the first and \
              the second are the default.",
    examples: &[
        example("lookup(split(\"10;20\", \";\"), 20, 0, 0, 0)", "20"),
        example("lookup(split(\"10;20\", \";\"), 30, -1, \"parts\", \"parts\")", "-1"),
        example("lookup(split(\"10;20\", \";\"), 10, \"none\", 0, \"PARTS\")", "\"10\""),
        example("lookup(split(\"10;20\", \";\"), 10, 0)", "error"),
    ],
    body: Body::Plain(look_up),
    ..ROW
}];

fn look_up(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let table = dataset(&arguments[0])?;
    let (key, no_match) = (&arguments[1], &arguments[2]);
    let key_column = arguments.get(3).map_or_else(|| existing_column(table, 0), |key| column(table, key))?;
    let result_column = arguments.get(4).map_or_else(|| existing_column(table, 1), |key| column(table, key))?;
    let is_key = |&row: &usize| table.get(row, key_column).is_some_and(|cell| equal(cell, key));
    match (0..table.rows()).find(is_key).and_then(|row| table.get(row, result_column)) {
        Some(found) => convert_like(found, no_match, call.zone),
        None => Ok(no_match.clone()),
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::coerce::text;
    use crate::dataset::{Column, Dataset};
    use crate::value::{Timestamp, Type};

    fn prices() -> Value {
        let column = |name: &str, kind| Column { name: name.to_owned(), kind };
        let columns = vec![column("Product", Type::String), column("Price", Type::Float), column("Kind", Type::String)];
        let rows = vec![
            vec!["Apples".into(), 1.99.into(), "Fruit".into()],
            vec!["Carrots".into(), 3.5.into(), Value::Null],
            vec!["Carrots".into(), 9.0.into(), "Later".into()],
        ];
        Value::Dataset(Dataset::new(columns, rows).into())
    }

    fn find(arguments: &[Value]) -> Result<String, Failure> {
        let call = Call { now: Timestamp(0), zone: Tz::UTC };
        let arguments: Vec<Value> = std::iter::once(prices()).chain(arguments.iter().cloned()).collect();
        look_up(&call, &arguments).map(|value| text(&value, Tz::UTC))
    }

    #[test]
    fn the_first_row_with_the_key_gives_its_result_in_the_type_of_no_match() {
        assert_eq!(find(&["Carrots".into(), (-1.0).into()]).as_deref(), Ok("3.5"));
        assert_eq!(find(&["Carrots".into(), Value::Integer(-1)]).as_deref(), Ok("4"));
        assert_eq!(find(&["Carrots".into(), "".into(), "product".into(), "PRICE".into()]).as_deref(), Ok("3.5"));
        assert_eq!(find(&["Carrots".into(), "none".into(), 0.into(), 2.into()]).as_deref(), Ok("null"));
        assert_eq!(find(&["Nuts".into(), "none".into()]).as_deref(), Ok("none"));
        assert_eq!(find(&[1.99.into(), Value::Null, 1.into(), 0.into()]).as_deref(), Ok("Apples"));
    }

    #[test]
    fn a_column_that_is_not_there_is_an_error() {
        assert!(find(&["Carrots".into(), 0.into(), "Colour".into()]).is_err());
        assert!(find(&["Carrots".into(), 0.into(), 3.into()]).is_err());
        assert!(find(&["Carrots".into(), Value::Integer(0), 0.into(), "Product".into()]).is_err());
    }
}
