//! Keys that take text: plain, names, expressions, ids, time zones.

use chrono_tz::{TZ_VARIANTS, Tz};
use ulid::Ulid;

use latchwork_expr::Code;

use super::Reader;
use crate::document::{Content, Item};
use crate::explain::quoted;
use crate::limits::NAME_CHARS_MAX;
use crate::place::Place;
use crate::problems;
use crate::value_source;

/// A text of the file.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    /// What it stands for.
    pub(crate) value: String,
    /// What people may see, if that is not the value: secrets are shown as they are written.
    shown: Option<Box<str>>,
    /// Where it stands.
    pub(crate) place: Place,
}

impl Written {
    /// Returns what people may see of it.
    pub(crate) fn shown(&self) -> &str {
        self.shown.as_deref().unwrap_or(&self.value)
    }

    /// Returns the text with an ending.
    pub(crate) fn with_ending(&self, ending: &str) -> Self {
        let shown = self.shown.as_ref().map(|shown| format!("{shown}{ending}").into());
        Self { value: format!("{}{ending}", self.value), shown, place: self.place }
    }

    /// Tells whether the value stands elsewhere: in a variable or a file.
    pub(crate) const fn is_elsewhere(&self) -> bool {
        self.shown.is_some()
    }
}

/// An expression of the file, taken as it is: `{…}` in it is the language's.
#[derive(Clone, Debug)]
pub(crate) struct ExpressionText {
    /// The text.
    pub(crate) text: String,
    /// The TOML string that it stands in, quotes included.
    pub(crate) place: Place,
}

impl Reader<'_, '_> {
    /// Returns the text of a key, if there is one.
    pub(crate) fn text(&mut self, key: &'static str) -> Option<Written> {
        let item = self.item(key)?;
        let Content::Text(text) = &item.content else {
            self.wrong_type(key, item, "a string");
            return None;
        };
        let written = self.resolved(text, item.place)?;
        self.explain(key, Some(item.place), || quoted(written.shown()));
        Some(written)
    }

    /// Returns the text of a key, or a default.
    pub(crate) fn text_or(&mut self, key: &'static str, default: &str) -> String {
        if self.table.entry(key).is_none() {
            self.item(key);
            self.explain(key, None, || quoted(default));
            return default.to_owned();
        }
        self.text(key).map_or_else(|| default.to_owned(), |written| written.value)
    }

    /// Returns a name that must be there: not empty, without control characters, not endless.
    pub(crate) fn required_name(&mut self, key: &'static str) -> Option<Written> {
        if self.table.entry(key).is_none() {
            self.item(key);
            self.missing(key);
            return None;
        }
        self.name(key)
    }

    /// Returns a name, if there is one.
    pub(crate) fn name(&mut self, key: &'static str) -> Option<Written> {
        let name = self.text(key)?;
        let fault = if name.value.is_empty() {
            "is empty"
        } else if name.value.chars().any(char::is_control) {
            "has a control character"
        } else if name.value.chars().count() > NAME_CHARS_MAX {
            "is too long"
        } else {
            return Some(name);
        };
        let message = format!("`{key}` {fault}, expected 1 to {NAME_CHARS_MAX} visible characters");
        self.problem(problems::OUT_OF_RANGE, name.place, message, None);
        None
    }

    /// Returns an expression, if there is one.
    pub(crate) fn expression(&mut self, key: &'static str) -> Option<ExpressionText> {
        let item = self.item(key)?;
        let Content::Text(text) = &item.content else {
            self.wrong_expression(key, item);
            return None;
        };
        self.explain(key, Some(item.place), || quoted(text));
        Some(ExpressionText { text: text.clone(), place: item.place })
    }

    /// Returns the id that is given, else the one derived from what it names.
    pub(crate) fn id(&mut self, key: &'static str, derived: Option<Ulid>, from: &str) -> Option<(Ulid, Place)> {
        if self.table.entry(key).is_none() {
            self.item(key);
            let id = derived?;
            self.explain_from(key, None, from, || quoted(&id.to_string()));
            return Some((id, self.place()));
        }
        let written = self.text(key)?;
        let id = parse_id(&written.value);
        if id.is_none() {
            let message =
                format!("`{}` is not a ULID, expected 26 characters, or 32 hexadecimal digits", written.shown());
            self.problem(
                problems::BAD_ID,
                written.place,
                message,
                Some(format!("leave `{key}` out to have it derived")),
            );
        }
        Some((id?, written.place))
    }

    /// Returns a time zone, or the default, which comes from where `otherwise` says.
    pub(crate) fn zone(&mut self, key: &'static str, default: Tz, otherwise: &str) -> Tz {
        if self.table.entry(key).is_none() {
            self.item(key);
            self.explain_from(key, None, otherwise, || quoted(default.name()));
            return default;
        }
        let Some(written) = self.text(key) else { return default };
        written.value.parse().unwrap_or_else(|_| {
            let names = TZ_VARIANTS.iter().map(|zone| zone.name());
            let hint = self.desk.suggest(&written.value, names).or_else(|| Some(ZONE_EXAMPLES.to_owned()));
            let message = format!("there is no time zone `{}`", written.shown());
            self.problem(problems::UNKNOWN_ZONE, written.place, message, hint);
            default
        })
    }

    /// Tells whether what a text stands for is not known, so that nothing can be said about it.
    pub(crate) fn is_hidden(&self, written: &Written) -> bool {
        written.is_elsewhere() && self.desk.source.hides_values()
    }

    /// Adds the problem that a text is malformed: `the address … has no number`. The fault quotes
    /// the text, so one that stands elsewhere is told without; a hidden one is not known to be wrong.
    pub(crate) fn malformed(&mut self, code: Code, what: &str, written: &Written, fault: &str, hint: Option<&str>) {
        if self.is_hidden(written) {
            return;
        }
        let fault = if written.is_elsewhere() { "is malformed" } else { fault };
        let message = format!("the {what} `{}` {fault}", written.shown());
        self.problem(code, written.place, message, hint.map(str::to_owned));
    }

    /// Returns the text that a string stands for.
    pub(crate) fn resolved(&mut self, text: &str, place: Place) -> Option<Written> {
        match value_source::resolve(text, self.desk.folder(place), self.desk.source) {
            Ok(None) => Some(Written { value: text.to_owned(), shown: None, place }),
            Ok(Some(value)) => Some(Written { value, shown: Some(text.into()), place }),
            Err(unresolved) => {
                self.problem(unresolved.code, place, unresolved.message, Some(unresolved.hint.to_owned()));
                None
            }
        }
    }

    fn wrong_expression(&mut self, key: &'static str, item: &Item) {
        let plain = matches!(item.content, Content::Boolean(_) | Content::Integer(_) | Content::Float(_));
        let hint = plain.then(|| format!("an expression stands in quotes: `\"{}\"`", self.desk.written(item.place)));
        let message = format!("`{key}` is {}, expected an expression in a string", item.content.kind());
        self.problem(problems::WRONG_TYPE, item.place, message, hint);
    }
}

const ZONE_EXAMPLES: &str = "names are those of the tz database, such as `Europe/Berlin`";

/// Reads a ULID: 26 characters, or the 32 hexadecimal digits of its 128 bits; dashes are ignored.
fn parse_id(text: &str) -> Option<Ulid> {
    let bare = text.replace('-', "");
    match bare.len() {
        // A first character beyond 7 would be more than 128 bits.
        26 if bare.starts_with(|first: char| first <= '7') => Ulid::from_string(&bare).ok(),
        32 if bare.bytes().all(|byte| byte.is_ascii_hexdigit()) => u128::from_str_radix(&bare, 16).ok().map(Ulid::from),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ids_with_and_without_dashes() {
        let id = Ulid::from_string("017BT4K86YJQAHS8X7VWEFPAHH").ok();
        assert!(id.is_some());
        for text in [
            "017BT4K86YJQAHS8X7VWEFPAHH",
            "017bt4k86yjqahs8x7vwefpahh",
            "017BT4K86Y-JQAHS8X7VWEFPAHH",
            "013af449-a0de-95d5-1ca3-a7df1cfb2a31",
        ] {
            assert_eq!(parse_id(text), id, "{text}");
        }
        for text in [
            "",
            "017BT4K86Y",
            "817BT4K86YJQAHS8X7VWEFPAHH",
            "017BT4K86YJQAHS8X7VWEFPAH!",
            "+13af449a0de95d51ca3a7df1cfb2a31",
        ] {
            assert_eq!(parse_id(text), None, "{text}");
        }
    }
}
