//! An explanation is the evaluation: the same value, notes and call sites, and of each part what it gives alone.

use chrono_tz::Tz;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::arbitrary::{bare, call, chain, condition, constant, expression, image, leaf, scheme, unary};
use super::runner;
use crate::ast::{Expression, Node};
use crate::evaluate::{Context, Host, Note};
use crate::explain::Part;
use crate::image::Cell;
use crate::limits::EXPLAINED_NOTES_MAX;
use crate::program::Program;
use crate::scheme::{Scheme, Scope, UnknownTag};
use crate::value::Timestamp;

/// Functions that keep state, choose what is evaluated, or are compiled in a way of their own, with how many arguments
/// they are called.
const CALLS: [(&str, usize); 16] = [
    ("hasChanged", 1),
    ("rTrig", 1),
    ("previous", 1),
    ("lastChange", 1),
    ("ton", 2),
    ("tof", 2),
    ("tp", 2),
    ("stableFor", 2),
    ("rate", 2),
    ("sr", 2),
    ("ctu", 3),
    ("hysteresis", 3),
    ("try", 2),
    ("case", 4),
    ("tag", 1),
    ("timestampOf", 1),
];

fn own_call(inner: &BoxedStrategy<Expression>) -> impl Strategy<Value = Expression> + use<> {
    let small = select(vec![0, 1, 500, 1500]).prop_map(|number| bare(Node::Integer(number)));
    let paths = select(&["b", "i2", "f.quality", "nowhere"][..]).prop_map(|path| bare(Node::String(path.to_owned())));
    let others = prop_oneof![2 => inner.clone(), 3 => small, 1 => paths];
    (select(&CALLS[..]), inner.clone(), vec(others, 3)).prop_map(|((name, count), first, others)| {
        let arguments = std::iter::once(first).chain(others).take(count).collect();
        bare(Node::Call(name.to_owned(), arguments))
    })
}

/// A tree with calls that keep state, some of them where they may be skipped.
fn remembering() -> BoxedStrategy<Expression> {
    leaf()
        .prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                4 => chain(inner.clone()),
                1 => unary(inner.clone()),
                2 => call(&inner),
                5 => own_call(&inner),
            ]
        })
        .boxed()
}

fn compiled(text: &str, scheme: &Scheme) -> Program {
    let scope = Scope { unknown_tag: UnknownTag::BadNotFound, ..Scope::of(scheme) };
    match Program::compile(text, &scope) {
        Ok((program, _)) => program,
        Err(problems) => panic!("{text}: {problems:?}"),
    }
}

/// Visits a part and all that it is made of.
fn visit(part: &Part, see: &mut impl FnMut(&Part)) {
    see(part);
    part.parts.iter().for_each(|part| visit(part, see));
}

/// Checks an explanation against evaluations of the same images, call sites kept.
fn check_against_evaluation(tree: &Expression, images: &[Vec<Cell>]) {
    let scheme = scheme();
    let program = compiled(&tree.to_string(), &scheme);
    let host = Host::default();
    let (mut sites, mut explained_sites) = (program.fresh_sites(), program.fresh_sites());
    for (step, image) in (0_i64..).zip(images) {
        let now = Timestamp::from_millis(700 * step);
        let (mut notes, mut explained_notes) = (Vec::new(), Vec::new());
        let of = Context::of(image, now, Tz::UTC, &host, &mut sites);
        let wanted = program.evaluate(&mut Context { notes: Some(&mut notes), ..of });
        let of = Context::of(image, now, Tz::UTC, &host, &mut explained_sites);
        let explained = program.explain(&mut Context { notes: Some(&mut explained_notes), ..of });
        assert_eq!(format!("{:?}", explained.result), format!("{wanted:?}"), "{}", program.text());
        assert_eq!((&explained.notes, &explained_notes), (&notes, &notes), "{}", program.text());
        assert_eq!(format!("{explained_sites:?}"), format!("{sites:?}"), "{}", program.text());
        let root = explained.root.outcome.as_ref().map(|outcome| format!("{:?}", outcome.result));
        assert_eq!(root, Some(format!("{wanted:?}")), "{}", program.text());
        check_notes(&explained.root, &notes, program.text());
        assert!(explained.to_json().is_object() && !explained.to_string().is_empty());
    }
}

/// Checks that every note of an evaluation is told at some part.
fn check_notes(root: &Part, notes: &[Note], text: &str) {
    let mut told = Vec::new();
    let mut full = false;
    visit(root, &mut |part| {
        let own = part.outcome.as_ref().map_or(&[][..], |outcome| &outcome.notes);
        full |= own.len() == EXPLAINED_NOTES_MAX;
        told.extend_from_slice(own);
    });
    assert!(full || notes.iter().all(|note| told.contains(note)), "{text}: {notes:?} {told:?}");
}

/// Checks that every part that was evaluated gave what its text gives alone.
fn check_parts(tree: &Expression, image: &[Cell]) {
    let scheme = scheme();
    let program = compiled(&tree.to_string(), &scheme);
    let host = Host::default();
    let alone = |text: &str, asked: &mut Context<'_>| format!("{:?}", compiled(text, &scheme).evaluate(asked));
    let explained = program.explain(&mut Context::of(image, Timestamp(0), Tz::UTC, &host, &mut []));
    visit(&explained.root, &mut |part| {
        let text = &program.text()[part.span.clone()];
        if let Some(outcome) = &part.outcome {
            let wanted = alone(text, &mut Context::of(image, Timestamp(0), Tz::UTC, &host, &mut []));
            assert_eq!(format!("{:?}", outcome.result), wanted, "{text} in {}", program.text());
        }
        assert!(part.outcome.is_some() || part.parts.is_empty(), "{text} in {}", program.text());
    });
    // Nothing that was written is hidden.
    if let Node::Binary(_, rest) = &program.expression().node {
        assert_eq!(explained.root.parts.len(), rest.len() + 1, "{}", program.text());
    }
}

#[test]
fn an_explanation_is_the_evaluation() {
    runner(6000)
        .run(&(remembering(), vec(image(), 1..4)), |(tree, images)| {
            check_against_evaluation(&tree, &images);
            Ok(())
        })
        .unwrap();
    runner(2000)
        .run(&(prop_oneof![expression(), constant()], vec(image(), 1)), |(tree, images)| {
            check_against_evaluation(&tree, &images);
            Ok(())
        })
        .unwrap();
}

#[test]
fn every_part_gives_what_it_gives_alone() {
    runner(4000)
        .run(&(prop_oneof![2 => expression(), 1 => condition(), 1 => constant()], image()), |(tree, image)| {
            check_parts(&tree, &image);
            Ok(())
        })
        .unwrap();
}
