//! `[[machines]]`: the states that a machine goes through, and what takes it from one to the next.

use super::mistake::Desk;
use super::names::Names;
use super::section::{Item, Section, as_integer, as_text, expected};
use crate::limits::{SIMULATED_STATES_MAX, STATE_MILLIS_MAX, WEIGHT_MAX};

/// A machine.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Machine {
    /// The name.
    pub(in crate::simulator) name: String,
    /// Its states; it begins in the first.
    pub(in crate::simulator) states: Vec<State>,
}

/// A state of a machine.
#[derive(Clone, Debug, Default)]
pub(in crate::simulator) struct State {
    /// The name.
    pub(in crate::simulator) name: String,
    /// How long it lasts in milliseconds, from and to; without it only `when` ends it.
    pub(in crate::simulator) lasts: Option<(u64, u64)>,
    /// What may follow when that time is over, with weights.
    pub(in crate::simulator) next: Vec<(usize, u64)>,
    /// What other machines do to end it at once; the first that holds counts.
    pub(in crate::simulator) when: Vec<When>,
}

/// A state of another machine that ends a state.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct When {
    /// The other machine.
    pub(in crate::simulator) machine: usize,
    /// The states that it must be in, any of them.
    pub(in crate::simulator) states: Vec<usize>,
    /// The state that follows.
    pub(in crate::simulator) next: usize,
}

/// Reads one of `[[machines]]`, but for its signals.
pub(super) fn read(desk: &mut Desk, section: &mut Section<'_>, names: &Names<'_>, index: usize) -> Machine {
    let name = section.required_text(desk, "name").map_or_else(String::new, |name| (*name.get_ref()).to_owned());
    let tables = section.list(desk, "states");
    match tables.get(SIMULATED_STATES_MAX) {
        Some(beyond) => desk.add(beyond.span(), format!("a machine has at most {SIMULATED_STATES_MAX} states")),
        None if tables.is_empty() => desk.add(section.span(), "a machine has at least one of `[[machines.states]]`"),
        None => {}
    }
    let states = tables.iter().map(|&table| read_state(desk, table, names, index).unwrap_or_default()).collect();
    Machine { name, states }
}

fn read_state<'a>(desk: &mut Desk, table: &'a Item<'a>, names: &Names<'_>, machine: usize) -> Option<State> {
    let mut section = Section::of(desk, table)?;
    let name = section.required_text(desk, "name").map_or_else(String::new, |name| (*name.get_ref()).to_owned());
    let lasts = section.item("lasts_millis").and_then(|item| read_lasts(desk, item));
    let next = section.item("next").map_or_else(Vec::new, |item| read_next(desk, item, names, machine));
    let when = section.list(desk, "when");
    let when = when.into_iter().filter_map(|item| read_when(desk, item, names, machine)).collect();
    check_pair(desk, &mut section);
    section.finish(desk, "a state");
    Some(State { name, lasts, next, when })
}

/// Tells of a time without a state to follow, and of one to follow without a time.
fn check_pair(desk: &mut Desk, section: &mut Section<'_>) {
    match (section.item("lasts_millis"), section.item("next")) {
        (Some(lasts), None) => desk.add(lasts.span(), "`lasts_millis` needs a `next` state"),
        (None, Some(next)) => desk.add(next.span(), "`next` needs `lasts_millis`; what others end is under `when`"),
        (Some(_), Some(_)) | (None, None) => {}
    }
}

/// Reads a time, or a list of the shortest and the longest.
fn read_lasts(desk: &mut Desk, item: &Item<'_>) -> Option<(u64, u64)> {
    let range = 1..=STATE_MILLIS_MAX;
    let Some(list) = item.get_ref().as_array() else {
        let millis = as_integer(desk, item, range)?;
        return Some((millis, millis));
    };
    let numbers: Vec<u64> = list.iter().filter_map(|item| as_integer(desk, item, range.clone())).collect();
    match numbers[..] {
        [low, high] if list.len() == 2 && low <= high => Some((low, high)),
        _ => {
            expected(desk, item, "the shortest and the longest time");
            None
        }
    }
}

/// Reads the name of a state, or a table of names with weights.
fn read_next<'a>(desk: &mut Desk, item: &'a Item<'a>, names: &Names<'_>, machine: usize) -> Vec<(usize, u64)> {
    let Some(table) = item.get_ref().as_table() else {
        let name = as_text(desk, item);
        return name.and_then(|name| names.state(desk, machine, &name)).map_or_else(Vec::new, |state| vec![(state, 1)]);
    };
    let mut choices = Vec::new();
    for (name, weight) in Section::new(table, item.span()).entries() {
        let state = names.state(desk, machine, &name);
        let weight = as_integer(desk, weight, 1..=WEIGHT_MAX);
        choices.extend(state.zip(weight));
    }
    if table.is_empty() {
        desk.add(item.span(), "`next` names no state");
    }
    choices
}

fn read_when<'a>(desk: &mut Desk, item: &'a Item<'a>, names: &Names<'_>, machine: usize) -> Option<When> {
    let mut section = Section::of(desk, item)?;
    let other = section.required_text(desk, "machine").and_then(|name| names.machine(desk, &name));
    let wanted = section.one_or_many("is");
    if wanted.is_empty() {
        desk.add(section.span(), "`is` is missing: the state or states of the other machine");
    }
    let next = section.required_text(desk, "next").and_then(|name| names.state(desk, machine, &name));
    section.finish(desk, "a condition");
    let other = other?;
    let state = |desk: &mut Desk, item| as_text(desk, item).and_then(|name| names.state(desk, other, &name));
    let states = wanted.into_iter().filter_map(|item| state(desk, item)).collect();
    Some(When { machine: other, states, next: next? })
}
