//! What happens at one moment of a test: values and qualities of tags, a command.

use latchwork_expr::Type;
use serde_json::Value as Json;

use super::command::{self, StepCommand};
use super::names::Names;
use super::value;
use super::when::{self, When};
use crate::desk::Desk;
use crate::document::{Content, Item, Table};
use crate::limits::FOLDERS_DEPTH_MAX;
use crate::place::Place;
use crate::problems;
use crate::reader::Reader;

/// What happens at one moment.
#[derive(Clone, Debug)]
pub struct Step {
    /// When.
    pub at: When,
    /// What is read then, as one scan.
    pub samples: Vec<StepSample>,
    /// What is asked then, after what is read.
    pub command: Option<StepCommand>,
    /// The line that it begins in.
    pub line: usize,
}

/// One reading.
#[derive(Clone, Debug, PartialEq)]
pub struct StepSample {
    /// The tag's path.
    pub tag: String,
    /// The value as JSON, none for null or where the last one is kept.
    pub value: Json,
    /// How far it can be trusted.
    pub quality: StepQuality,
}

/// How far a value of a step can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepQuality {
    /// It is read.
    Good,
    /// It is read, and may be wrong.
    Uncertain,
    /// It cannot be read: the tag keeps its last value.
    Bad,
}

impl StepQuality {
    /// Returns the word that traces know.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Good => "Good",
            Self::Uncertain => "Uncertain",
            Self::Bad => "Bad",
        }
    }
}

/// Where the names of a step are looked for.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    pub(super) names: Names<'s>,
    pub(super) tag_folder: &'s str,
    pub(super) section: &'static str,
}

/// Reads one of `steps`.
pub(super) fn read(desk: &mut Desk<'_>, table: &Table, scope: Scope<'_>) -> Option<(Step, Place)> {
    let Scope { names, section, .. } = scope;
    let mut reader = Reader::new(desk, section, table);
    if !reader.has("at") {
        reader.missing("at");
    }
    let at = when::optional(&mut reader, "at", names.zone());
    let place = reader.value_place(&["at"]);
    let mut samples = Samples { scope, samples: Vec::new() };
    for (key, quality) in [("set", StepQuality::Good), ("uncertain", StepQuality::Uncertain)] {
        if let Some(item) = reader.item(key) {
            samples.add_values(&mut reader, key, item, quality);
        }
    }
    for (key, quality) in [("null", StepQuality::Good), ("bad", StepQuality::Bad)] {
        for (path, place) in reader.texts(key) {
            samples.add(&mut reader, path, place, quality, |_, _, _| Some(Json::Null));
        }
    }
    let samples = samples.samples;
    let command = command::read(&mut reader, names);
    let is_empty = ["set", "uncertain", "null", "bad", "command"].iter().all(|key| !reader.has(key));
    if is_empty {
        let hint = "write what happens then, such as `set = { … }`".to_owned();
        reader.problem(problems::NOTHING_HAPPENS, table.place, "nothing happens in the step", Some(hint));
    }
    let desk = reader.finish(section);
    Some((Step { at: at?, samples, command, line: desk.line(table.place) }, place))
}

/// The samples of a step, as they are read.
struct Samples<'s> {
    scope: Scope<'s>,
    samples: Vec<StepSample>,
}

impl Samples<'_> {
    fn add_values(&mut self, reader: &mut Reader<'_, '_>, key: &str, item: &Item, quality: StepQuality) {
        if let Content::Table(table) = &item.content {
            self.add_folder(reader, "", table, quality, 0);
        } else {
            reader.wrong_type(key, item, "a table such as `{ Running = true }`");
        }
    }

    /// Adds the values of a folder: a table below a key is a folder in it, unless the tag takes tables.
    fn add_folder(
        &mut self,
        reader: &mut Reader<'_, '_>,
        folder: &str,
        table: &Table,
        quality: StepQuality,
        depth: usize,
    ) {
        for entry in &table.entries {
            let path = if folder.is_empty() { entry.key.to_string() } else { format!("{folder}/{}", entry.key) };
            let is_value = || self.scope.names.takes_tables(&path, self.scope.tag_folder);
            match &entry.item.content {
                Content::Table(below) if depth < FOLDERS_DEPTH_MAX && !is_value() => {
                    self.add_folder(reader, &path, below, quality, depth + 1);
                }
                Content::Boolean(_)
                | Content::Integer(_)
                | Content::Float(_)
                | Content::Text(_)
                | Content::Date(_)
                | Content::List(_)
                | Content::Table(_) => {
                    let read =
                        |reader: &mut Reader<'_, '_>, tag: &str, kind| value::read(reader, tag, &entry.item, kind);
                    self.add(reader, &path, entry.key_place, quality, read);
                }
            }
        }
    }

    /// Adds a sample of a tag, with what `value` reads for its type.
    fn add(
        &mut self,
        reader: &mut Reader<'_, '_>,
        path: &str,
        place: Place,
        quality: StepQuality,
        value: impl FnOnce(&mut Reader<'_, '_>, &str, Option<Type>) -> Option<Json>,
    ) {
        let Some((tag, kind)) = self.scope.names.tag(reader, path, self.scope.tag_folder, place) else { return };
        if self.samples.iter().any(|sample| sample.tag == tag) {
            let message = format!("`{path}` is set twice in one step");
            reader.problem(problems::DUPLICATE_NAME, place, message, Some("write two steps".to_owned()));
            return;
        }
        if let Some(value) = value(reader, &tag, kind) {
            self.samples.push(StepSample { tag, value, quality });
        }
    }
}
