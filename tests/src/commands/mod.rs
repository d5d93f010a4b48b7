//! What commands do, one rule after the other, told as short stories: seconds, readings and commands in, runs out.

mod edits;
mod orders;
mod pauses;
mod planning;
mod rules;
mod splits;
mod times;

use std::fmt::Write;

use serde_json::{Value as Json, json};

use crate::rerun::{self, Outcome};

/// Operation `A` runs while `run` is true.
const RUNS: &str = r#"
[[tags]]
path = "run"
type = "bool"
[[operations]]
name = "A"
location = "Line"
auto_add_to_schedule = false
start_trigger_expression = "{run}"
stop_trigger_expression = "{run}"
"#;

/// Operation `A` by commands only.
const MANUAL: &str = r#"
[[operations]]
name = "A"
location = "Line"
auto_add_to_schedule = false
trigger_source = "MANUAL"
"#;

/// Operation `A` with its child `B`, by commands only.
const FAMILY: &str = r#"
[[operations]]
name = "A"
location = "Line"
auto_add_to_schedule = false
trigger_source = "MANUAL"
[[operations]]
name = "B"
location = "Line"
auto_add_to_schedule = false
trigger_source = "PARENT"
parent = "A"
"#;

/// What a story gave.
#[derive(Debug)]
struct Told {
    outcome: Outcome,
}

/// Plays a story. Each line is a second and a reading (`5 run=true`) or a command (`5 start A at=3 order=PO-1 notes=late
/// as=anna`); in place of a record's id stands its operation (`edit @A end=7`): the one that opened last by then.
fn play(plant: &str, story: &str) -> Told {
    let mut trace = String::new();
    for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (second, rest) = line.split_once(' ').unwrap();
        let mut row = match rest.split_once(' ') {
            None => reading(rest),
            Some((verb, words)) => json!({"command": command(verb, words, plant, &trace)}),
        };
        row["ts"] = time(second).into();
        writeln!(trace, "{row}").unwrap();
    }
    Told { outcome: rerun::replay(plant, &[("story.jsonl", trace.as_bytes())]) }
}

fn reading(text: &str) -> Json {
    let (tag, value) = text.split_once('=').unwrap();
    json!({"tag": tag, "value": serde_json::from_str(value).unwrap_or_else(|_| Json::from(value))})
}

fn command(verb: &str, words: &str, plant: &str, before: &str) -> Json {
    let (event_type, subject) = match verb {
        "set-order" => ("PRODUCTION_ORDER_SET".to_owned(), "operation"),
        "edit" | "split" => (format!("OPERATION_{}", verb.to_uppercase()), "record"),
        _ => (format!("OPERATION_{}", verb.to_uppercase()), "operation"),
    };
    let mut command = json!({"event_type": event_type, "info": {}});
    for (place, word) in words.split(' ').enumerate() {
        match word.split_once('=') {
            None if place == 0 => command["info"][subject] = named(word, plant, before).into(),
            Some(("as", actor)) => command["actor"] = actor.into(),
            Some(("order", order)) => command["info"]["production_order"] = order.into(),
            Some((key @ ("at" | "start" | "end"), second)) => command["info"][key] = time(second).into(),
            Some((key, text)) => command["info"][key] = text.into(),
            None => panic!("`{word}` is no part of a command"),
        }
    }
    command
}

/// Returns a name, or the id of the record that `@` and an operation mean.
fn named(word: &str, plant: &str, before: &str) -> String {
    let Some(operation) = word.strip_prefix('@') else { return word.to_owned() };
    let rows = rerun::replay(plant, &[("story.jsonl", before.as_bytes())]).event_rows();
    let started = rows
        .iter()
        .rev()
        .find(|row| row["event_type"] == "operation.started" && row["info"]["record"]["operation"] == operation);
    started.expect("it has run")["info"]["record"]["id"].as_str().unwrap().to_owned()
}

/// Returns a second of the story as a time.
fn time(second: &str) -> String {
    let micros = (second.parse::<f64>().unwrap() * 1e6).round();
    #[expect(clippy::cast_possible_truncation, reason = "stories take minutes")]
    let micros = 1_767_225_600_000_000 + micros as i64;
    latchwork_expr::instant_text(latchwork_expr::Timestamp(micros))
}

/// Returns a time as a second of the story.
fn second(time: &Json) -> String {
    let Some(instant) = time.as_str().and_then(latchwork_expr::instant_of) else { return String::new() };
    #[expect(clippy::cast_precision_loss, reason = "stories take minutes")]
    let seconds = (instant.0 - 1_767_225_600_000_000) as f64 / 1e6;
    seconds.to_string()
}

/// Returns a record for people: `A 5..9 COMMAND/TRIGGER COMPLETED`, and what is not as usual.
fn run(record: &Json) -> String {
    let word = |key: &str| record[key].as_str().unwrap_or("").to_owned();
    let mut text = format!(
        "{} {}..{} {}/{} {}",
        word("operation"),
        second(&record["start_date"]),
        second(&record["end_date"]),
        word("start_reason"),
        word("end_reason"),
        word("status"),
    );
    if let Some(order) = record["production_order"].as_str() {
        write!(text, " order={order}").unwrap();
    }
    if record["paused_seconds"] != json!(0.0) {
        write!(text, " paused={}", record["paused_seconds"]).unwrap();
    }
    if record["overrun"] == json!(true) {
        text.push_str(" overrun");
    }
    text
}

impl Told {
    /// Checks the records.
    #[track_caller]
    fn runs(self, wanted: &[&str]) -> Self {
        let found: Vec<String> = self.outcome.record_rows().iter().map(run).collect();
        assert_eq!(found, wanted, "{:?}", self.outcome.rejections);
        self
    }

    /// Checks why commands were rejected, by the beginnings of the reasons.
    #[track_caller]
    fn rejects(self, wanted: &[&str]) -> Self {
        let found = &self.outcome.rejections;
        let agree = found.len() == wanted.len() && found.iter().zip(wanted).all(|(one, other)| one.starts_with(other));
        assert!(agree, "{found:#?}");
        self
    }

    /// Checks the events of operations and orders, each with its second of happening.
    #[track_caller]
    fn tells(self, wanted: &[&str]) -> Self {
        let told = |row: &Json| {
            let kind = row["event_type"].as_str().unwrap_or_default();
            let info = &row["info"];
            let whose = [&info["record"]["operation"], &info["operation"], &info["production_order"]];
            let whose = whose.into_iter().find_map(|name| name.as_str()).unwrap_or_default();
            format!("{} {kind} {whose}", second(&row["occurred_at"]))
        };
        let found: Vec<String> = self.outcome.event_rows().iter().map(told).collect();
        assert_eq!(found, wanted);
        self
    }

    /// Returns the events of a type.
    fn events(&self, kind: &str) -> Vec<Json> {
        self.outcome.event_rows().into_iter().filter(|row| row["event_type"] == kind).collect()
    }
}
