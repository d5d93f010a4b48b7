//! Lays out what a conversion wrote: sign, zeros, groups, width.

use super::specifier::Specifier;

/// Returns a text cut to the precision and filled up to the width.
pub(super) fn cut(text: &str, specifier: &Specifier<'_>) -> String {
    let end = specifier.precision.and_then(|precision| text.char_indices().nth(precision));
    in_width(end.map_or(text, |(end, _)| &text[..end]), specifier)
}

/// Returns a text filled with blanks up to the width: behind it with the flag `-`, else before it.
/// A conversion in upper case writes upper case.
pub(super) fn in_width(text: &str, specifier: &Specifier<'_>) -> String {
    let text = if specifier.conversion.is_ascii_uppercase() { text.to_uppercase() } else { text.to_owned() };
    let blanks = " ".repeat(missing(text.chars().count(), specifier));
    if specifier.has('-') { format!("{text}{blanks}") } else { format!("{blanks}{text}") }
}

/// Returns a magnitude with its sign, filled with zeros (flag `0`) or blanks up to the width.
pub(super) fn signed(negative: bool, magnitude: &str, specifier: &Specifier<'_>) -> String {
    let (sign, end) = match (negative, specifier.has('('), specifier.has('+'), specifier.has(' ')) {
        (true, true, _, _) => ("(", ")"),
        (true, false, _, _) => ("-", ""),
        (false, _, true, _) => ("+", ""),
        (false, _, false, true) => (" ", ""),
        (false, _, false, false) => ("", ""),
    };
    // What is no number, `Infinity`, is filled with blanks.
    let zeros = if specifier.has('0') && magnitude.starts_with(|digit: char| digit.is_ascii_digit()) {
        missing(sign.len() + magnitude.len() + end.len(), specifier)
    } else {
        0
    };
    in_width(&format!("{sign}{}{magnitude}{end}", "0".repeat(zeros)), specifier)
}

fn missing(length: usize, specifier: &Specifier<'_>) -> usize {
    specifier.width.unwrap_or(0).saturating_sub(length)
}

/// Returns digits in groups of three, if the flag `,` asks for it.
pub(super) fn grouped(digits: &str, specifier: &Specifier<'_>) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if specifier.has(',') && index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
