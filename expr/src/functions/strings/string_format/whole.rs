//! The conversions of integers: `%d %o %x`.

use super::layout::{grouped, in_width, signed};
use super::specifier::Specifier;

/// Returns an integer as the specifier writes it: `%o` and `%x` write the 64 bits of a negative one.
pub(super) fn written(number: i64, specifier: &Specifier<'_>) -> String {
    let (marker, digits) = match specifier.conversion {
        'o' => ("0", format!("{number:o}")),
        'x' | 'X' => ("0x", format!("{number:x}")),
        _ => return signed(number < 0, &grouped(&number.unsigned_abs().to_string(), specifier), specifier),
    };
    let marker = if specifier.has('#') { marker } else { "" };
    let length = marker.len() + digits.len();
    let zeros = if specifier.has('0') { specifier.width.unwrap_or(0).saturating_sub(length) } else { 0 };
    in_width(&format!("{marker}{}{digits}", "0".repeat(zeros)), specifier)
}
