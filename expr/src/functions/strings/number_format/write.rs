//! Writes a number by a pattern that was read.

use super::layout::Layout;
use super::pattern::Pattern;
use crate::coerce::Number;
use crate::functions::decimal::{Decimal, Half};

/// Returns the number as the pattern writes it. The infinities are `∞`, what is no number is `NaN`.
pub(super) fn number(number: Number, pattern: &Pattern) -> String {
    let magnitude = match number {
        Number::Integer(number) => whole(i128::from(number) * i128::from(pattern.multiplier), &pattern.layout),
        Number::Float(number) if number.is_nan() => return "NaN".to_owned(),
        Number::Float(number) => float(number * f64::from(pattern.multiplier), &pattern.layout),
    };
    let negative = number.to_float().is_sign_negative();
    let (sign, affixes) = match (negative, &pattern.negative) {
        (true, Some(affixes)) => ("", affixes),
        (true, None) => ("-", &pattern.positive),
        (false, _) => ("", &pattern.positive),
    };
    format!("{sign}{}{magnitude}{}", affixes.prefix, affixes.suffix)
}

fn whole(number: i128, layout: &Layout) -> String {
    let decimal = Decimal::whole(number);
    match layout.exponent_least {
        Some(least) => scientific(&decimal.kept(significant(layout), Half::Even), layout, least),
        None => plain(&decimal, layout),
    }
}

fn float(number: f64, layout: &Layout) -> String {
    match layout.exponent_least {
        _ if number.is_infinite() => "∞".to_owned(),
        Some(least) => {
            let digits = usize::try_from(significant(layout)).unwrap_or(usize::MAX);
            scientific(&Decimal::exact_digits(number, digits), layout, least)
        }
        None => plain(&Decimal::exact_places(number, layout.fraction.1), layout),
    }
}

/// Returns how many digits a number with an exponent has at most.
fn significant(layout: &Layout) -> i32 {
    as_place(layout.whole_most + layout.fraction.1)
}

fn plain(decimal: &Decimal, layout: &Layout) -> String {
    let whole_digits = as_place(layout.whole_least).max(decimal.point);
    let fraction_digits = as_place(layout.fraction.0).max(decimal.places());
    let mut text = String::new();
    for place in (0..whole_digits).rev() {
        text.push(decimal.digit(place));
        if layout.group > 0 && place > 0 && place % as_place(layout.group) == 0 {
            text.push(',');
        }
    }
    if whole_digits <= 0 && fraction_digits == 0 {
        text.push('0');
    }
    if layout.always_point || fraction_digits > 0 {
        text.push('.');
    }
    text.extend((1..=fraction_digits).map(|place| decimal.digit(-place)));
    text
}

fn scientific(decimal: &Decimal, layout: &Layout, exponent_least: usize) -> String {
    let (whole_least, whole_most) = (as_place(layout.whole_least), as_place(layout.whole_most));
    // More digits before the point than must be there: the exponent is a multiple of their number.
    let repeats = whole_most > 1 && whole_most > whole_least;
    let whole_least = if repeats { 1 } else { whole_least };
    let exponent = match (decimal.is_zero(), repeats) {
        (true, _) => 0,
        (false, true) => (decimal.point - 1).div_euclid(whole_most) * whole_most,
        (false, false) => decimal.point - whole_least,
    };
    let whole_digits = if decimal.is_zero() { whole_least } else { decimal.point - exponent };
    let digits_least = as_place(layout.whole_least + layout.fraction.0).max(whole_digits);
    let digits = digits_least.max(i32::try_from(decimal.digits.len()).unwrap_or(i32::MAX));
    let mut text = String::new();
    for index in 0..digits {
        if index == whole_digits {
            text.push('.');
        }
        text.push(decimal.digit(decimal.point - 1 - index));
    }
    if layout.always_point && digits == whole_digits {
        text.push('.');
    }
    let sign = if exponent < 0 { "-" } else { "" };
    let exponent = exponent.unsigned_abs().to_string();
    let zeros = "0".repeat(exponent_least.saturating_sub(exponent.len()));
    format!("{text}E{sign}{zeros}{exponent}")
}

fn as_place(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::pattern::read;
    use crate::value::Value;

    fn check(value: impl Into<Value>, pattern: &str, wanted: &str) {
        let value = value.into();
        let number = crate::coerce::number(&value).unwrap();
        let written = read(pattern).map(|pattern| super::number(number, &pattern));
        assert_eq!(written.as_deref(), Ok(wanted), "{value:?} by {pattern:?}");
    }

    // What is expected here is what OpenJDK 17 wrote.

    #[test]
    fn digits_groups_and_points() {
        check(5, "0", "5");
        check(5, "00.0", "05.0");
        check(1024, "#,##0", "1,024");
        check(1337.57, "#,##0.#", "1,337.6");
        check(123_456_789, "#,####.##", "1,2345,6789");
        check(123_456_789, "#,##,##0", "123,456,789");
        check(0, "#", "0");
        check(0, "#.#", "0");
        check(0.5, "#.##", "0.5");
        check(0.5, "#.00", ".50");
        check(0.5, ".##", ".5");
        check(5, "0.", "5.");
        check(1_234_567.5, "", "1,234,567.5");
        check(i64::MIN, "#,##0", "-9,223,372,036,854,775,808");
    }

    #[test]
    fn a_half_goes_to_the_even_digit_of_the_exact_value() {
        check(0.125, "0.00", "0.12");
        check(0.375, "0.00", "0.38");
        check(2.5, "0", "2");
        check(3.5, "0", "4");
        check(0.135, "0.00", "0.14");
        check(1.005, "0.00", "1.00");
        check(0.1, "0.00000000000000000000", "0.10000000000000000000");
        check(0.29, "0.0%", "29.0%");
    }

    #[test]
    fn signs_and_affixes() {
        check(-1234, "#,##0", "-1,234");
        check(-5, "0;(0)", "(5)");
        check(-5, "0;0", "-5");
        check(-5, "0;", "-5");
        check(5, "+0;-0", "+5");
        check(-5, "$0.00;($0.00)", "($5.00)");
        check(-0.0, "0", "-0");
        check(-0.4, "0", "-0");
        check(5, "0 'it''s #'", "5 it's #");
        check(5, "'#'0", "#5");
        check(5, "''0", "'5");
        check(5, "abc", "abc5");
        check(0.348, "#.00%", "34.80%");
        check(0.0125, "0.0‰", "12.5‰");
        check(7, "0 '%'", "7 %");
    }

    #[test]
    fn exponents() {
        check(4096, "0.###E0", "4.096E3");
        check(12345, "##0.#####E0", "12.345E3");
        check(0.00123, "##0.###E0", "1.23E-3");
        check(0.00123, "00.###E0", "12.3E-4");
        check(12345, "0.0E00", "1.2E04");
        check(0, "0.0E0", "0.0E0");
        check(-0.05, "0E0", "-5E-2");
        check(999.9, "0.0E0", "1.0E3");
        check(1e300, "#E0", ".1E301");
    }

    #[test]
    fn what_is_no_number_and_what_has_no_end() {
        check(f64::NAN, "0.00 kg", "NaN");
        check(f64::INFINITY, "0.00 kg", "∞ kg");
        check(f64::NEG_INFINITY, "0;(0)", "(∞)");
        check(f64::INFINITY, "0E0", "∞");
    }
}
