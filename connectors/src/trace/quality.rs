//! Qualities as recorders write them: names, subcodes, whole codes, and the numbers of OPC DA.

use latchwork_expr::Quality;
use serde_json::Value as Json;

/// What a quality should have looked like.
pub(crate) const EXPECTED: &str = "a quality (`Good`, `Uncertain`, `Bad`, a subcode's name, or a number)";

/// Reads a quality; nothing is Good.
#[inline]
pub(crate) fn from_text(text: &[u8]) -> Option<Quality> {
    match text {
        b"" | b"Good" | b"192" => Some(Quality::Good),
        _ => from_other_text(text),
    }
}

fn from_other_text(text: &[u8]) -> Option<Quality> {
    let text = str::from_utf8(text).ok()?.trim();
    let number = || text.parse().ok().and_then(from_number);
    if text.is_empty() { Some(Quality::Good) } else { Quality::from_name(text).or_else(number) }
}

/// Reads a quality as JSON writes it: a name, a number, or nothing.
pub(crate) fn from_json(json: Option<&Json>) -> Option<Quality> {
    match json {
        None | Some(Json::Null) => Some(Quality::Good),
        Some(Json::String(text)) => from_text(text.as_bytes()),
        Some(Json::Number(number)) => number.as_i64().and_then(from_number),
        Some(Json::Bool(_) | Json::Array(_) | Json::Object(_)) => None,
    }
}

/// Reads a number. Below 256 it is an OPC DA quality, whose two high bits are the level: those that OPC DA and the
/// subcodes share mean the same, except 0 and 2, which OPC DA calls Bad.
pub(crate) fn from_number(number: i64) -> Option<Quality> {
    match number {
        0..64 => Some(Quality::Bad),
        64..192 => Some(Quality::Uncertain),
        192..256 => Some(Quality::from_code(number).unwrap_or(Quality::Good)),
        i64::MIN..0 | 256..=i64::MAX => Quality::from_code(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<Quality>) {
        assert_eq!(from_text(text.as_bytes()), expected, "{text}");
    }

    #[test]
    fn names_and_subcodes_in_any_case() {
        check("", Some(Quality::Good));
        check("good", Some(Quality::Good));
        check(" BAD_STALE ", Some(Quality::BadStale));
        check("516", Some(Quality::BadStale));
        check("-2147483132", Some(Quality::BadStale));
        check("fine", None);
        check("999", None);
    }

    #[test]
    fn numbers_of_opc() {
        for (number, quality) in [
            (0, Quality::Bad),
            (24, Quality::Bad),
            (64, Quality::Uncertain),
            (191, Quality::Uncertain),
            (192, Quality::Good),
            (216, Quality::Good),
            (201, Quality::GoodInitial),
        ] {
            assert_eq!(from_number(number), Some(quality), "{number}");
        }
    }
}
