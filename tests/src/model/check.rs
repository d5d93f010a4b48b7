//! The comparison: one seed, two readings of the contract, one readable report of their difference.

use std::fmt::Write;

use super::crash::Crash;
use super::names::EventKind;
use super::plant::ModelPlant;
use super::plant_toml::plant_toml;
use super::random::random_case;
use super::record::{Counts, ModelRecord, Outcome};
use super::reload::Reload;
use super::run::run;
use super::shrink::shrink;
use super::time::time_text;
use super::trace::ModelTrace;

/// What an engine under test gave; what it did not tell is not compared.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// The records, ordered as `replay --sort` orders them.
    pub records: Vec<ModelRecord>,
    /// The events of the kinds that the model tells, in any order, each with its subject.
    pub events: Option<Vec<(EventKind, String)>>,
    /// Why commands did nothing, one after the other, by the contract's names.
    pub rejections: Option<Vec<String>>,
    /// How often a start opened nothing.
    pub counts: Option<Counts>,
}

/// A plant and a trace.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The plant.
    pub plant: ModelPlant,
    /// The trace.
    pub trace: ModelTrace,
}

/// Compares the records of an engine with the model's for the case of one seed.
///
/// The engine takes the text of `plant.toml`, of a long CSV trace and of JSON lines with commands. A difference is shrunk to the shortest case
/// that still shows one; the error is a report with the seed, both files and both lists of records.
pub fn check_seed(seed: u64, run_engine: &dyn Fn(&str, &str, &str) -> Vec<ModelRecord>) -> Result<(), String> {
    let observe = |plant: &str, trace: &str, commands: &str| Observed {
        records: run_engine(plant, trace, commands),
        ..Observed::default()
    };
    check_seed_in_full(seed, &observe)
}

/// Compares as [`check_seed`] does, and the events too where the engine tells them.
pub fn check_seed_in_full(seed: u64, run_engine: &dyn Fn(&str, &str, &str) -> Observed) -> Result<(), String> {
    let observe = |case: &Case| run_engine(&plant_toml(&case.plant), &case.trace.csv(), &case.trace.command_lines());
    check_case(seed, random_case(seed), &observe)
}

/// Compares as [`check_seed_in_full`] does, for a case of the seed and an engine that takes it as it is.
pub fn check_case(seed: u64, case: Case, observe: &dyn Fn(&Case) -> Observed) -> Result<(), String> {
    if difference(&case, observe).is_none() {
        return Ok(());
    }
    let shortest = shrink(case, &|case| difference(case, observe).is_some());
    let what = difference(&shortest, observe).unwrap_or_default();
    Err(format!("seed {seed}: {what}\n{}", case_text(&shortest)))
}

/// Returns what differs between the model and an engine, or `None`.
pub(super) fn difference(case: &Case, observe: &dyn Fn(&Case) -> Observed) -> Option<String> {
    let want = Observed::from(run(&case.plant, &case.trace));
    let have = observe(case);
    let records = [record_lines(&want.records), record_lines(&have.records)];
    let events = [event_lines(want.events.as_ref()), event_lines(have.events.as_ref())];
    if want.records != have.records {
        Some(two_lists("records differ", &records))
    } else if have.events.is_some() && events[0] != events[1] {
        Some(two_lists("events differ", &events))
    } else if have.rejections.is_some() && want.rejections != have.rejections {
        let lists = [want, have].map(|observed| observed.rejections.unwrap_or_default());
        Some(two_lists("rejections differ", &lists))
    } else if have.counts.is_some() && want.counts != have.counts {
        let lists = [want, have].map(|observed| vec![format!("{:?}", observed.counts)]);
        Some(two_lists("counts differ", &lists))
    } else {
        None
    }
}

/// Writes the lines of the model and of the engine below one another, marking those that one has more often.
fn two_lists(what: &str, [model, engine]: &[Vec<String>; 2]) -> String {
    let mut text = format!("{what}\n");
    for (name, lines, others) in [("model", model, engine), ("engine", engine, model)] {
        for (at, line) in lines.iter().enumerate() {
            let here = lines[..=at].iter().filter(|other| *other == line).count();
            let there = others.iter().filter(|other| *other == line).count();
            let mark = if here <= there { ' ' } else { '*' };
            writeln!(text, "{mark} {name:<6} {line}").expect("a string takes what is written to it");
        }
    }
    text
}

fn record_lines(records: &[ModelRecord]) -> Vec<String> {
    records.iter().map(record_line).collect()
}

/// Returns a record as one line for people.
pub(super) fn record_line(record: &ModelRecord) -> String {
    let end = record.end.map_or("open".to_owned(), time_text);
    let reason = record.end_reason.map_or("open", super::names::EndReason::name);
    format!(
        "{} {}..{end} {}/{reason} {} detected={} order={:?} gap={} expected={:?} overrun={} parent={} paused={} {:?}",
        record.operation,
        time_text(record.start),
        record.start_reason.name(),
        record.status.name(),
        time_text(record.detected_at),
        record.production_order,
        record.detected_after_gap,
        record.expected_duration_seconds,
        record.overrun,
        record.has_parent,
        record.paused,
        record.captures.0,
    )
}

/// Two implementations need not tell the events of one scan in the same order: the lines are sorted.
fn event_lines(events: Option<&Vec<(EventKind, String)>>) -> Vec<String> {
    let line = |(kind, subject): &(EventKind, String)| format!("{} {subject}", kind.name());
    let mut lines: Vec<String> = events.into_iter().flatten().map(line).collect();
    lines.sort();
    lines
}

fn case_text(case: &Case) -> String {
    let (plant, rows, commands) = (plant_toml(&case.plant), case.trace.csv(), case.trace.command_lines());
    let crash = |Crash { committed, down, up }: &Crash| {
        format!("committed {}, down {}, up {}\n", time_text(*committed), time_text(*down), time_text(*up))
    };
    let crashes: String = case.trace.crashes.iter().map(crash).collect();
    let reload = |reload: &Reload| format!("--- from {}\n{}", time_text(reload.at), plant_toml(&reload.plant));
    let reloads: String = case.trace.reloads.iter().map(reload).collect();
    format!("--- plant.toml\n{plant}--- trace.csv\n{rows}--- commands.jsonl\n{commands}--- crashes\n{crashes}{reloads}")
}

impl From<Outcome> for Observed {
    fn from(outcome: Outcome) -> Self {
        let events = outcome.events.into_iter().map(|event| (event.kind, event.subject)).collect();
        let rejections = outcome.rejections.iter().map(|rejected| format!("{rejected:?}")).collect();
        Self {
            records: outcome.records,
            events: Some(events),
            rejections: Some(rejections),
            counts: Some(outcome.counts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_that_finds_nothing_is_told_with_seed_and_both_files() {
        let seed =
            (0..100).find(|seed| check_seed(*seed, &|_, _, _| Vec::new()).is_err()).expect("a seed with records");
        let report = check_seed(seed, &|_, _, _| Vec::new()).expect_err("a difference");
        assert!(report.starts_with(&format!("seed {seed}: records differ\n* model ")), "{report}");
        for part in ["--- plant.toml\n[gateway]", "[[operations]]", "--- trace.csv\ntimestamp,tag,value,quality\n"] {
            assert!(report.contains(part), "no `{part}` in {report}");
        }
        assert!(!report.contains("* engine"), "an engine without records has no lines: {report}");
    }

    #[test]
    fn the_model_agrees_with_itself_and_differs_where_an_event_does() {
        let case = (0..100).map(random_case).find(|case| run(&case.plant, &case.trace).events.len() > 5);
        let case = case.expect("a seed with events");
        let itself = |case: &Case| Observed::from(run(&case.plant, &case.trace));
        assert_eq!(difference(&case, &itself), None);
        let deaf = |case: &Case| Observed { events: Some(Vec::new()), ..itself(case) };
        assert!(difference(&case, &deaf).is_some_and(|what| what.starts_with("events differ")));
        let silent = |case: &Case| Observed { events: None, ..itself(case) };
        assert_eq!(difference(&case, &silent), None);
    }
}
