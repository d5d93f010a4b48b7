//! Checks that all contestants say the same, measures them in turn, and prints the table.

use std::fmt::Write;
use std::time::Duration;

use crate::contestant::{Contestant, Knows};
use crate::workload::ROWS;

/// Turns of every contestant. They take turns, so that what disturbs the machine disturbs all of them.
const TURNS: usize = 41;
/// What one turn takes at least: a thousand times the clock's own cost, and short beside a time slice.
const TURN: Duration = Duration::from_micros(1500);
/// The contestant that ratios are of, and whose answers are right.
const REFERENCE: &str = "native Rust function";

/// Nanoseconds per evaluation, turn by turn.
type Turns = Vec<f64>;

/// Measures the contestants of each workload; returns a table with a row for each contestant.
pub fn table(workloads: Vec<(&'static str, Vec<Contestant>)>) -> String {
    let mut names: Vec<&'static str> = Vec::new();
    let mut columns = Vec::new();
    for (workload, mut contestants) in workloads {
        check(workload, &mut contestants);
        let measured = measured(&mut contestants);
        for (name, _) in &measured {
            if !names.contains(name) {
                names.push(name);
            }
        }
        columns.push((workload, measured));
    }
    render(&names, &columns)
}

/// Holds every contestant's answers against the native function's.
fn check(workload: &str, contestants: &mut [Contestant]) {
    let reference = contestants.iter_mut().find(|contestant| contestant.name == REFERENCE);
    let wanted = reference.expect("the reference takes part").runner.answers();
    for contestant in contestants.iter_mut().filter(|contestant| contestant.name != REFERENCE) {
        let answers = contestant.runner.answers();
        for (row, (got, wanted)) in answers.iter().zip(&wanted).enumerate() {
            let agrees = match contestant.knows {
                Knows::Quality => got == wanted,
                Knows::Truth => got.value == wanted.value,
                Knows::Nothing => true,
            };
            assert!(agrees, "{} says {got:?} of row {row} of {workload}, not {wanted:?}", contestant.name);
        }
    }
    let trues = wanted.iter().filter(|truth| truth.value).count();
    println!("({workload}) is true in {trues} of {ROWS} rows.");
}

fn measured(contestants: &mut [Contestant]) -> Vec<(&'static str, Turns)> {
    let passes: Vec<u32> = contestants.iter_mut().map(passes_of).collect();
    let mut turns = vec![Vec::with_capacity(TURNS); contestants.len()];
    for _ in 0..TURNS {
        for ((contestant, passes), turns) in contestants.iter_mut().zip(&passes).zip(&mut turns) {
            let took = contestant.runner.run(*passes).as_secs_f64();
            turns.push(took * 1e9 / (f64::from(*passes) * ROWS as f64));
        }
    }
    contestants.iter().map(|contestant| contestant.name).zip(turns).collect()
}

/// Returns how many passes a turn has; warms up on the way.
fn passes_of(contestant: &mut Contestant) -> u32 {
    let mut passes = 1;
    while contestant.runner.run(passes) < TURN {
        passes *= 2;
    }
    passes
}

fn render(names: &[&str], columns: &[(&str, Vec<(&'static str, Turns)>)]) -> String {
    let mut out = String::from("\n| ns an evaluation: median (least–most), times native |");
    for (workload, _) in columns {
        let _ = write!(out, " {workload} |");
    }
    let _ = writeln!(out, "\n|---|{}", "---|".repeat(columns.len()));
    for name in names {
        let cells = columns.iter().map(|(_, measured)| cell(name, measured));
        let _ = writeln!(out, "| {name} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
    out
}

/// Returns a contestant's nanoseconds, and how many times as long it takes as the reference in the same turn.
fn cell(name: &str, measured: &[(&'static str, Turns)]) -> String {
    let find = |wanted: &str| measured.iter().find(|(name, _)| *name == wanted).map(|(_, turns)| turns);
    let Some((own, native)) = find(name).zip(find(REFERENCE)) else { return "–".to_owned() };
    let ratios = own.iter().zip(native).map(|(own, native)| own / native);
    let (nanos, ratios) = (sorted(own.clone()), sorted(ratios.collect()));
    format!("{:.1} ({:.1}–{:.1}), {:.2} ×", median(&nanos), nanos[0], nanos[nanos.len() - 1], median(&ratios))
}

fn sorted(mut turns: Turns) -> Turns {
    turns.sort_by(f64::total_cmp);
    turns
}

fn median(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}
