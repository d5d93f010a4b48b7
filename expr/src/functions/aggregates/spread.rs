//! Where the values lie: mean, median and standard deviation, always as floats.

use super::{Body, Failure, Function, Inputs, ROW, Value, example};
use crate::coerce::float;
use crate::functions::Basis;
use crate::value::Type;

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "mean",
        result: Type::Float,
        summary: "Gives the arithmetic mean of the numbers, or of a dataset's column: `mean(dataset, column)`. Nulls \
                  are left out; of nothing comes null.",
        examples: &[
            example("mean(2, 4)", "3.0"),
            example("mean(1, null, 2)", "1.5"),
            example("mean(split(\"7;12;9\", \";\"), \"parts\")", "9.333333333333334"),
            example("mean(null)", "null"),
        ],
        body: Body::Plain(|_, arguments| Ok(value_of(mean(Inputs::of(arguments)?)?))),
        ..ROW
    },
    Function {
        name: "median",
        result: Type::Float,
        summary: "Gives the value in the middle of the sorted numbers, or of a dataset's column: `median(dataset, \
                  column)`; of an even count the mean of the two in the middle. Nulls are left out; of nothing comes \
                  null.",
        examples: &[
            example("median(1, 2, 3, 3, 10)", "3.0"),
            example("median(1, 10, 2, 3)", "2.5"),
            example("median(split(\"7;12;9\", \";\"), 0)", "9.0"),
            example("median(null)", "null"),
        ],
        body: Body::Plain(|_, arguments| median(Inputs::of(arguments)?)),
        ..ROW
    },
    Function {
        name: "stdDev",
        result: Type::Float,
        summary: "Gives the standard deviation of the numbers, or of a dataset's column: `stdDev(dataset, column)`, by \
                  the formula for a whole population. Nulls are left out; of nothing comes null.",
        examples: &[
            example("stdDev(2, 4, 4, 4, 5, 5, 7, 9)", "2.0"),
            example("stdDev(5)", "0.0"),
            example("stdDev(split(\"7;7;9;9\", \";\"), \"parts\")", "1.0"),
            example("stdDev(null)", "null"),
        ],
        basis: Basis::Measured,
        body: Body::Plain(|_, arguments| standard_deviation(Inputs::of(arguments)?)),
        ..ROW
    },
];

fn value_of(number: Option<f64>) -> Value {
    number.map_or(Value::Null, Value::Float)
}

fn mean(inputs: Inputs<'_>) -> Result<Option<f64>, Failure> {
    mean_of(inputs, |number| number)
}

/// Returns the mean of what a function makes of the numbers.
#[expect(clippy::cast_precision_loss, reason = "there are never 2⁵³ values")]
fn mean_of(inputs: Inputs<'_>, function: impl Fn(f64) -> f64) -> Result<Option<f64>, Failure> {
    let (mut count, mut sum) = (0_usize, 0.0);
    for value in inputs.present() {
        sum += function(float(value)?);
        count += 1;
    }
    Ok((count > 0).then(|| sum / count as f64))
}

/// Returns the root of the mean square distance from the mean: in two passes, because the one-pass
/// formula loses every digit where the mean is large and the spread small.
fn standard_deviation(inputs: Inputs<'_>) -> Result<Value, Failure> {
    let Some(mean) = mean(inputs)? else { return Ok(Value::Null) };
    Ok(value_of(mean_of(inputs, |number| (number - mean).powi(2))?.map(f64::sqrt)))
}

fn median(inputs: Inputs<'_>) -> Result<Value, Failure> {
    let mut sorted: Vec<f64> = inputs.present().map(float).collect::<Result<_, _>>()?;
    if sorted.iter().any(|number| number.is_nan()) {
        return Ok(Value::Float(f64::NAN));
    }
    sorted.sort_unstable_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    Ok(match sorted.get(middle) {
        None => Value::Null,
        Some(upper) if sorted.len().is_multiple_of(2) => Value::Float(sorted[middle - 1].midpoint(*upper)),
        Some(only) => Value::Float(*only),
    })
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::coerce::text;

    fn check(function: fn(Inputs<'_>) -> Result<Value, Failure>, values: &[f64], wanted: &str) {
        let values: Vec<Value> = values.iter().copied().map(Value::from).collect();
        let got = function(Inputs::Values(&values)).map(|value| text(&value, Tz::UTC));
        assert_eq!(got.as_deref(), Ok(wanted), "{values:?}");
    }

    #[test]
    fn a_large_mean_hides_no_spread() {
        check(standard_deviation, &[1e9, 1e9 + 2.0], "1.0");
        check(standard_deviation, &[0.1], "0.0");
        check(standard_deviation, &[f64::INFINITY, 1.0], "NaN");
    }

    #[test]
    fn the_middle_of_two_huge_numbers_is_between_them() {
        check(median, &[f64::MAX, f64::MAX], "1.7976931348623157E308");
        check(median, &[3.0, f64::NAN, 1.0], "NaN");
        check(median, &[f64::NEG_INFINITY, 0.0, f64::INFINITY], "0.0");
    }

    #[test]
    fn what_is_no_number_is_an_error() {
        for value in [Value::from("x"), Value::Date(crate::value::Timestamp(0))] {
            for function in [median, standard_deviation] {
                assert!(function(Inputs::Values(&[1.into(), value.clone()])).is_err());
            }
        }
    }
}
