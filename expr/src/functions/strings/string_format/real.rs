//! The conversions of floats: `%e %f %g`. They round the shortest digits of the float, a half away
//! from zero, as Java does: `%.2f` of 1.005 is `1.01`.

use super::layout::{grouped, in_width, signed};
use super::specifier::Specifier;
use crate::functions::decimal::{Decimal, Half};

/// The precision where the specifier has none.
const PRECISION: usize = 6;

/// Returns a float as the specifier writes it.
pub(super) fn written(number: f64, specifier: &Specifier<'_>) -> String {
    if number.is_nan() {
        return in_width("NaN", specifier);
    }
    if number.is_infinite() {
        return signed(number < 0.0, "Infinity", specifier);
    }
    let precision = specifier.precision.unwrap_or(PRECISION);
    let decimal = Decimal::shortest(number);
    let magnitude = match specifier.conversion.to_ascii_lowercase() {
        'e' => scientific(decimal, precision, specifier),
        'f' => fixed(decimal, precision, specifier),
        _ => general(decimal, precision.max(1), specifier),
    };
    signed(number.is_sign_negative(), &magnitude, specifier)
}

fn fixed(decimal: Decimal, precision: usize, specifier: &Specifier<'_>) -> String {
    let decimal = decimal.rounded(as_places(precision), Half::Up);
    let whole: String = (0..decimal.point.max(1)).rev().map(|place| decimal.digit(place)).collect();
    let fraction: String = (1..=as_places(precision)).map(|place| decimal.digit(-place)).collect();
    with_fraction(&grouped(&whole, specifier), &fraction, specifier)
}

fn scientific(decimal: Decimal, precision: usize, specifier: &Specifier<'_>) -> String {
    let decimal = decimal.kept(as_places(precision).saturating_add(1), Half::Up);
    let exponent = if decimal.is_zero() { 0 } else { decimal.point - 1 };
    let digit = |index: i32| decimal.digit(decimal.point - 1 - index);
    let fraction: String = (1..=as_places(precision)).map(digit).collect();
    let mantissa = with_fraction(digit(0).encode_utf8(&mut [0; 4]), &fraction, specifier);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// Writes so many significant digits: fixed from 10⁻⁴ up to where they end, else with an exponent.
fn general(decimal: Decimal, precision: usize, specifier: &Specifier<'_>) -> String {
    let decimal = decimal.kept(as_places(precision), Half::Up);
    let exponent = if decimal.is_zero() { 0 } else { decimal.point - 1 };
    match usize::try_from(as_places(precision) - 1 - exponent) {
        Ok(places) if exponent >= -4 => fixed(decimal, places, specifier),
        Ok(_) | Err(_) => scientific(decimal, precision - 1, specifier),
    }
}

fn with_fraction(whole: &str, fraction: &str, specifier: &Specifier<'_>) -> String {
    let point = if fraction.is_empty() && !specifier.has('#') { "" } else { "." };
    format!("{whole}{point}{fraction}")
}

fn as_places(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
