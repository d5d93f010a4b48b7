//! What `[defaults]` and every test may say.

use latchwork_engine::OperationIndex;
use latchwork_expr::Timestamp;

use super::keys::{EVENT_TYPE, unknown_word};
use super::names::Names;
use super::step::{self, Scope, Step};
use super::when::{self, When};
use crate::document::Table;
use crate::place::Place;
use crate::problems;
use crate::reader::Reader;
use crate::words::Words;

/// What `[defaults]` and a test may say.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    pub(super) start: Option<Timestamp>,
    pub(super) until: Option<When>,
    pub(super) tag_folder: Option<String>,
    pub(super) operations: Option<Vec<OperationIndex>>,
    pub(super) among_others: Option<Vec<Lists>>,
    pub(super) no_events: Option<Vec<(String, Place)>>,
    pub(super) tolerance_micros: Option<i64>,
}

/// A list that is complete unless it is said not to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lists {
    /// `records`.
    Records,
    /// `events`.
    Events,
}

const LISTS: Words<Lists> = &[("records", Lists::Records), ("events", Lists::Events)];

impl Settings {
    /// Reads them.
    pub(super) fn read(reader: &mut Reader<'_, '_>, names: Names<'_>) -> Self {
        Self {
            start: reader.date("start", names.zone()),
            until: when::optional(reader, "until", names.zone()),
            tag_folder: reader.text("tag_folder").map(|folder| folder.value.trim_end_matches('/').to_owned()),
            operations: operations(reader, names),
            among_others: words(reader, "among_others", LISTS)
                .map(|found| found.into_iter().map(|row| row.1).collect()),
            no_events: words(reader, "no_events", EVENT_TYPE)
                .map(|found| found.into_iter().map(|(word, (), place)| (word.to_owned(), place)).collect()),
            tolerance_micros: tolerance(reader),
        }
    }

    /// Returns these, completed by the defaults.
    pub(super) fn or(self, defaults: &Self) -> Self {
        Self {
            start: self.start.or(defaults.start),
            until: self.until.or(defaults.until),
            tag_folder: self.tag_folder.or_else(|| defaults.tag_folder.clone()),
            operations: self.operations.or_else(|| defaults.operations.clone()),
            among_others: self.among_others.or_else(|| defaults.among_others.clone()),
            no_events: self.no_events.or_else(|| defaults.no_events.clone()),
            tolerance_micros: self.tolerance_micros.or(defaults.tolerance_micros),
        }
    }
}

fn operations(reader: &mut Reader<'_, '_>, names: Names<'_>) -> Option<Vec<OperationIndex>> {
    let is_given = reader.has("operations");
    let written = reader.texts("operations");
    let found = written.into_iter().flat_map(|(name, place)| names.operations(reader, name, place)).collect();
    is_given.then_some(found)
}

/// Reads a list of words, with what they mean and where they stand.
fn words<T: Copy>(
    reader: &mut Reader<'_, '_>,
    key: &'static str,
    words: Words<T>,
) -> Option<Vec<(&'static str, T, Place)>> {
    let is_given = reader.has(key);
    let mut found = Vec::new();
    for (text, place) in reader.texts(key) {
        if let Some((word, meaning)) = words.iter().find(|(word, _)| *word == text) {
            found.push((*word, *meaning, place));
            continue;
        }
        unknown_word(reader, key, text, place, words);
    }
    is_given.then_some(found)
}

/// Reads by how much times may differ.
fn tolerance(reader: &mut Reader<'_, '_>) -> Option<i64> {
    let written = reader.text("tolerance")?;
    let micros = when::length(&written.value);
    if micros.is_none() {
        let message = format!("`tolerance` is `{}`, expected a time such as \"10ms\"", written.shown());
        reader.problem(problems::BAD_TIME, written.place, message, None);
    }
    micros
}

/// Reads steps, and complains about those that are out of order.
pub(super) fn steps(reader: &mut Reader<'_, '_>, tables: Vec<&Table>, scope: Scope<'_>) -> Vec<Step> {
    let mut steps: Vec<(Step, Place)> = Vec::new();
    for table in tables {
        let Some((found, place)) = step::read(reader.desk, table, scope) else { continue };
        let before = steps.last().map(|(step, _)| step.at);
        if before.is_some_and(|before| is_before(found.at, before)) {
            let message = format!("the step at {} stands behind a later one", found.at);
            let hint = "steps stand in the order in which they happen".to_owned();
            reader.problem(problems::STEP_TIME, place, message, Some(hint));
        }
        steps.push((found, place));
    }
    steps.into_iter().map(|(step, _)| step).collect()
}

/// Tells whether a moment is before another, as far as that is known without the test's start.
pub(super) const fn is_before(one: When, other: When) -> bool {
    match (one, other) {
        (When::After(one), When::After(other)) => one < other,
        (When::At(one), When::At(other)) => one.0 < other.0,
        (When::After(_), When::At(_)) | (When::At(_), When::After(_)) => false,
    }
}
