//! Keys that take one of some words.

use super::{DEFAULT, Reader};
use crate::document::Content;
use crate::explain::quoted;
use crate::problems;
use crate::reader::Written;
use crate::words::{Words, list, word_of};

impl Reader<'_, '_> {
    /// Returns what the word of a key means, or a default.
    pub(crate) fn word<T: Copy + PartialEq>(&mut self, key: &'static str, words: Words<T>, default: T) -> T {
        self.word_or(key, words, default, DEFAULT)
    }

    /// Returns what the word of a key means, or a default; `None` if the word is wrong, so that
    /// nothing is concluded from it.
    pub(crate) fn right_word<T>(&mut self, key: &'static str, words: Words<T>, default: T) -> Option<T>
    where
        T: Copy + PartialEq,
    {
        if self.table.entry(key).is_some() {
            return self.optional_word(key, words);
        }
        Some(self.word(key, words, default))
    }

    /// Returns what the word of a key means, or a default, which comes from where `otherwise` says.
    pub(crate) fn word_or<T>(&mut self, key: &'static str, words: Words<T>, default: T, otherwise: &str) -> T
    where
        T: Copy + PartialEq,
    {
        if self.table.entry(key).is_none() {
            self.item(key);
            self.explain_from(key, None, otherwise, || quoted(word_of(words, &default)));
        }
        self.optional_word(key, words).unwrap_or(default)
    }

    /// Returns what the word of a key means that must be there.
    pub(crate) fn required_word<T: Copy>(&mut self, key: &'static str, words: Words<T>) -> Option<T> {
        if !self.has(key) {
            self.missing(key);
        }
        self.optional_word(key, words)
    }

    /// Returns what the word of a key means, if there is one.
    pub(crate) fn optional_word<T: Copy>(&mut self, key: &'static str, words: Words<T>) -> Option<T> {
        let item = self.item(key)?;
        if !matches!(item.content, Content::Text(_)) {
            self.wrong_type(key, item, &list(words));
            return None;
        }
        let word = self.text(key)?;
        let meaning = words.iter().find(|(candidate, _)| *candidate == word.value).map(|(_, meaning)| *meaning);
        if meaning.is_none() {
            self.unknown_word(key, &word, words);
        }
        meaning
    }

    fn unknown_word<T>(&mut self, key: &'static str, word: &Written, words: Words<T>) {
        let shown = word.shown();
        let hint = self.desk.suggest(&word.value, words.iter().map(|(word, _)| *word));
        let message = format!("`{key}` is `{shown}`, expected {}", list(words));
        self.problem(problems::UNKNOWN_WORD, word.place, message, hint);
    }
}
