//! Derived tags: compiled in the order in which they read one another, so that what is known of
//! one's result is known to the next.

use std::collections::BTreeSet;
use std::sync::Arc;

use latchwork_engine::Tag;
use latchwork_expr::{Program, Scheme, Scope, Type, Tz, UnknownTag};

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

/// Adds the derived tags.
pub(super) fn lower(derived: &[Derived], tags: &mut Tags, zone: Tz, desk: &mut Desk<'_>) {
    let reads = reads(derived, tags, zone, desk);
    let needs: Vec<Vec<usize>> = reads.iter().map(|reads| reads.clone().unwrap_or_default()).collect();
    let Sorted { order, circles } = graph::sort(&needs);
    report_circles(&circles, derived, desk);
    // A tag that cannot be compiled still has its name and type, so that others are checked.
    let circular: BTreeSet<usize> = circles.into_iter().flatten().collect();
    let is_broken = |&index: &usize| reads[index].is_none() || circular.contains(&index);
    let (broken, sound): (Vec<usize>, Vec<usize>) = order.into_iter().partition(is_broken);
    for index in broken {
        add(&derived[index], None, tags);
    }
    for index in sound {
        let program = compile(&derived[index].expression, &scope(&derived[index], &tags.scheme, zone), desk);
        check_declared(&derived[index], program.as_deref(), desk);
        add(&derived[index], program, tags);
    }
}

/// Returns which other derived tags each one reads; `None` for one that does not compile, which is
/// told here.
fn reads(derived: &[Derived], tags: &Tags, zone: Tz, desk: &mut Desk<'_>) -> Vec<Option<Vec<usize>>> {
    let mut names = tags.scheme.clone();
    for tag in derived {
        names.add(&tag.path, tag.kind.unwrap_or(Type::Any));
    }
    let first = tags.rows.len();
    let among = |program: &Program| program.reads().iter().filter_map(|slot| slot.index().checked_sub(first)).collect();
    derived
        .iter()
        .map(|tag| {
            let scope = Scope { unknown_tag: desk.unknown_tag(), ..scope(tag, &names, zone) };
            match Program::compile(&tag.expression.text, &scope) {
                Ok((program, _)) => Some(among(&program)),
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
    Scope { scheme, folder, unknown_tag: UnknownTag::Problem, operation: false, value: false, zone }
}

fn add(tag: &Derived, program: Option<Arc<Program>>, tags: &mut Tags) {
    let result = program.as_ref().map_or(Type::Any, |program| program.result());
    let inferred = if result == Type::Null { Type::Any } else { result };
    let kind = tag.kind.unwrap_or(inferred);
    let slot = tags.add(Tag { path: tag.path.clone(), kind, initial: None, expression: program, wire: None });
    tags.derived.push(slot);
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
