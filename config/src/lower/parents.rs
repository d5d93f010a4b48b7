//! Parents: names become indices, circles are found.

use std::collections::BTreeMap;

use latchwork_engine::{OperationIndex, TriggerSource};

use super::graph;
use crate::desk::Desk;
use crate::limits::PARENTS_DEPTH_MAX;
use crate::lint::key_place;
use crate::problems;
use crate::raw::RawOperation;
use crate::reader::Written;
use crate::words::{TRIGGER_SOURCE, word_of};

/// Operations by their names.
pub(super) struct Directory<'a> {
    by_place: BTreeMap<(&'a str, &'a str), usize>,
    by_name: BTreeMap<&'a str, Vec<usize>>,
}

/// Why a name is no operation's.
pub(super) enum Unfound {
    /// No operation has it.
    Nowhere,
    /// Several have it; this is the first.
    Several(usize),
}

/// Returns the parent of each operation.
pub(super) fn resolve(operations: &[RawOperation<'_>], desk: &mut Desk<'_>) -> Vec<Option<OperationIndex>> {
    let directory = Directory::of(operations);
    let parents: Vec<Option<usize>> =
        operations.iter().map(|operation| parent_of(operation, &directory, operations, desk)).collect();
    report_circles(&parents, operations, desk);
    report_depth(&parents, operations, desk);
    parents.into_iter().map(|parent| parent.and_then(|index| u32::try_from(index).ok()).map(OperationIndex)).collect()
}

fn parent_of(
    operation: &RawOperation<'_>,
    directory: &Directory<'_>,
    operations: &[RawOperation<'_>],
    desk: &mut Desk<'_>,
) -> Option<usize> {
    check_agreement(operation, desk);
    let parent = operation.triggers.parent.as_ref()?;
    let location = operation.identity.location.as_ref().map(|location| location.value.as_str());
    match directory.find(&parent.value, location) {
        Ok(index) => Some(index),
        Err(Unfound::Nowhere) => {
            let hint = desk.suggest(&parent.value, directory.by_name.keys().copied());
            let message = format!("there is no operation `{}`", parent.shown());
            desk.findings.add(problems::UNKNOWN_PARENT, parent.place, message).hint_if(hint);
            None
        }
        Err(Unfound::Several(first)) => {
            ambiguous(parent, &operations[first], desk);
            None
        }
    }
}

/// Complains about a parent without `PARENT`, and the other way round.
fn check_agreement(operation: &RawOperation<'_>, desk: &mut Desk<'_>) {
    let Some(source) = operation.triggers.source else { return };
    match (&operation.triggers.parent, source) {
        (Some(parent), TriggerSource::Manual | TriggerSource::Expression) => {
            let message = format!("`parent` is given, but `trigger_source` is {}", word_of(TRIGGER_SOURCE, &source));
            let hint = "write `trigger_source = \"PARENT\"`, or leave `parent` out";
            desk.findings.add(problems::PARENT_DISAGREES, parent.place, message).hint(hint);
        }
        (None, TriggerSource::Parent) if operation.table.entry("parent").is_none() => {
            let place = key_place(operation.table, "trigger_source");
            let message = "`trigger_source` is PARENT, but there is no `parent`";
            desk.findings.add(problems::PARENT_DISAGREES, place, message).hint("name the operation that it follows");
        }
        (Some(_) | None, TriggerSource::Parent) | (None, TriggerSource::Manual | TriggerSource::Expression) => {}
    }
}

fn ambiguous(parent: &Written, first: &RawOperation<'_>, desk: &mut Desk<'_>) {
    let message = format!("several operations are called `{}`, and none of them is at this location", parent.shown());
    let example = first.identity.location.as_ref().map(|location| format!("{}:{}", location.shown(), parent.shown()));
    let hint = example.map(|example| format!("say which one, such as `{example}`"));
    desk.findings.add(problems::AMBIGUOUS_PARENT, parent.place, message).hint_if(hint);
}

impl<'a> Directory<'a> {
    /// Returns the operations by their names.
    pub(super) fn of(operations: &'a [RawOperation<'_>]) -> Self {
        let mut directory = Self { by_place: BTreeMap::new(), by_name: BTreeMap::new() };
        for (index, operation) in operations.iter().enumerate() {
            let (Some(name), Some(location)) = (&operation.identity.name, &operation.identity.location) else {
                continue;
            };
            directory.by_place.entry((&location.value, &name.value)).or_insert(index);
            directory.by_name.entry(&name.value).or_default().push(index);
        }
        directory
    }

    /// Finds the operation of that name at the same location, else the only one of that name in the
    /// plant, else `Location/Path:Name`.
    pub(super) fn find(&self, name: &str, location: Option<&str>) -> Result<usize, Unfound> {
        if let Some(&index) = location.and_then(|location| self.by_place.get(&(location, name))) {
            return Ok(index);
        }
        match self.by_name.get(name).map(Vec::as_slice) {
            Some(&[index]) => Ok(index),
            Some(&[first, ..]) => Err(Unfound::Several(first)),
            Some([]) | None => self.find_at(name).ok_or(Unfound::Nowhere),
        }
    }

    /// Finds the operation of that name at exactly a location.
    pub(super) fn find_at_location(&self, name: &str, location: &str) -> Option<usize> {
        self.by_place.get(&(location, name)).copied()
    }

    /// Returns every name.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.by_name.keys().copied()
    }

    /// Says where the first operation of a name is, if there is one.
    pub(super) fn elsewhere(&self, name: &str, operations: &[RawOperation<'_>]) -> Option<String> {
        let first = &operations[*self.by_name.get(name)?.first()?];
        let location = first.identity.location.as_ref()?;
        Some(format!("there is one at `{}`", location.shown()))
    }

    /// Finds `Location/Path:Name`. Either part may itself have a colon.
    fn find_at(&self, text: &str) -> Option<usize> {
        let mut splits = text.match_indices(':').map(|(at, _)| (&text[..at], &text[at + 1..]));
        splits.find_map(|split| self.by_place.get(&split).copied())
    }
}

fn report_circles(parents: &[Option<usize>], operations: &[RawOperation<'_>], desk: &mut Desk<'_>) {
    let needs: Vec<Vec<usize>> = parents.iter().map(|parent| parent.iter().copied().collect()).collect();
    for circle in graph::sort(&needs).circles {
        let names: Vec<String> =
            circle.iter().chain(circle.first()).map(|&index| format!("`{}`", shown_name(&operations[index]))).collect();
        let first = &operations[circle[0]];
        let place = first.triggers.parent.as_ref().map_or(first.table.place, |parent| parent.place);
        let message = format!("operations are one another's parents: {}", names.join(" follows "));
        desk.findings.add(problems::PARENT_CYCLE, place, message);
    }
}

/// Complains about the operations that are one level too deep; those below them are so because of them.
fn report_depth(parents: &[Option<usize>], operations: &[RawOperation<'_>], desk: &mut Desk<'_>) {
    for (index, operation) in operations.iter().enumerate() {
        let above = std::iter::successors(parents[index], |&parent| parents[parent]);
        if above.take(PARENTS_DEPTH_MAX + 2).count() != PARENTS_DEPTH_MAX + 1 {
            continue;
        }
        let place = operation.triggers.parent.as_ref().map_or(operation.table.place, |parent| parent.place);
        let message = format!("more than {PARENTS_DEPTH_MAX} parents are above `{}`", shown_name(operation));
        desk.findings.add(problems::PARENT_DEPTH, place, message).hint("let it follow one further up");
    }
}

fn shown_name<'a>(operation: &'a RawOperation<'_>) -> &'a str {
    operation.identity.name.as_ref().map_or("", Written::shown)
}
