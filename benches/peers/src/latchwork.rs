//! Contestants over the product's own image: binding alone, the native function, and compiled programs.

use std::hint::black_box;

use latchwork_expr::{Cell, Context, Host, Program, Question, Scheme, Scope, Status, Timestamp, Truth, Type, Tz};

use crate::contestant::{Contestant, Knows};
use crate::image::{Fresh, Moved, NumbersAsText, Samples, Speed, Temperature};
use crate::native;
use crate::workload::Workload;

/// Returns all contestants over the image.
pub fn contestants(workload: &Workload) -> Vec<Contestant> {
    match workload.name {
        "a" => over_image::<Speed, 2>(workload, native::speed),
        "b" => over_image::<Temperature, 4>(workload, native::temperature),
        "c" => over_image::<Moved<2>, 2>(workload, native::order),
        name => unreachable!("there is no workload {name}"),
    }
}

fn over_image<R: Fresh<N>, const N: usize>(workload: &Workload, native: fn(&[Cell]) -> Truth) -> Vec<Contestant> {
    let mut contestants = vec![
        binding::<R, N>(workload),
        by_hand::<R, N>(workload, native),
        asked::<R, N>("**latchwork**", workload, |kind| kind),
        asked::<R, N>("latchwork, tags of undeclared type", workload, |_| Type::Any),
    ];
    if workload.tags.iter().any(|(_, kind)| matches!(kind, Type::Float | Type::Integer)) {
        contestants.push(asked::<NumbersAsText<N>, N>("latchwork, numbers arriving as text", workload, |kind| kind));
    }
    contestants
}

/// Writes the values and evaluates nothing.
fn binding<R: Fresh<N>, const N: usize>(workload: &Workload) -> Contestant {
    let mut samples = Samples::<R, N>::of(workload);
    let answer = move |row: usize| {
        black_box(samples.bind(row));
        Truth { value: false, status: Status::GOOD }
    };
    Contestant { name: "writing the values alone", knows: Knows::Nothing, runner: Box::new(answer) }
}

fn by_hand<R: Fresh<N>, const N: usize>(workload: &Workload, native: fn(&[Cell]) -> Truth) -> Contestant {
    let mut samples = Samples::<R, N>::of(workload);
    Contestant::with_quality("native Rust function", move |row| native(samples.bind(row)))
}

/// Asks as the engine does: of the image alone if that is enough, else with a context.
fn asked<R: Fresh<N>, const N: usize>(
    name: &'static str,
    workload: &Workload,
    declared: impl Fn(Type) -> Type,
) -> Contestant {
    let question = question(workload, declared);
    let mut samples = Samples::<R, N>::of(workload);
    let host = Host::default();
    Contestant::with_quality(name, move |row| {
        let image = samples.bind(row);
        question
            .ask_image(image)
            .unwrap_or_else(|| question.ask(&mut Context::of(image, Timestamp(0), Tz::UTC, &host, &mut [])))
    })
}

fn question(workload: &Workload, declared: impl Fn(Type) -> Type) -> Question {
    let mut scheme = Scheme::new();
    for (path, kind) in workload.tags {
        scheme.add(path, declared(*kind));
    }
    let (program, _) = Program::compile(workload.text, &Scope::of(&scheme)).expect("the workload compiles");
    program.question()
}
