//! What is expected of one record or event: only the keys that its author cares for.

use std::fmt;

use latchwork_engine::OperationIndex;
use serde_json::Value as Json;

use super::keys::{Key, KeyKind};
use super::names::Names;
use super::scalar::{number, seconds, text, truth, word};
use super::value;
use super::when::{self, When};
use crate::desk::Desk;
use crate::document::{Content, Entry, Item, Table};
use crate::problems;
use crate::reader::Reader;

/// What is expected of one record or event.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// The line that it begins in.
    pub line: usize,
    /// What is expected, in the order of the file.
    pub fields: Vec<ExpectedField>,
}

/// One thing that is expected.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpectedField {
    /// The key, by its short name; `captures.NAME` for a capture.
    pub key: String,
    /// The value.
    pub value: ExpectedValue,
    /// The line that it stands in.
    pub line: usize,
}

/// An expected value.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpectedValue {
    /// A moment.
    Time(When),
    /// A length of time in seconds.
    Seconds(f64),
    /// A text, a number, a truth, or what a capture holds.
    Value(Json),
    /// None at all.
    Without,
}

impl fmt::Display for ExpectedValue {
    /// Writes it as it stands in a file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(when) => write!(f, "{when}"),
            Self::Seconds(seconds) => write!(f, "{seconds}"),
            Self::Value(value) => write!(f, "{value}"),
            Self::Without => write!(f, "none"),
        }
    }
}

/// What a list of expectations is made of.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// The section, for messages.
    pub(super) section: &'static str,
    /// The keys that can be expected.
    pub(super) keys: &'static [Key],
    /// The key without which anything could be meant.
    pub(super) required: Option<Key>,
}

/// Reads one expectation. `among` are the operations that the test is about, all if it is empty.
pub(super) fn read(
    desk: &mut Desk<'_>,
    table: &Table,
    shape: Shape,
    names: Names<'_>,
    among: &[OperationIndex],
) -> Expected {
    let mut reader = Reader::new(desk, shape.section, table);
    let mut of = Of { names, operations: among.to_vec() };
    let mut fields = Vec::new();
    for key in shape.keys {
        for name in [key.name, key.line_name].into_iter().take(1 + usize::from(key.name != key.line_name)) {
            if let Some(item) = reader.item(name) {
                fields.extend(of.read(&mut reader, *key, item));
            }
        }
    }
    fields.extend(without(&mut reader, shape.keys));
    let place = reader.place();
    if let Some(key) = shape.required.filter(|key| !reader.has(key.name) && !reader.has(key.line_name)) {
        reader.missing(key.name);
    }
    if fields.is_empty() && table.entries.is_empty() {
        let message = "the expectation is empty: anything would meet it";
        reader.problem(problems::NOTHING_EXPECTED, place, message, None);
    }
    let desk = reader.finish(shape.section);
    fields.sort_by_key(|(place, _)| *place);
    let line = |place| desk.line(place);
    let field = |(place, (key, value))| ExpectedField { key, value, line: line(place) };
    Expected { line: line(place), fields: fields.into_iter().map(field).collect() }
}

/// A key's value and where it stands.
type Placed = (crate::place::Place, (String, ExpectedValue));

/// What an expectation is about.
struct Of<'c> {
    names: Names<'c>,
    /// Whose captures it may name; all if it is empty.
    operations: Vec<OperationIndex>,
}

impl Of<'_> {
    /// Reads the value of a key; complains about one that the key can never have.
    fn read(&mut self, reader: &mut Reader<'_, '_>, key: Key, item: &Item) -> Vec<Placed> {
        let value = match key.kind {
            KeyKind::Text => text(reader, key.name, item).map(value_of),
            KeyKind::Word(words) => word(reader, key.name, item, words).map(value_of),
            KeyKind::Time => when::read(reader, key.name, item, self.names.zone()).map(ExpectedValue::Time),
            KeyKind::Seconds => seconds(reader, key.name, item).map(ExpectedValue::Seconds),
            KeyKind::Number => {
                number(reader, key.name, item, "a number").map(|number| ExpectedValue::Value(number.into()))
            }
            KeyKind::Truth => truth(reader, key.name, item).map(|truth| ExpectedValue::Value(truth.into())),
            KeyKind::Operation => return self.operation(reader, key, item),
            KeyKind::Location => text(reader, key.name, item).map(|path| {
                self.names.check_location(reader, path, item.place);
                value_of(path)
            }),
            KeyKind::Captures => return self.captures(reader, item),
        };
        value.map(|value| (item.place, (key.name.to_owned(), value))).into_iter().collect()
    }

    /// Reads the name of an operation; `Location/Path:Name` says where it is, too.
    fn operation(&mut self, reader: &mut Reader<'_, '_>, key: Key, item: &Item) -> Vec<Placed> {
        let Some(name) = text(reader, key.name, item) else { return Vec::new() };
        let found = self.names.operations(reader, name, item.place);
        let mut fields = vec![(item.place, (key.name.to_owned(), value_of(name)))];
        if let (Some(plant), [only]) = (self.names.plant(), found.as_slice()) {
            let row = &plant.operations[only.index()];
            if row.name != name {
                let path = plant.locations[row.location.index()].path.as_str();
                fields = vec![(item.place, (key.name.to_owned(), value_of(&row.name)))];
                fields.extend((key.name == "operation").then(|| (item.place, ("location".to_owned(), value_of(path)))));
            }
        }
        if key.name == "operation" {
            self.operations = found;
        }
        fields
    }

    /// Reads what is expected of captures; those that are not named are not looked at.
    fn captures(&self, reader: &mut Reader<'_, '_>, item: &Item) -> Vec<Placed> {
        let Content::Table(table) = &item.content else {
            reader.wrong_type("captures", item, "a table such as `{ energy = 250 }`");
            return Vec::new();
        };
        let captures = table.entries.iter();
        captures
            .map(|Entry { key, key_place, item }| {
                self.check_capture(reader, key, *key_place);
                (item.place, (format!("captures.{key}"), ExpectedValue::Value(value::json(&item.content))))
            })
            .collect()
    }

    fn check_capture(&self, reader: &mut Reader<'_, '_>, name: &str, place: crate::place::Place) {
        let Some(plant) = self.names.plant() else { return };
        let mut about: Vec<_> = self.operations.iter().map(|index| &plant.operations[index.index()]).collect();
        if about.is_empty() {
            about = plant.operations.iter().collect();
        }
        let names = || about.iter().flat_map(|row| &row.captures).map(|capture| capture.name.as_str());
        if !names().any(|candidate| candidate == name) {
            let hint = reader.desk.suggest(name, names());
            reader.problem(problems::UNMEASURED, place, format!("there is no capture `{name}`"), hint);
        }
    }
}

/// Reads which keys have no value, as TOML has no word for that.
fn without(reader: &mut Reader<'_, '_>, keys: &[Key]) -> Vec<Placed> {
    let mut fields = Vec::new();
    for (name, place) in reader.texts("without") {
        let known = keys.iter().find(|key| key.name == name || key.line_name == name);
        let key = match known {
            Some(key) => key.name.to_owned(),
            None if name.starts_with("captures.") => name.to_owned(),
            None => {
                let hint = reader.desk.suggest(name, keys.iter().map(|key| key.name));
                reader.problem(
                    problems::UNKNOWN_WORD,
                    place,
                    format!("`without` names `{name}`, which is no key"),
                    hint,
                );
                continue;
            }
        };
        fields.push((place, (key, ExpectedValue::Without)));
    }
    fields
}

fn value_of(text: &str) -> ExpectedValue {
    ExpectedValue::Value(text.into())
}
