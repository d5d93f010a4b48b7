//! How blocks read their inputs.

use super::Failure;
use crate::coerce::{Number, described, float_micros, number};
use crate::value::Value;

/// Returns a time in microseconds: milliseconds from zero up, as a number.
pub(super) fn duration(millis: &Value) -> Result<i64, Failure> {
    let micros = match number(millis)? {
        Number::Integer(millis) => millis.checked_mul(1000),
        Number::Float(millis) if millis.is_nan() => None,
        Number::Float(millis) => float_micros(millis),
    };
    match micros {
        Some(micros) if micros < 0 => Err(format!("{} milliseconds are below zero", described(millis)).into()),
        Some(micros) => Ok(micros),
        None => Err(format!("{} milliseconds are no time that can be measured", described(millis)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_milliseconds_from_zero_up() {
        assert_eq!(duration(&1500.into()), Ok(1_500_000));
        assert_eq!(duration(&0.0004.into()), Ok(0));
        assert_eq!(duration(&"2.5".into()), Ok(2500));
        assert_eq!(duration(&Value::Integer(-1)), Err("-1 milliseconds are below zero".into()));
        for refused in [i64::MAX.into(), f64::NAN.into(), f64::INFINITY.into(), "soon".into(), (-0.5).into()] {
            assert!(duration(&refused).is_err(), "{refused:?}");
        }
    }
}
