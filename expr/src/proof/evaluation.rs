//! The compiled forms say what the language says, each in its own way.

use chrono_tz::Tz;

use super::arbitrary::{condition, constant, expression, image, scheme};
use super::{naive, runner};
use crate::ast::Expression;
use crate::evaluate::{Context, Evaluated, Host};
use crate::image::Cell;
use crate::program::Program;
use crate::quality::Level;
use crate::scheme::{Scheme, Scope, UnknownTag};
use crate::truth::{Status, Truth};
use crate::value::{Timestamp, Type};

fn compiled(tree: &Expression, scheme: &Scheme) -> Program {
    let scope = Scope { unknown_tag: UnknownTag::BadNotFound, ..Scope::of(scheme) };
    match Program::compile(&tree.to_string(), &scope) {
        Ok((program, _)) => program,
        Err(problems) => panic!("{problems:?}"),
    }
}

fn context<'a>(image: &'a [Cell], host: &'a Host) -> Context<'a> {
    Context::of(image, Timestamp(0), Tz::UTC, host, &mut [])
}

/// Checks that a tree evaluates to what a plain walk gives, of the type that was promised.
fn check_against_naive(tree: &Expression, image: &[Cell]) {
    let scheme = scheme();
    let program = compiled(tree, &scheme);
    let host = Host::default();
    let got = program.evaluate(&mut context(image, &host));
    let wanted = naive::evaluate(tree, &scheme, image);
    assert_eq!(format!("{got:?}"), format!("{wanted:?}"), "{}", program.text());
    let promised = program.result();
    let kept = [Type::Any, got.value.kind()].contains(&promised) || got.value.is_null();
    // A cell of another type than declared breaks the promise before the expression begins.
    let as_declared = image
        .iter()
        .zip(scheme.tags())
        .all(|(cell, (_, kind))| *kind == Type::Any || cell.value.is_null() || cell.value.kind() == *kind);
    assert!(kept || !as_declared, "{} promised {promised:?}, gave {got:?}", program.text());
}

/// Checks that the truth of a tree is that of its value.
fn check_truth(tree: &Expression, image: &[Cell]) {
    let scheme = scheme();
    let program = compiled(tree, &scheme);
    let host = Host::default();
    let Evaluated { value, quality } = program.evaluate(&mut context(image, &host));
    let wanted = Truth::of(&value, quality);
    let got = program.truth(&mut context(image, &host));
    let worst = |status: Status| {
        [(Status::ERROR, Level::Error), (Status::BAD, Level::Bad), (Status::UNCERTAIN, Level::Uncertain)]
            .into_iter()
            .find_map(|(bit, level)| status.any(bit).then_some(level))
    };
    let unknown = Status::ERROR.with(Status::NULL);
    assert_eq!(worst(got.status), worst(wanted.status), "{}: {value:?} {quality:?} {got:?}", program.text());
    assert_eq!(got.status.any(Status::NULL), wanted.status.any(Status::NULL), "{}", program.text());
    assert!(got.status.any(unknown) || got.value == wanted.value, "{}: {value:?} {got:?}", program.text());
}

#[test]
fn any_expression_is_what_a_plain_walk_says() {
    runner(6000)
        .run(&(expression(), image()), |(tree, image)| {
            check_against_naive(&tree, &image);
            Ok(())
        })
        .unwrap();
}

#[test]
fn conditions_are_what_a_plain_walk_says() {
    runner(3000)
        .run(&(condition(), image()), |(tree, image)| {
            check_against_naive(&tree, &image);
            Ok(())
        })
        .unwrap();
}

#[test]
fn folding_changes_nothing() {
    runner(6000)
        .run(&(constant(), image()), |(tree, image)| {
            check_against_naive(&tree, &image);
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_truth_is_that_of_the_value() {
    runner(6000)
        .run(&(condition(), image()), |(tree, image)| {
            check_truth(&tree, &image);
            Ok(())
        })
        .unwrap();
    runner(3000)
        .run(&(expression(), image()), |(tree, image)| {
            check_truth(&tree, &image);
            Ok(())
        })
        .unwrap();
}
