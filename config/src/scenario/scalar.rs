//! Single values of an expectation, each complained about where it is of another kind.

use super::keys::unknown_word;
use super::when;
use crate::document::{Content, Item};
use crate::problems;
use crate::reader::{Reader, float_of};
use crate::words::Words;

/// Reads a text.
pub(super) fn text<'a>(reader: &mut Reader<'_, '_>, key: &str, item: &'a Item) -> Option<&'a str> {
    if let Content::Text(text) = &item.content {
        return Some(text);
    }
    reader.wrong_type(key, item, "a string");
    None
}

/// Reads one of some words.
pub(super) fn word<'a>(reader: &mut Reader<'_, '_>, key: &str, item: &'a Item, words: Words<()>) -> Option<&'a str> {
    let text = text(reader, key, item)?;
    if words.iter().any(|(word, ())| *word == text) {
        return Some(text);
    }
    unknown_word(reader, key, text, item.place, words);
    None
}

/// Reads a length of time in seconds.
pub(super) fn seconds(reader: &mut Reader<'_, '_>, key: &str, item: &Item) -> Option<f64> {
    const EXPECTED: &str = "a number of seconds or a time such as \"1m30s\"";
    let Content::Text(text) = &item.content else { return number(reader, key, item, EXPECTED) };
    let micros = when::length(text);
    if micros.is_none() {
        reader.problem(problems::BAD_TIME, item.place, format!("`{key}` is `{text}`, expected {EXPECTED}"), None);
    }
    micros.map(|micros| float_of(micros) / 1e6)
}

/// Reads a number.
pub(super) fn number(reader: &mut Reader<'_, '_>, key: &str, item: &Item, expected: &str) -> Option<f64> {
    match item.content {
        Content::Integer(value) => Some(float_of(value)),
        Content::Float(value) => Some(value),
        Content::Boolean(_) | Content::Text(_) | Content::Date(_) | Content::List(_) | Content::Table(_) => {
            reader.wrong_type(key, item, expected);
            None
        }
    }
}

/// Reads true or false.
pub(super) fn truth(reader: &mut Reader<'_, '_>, key: &str, item: &Item) -> Option<bool> {
    if let Content::Boolean(value) = item.content {
        return Some(value);
    }
    reader.wrong_type(key, item, "true or false");
    None
}
