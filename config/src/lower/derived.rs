//! Derived tags: compiled in the order in which they read one another, so that what is known of
//! one's result is known to the next.

use std::collections::BTreeSet;
use std::sync::Arc;

use latchwork_engine::Tag;
use latchwork_expr::{Program, Scheme, Scope, TagSlot, Type, Tz, UnknownTag};

use super::expressions::compile;
use super::graph::{self, Sorted};
use super::tags::Tags;
use crate::conversion::{convertible, type_name};
use crate::desk::Desk;
use crate::path;
use crate::place::Place;
use crate::problems;
use crate::reader::ExpressionText;

/// A tag with an expression.
#[derive(Debug)]
pub(super) struct Derived {
    /// The canonical path.
    pub(super) path: String,
    /// The expression.
    pub(super) expression: ExpressionText,
    /// The declared type, if there is one.
    pub(super) kind: Option<Type>,
    /// Where the type stands.
    pub(super) kind_place: Option<Place>,
}

/// What a derived tag reads of the others.
struct Reads {
    derived: Vec<usize>,
    computes_paths: bool,
}

/// Adds the derived tags. All their names are there before the first is compiled: a computed path may lead
/// to any that comes before the tag that asks.
pub(super) fn lower(derived: &[Derived], tags: &mut Tags, zone: Tz, desk: &mut Desk<'_>) {
    let reads = reads(derived, tags, zone, desk);
    let needs: Vec<Vec<usize>> =
        reads.iter().map(|reads| reads.as_ref().map(|reads| reads.derived.clone()).unwrap_or_default()).collect();
    let Sorted { order, circles } = graph::sort(&needs);
    report_circles(&circles, derived, desk);
    // A tag that cannot be compiled still has its name and type, so that others are checked.
    let circular: BTreeSet<usize> = circles.into_iter().flatten().collect();
    let is_broken = |&index: &usize| reads[index].is_none() || circular.contains(&index);
    let (broken, sound): (Vec<usize>, Vec<usize>) = order.into_iter().partition(is_broken);
    for index in broken {
        declare(&derived[index], tags);
    }
    let sound = late_last(sound, &reads);
    let slots: Vec<TagSlot> = sound.iter().map(|&index| declare(&derived[index], tags)).collect();
    for (index, slot) in sound.into_iter().zip(slots) {
        let scope = Scope { own: Some(slot), ..scope(&derived[index], &tags.scheme, zone) };
        let program = compile(&derived[index].expression, &scope, desk);
        check_declared(&derived[index], program.as_deref(), desk);
        define(&derived[index], slot, program, tags);
    }
}

/// Puts the tags that compute paths, and those that read them, behind the others, so that a computed path may
/// lead to as many as possible. The order has each tag after those that it reads, and keeps it so.
fn late_last(order: Vec<usize>, reads: &[Option<Reads>]) -> Vec<usize> {
    let mut late = vec![false; reads.len()];
    for &index in &order {
        late[index] = reads[index]
            .as_ref()
            .is_some_and(|reads| reads.computes_paths || reads.derived.iter().any(|&needed| late[needed]));
    }
    let (late, early): (Vec<usize>, Vec<usize>) = order.into_iter().partition(|&index| late[index]);
    [early, late].concat()
}

/// Returns what each tag reads of the other derived tags; `None` for one that does not compile, which is
/// told here.
fn reads(derived: &[Derived], tags: &Tags, zone: Tz, desk: &mut Desk<'_>) -> Vec<Option<Reads>> {
    let mut names = tags.scheme.clone();
    for tag in derived {
        names.add(&tag.path, tag.kind.unwrap_or(Type::Any));
    }
    let first = tags.rows.len();
    let of = |program: &Program| Reads {
        derived: program.reads().iter().filter_map(|slot| slot.index().checked_sub(first)).collect(),
        computes_paths: program.computes_paths(),
    };
    derived
        .iter()
        .map(|tag| {
            let scope = Scope { unknown_tag: desk.unknown_tag(), ..scope(tag, &names, zone) };
            match Program::compile(&tag.expression.text, &scope) {
                Ok((program, _)) => Some(of(&program)),
                Err(problems) => {
                    desk.add_diagnostics(tag.expression.place, problems, names.tags().len());
                    None
                }
            }
        })
        .collect()
}

fn scope<'a>(tag: &'a Derived, scheme: &'a Scheme, zone: Tz) -> Scope<'a> {
    let folder = path::folder_of(&tag.path);
    Scope { scheme, folder, unknown_tag: UnknownTag::Problem, operation: false, value: false, zone, own: None }
}

/// Adds a tag with its name and declared type.
fn declare(tag: &Derived, tags: &mut Tags) -> TagSlot {
    let kind = tag.kind.unwrap_or(Type::Any);
    let slot = tags.add(Tag { path: tag.path.clone(), kind, initial: None, expression: None, wire: None });
    tags.derived.push(slot);
    slot
}

/// Gives a tag its program, and the type of that where none is declared.
fn define(tag: &Derived, slot: TagSlot, program: Option<Arc<Program>>, tags: &mut Tags) {
    let result = program.as_ref().map_or(Type::Any, |program| program.result());
    let inferred = if result == Type::Null { Type::Any } else { result };
    let row = &mut tags.rows[slot.index()];
    row.kind = tag.kind.unwrap_or(inferred);
    row.expression = program;
    tags.scheme.set_type(slot, row.kind);
}

fn report_circles(circles: &[Vec<usize>], derived: &[Derived], desk: &mut Desk<'_>) {
    for circle in circles {
        let names: Vec<String> =
            circle.iter().chain(circle.first()).map(|&index| format!("`{}`", derived[index].path)).collect();
        let message = format!("derived tags read one another in a circle: {}", names.join(" reads "));
        desk.findings.add(problems::TAG_CYCLE, derived[circle[0]].expression.place, message);
    }
}

/// Complains about a declared type that the result can never be converted to.
fn check_declared(tag: &Derived, program: Option<&Program>, desk: &mut Desk<'_>) {
    let (Some(declared), Some(program)) = (tag.kind, program) else { return };
    let result = program.result();
    if !convertible(result, declared) {
        let message =
            format!("the expression gives {}, but the tag's type is {}", type_name(result), type_name(declared));
        let place = tag.kind_place.unwrap_or(tag.expression.place);
        desk.findings.add(problems::EXPRESSION_TYPE, place, message).hint("leave `type` out to take the expression's");
    }
}
