//! On what condition connections are believed, and in which order that is found out: each condition after the derived
//! tags that it reads, each derived tag after the conditions of the connections that it reads.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use latchwork_engine::{Guard, Heartbeat};
use latchwork_expr::{Program, Scheme, Scope, TagSlot, Type, Tz, UnknownTag};

use super::expressions::{Expectation, compile};
use super::graph::{self, Sorted};
use super::replay::unknown_tag;
use super::tags::Tags;
use crate::connections::Connection;
use crate::desk::Desk;
use crate::place::Place;
use crate::problems;
use crate::raw::RawGuard;
use crate::reader::{ExpressionText, Written};

/// What can be true.
const TRUTH: Expectation = Expectation {
    refused: &[Type::Null, Type::String, Type::Date, Type::Dataset, Type::Document],
    expected: "a boolean or a number, which can be true",
    hint: "compare it with something",
};

/// A guard on its way.
struct Draft {
    guard: Guard,
    place: Place,
}

/// Lowers the conditions, and puts the derived tags into an order that suits them.
pub(super) fn lower(
    raw: Vec<(String, RawGuard)>,
    connections: &[Connection],
    tags: &mut Tags,
    zone: Tz,
    desk: &mut Desk<'_>,
) -> Vec<Guard> {
    let mut drafts = Vec::new();
    for (name, raw) in raw {
        let Some(connection) = connections.iter().find(|connection| connection.name == name) else { continue };
        drafts.extend(draft(&raw, connection, tags, zone, desk));
    }
    if drafts.is_empty() {
        return Vec::new();
    }
    let Sorted { order, circles } = graph::sort(&needs(&drafts, tags));
    let first = tags.derived.len();
    let circles: Vec<Vec<usize>> =
        circles.into_iter().filter(|circle| circle.iter().any(|&node| node >= first)).collect();
    report_circles(&circles, &drafts, tags, desk);
    arrange(drafts, &order, tags)
}

/// Returns a connection's condition; `None` where there is none, or it is not one.
fn draft(raw: &RawGuard, connection: &Connection, tags: &Tags, zone: Tz, desk: &mut Desk<'_>) -> Option<Draft> {
    let place = raw.place()?;
    let timeout_millis = raw.heartbeat_timeout_millis;
    let heartbeat = raw.heartbeat_tag.as_ref().map(|name| find(name, tags, desk));
    let valid_when = raw.valid_when.as_ref().map(|expression| condition(expression, tags, zone, desk));
    // What is wrong was told: without a part of it the condition is another.
    let heartbeat = match heartbeat {
        Some(tag) => Some(Heartbeat { tag: tag?, timeout_millis }),
        None => None,
    };
    let valid_when = match valid_when {
        Some(program) => Some(program?),
        None => None,
    };
    let witnesses = witnesses(valid_when.as_deref(), heartbeat, tags);
    if let Some(path) = computing(valid_when.as_deref(), &witnesses, tags) {
        let message =
            format!("whether connection `{}` is valid hangs on {path}, which may lead to any tag", connection.name);
        desk.findings.add(problems::VALIDITY_CIRCLE, place, message).hint("name the tags that it reads");
        return None;
    }
    let slots = connection.tags.iter().map(|tag| tag.slot);
    let guarded = slots.filter(|slot| !witnesses.contains(slot)).collect();
    let guard = Guard { connection: connection.name.clone(), valid_when, heartbeat, tags: guarded, derived_before: 0 };
    Some(Draft { guard, place })
}

fn condition(expression: &ExpressionText, tags: &Tags, zone: Tz, desk: &mut Desk<'_>) -> Option<Arc<Program>> {
    let program = compile(expression, &scope(&tags.scheme, zone), desk)?;
    TRUTH.check(expression, &program, desk);
    Some(program)
}

const fn scope(scheme: &Scheme, zone: Tz) -> Scope<'_> {
    let unknown_tag = UnknownTag::Problem;
    Scope { scheme, folder: "", unknown_tag, operation: false, value: false, zone, own: None }
}

fn find(name: &Written, tags: &Tags, desk: &mut Desk<'_>) -> Option<TagSlot> {
    let found = tags.scheme.find(&name.value).map(|(slot, _)| slot);
    // A dataset has a name too, but is no tag.
    let slot = found.filter(|slot| slot.index() < tags.rows.len());
    if slot.is_none() {
        unknown_tag(name, &tags.scheme, desk);
    }
    slot
}

/// Returns all that a condition and a heartbeat hang on, themselves or through derived tags.
fn witnesses(valid_when: Option<&Program>, heartbeat: Option<Heartbeat>, tags: &Tags) -> BTreeSet<TagSlot> {
    let reads = valid_when.iter().flat_map(|program| program.reads()).copied();
    let mut seen: BTreeSet<TagSlot> = reads.chain(heartbeat.map(|heartbeat| heartbeat.tag)).collect();
    let mut waiting: Vec<TagSlot> = seen.iter().copied().collect();
    while let Some(slot) = waiting.pop() {
        for &read in tags.rows[slot.index()].expression.iter().flat_map(|program| program.reads()) {
            if seen.insert(read) {
                waiting.push(read);
            }
        }
    }
    seen
}

/// Returns the expression among those that a condition hangs on which computes paths.
fn computing<'a>(valid_when: Option<&'a Program>, witnesses: &BTreeSet<TagSlot>, tags: &'a Tags) -> Option<String> {
    let derived = witnesses.iter().filter_map(|slot| tags.rows[slot.index()].expression.as_deref());
    let program = valid_when.into_iter().chain(derived).find(|program| program.computes_paths())?;
    Some(format!("the computed path in `{}`", program.text()))
}

/// Returns what must be known before what: first the derived tags by their rank, then the conditions.
fn needs(drafts: &[Draft], tags: &Tags) -> Vec<Vec<usize>> {
    let first = tags.derived.len();
    let guarded =
        (first..).zip(drafts).flat_map(|(node, draft)| draft.guard.tags.iter().map(move |&slot| (slot, node)));
    let derived = (0..).zip(&tags.derived).map(|(node, &slot)| (slot, node));
    let (guarded, derived): (BTreeMap<TagSlot, usize>, BTreeMap<TagSlot, usize>) =
        (guarded.collect(), derived.collect());
    let of = |slot: &TagSlot| guarded.get(slot).into_iter().chain(derived.get(slot)).copied().collect::<Vec<usize>>();
    let of_tag = |slot: &TagSlot| match tags.rows[slot.index()].expression.as_ref() {
        Some(program) if program.computes_paths() => {
            program.reads().iter().flat_map(of).chain(first..first + drafts.len()).collect()
        }
        Some(program) => program.reads().iter().flat_map(of).collect(),
        None => Vec::new(),
    };
    let of_draft = |Draft { guard, .. }: &Draft| {
        let reads = guard.valid_when.iter().flat_map(|program: &Arc<Program>| program.reads());
        reads.chain(guard.heartbeat.iter().map(|heartbeat| &heartbeat.tag)).flat_map(of).collect()
    };
    tags.derived.iter().map(of_tag).chain(drafts.iter().map(of_draft)).collect()
}

fn report_circles(circles: &[Vec<usize>], drafts: &[Draft], tags: &Tags, desk: &mut Desk<'_>) {
    let first = tags.derived.len();
    let name = |&node: &usize| match node.checked_sub(first) {
        Some(draft) => format!("connection `{}`", drafts[draft].guard.connection),
        None => format!("`{}`", tags.rows[tags.derived[node].index()].path),
    };
    for circle in circles {
        let Some(draft) = circle.iter().find_map(|node| node.checked_sub(first)) else { continue };
        let names: Vec<String> = circle.iter().chain(circle.first()).map(name).collect();
        let message = format!("whether connections are valid hangs on one another: {}", names.join(" on "));
        desk.findings.add(problems::VALIDITY_CIRCLE, drafts[draft].place, message);
    }
}

/// Puts the derived tags into an order, and notes where in it each condition has its turn.
fn arrange(drafts: Vec<Draft>, order: &[usize], tags: &mut Tags) -> Vec<Guard> {
    let before = std::mem::take(&mut tags.derived);
    let mut drafts: Vec<Option<Draft>> = drafts.into_iter().map(Some).collect();
    let mut guards = Vec::new();
    for &node in order {
        match node.checked_sub(before.len()) {
            None => tags.derived.push(before[node]),
            Some(draft) => {
                let derived_before = u32::try_from(tags.derived.len()).expect("more derived tags than slots");
                guards.extend(drafts[draft].take().map(|Draft { guard, .. }| Guard { derived_before, ..guard }));
            }
        }
    }
    guards
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use latchwork_engine::Plant;

    use crate::{Memory, read};

    const PLANT: &str = r#"
[[connections]]
name = "io"
type = "modbus-tcp"
address = "192.168.10.22:502"
valid_when = "{IoOk}"
[[connections]]
name = "plc"
type = "modbus-tcp"
address = "192.168.10.21:502"
valid_when = "{Alive}"
heartbeat_tag = "Beat"
[[tags]]
path = "Producing"
expression = "{Running} && {Speed} > 5"
[[tags]]
path = "Alive"
expression = "{Mode} != 0"
[[tags]]
path = "Running"
type = "bool"
connection = "io"
address = "DI1"
[[tags]]
path = "Speed"
type = "int"
connection = "plc"
address = "HR1"
[[tags]]
path = "IoOk"
type = "bool"
connection = "plc"
address = "DI1"
[[tags]]
path = "Mode"
type = "int"
connection = "plc"
address = "HR2"
[[tags]]
path = "Beat"
type = "int"
connection = "plc"
address = "HR3"
"#;

    fn names(plant: &Plant, slots: &[latchwork_expr::TagSlot]) -> String {
        let names = slots.iter().map(|slot| plant.tags[slot.index()].path.trim_start_matches("[default]"));
        names.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn each_condition_comes_after_what_it_reads_and_before_what_reads_its_tags() {
        let plant = read(Path::new("plant.toml"), &Memory::of("plant.toml", PLANT)).unwrap().plant;
        let guards = plant.guards.iter().map(|guard| {
            (guard.connection.as_str(), names(&plant, &guard.tags), guard.derived_before, guard.heartbeat.is_some())
        });
        let expected = [("plc", "Speed IoOk".to_owned(), 1, true), ("io", "Running".to_owned(), 1, false)];
        assert_eq!(guards.collect::<Vec<_>>(), expected);
        assert_eq!(names(&plant, &plant.derived), "Alive Producing");
    }

    #[test]
    fn a_connection_without_a_condition_is_always_believed() {
        let is_of_it = |line: &&str| line.starts_with("valid_when") || line.starts_with("heartbeat");
        let lines: Vec<&str> = PLANT.lines().filter(|line| !is_of_it(line)).collect();
        let plant = read(Path::new("plant.toml"), &Memory::of("plant.toml", lines.join("\n"))).unwrap().plant;
        assert!(plant.guards.is_empty());
        assert_eq!(names(&plant, &plant.derived), "Producing Alive");
    }
}
