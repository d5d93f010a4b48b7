//! Magnitude and rounding.

use super::{ROW, apply, example};
use crate::coerce::{Number, float, integer, number};
use crate::functions::decimal::{Decimal, Half};
use crate::functions::{Body, Call, Failure, Function};
use crate::value::{Type, Value};

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "abs",
        result: Type::Any,
        summary: "Gives the number without its sign; an integer stays an integer.",
        examples: &[
            example("abs(-3.5)", "3.5"),
            example("abs(-4)", "4"),
            example("abs(\"-2\")", "2"),
            example("abs(null)", "error"),
        ],
        body: Body::Plain(magnitude),
        ..ROW
    },
    Function {
        name: "ceil",
        summary: "Gives the smallest whole number that is not below the number, as a float.",
        examples: &[example("ceil(2.38)", "3.0"), example("ceil(-1.2)", "-1.0"), example("ceil(4)", "4.0")],
        body: Body::Plain(|_, arguments| apply(arguments, f64::ceil)),
        ..ROW
    },
    Function {
        name: "floor",
        summary: "Gives the largest whole number that is not above the number, as a float.",
        examples: &[example("floor(2.72)", "2.0"), example("floor(-1.2)", "-2.0"), example("floor(4)", "4.0")],
        body: Body::Plain(|_, arguments| apply(arguments, f64::floor)),
        ..ROW
    },
    Function {
        name: "round",
        arguments: "number, places?",
        most: Some(2),
        result: Type::Any,
        summary: "Gives the nearest integer, or with places the nearest number of so many decimals, as a float. A half \
                  goes up, of the digits that the number is written with; negative places round to tens and hundreds.",
        examples: &[
            example("round(2.5)", "3"),
            example("round(-2.5)", "-2"),
            example("round(3.14159, 2)", "3.14"),
            example("round(1.005, 2)", "1.01"),
            example("round(1250, -2)", "1300.0"),
        ],
        body: Body::Plain(round),
        ..ROW
    },
];

fn magnitude(_: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    match number(&arguments[0])? {
        Number::Integer(number) => number.checked_abs().map(Value::Integer).ok_or_else(|| too_large(number).into()),
        Number::Float(number) => Ok(Value::Float(number.abs())),
    }
}

fn too_large(number: i64) -> String {
    format!("the magnitude of {number} does not fit 64 bits")
}

fn round(_: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    match arguments.get(1) {
        Some(places) => round_to_places(float(&arguments[0])?, integer(places)?).map(Value::Float),
        None => match number(&arguments[0])? {
            Number::Integer(number) => Ok(Value::Integer(number)),
            Number::Float(number) => half_up(number).map(Value::Integer),
        },
    }
}

/// Returns the nearest integer, a half up; what does not fit 64 bits becomes the nearest that does.
#[expect(clippy::cast_possible_truncation, reason = "the cast clamps to 64 bits, as `Math.round` of Java does")]
pub(in crate::functions) fn half_up(number: f64) -> Result<i64, Failure> {
    if number.is_nan() {
        return Err("NaN has no nearest integer".into());
    }
    let below = number.floor();
    // `(number + 0.5).floor()` would round 0.49999999999999994 up: the sum is not exact.
    Ok(if number - below >= 0.5 { below + 1.0 } else { below } as i64)
}

/// Returns the nearest number of so many decimals; NaN and infinities stay what they are.
fn round_to_places(number: f64, places: i64) -> Result<f64, Failure> {
    if !number.is_finite() {
        return Ok(number);
    }
    // Beyond 400 places either way every float is itself or zero.
    let places = i32::try_from(places.clamp(-400, 400)).map_err(|_| "the places are out of range")?;
    let half = if number < 0.0 { Half::Down } else { Half::Up };
    Ok(Decimal::shortest(number).rounded(places, half).to_float())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_up_and_what_is_below_does_not() {
        let cases =
            [(0.5, 1), (-0.5, 0), (1.5, 2), (-1.5, -1), (0.499_999_999_999_999_94, 0), (-0.51, -1), (-1e-20, 0)];
        for (number, wanted) in cases {
            assert_eq!(half_up(number), Ok(wanted), "{number}");
        }
        assert_eq!(half_up(1e300), Ok(i64::MAX));
        assert_eq!(half_up(f64::NEG_INFINITY), Ok(i64::MIN));
        assert!(half_up(f64::NAN).is_err());
    }

    #[test]
    fn places_round_the_digits_as_written() {
        let cases = [
            (2.55, 1, 2.6),
            (-2.55, 1, -2.5),
            (-2.551, 1, -2.6),
            (0.05, 1, 0.1),
            (0.049, 1, 0.0),
            (999.95, 1, 1000.0),
            (1e300, 2, 1e300),
            (49.0, -2, 0.0),
            (1.5, 500, 1.5),
            (7e5, -500, 0.0),
        ];
        for (number, places, wanted) in cases {
            let got = round_to_places(number, places).unwrap();
            assert!(got.total_cmp(&wanted).is_eq(), "{number} to {places} places is {got}");
        }
    }
}
