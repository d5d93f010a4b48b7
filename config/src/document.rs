//! A file as a tree: keys and values with their places, in the order of the file. Knows TOML and
//! nothing of plants.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::explain::quoted;
use crate::findings::Findings;
use crate::limits::REPEATED_KEYS_MAX;
use crate::pieces;
use crate::place::{FileIndex, Place};
use crate::problems;

/// A table: a section, an entry of a list section, or the file itself.
#[derive(Debug)]
pub(crate) struct Table {
    /// The header, or the whole inline table.
    pub(crate) place: Place,
    /// The entries, in the order of the file.
    pub(crate) entries: Vec<Entry>,
}

/// A key and its value.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The key; tables of one section share theirs, for a plant has a hundred thousand of them.
    pub(crate) key: Arc<str>,
    /// Where the key stands.
    pub(crate) key_place: Place,
    /// The value.
    pub(crate) item: Item,
}

/// A value and its place.
#[derive(Debug)]
pub(crate) struct Item {
    /// Where it stands.
    pub(crate) place: Place,
    /// What it is.
    pub(crate) content: Content,
}

/// What a value is.
#[derive(Debug)]
pub(crate) enum Content {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a point or an exponent, NaN and infinities too.
    Float(f64),
    /// A string, decoded.
    Text(String),
    /// A date, a time or both, normalised to RFC 3339 spelling.
    Date(String),
    /// A list, or the entries of `[[…]]`.
    List(Vec<Item>),
    /// A table.
    Table(Table),
}

impl Content {
    /// Returns what it is, for a sentence such as "found a string".
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a float",
            Self::Text(_) => "a string",
            Self::Date(_) => "a date",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Text(text) => write!(f, "{}", quoted(text)),
            Self::Date(text) => write!(f, "{text}"),
            Self::List(items) => write!(f, "[{}]", joined(items.iter().map(|item| item.content.to_string()))),
            Self::Table(table) => {
                let pairs =
                    table.entries.iter().map(|entry| format!("{} = {}", quoted(&entry.key), entry.item.content));
                write!(f, "{{ {} }}", joined(pairs))
            }
        }
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

impl Table {
    /// Returns the entry of a key.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| *entry.key == *key)
    }
}

/// Parses a file; what is wrong with the text is added to the findings, and the rest is read on.
pub(crate) fn parse(text: &str, file: FileIndex, findings: &mut Findings) -> Table {
    pieces::parse(text, file).unwrap_or_else(|| parse_whole(text, file, findings))
}

/// Parses a part of a file as if it were the whole; `None` if anything is wrong with it.
pub(crate) fn parse_piece(text: &str, span: Range<usize>, file: FileIndex) -> Option<Table> {
    let (root, errors) = DeTable::parse_recoverable(&text[span.clone()]);
    let (mut findings, base) = (Findings::default(), span.start);
    let mut reader = TreeReader { file, base, keys: BTreeSet::new(), findings: &mut findings };
    let place = reader.place(&(0..0));
    let table = reader.table(root.into_inner(), place);
    (errors.is_empty() && !findings.has_problems()).then_some(table)
}

/// Parses a file in one go.
pub(crate) fn parse_whole(text: &str, file: FileIndex, findings: &mut Findings) -> Table {
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut reader = TreeReader { file, base: 0, keys: BTreeSet::new(), findings };
    let place = reader.place(&(0..0));
    let table = reader.table(root.into_inner(), place);
    for (index, error) in errors.iter().enumerate() {
        reader.syntax_error(error, text, (index < REPEATED_KEYS_MAX).then_some(&table));
    }
    table
}

struct TreeReader<'f> {
    file: FileIndex,
    /// Where in the file the text begins.
    base: usize,
    /// The keys that were read.
    keys: BTreeSet<Arc<str>>,
    findings: &'f mut Findings,
}

impl TreeReader<'_> {
    fn place(&self, span: &Range<usize>) -> Place {
        Place::new(self.file, &(span.start + self.base..span.end + self.base))
    }

    fn table(&mut self, table: DeTable<'_>, place: Place) -> Table {
        let mut entries: Vec<Entry> = table
            .into_iter()
            .map(|(key, value)| {
                let key_place = self.place(&key.span());
                Entry { key: self.key(&key.into_inner()), key_place, item: self.item(value) }
            })
            .collect();
        // The parser keeps its keys sorted by name.
        entries.sort_by_key(|entry| entry.key_place);
        Table { place, entries }
    }

    fn key(&mut self, key: &str) -> Arc<str> {
        if let Some(known) = self.keys.get(key) {
            return Arc::clone(known);
        }
        let key = Arc::from(key);
        self.keys.insert(Arc::clone(&key));
        key
    }

    fn item(&mut self, value: Spanned<DeValue<'_>>) -> Item {
        let place = self.place(&value.span());
        let content = match value.into_inner() {
            DeValue::Boolean(value) => Content::Boolean(value),
            DeValue::Integer(value) => Content::Integer(self.integer(value.as_str(), value.radix(), place)),
            DeValue::Float(value) => Content::Float(value.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::String(value) => Content::Text(value.into_owned()),
            DeValue::Datetime(value) => Content::Date(value.to_string()),
            DeValue::Array(values) => Content::List(values.into_iter().map(|value| self.item(value)).collect()),
            DeValue::Table(table) => Content::Table(self.table(table, place)),
        };
        Item { place, content }
    }

    fn integer(&mut self, digits: &str, radix: u32, place: Place) -> i64 {
        i64::from_str_radix(digits, radix).unwrap_or_else(|_| {
            let message = format!("`{digits}` does not fit 64 bits");
            self.findings
                .add(problems::OUT_OF_RANGE, place, message)
                .hint("the largest integer is 9223372036854775807");
            0
        })
    }

    fn syntax_error(&mut self, error: &toml::de::Error, text: &str, root: Option<&Table>) {
        let span = error.span().unwrap_or(0..0);
        let place = self.place(&span);
        if error.message() == "duplicate key" {
            let key = text.get(span).unwrap_or_default();
            let finding = self.findings.add(problems::DUPLICATE_KEY, place, format!("`{key}` is set twice"));
            if let Some(first) = root.and_then(|root| last_before(root, key.trim_matches(['"', '\'']), place)) {
                let line = text[..first.start()].matches('\n').count() + 1;
                finding.hint(format!("the first is in line {line}"));
            }
        } else {
            let message = syntax_message(error.message(), text.get(place.start()..).unwrap_or_default());
            self.findings.add(problems::SYNTAX, place, message);
        }
    }
}

/// Returns the parser's message, in plain words where the commonest mistakes are.
fn syntax_message(message: &str, rest: &str) -> String {
    if !message.starts_with("string values must be quoted") {
        return message.to_owned();
    }
    match rest.split(|character: char| character.is_whitespace() || "#,]}".contains(character)).next() {
        Some(word) if !word.is_empty() => format!("`{word}` is no value; text stands in quotes: `\"{word}\"`"),
        Some(_) | None => "there is no value after `=`".to_owned(),
    }
}

/// Returns the last key of a name before a place: the one that a duplicate repeats.
fn last_before(table: &Table, key: &str, place: Place) -> Option<Place> {
    let below = |item: &Item| match &item.content {
        Content::Table(table) => last_before(table, key, place),
        Content::List(items) => items.iter().filter_map(|item| in_list(item, key, place)).max(),
        Content::Boolean(_) | Content::Integer(_) | Content::Float(_) | Content::Text(_) | Content::Date(_) => None,
    };
    let own = |entry: &Entry| (*entry.key == *key && entry.key_place < place).then_some(entry.key_place);
    table.entries.iter().flat_map(|entry| [own(entry), below(&entry.item)]).flatten().max()
}

fn in_list(item: &Item, key: &str, place: Place) -> Option<Place> {
    if let Content::Table(table) = &item.content { last_before(table, key, place) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: FileIndex = FileIndex(0);

    #[test]
    fn keeps_the_order_and_the_places_of_the_file() {
        let text = "[gateway]\nid = \"x\"\n[[tags]]\npath = 'b'\n[[tags]]\na.b = [1, 2.5]\n";
        let mut findings = Findings::default();
        let root = parse(text, FILE, &mut findings);
        assert!(!findings.has_problems());
        let keys: Vec<&str> = root.entries.iter().map(|entry| &*entry.key).collect();
        assert_eq!(keys, ["gateway", "tags"]);
        let Content::List(tags) = &root.entry("tags").unwrap().item.content else { panic!("a list") };
        let spans: Vec<&str> = tags.iter().map(|tag| &text[tag.place.span()]).collect();
        assert_eq!(spans, ["[[tags]]", "[[tags]]"]);
        let Content::Table(first) = &tags[0].content else { panic!("a table") };
        let path = first.entry("path").unwrap();
        assert_eq!(&text[path.item.place.span()], "'b'");
    }

    #[test]
    fn finds_every_mistake_of_a_text() {
        let mut findings = Findings::default();
        parse("a = \nb = \"x\\q\"\nc = 99999999999999999999\nd = 1\nd = 2\n[e\n", FILE, &mut findings);
        let files = [crate::files::File::for_test(
            "plant.toml",
            "a = \nb = \"x\\q\"\nc = 99999999999999999999\nd = 1\nd = 2\n[e\n",
        )];
        let problems = findings.into_problems(&files);
        let lines: Vec<(usize, &str)> = problems
            .as_slice()
            .iter()
            .map(|problem| (problem.position.as_ref().map_or(0, |position| position.line), problem.code.0))
            .collect();
        assert_eq!(lines, [(1, "E203"), (2, "E203"), (3, "E208"), (5, "E212"), (6, "E203")]);
    }
}
