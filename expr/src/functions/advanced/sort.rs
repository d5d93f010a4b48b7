//! `sortDataset`: rows in the order of one column.

use std::cmp::Ordering;

use super::natural::{alphabetical_order, natural_order};
use super::{ROW, example};
use crate::coerce::{boolean, order, text};
use crate::dataset::Dataset;
use crate::functions::arguments::{column, dataset};
use crate::functions::{Basis, Body, Call, Failure, Function};
use crate::value::{Type, Value};

pub(super) const ROWS: &[Function] = &[Function {
    name: "sortDataset",
    arguments: "dataset, column, ascending?, naturalOrdering?",
    least: 2,
    most: Some(4),
    result: Type::Dataset,
    summary: "Gives the dataset with its rows in the order of a column, ascending unless told otherwise; rows that are \
              equal there keep their order. Numbers and dates are ordered by value, nulls after them. Texts are \
              ordered without their case, and digits within them as numbers unless `naturalOrdering` is false; nulls \
              come before them.",
    examples: &[
        example("sortDataset(split(\"a22;a4;B1\", \";\"), \"parts\")[0, 0]", "\"a4\""),
        example("sortDataset(split(\"a22;a4;B1\", \";\"), 0, false)[0, 0]", "\"B1\""),
        example("sortDataset(split(\"a22;a4;B1\", \";\"), 0, true, false)[0, 0]", "\"a22\""),
        example("sortDataset(split(\"b;a\", \";\"), \"name\")", "error"),
    ],
    basis: Basis::Measured,
    body: Body::Plain(sort),
    ..ROW
}];

fn sort(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let table = dataset(&arguments[0])?;
    let column = column(table, &arguments[1])?;
    let flag = |place: usize| arguments.get(place).map_or(Ok(true), boolean);
    let (ascending, natural) = (flag(2)?, flag(3)?);
    let key = |row: &usize| table.get(*row, column).unwrap_or(&Value::Null);
    let mut rows: Vec<usize> = (0..table.rows()).collect();
    if is_ordered_by_value(table, column) {
        sort_rows(&mut rows, ascending, |one, other| value_order(key(one), key(other)));
    } else {
        let order = if natural { natural_order } else { alphabetical_order };
        let texts = rows.iter().map(|row| (!key(row).is_null()).then(|| text(key(row), call.zone)));
        let texts: Vec<Option<String>> = texts.collect();
        sort_rows(&mut rows, ascending, |&one, &other| match (&texts[one], &texts[other]) {
            (Some(one), Some(other)) => order(one, other),
            (one, other) => one.is_some().cmp(&other.is_some()),
        });
    }
    Ok(Value::Dataset(table.with_rows(&rows).into()))
}

/// Sorts; what is equal keeps its order in both directions (measured).
fn sort_rows(rows: &mut [usize], ascending: bool, order: impl Fn(&usize, &usize) -> Ordering) {
    if ascending {
        rows.sort_by(|one, other| order(one, other));
    } else {
        rows.sort_by(|one, other| order(other, one));
    }
}

/// Tells whether a column holds numbers only, or dates only.
fn is_ordered_by_value(table: &Dataset, column: usize) -> bool {
    if table.columns()[column].kind == Type::String {
        return false;
    }
    let is_number = |value: &Value| matches!(value, Value::Boolean(_) | Value::Integer(_) | Value::Float(_));
    let is_date = |value: &Value| matches!(value, Value::Date(_));
    let cells = || (0..table.rows()).filter_map(|row| table.get(row, column)).filter(|value| !value.is_null());
    cells().all(is_number) || cells().all(is_date)
}

/// Orders two numbers or two dates; NaN comes behind the numbers, and null behind everything.
fn value_order(one: &Value, other: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Null => 2,
        Value::Float(number) if number.is_nan() => 1,
        Value::Boolean(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::Date(_)
        | Value::Dataset(_)
        | Value::Document(_)
        | Value::Quality(_) => 0,
    };
    let by_value = || order(one, other).ok().flatten().unwrap_or(Ordering::Equal);
    rank(one).cmp(&rank(other)).then_with(by_value)
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::dataset::Column;
    use crate::value::Timestamp;

    const CALL: Call = Call { now: Timestamp(0), zone: Tz::UTC };

    /// Sorts a column of these values beside the numbers of their rows, and returns those.
    fn order_of(kind: Type, values: &[Value], rest: &[Value]) -> String {
        let columns = [("Key", kind), ("Row", Type::Integer)];
        let columns = columns.map(|(name, kind)| Column { name: name.to_owned(), kind });
        let rows = (0_i64..).zip(values).map(|(row, value)| vec![value.clone(), row.into()]);
        let table = Value::Dataset(Dataset::new(columns.into(), rows.collect()).into());
        let Value::Dataset(sorted) = sort(&CALL, &[&[table, "key".into()], rest].concat()).unwrap() else {
            panic!("no dataset")
        };
        (0..sorted.rows()).map(|row| text(sorted.get(row, 1).unwrap(), Tz::UTC)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn numbers_are_ordered_by_value_and_nulls_come_after_them() {
        let numbers = [5.5.into(), 10.into(), Value::Null, f64::NAN.into(), 2.25.into(), 10.0.into(), true.into()];
        assert_eq!(order_of(Type::Any, &numbers, &[]), "6 4 0 1 5 3 2");
        assert_eq!(order_of(Type::Any, &numbers, &[false.into()]), "2 3 1 5 0 4 6");
        assert_eq!(order_of(Type::Float, &numbers, &["on".into(), false.into()]), "6 4 0 1 5 3 2");
    }

    #[test]
    fn equal_rows_keep_their_order_in_both_directions() {
        let priorities = [2.into(), 1.into(), 2.into(), 3.into()];
        assert_eq!(order_of(Type::Integer, &priorities, &[true.into()]), "1 0 2 3");
        assert_eq!(order_of(Type::Integer, &priorities, &[false.into()]), "3 0 2 1");
    }

    #[test]
    fn texts_are_ordered_naturally_and_nulls_come_before_them() {
        let texts = ["a1", "a22", "Z3", "z3", "a4", "a77z4", "a77z99", "a7z9", "A1"].map(Value::from);
        assert_eq!(order_of(Type::String, &texts, &[]), "0 8 4 7 1 5 6 2 3");
        assert_eq!(order_of(Type::String, &texts, &[false.into()]), "2 3 6 5 1 7 4 0 8");
        let few = ["a11".into(), "a2".into(), Value::Null, "a1".into()];
        assert_eq!(order_of(Type::String, &few, &[]), "2 3 1 0");
        assert_eq!(order_of(Type::String, &few, &[true.into(), false.into()]), "2 3 0 1");
        assert_eq!(order_of(Type::String, &few, &[false.into()]), "0 1 3 2");
    }

    #[test]
    fn dates_are_ordered_by_instant_and_mixed_columns_as_texts() {
        let dates = [Value::Date(Timestamp(5)), Value::Null, Value::Date(Timestamp(-5))];
        assert_eq!(order_of(Type::Date, &dates, &[]), "2 0 1");
        let mixed = ["x".into(), 10.into(), 9.into(), Value::Null, Value::Date(Timestamp(0))];
        assert_eq!(order_of(Type::Any, &mixed, &[]), "3 2 1 4 0");
        assert_eq!(order_of(Type::Any, &[], &[]), "");
    }

    #[test]
    fn what_cannot_be_sorted_is_an_error() {
        assert!(sort(&CALL, &[Value::Null, 0.into()]).is_err());
        assert!(sort(&CALL, &["a".into(), 0.into()]).is_err());
    }
}
