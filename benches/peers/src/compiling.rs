//! How long a plant's expressions take to compile.

use std::hint::black_box;
use std::time::{Duration, Instant};

use latchwork_expr::{Program, Scheme, Scope, Type};

/// Distinct expressions, each on tags of its own.
const EXPRESSIONS: usize = 10_000;
/// The median of so many counts.
const RUNS: usize = 5;

/// The shapes of triggers, holds and order expressions, with `#` for the machine's number.
const SHAPES: [&str; 10] = [
    "{Line #/Speed} > 5.# && !{Line #/Fault}",
    "({Line #/Speed} - {Line #/Setpoint} > 2.5 || {Line #/Pressure} >= 7) && {Line #/Mode} = #",
    "{Line #/State} = \"RUN #\" && {Line #/Order} != \"\"",
    "if({Line #/Mode} = 3, {Line #/Speed} * 0.#, coalesce({Line #/Setpoint}, #))",
    "ton({Line #/Speed} > # && !{Line #/Fault}, 2000)",
    "getBit({Line #/Mode}, 3) = 1 && timeBetween(now(0), '6:00 am', '2:00 pm') || {Line #/Mode} > #",
    "{Line #/Order} + '-' + right({Line #/State}, 4) + '-#'",
    "switch({Line #/Mode}, 1, 2, 3, 'setup', 'run', 'clean', 'mode #')",
    "isGood({Line #/Pressure}) && abs({Line #/Pressure} - #) < 0.5",
    "round(({Line #/Speed} + {Line #/Setpoint}) / 2, 1) >= # && dateDiff({Line #/Speed.timestamp}, now(0), 's') < 10",
];

/// The tags of a machine.
const TAGS: [(&str, Type); 7] = [
    ("Speed", Type::Float),
    ("Setpoint", Type::Float),
    ("Pressure", Type::Float),
    ("Fault", Type::Boolean),
    ("Mode", Type::Integer),
    ("State", Type::String),
    ("Order", Type::String),
];

/// Returns a sentence: how many expressions, on how many tags, in what time.
pub fn sentence() -> String {
    let texts: Vec<String> =
        (0..EXPRESSIONS).map(|place| SHAPES[place % SHAPES.len()].replace('#', &place.to_string())).collect();
    let mut runs: Vec<Duration> = (0..RUNS).map(|_| compiled(&texts)).collect();
    runs.sort();
    format!(
        "{EXPRESSIONS} distinct expressions over {} tags, names and types bound: {:.2} s (median of {RUNS}, {:.2}–{:.2} s).",
        EXPRESSIONS * TAGS.len(),
        runs[RUNS / 2].as_secs_f64(),
        runs[0].as_secs_f64(),
        runs[RUNS - 1].as_secs_f64(),
    )
}

fn compiled(texts: &[String]) -> Duration {
    let begun = Instant::now();
    let mut scheme = Scheme::new();
    for (place, (name, kind)) in (0..EXPRESSIONS).flat_map(|place| TAGS.map(|tag| (place, tag))) {
        scheme.add(&format!("Line {place}/{name}"), kind);
    }
    let scope = Scope::of(&scheme);
    let programs: Vec<Program> = texts
        .iter()
        .map(|text| Program::compile(text, &scope).unwrap_or_else(|problems| panic!("{text}: {problems:?}")).0)
        .collect();
    let took = begun.elapsed();
    black_box(programs);
    took
}
