//! The names of machines and states, gathered before anything refers to one: a name may be used before it stands.

use latchwork_expr::closest;
use toml::Spanned;

use super::mistake::Desk;
use super::section::Item;

/// Every name that a scenario gives.
#[derive(Debug)]
pub(super) struct Names<'a> {
    machines: Vec<NamedMachine<'a>>,
}

#[derive(Debug)]
struct NamedMachine<'a> {
    name: &'a str,
    states: Vec<&'a str>,
}

impl<'a> Names<'a> {
    /// Gathers the names of `[[machines]]`. What is no name is told by who reads the machine; a name that is given
    /// twice is told here.
    pub(super) fn of(desk: &mut Desk, tables: &[&'a Item<'a>]) -> Self {
        let mut machines: Vec<NamedMachine<'a>> = Vec::new();
        for table in tables {
            let named = name_of(table);
            let name = named.as_ref().map_or("", |name| name.get_ref());
            if let Some(twice) = named.filter(|_| machines.iter().any(|machine| machine.name == name)) {
                desk.add(twice.span(), format!("there is a machine `{name}` already"));
            }
            machines.push(NamedMachine { name, states: states_of(desk, table) });
        }
        Self { machines }
    }

    /// Returns the index of a machine.
    pub(super) fn machine(&self, desk: &mut Desk, name: &Spanned<&str>) -> Option<usize> {
        let known = || self.machines.iter().map(|machine| machine.name);
        index(desk, "machine", name, known())
    }

    /// Returns the index of a machine's state.
    pub(super) fn state(&self, desk: &mut Desk, machine: usize, name: &Spanned<&str>) -> Option<usize> {
        index(desk, "state", name, self.machines[machine].states.iter().copied())
    }

    /// Returns how many states a machine has.
    pub(super) fn states(&self, machine: usize) -> usize {
        self.machines[machine].states.len()
    }
}

fn states_of<'a>(desk: &mut Desk, machine: &'a Item<'a>) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    let states = machine.get_ref().get("states").and_then(|states| states.get_ref().as_array());
    for state in states.into_iter().flat_map(|states| states.iter()) {
        let own = name_of(state);
        let name = own.as_ref().map_or("", |name| name.get_ref());
        if let Some(twice) = own.filter(|_| names.contains(&name)) {
            desk.add(twice.span(), format!("the machine has a state `{name}` already"));
        }
        names.push(name);
    }
    names
}

fn name_of<'a>(table: &'a Item<'a>) -> Option<Spanned<&'a str>> {
    let name = table.get_ref().get("name")?;
    name.get_ref().as_str().map(|text| Spanned::new(name.span(), text))
}

fn index<'n>(
    desk: &mut Desk,
    what: &str,
    name: &Spanned<&str>,
    known: impl Iterator<Item = &'n str> + Clone,
) -> Option<usize> {
    let found = known.clone().position(|candidate| candidate == *name.get_ref());
    if found.is_none() {
        let hint = closest(name.get_ref(), known.filter(|name| !name.is_empty()));
        let hint = hint.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
        desk.add(name.span(), format!("there is no {what} `{}`{hint}", name.get_ref()));
    }
    found
}
