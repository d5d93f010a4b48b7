//! Values of the file as the cells of a table, and back: what spreadsheets can hold.
//!
//! A cell is a value as TOML writes it: a number, `true`, a date, a list, a table. Anything else is a text, which stands
//! without quotes unless it would be taken for one of these.

use toml::de::DeValue;

use crate::explain::quoted;

/// Keys of tags whose values are always texts: what looks like a number there is none.
const TEXT_KEYS: &[&str] = &[
    "path",
    "type",
    "connection",
    "address",
    "topic",
    "payload",
    "points",
    "name",
    "value",
    "time",
    "time_unit",
    "quality",
    "scan_class",
    "data_type",
    "byte_order",
    "encoding",
    "expression",
    "transform",
    "notes",
];

/// The empty text: an empty cell is a key that is not there.
const EMPTY: &str = "\"\"";

/// Returns the cell of a key's value, which is written as in TOML.
pub fn cell_of(key: &str, toml: &str) -> String {
    let text = DeValue::parse(toml).ok().and_then(|value| value.get_ref().as_str().map(str::to_owned));
    match text {
        Some(text) if text.is_empty() => EMPTY.to_owned(),
        Some(text) if TEXT_KEYS.contains(&key) && !quotes_nothing(&text) => text,
        Some(text) if !is_value(&text) && text.trim() == text => text,
        Some(_) | None => toml.to_owned(),
    }
}

/// Returns the value of a cell as TOML writes it; `None` for an empty cell.
pub fn value_of(key: &str, cell: &str) -> Option<String> {
    match cell {
        "" => None,
        EMPTY => Some(EMPTY.to_owned()),
        // Two quotes are the empty text, so a text of two quotes stands in quotes of its own.
        cell if TEXT_KEYS.contains(&key) && quotes_nothing(cell) => Some(cell.to_owned()),
        cell if TEXT_KEYS.contains(&key) => Some(quoted(cell)),
        cell if is_value(cell.trim()) => Some(cell.trim().to_owned()),
        cell => Some(quoted(cell)),
    }
}

/// Tells whether a text is two quotes, or a line of TOML in quotes that stands for such a text.
fn quotes_nothing(text: &str) -> bool {
    let mut text = text.to_owned();
    while text != EMPTY {
        let inner = DeValue::parse(&text).ok().and_then(|value| value.get_ref().as_str().map(str::to_owned));
        match inner {
            Some(inner) if text.starts_with('"') && !text.contains(['\n', '\r']) => text = inner,
            Some(_) | None => return false,
        }
    }
    true
}

/// Tells whether a text is a value in TOML as it stands.
fn is_value(text: &str) -> bool {
    // A value on several lines would not stay one when it is written into a line.
    !text.contains(['\n', '\r']) && DeValue::parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_stay_numbers_and_texts_texts() {
        let check = |key: &str, toml: &str, cell: &str| {
            assert_eq!(cell_of(key, toml), cell, "{key} {toml}");
            assert_eq!(value_of(key, cell).as_deref(), Some(toml), "{key} {cell}");
        };
        check("path", "\"Line1/Speed\"", "Line1/Speed");
        check("address", "\"40013\"", "40013");
        check("scale", "0.1", "0.1");
        check("unit", "3", "3");
        check("unit", "\"bottles/min\"", "bottles/min");
        check("unit", "\"3\"", "\"3\"");
        check("initial", "true", "true");
        check("initial", "\"true\"", "\"true\"");
        check("initial", "\"\"", "\"\"");
        check("notes", r#""\"\"""#, r#""\"\"""#);
        check("notes", r#""\"a\"""#, "\"a\"");
        check("notes", "\"say \\\"no\\\"\\nnow\"", "say \"no\"\nnow");
        check("enum", "{ 0 = \"off\", 1 = \"on\" }", "{ 0 = \"off\", 1 = \"on\" }");
        assert_eq!(value_of("unit", ""), None);
        assert_eq!(value_of("scale", " 0.1 ").as_deref(), Some("0.1"));
    }

    proptest! {
        #[test]
        fn any_text_comes_back(
            key in prop::sample::select(vec!["notes", "unit"]),
            text in prop_oneof![".{0,12}", "[\"'\\\\]{0,12}"],
        ) {
            let toml = quoted(&text);
            let back = value_of(key, &cell_of(key, &toml));
            let read = |toml: &str| DeValue::parse(toml).unwrap().get_ref().as_str().map(str::to_owned);
            prop_assert_eq!(back.as_deref().and_then(read), Some(text));
        }
    }
}
