//! A table of a scenario's text, read key by key. What is not of the expected kind is a mistake at its place; what
//! nobody asked for is one when the table is finished. Knows TOML and nothing of machines.

use std::ops::{Range, RangeInclusive};

use latchwork_expr::closest;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::Desk;

/// A value and its place.
pub(super) type Item<'a> = Spanned<DeValue<'a>>;

/// A table that is being read.
#[derive(Debug)]
pub(super) struct Section<'a> {
    table: &'a DeTable<'a>,
    span: Range<usize>,
    asked: Vec<&'static str>,
}

impl<'a> Section<'a> {
    /// Returns the table at a place.
    pub(super) const fn new(table: &'a DeTable<'a>, span: Range<usize>) -> Self {
        Self { table, span, asked: Vec::new() }
    }

    /// Returns a value as a table.
    pub(super) fn of(desk: &mut Desk, item: &'a Item<'a>) -> Option<Self> {
        let table = item.get_ref().as_table();
        if table.is_none() {
            expected(desk, item, "a table");
        }
        Some(Self::new(table?, item.span()))
    }

    /// Returns where the table stands.
    pub(super) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Returns the value of a key as it is.
    pub(super) fn item(&mut self, key: &'static str) -> Option<&'a Item<'a>> {
        self.asked.push(key);
        self.table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, item)| item)
    }

    /// Returns a table within.
    pub(super) fn section(&mut self, desk: &mut Desk, key: &'static str) -> Option<Self> {
        let item = self.item(key)?;
        Self::of(desk, item)
    }

    /// Returns a text.
    pub(super) fn text(&mut self, desk: &mut Desk, key: &'static str) -> Option<Spanned<&'a str>> {
        let item = self.item(key)?;
        as_text(desk, item)
    }

    /// Returns a text that must be there, and not empty.
    pub(super) fn required_text(&mut self, desk: &mut Desk, key: &'static str) -> Option<Spanned<&'a str>> {
        let Some(item) = self.item(key) else {
            desk.add(self.span(), format!("`{key}` is missing"));
            return None;
        };
        let text = as_text(desk, item)?;
        if text.get_ref().is_empty() {
            desk.add(text.span(), format!("`{key}` is empty"));
            return None;
        }
        Some(text)
    }

    /// Returns a whole number in a range.
    pub(super) fn integer(&mut self, desk: &mut Desk, key: &'static str, range: RangeInclusive<u64>) -> Option<u64> {
        let item = self.item(key)?;
        as_integer(desk, item, range)
    }

    /// Returns a number that is not negative.
    pub(super) fn amount(&mut self, desk: &mut Desk, key: &'static str) -> Option<f64> {
        let item = self.item(key)?;
        let number = as_number(desk, item)?;
        if number < 0.0 {
            desk.add(item.span(), format!("`{key}` is not negative"));
        }
        Some(number)
    }

    /// Returns true or false; false if the key is not there.
    pub(super) fn flag(&mut self, desk: &mut Desk, key: &'static str) -> bool {
        let Some(item) = self.item(key) else { return false };
        let flag = item.get_ref().as_bool();
        if flag.is_none() {
            expected(desk, item, "true or false");
        }
        flag.unwrap_or(false)
    }

    /// Returns what a word means.
    pub(super) fn word<T: Copy>(
        &mut self,
        desk: &mut Desk,
        key: &'static str,
        words: &'static [(&'static str, T)],
    ) -> Option<T> {
        let text = self.text(desk, key)?;
        let meant = words.iter().find(|(word, _)| word == text.get_ref());
        if meant.is_none() {
            let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let message = format!("`{}` is not one of {}", text.get_ref(), names.join(", "));
            desk.add(text.span(), message);
        }
        meant.map(|(_, meaning)| *meaning)
    }

    /// Returns the values of a list, none if the key is not there.
    pub(super) fn list(&mut self, desk: &mut Desk, key: &'static str) -> Vec<&'a Item<'a>> {
        let Some(item) = self.item(key) else { return Vec::new() };
        let Some(items) = item.get_ref().as_array() else {
            expected(desk, item, "a list");
            return Vec::new();
        };
        items.iter().collect()
    }

    /// Returns a value of one kind or a list of them as a list, none if the key is not there.
    pub(super) fn one_or_many(&mut self, key: &'static str) -> Vec<&'a Item<'a>> {
        let Some(item) = self.item(key) else { return Vec::new() };
        item.get_ref().as_array().map_or_else(|| vec![item], |items| items.iter().collect())
    }

    /// Returns the keys and values of a table within, in the order of the text, none if the key is not there.
    pub(super) fn pairs(&mut self, desk: &mut Desk, key: &'static str) -> Vec<(Spanned<&'a str>, &'a Item<'a>)> {
        self.section(desk, key).map_or_else(Vec::new, |section| section.entries())
    }

    /// Returns all keys and values, in the order of the text.
    pub(super) fn entries(&self) -> Vec<(Spanned<&'a str>, &'a Item<'a>)> {
        let spanned = |key: &'a Spanned<_>| Spanned::new(key.span(), AsRef::<str>::as_ref(key.get_ref()));
        let mut entries: Vec<_> = self.table.iter().map(|(key, item)| (spanned(key), item)).collect();
        // The parser keeps its keys sorted by name.
        entries.sort_by_key(|(key, _)| key.span().start);
        entries
    }

    /// Tells of the keys that nobody asked for.
    pub(super) fn finish(self, desk: &mut Desk, name: &str) {
        for (key, _) in self.entries() {
            if self.asked.contains(key.get_ref()) {
                continue;
            }
            let hint = closest(key.get_ref(), self.asked.iter().copied());
            let hint = hint.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
            desk.add(key.span(), format!("{name} has no key `{}`{hint}", key.get_ref()));
        }
    }
}

/// Returns a value as a text.
pub(super) fn as_text<'a>(desk: &mut Desk, item: &'a Item<'a>) -> Option<Spanned<&'a str>> {
    let text = item.get_ref().as_str();
    if text.is_none() {
        expected(desk, item, "a string");
    }
    text.map(|text| Spanned::new(item.span(), text))
}

/// Returns a value as a whole number in a range.
pub(super) fn as_integer(desk: &mut Desk, item: &Item<'_>, range: RangeInclusive<u64>) -> Option<u64> {
    let number = signed(item).and_then(|number| u64::try_from(number).ok()).filter(|number| range.contains(number));
    if number.is_none() {
        expected(desk, item, &format!("a whole number from {} to {}", range.start(), range.end()));
    }
    number
}

/// Returns a value as a finite number.
pub(super) fn as_number(desk: &mut Desk, item: &Item<'_>) -> Option<f64> {
    let written = match item.get_ref() {
        DeValue::Integer(digits) => Some(digits.as_str()),
        DeValue::Float(digits) => Some(digits.as_str()),
        DeValue::String(_) | DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    };
    let number = written.and_then(|digits| digits.parse().ok()).filter(|number: &f64| number.is_finite());
    if number.is_none() {
        expected(desk, item, "a number");
    }
    number
}

/// Returns a value as a whole number, if it is one that 64 bits hold.
pub(super) fn signed(item: &Item<'_>) -> Option<i64> {
    let digits = item.get_ref().as_integer()?;
    i64::from_str_radix(digits.as_str(), digits.radix()).ok()
}

/// Tells that a value is not what it should be.
pub(super) fn expected(desk: &mut Desk, item: &Item<'_>, wanted: &str) {
    desk.add(item.span(), format!("expected {wanted}, found {}", found(item.get_ref())));
}

fn found(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the string `{text}`"),
        DeValue::Integer(digits) => format!("`{digits}`"),
        DeValue::Float(digits) => format!("`{digits}`"),
        DeValue::Boolean(value) => format!("`{value}`"),
        DeValue::Datetime(_) => "a date".to_owned(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
