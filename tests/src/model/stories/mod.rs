//! Stories: small inputs with outputs derived by hand from the contract, one or more per clause.
//!
//! A trace is `seconds tag=value tag=value | …`; `tag=?` is Bad, `tag=~value` Uncertain, `tag=null` null.
//! A record is `operation start..end start_reason/end_reason`, then what is not as usual: `seen` when it was detected,
//! its order, `gap`, `faulted`, `child`, `expected` seconds, `overrun`.

mod change;
mod clamps;
mod conflicts;
mod durations;
mod edges;
mod families;
mod gaps;
mod holds;
mod interruptions;
mod order_status;
mod orders;
mod phases;
mod published;
mod scans;

use super::expression::Expression;
use super::names::{EdgeKind, EndReason, EventKind, RecordStatus, StartReason, TagKind};
use super::plant::{Micros, ModelOperation, ModelPlant, ModelTag, ModelTrigger, OrderRule, SECOND};
use super::record::{ModelRecord, Outcome};
use super::run::run;
use super::trace::{ModelTrace, Row};
use super::value::{ModelQuality, ModelValue};

/// The tags of all stories.
const TAGS: [(&str, TagKind); 9] = [
    ("run", TagKind::Bool),
    ("other", TagKind::Bool),
    ("end", TagKind::Bool),
    ("fault", TagKind::Bool),
    ("speed", TagKind::Int),
    ("level", TagKind::Float),
    ("batch", TagKind::Text),
    ("order", TagKind::Text),
    ("unread", TagKind::Bool),
];

/// Checks the records of a story.
fn check(plant: &ModelPlant, trace: &str, want: &[&str]) -> Outcome {
    let outcome = run(plant, &parse_trace(trace));
    let have: Vec<String> = outcome.records.iter().map(record_text).collect();
    assert_eq!(have, want, "records of `{trace}`");
    outcome
}

/// Returns the times, in seconds, at which events of a kind were told.
fn told(outcome: &Outcome, kind: EventKind) -> Vec<String> {
    outcome.events.iter().filter(|event| event.kind == kind).map(|event| seconds_text(event.at)).collect()
}

/// A plant with these operations and the tags of all stories.
fn plant<const N: usize>(operations: [ModelOperation; N]) -> ModelPlant {
    let tags = TAGS.iter().map(|(path, kind)| ModelTag { path: (*path).to_owned(), kind: *kind }).collect();
    ModelPlant { tags, operations: operations.into(), ..ModelPlant::empty() }
}

/// An operation that starts and stops so.
fn operation(name: &str, start: ModelTrigger, stop: ModelTrigger) -> ModelOperation {
    ModelOperation { start: Some(start), stop: Some(stop), ..ModelOperation::new(name, "Line") }
}

/// An operation that runs while a bit is true.
fn runs(name: &str, tag: &str) -> ModelOperation {
    operation(name, rising(tag), falling(tag))
}

/// An operation that runs while a bit is true, with a stop hold.
fn runs_holding(name: &str, tag: &str, stop_hold_seconds: i64) -> ModelOperation {
    operation(name, rising(tag), held(falling(tag), stop_hold_seconds))
}

/// An operation that follows another one.
fn child(name: &str, parent: &str) -> ModelOperation {
    ModelOperation { parent: Some(parent.to_owned()), ..ModelOperation::new(name, "Line") }
}

fn rising(tag: &str) -> ModelTrigger {
    ModelTrigger::rising(Expression::tag(tag))
}

fn falling(tag: &str) -> ModelTrigger {
    ModelTrigger { kind: EdgeKind::Falling, ..rising(tag) }
}

fn change(tag: &str) -> ModelTrigger {
    ModelTrigger { kind: EdgeKind::Change, ..rising(tag) }
}

fn held(trigger: ModelTrigger, seconds: i64) -> ModelTrigger {
    ModelTrigger { hold_millis: seconds * 1_000, ..trigger }
}

fn parse_trace(text: &str) -> ModelTrace {
    let scans = text.split('|').map(str::split_whitespace);
    let rows = scans.flat_map(|mut words| {
        let at = words.next().expect("a time").parse::<f64>().expect("seconds");
        #[expect(clippy::cast_possible_truncation, reason = "the stories' times are small")]
        let at = (at * 1e6).round() as Micros;
        words.map(move |word| parse_row(at, word))
    });
    ModelTrace { rows: rows.collect(), ..ModelTrace::default() }
}

fn parse_row(at: Micros, word: &str) -> Row {
    let (tag, cell) = word.split_once('=').expect("tag=value");
    let kind = TAGS.iter().find(|(path, _)| *path == tag).expect("a tag of the stories").1;
    let (value, quality) = match cell {
        "?" => (None, ModelQuality::Bad),
        "null" => (None, ModelQuality::Good),
        cell => match cell.strip_prefix('~') {
            Some(cell) => (Some(parse_value(kind, cell)), ModelQuality::Uncertain),
            None => (Some(parse_value(kind, cell)), ModelQuality::Good),
        },
    };
    Row { at, tag: tag.to_owned(), value, quality }
}

fn parse_value(kind: TagKind, cell: &str) -> ModelValue {
    match kind {
        TagKind::Bool => ModelValue::Bool(cell == "1"),
        TagKind::Int => ModelValue::Int(cell.parse().expect("a whole number")),
        TagKind::Float => ModelValue::Float(cell.parse().expect("a number")),
        TagKind::Text => ModelValue::Text(cell.to_owned()),
    }
}

fn record_text(record: &ModelRecord) -> String {
    let end = record.end.map_or_else(|| "open".to_owned(), seconds_text);
    let reasons = (start_text(record.start_reason), record.end_reason.map_or("open", end_text));
    let mut words =
        vec![format!("{} {}..{end} {}/{}", record.operation, seconds_text(record.start), reasons.0, reasons.1)];
    if record.detected_at != record.start {
        words.push(format!("seen {}", seconds_text(record.detected_at)));
    }
    words.extend(record.production_order.clone());
    let faulted = record.status == RecordStatus::Faulted;
    let marks = [(record.detected_after_gap, "gap"), (faulted, "faulted"), (record.has_parent, "child")];
    words.extend(marks.iter().filter(|(marked, _)| *marked).map(|(_, mark)| (*mark).to_owned()));
    words.extend(record.expected_duration_seconds.map(|expected| format!("expected {expected}")));
    words.extend(record.overrun.then(|| "overrun".to_owned()));
    words.join(" ")
}

fn start_text(reason: StartReason) -> &'static str {
    match reason {
        StartReason::Trigger => "trigger",
        StartReason::Parent => "parent",
        StartReason::OrderChanged => "order",
        StartReason::Command => "command",
        StartReason::Split => "split",
    }
}

fn end_text(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Trigger => "trigger",
        EndReason::Parent => "parent",
        EndReason::Conflict => "conflict",
        EndReason::OrderChanged => "order",
        EndReason::MaxDuration => "maximum",
        EndReason::Fault => "fault",
        EndReason::Command => "command",
        EndReason::Split => "split",
        EndReason::Restart => "restart",
        EndReason::Disabled => "disabled",
    }
}

fn seconds_text(at: Micros) -> String {
    let fraction = format!("{:06}", at % SECOND);
    format!("{}.{}", at / SECOND, fraction.trim_end_matches('0')).trim_end_matches('.').to_owned()
}

/// An operation whose order is read from `order`.
fn with_order(operation: ModelOperation, update: super::names::OrderUpdate) -> ModelOperation {
    ModelOperation { order: OrderRule::Expression(Expression::tag("order"), update), ..operation }
}
