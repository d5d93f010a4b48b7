//! The largest, the smallest and the sum. Values are numbers as in arithmetic, and keep their width.

use std::cmp::Ordering;

use super::{Body, Failure, Function, Inputs, ROW, Value, example};
use crate::coerce::{Number, compare_numbers, number};

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "max",
        summary: "Gives the largest of the numbers, or of a dataset's column: `max(dataset, column)`, the column by \
                  its name or its index from 0. Nulls are left out; of nothing comes null.",
        examples: &[
            example("max(3, 9, 4)", "9"),
            example("max(1, \"2.5\", null)", "2.5"),
            example("max(split(\"7;12;9\", \";\"), \"parts\")", "12"),
            example("max({Speed}, {Count})", "41.5 (Bad_Stale)"),
            example("max({Weight})", "null"),
            example("max(1, \"x\")", "error"),
        ],
        body: Body::Plain(|_, arguments| extreme(arguments, Ordering::Greater)),
        ..ROW
    },
    Function {
        name: "min",
        summary: "Gives the smallest of the numbers, or of a dataset's column: `min(dataset, column)`. Nulls are left \
                  out; of nothing comes null.",
        examples: &[
            example("min(3, 9, 4)", "3"),
            example("min(split(\"7;12;9\", \";\"), 0)", "7"),
            example("min(null)", "null"),
        ],
        body: Body::Plain(|_, arguments| extreme(arguments, Ordering::Less)),
        ..ROW
    },
    Function {
        name: "sum",
        summary: "Gives the sum of the numbers, or of a dataset's column: `sum(dataset, column)`. Integers stay \
                  integers. Nulls are left out; of nothing comes null.",
        examples: &[
            example("sum(1, 2, 3.5)", "6.5"),
            example("sum(1, 2, null)", "3"),
            example("sum(split(\"7;12;9\", \";\"), \"parts\")", "28"),
            example("sum(null)", "null"),
            example("sum(9223372036854775807, 1)", "error"),
        ],
        body: Body::Plain(|_, arguments| sum(arguments)),
        ..ROW
    },
];

fn value_of(number: Option<Number>) -> Value {
    match number {
        None => Value::Null,
        Some(Number::Integer(number)) => Value::Integer(number),
        Some(Number::Float(number)) => Value::Float(number),
    }
}

/// Returns the number that lies on the wanted side of all others, the first of equal ones; with a NaN
/// among them, NaN.
fn extreme(arguments: &[Value], wanted: Ordering) -> Result<Value, Failure> {
    let mut best: Option<Number> = None;
    for value in Inputs::of(arguments)?.present() {
        let next = number(value)?;
        best = Some(match best {
            None => next,
            Some(best) => match compare_numbers(next, best) {
                Some(order) => {
                    if order == wanted {
                        next
                    } else {
                        best
                    }
                }
                None => Number::Float(f64::NAN),
            },
        });
    }
    Ok(value_of(best))
}

fn sum(arguments: &[Value]) -> Result<Value, Failure> {
    let mut total: Option<Number> = None;
    for value in Inputs::of(arguments)?.present() {
        let next = number(value)?;
        total = Some(match total {
            None => next,
            Some(total) => added(total, next)?,
        });
    }
    Ok(value_of(total))
}

fn added(one: Number, other: Number) -> Result<Number, Failure> {
    match (one, other) {
        (Number::Integer(one), Number::Integer(other)) => {
            one.checked_add(other).map(Number::Integer).ok_or_else(|| "the sum does not fit 64 bits".into())
        }
        (one, other) => Ok(Number::Float(one.to_float() + other.to_float())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coerce::text;
    use chrono_tz::Tz;

    fn check(got: Result<Value, Failure>, wanted: &str) {
        assert_eq!(got.map(|value| text(&value, Tz::UTC)).as_deref(), Ok(wanted));
    }

    #[test]
    fn numbers_are_compared_exactly_and_keep_their_width() {
        check(
            extreme(&[i64::MAX.into(), 9_223_372_036_854_775_808.0.into()], Ordering::Greater),
            "9.223372036854776E18",
        );
        check(extreme(&[(i64::MAX - 1).into(), i64::MAX.into()], Ordering::Greater), "9223372036854775807");
        check(extreme(&[2.0.into(), 2.into()], Ordering::Less), "2.0");
        check(extreme(&[true.into(), 0.into()], Ordering::Less), "0");
    }

    #[test]
    fn one_nan_makes_the_result_nan() {
        for values in [[f64::NAN, 1.0], [1.0, f64::NAN]] {
            check(extreme(&values.map(Value::from), Ordering::Greater), "NaN");
            check(sum(&values.map(Value::from)), "NaN");
        }
        assert!(extreme(&[1.into(), f64::NAN.into(), "x".into()], Ordering::Less).is_err());
    }

    #[test]
    fn sums_are_of_the_width_that_holds_them() {
        check(sum(&[i64::MAX.into(), 1.0.into()]), "9.223372036854776E18");
        check(sum(&["1".into(), true.into()]), "2");
        assert!(sum(&[i64::MIN.into(), (-1).into()]).is_err());
    }
}
