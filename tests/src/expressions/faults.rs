//! An expression that fails is a fault of its operation alone: told, counted, and over with the next success.

use std::sync::Arc;

use latchwork_engine::{Effect, Engine, Info, Input, Moment, Monotonic, OperationIndex, Reading, Sample, Scan};
use latchwork_expr::{Quality, Timestamp, Value};
use serde_json::Value as Json;

use crate::allocations::slot;
use crate::rerun;

const PLANT: &str = r#"
[[tags]]
path = "Code"
type = "string"

[[tags]]
path = "Run"
type = "bool"

[[operations]]
name = "Coded"
location = "Line"
start_trigger_expression = "toInt({Code}) > 5"

[[operations]]
name = "Plain"
location = "Line"
start_trigger_expression = "{Run}"
"#;

const CODED: OperationIndex = OperationIndex(0);
const PLAIN: OperationIndex = OperationIndex(1);

/// An engine that is given one sample at a time.
struct Line {
    engine: Engine,
    sequence: u64,
    now: Moment,
}

impl Line {
    fn new() -> Self {
        let plant = Arc::new(rerun::configuration(PLANT).unwrap().plant);
        let now = Moment { monotonic: Monotonic(0), wall: Timestamp(0) };
        Self { engine: Engine::new(plant), sequence: 0, now }
    }

    /// Gives a sample at a second; returns the types of the events, a fault with its operation and its text.
    fn sample(&mut self, second: i64, path: &str, value: impl Into<Value>) -> Vec<String> {
        self.sequence += 1;
        let micros = second * 1_000_000;
        self.now = Moment { monotonic: Monotonic(micros), wall: Timestamp(micros) };
        let tag = slot(self.engine.plant(), path);
        let reading = Reading::Value(value.into());
        let mut batch = [Sample { tag, reading, quality: Quality::Good, source_time: self.now.wall }];
        let mut effects = Vec::new();
        self.engine
            .step(Scan { sequence: self.sequence, at: self.now, input: Input::Samples(&mut batch) }, &mut effects);
        effects.iter().filter_map(event).collect()
    }

    /// Returns what is kept as the operation's fault over a restart.
    fn fault(&self, operation: OperationIndex) -> Json {
        let kept = serde_json::to_value(self.engine.retained_operation(operation, self.now)).unwrap();
        kept["trouble"]["text"].clone()
    }

    fn faults(&self) -> [u64; 2] {
        [CODED, PLAIN].map(|operation| self.engine.counters(operation).faults)
    }
}

fn event(effect: &Effect) -> Option<String> {
    let Effect::Event(event) = effect else { return None };
    let kind = event.kind.name();
    let Info::Fault { operation, text } = &event.info else { return Some(kind.to_owned()) };
    Some(format!("{kind} {} {}", operation.index(), text.as_str()))
}

const TOLD: &str = "trigger.fault 0 `toInt({Code}) > 5`: `oops` is not a number";

#[test]
fn a_failing_expression_is_told_once_counted_and_cleared_by_its_next_success() {
    let mut line = Line::new();
    assert_eq!(line.sample(1, "Code", "1"), [""; 0]);
    assert_eq!((line.fault(CODED), line.faults()), (Json::Null, [0, 0]));

    assert_eq!(line.sample(2, "Code", "oops"), [TOLD]);
    assert_eq!(line.fault(CODED), TOLD.trim_start_matches("trigger.fault 0 "));
    assert_eq!(line.sample(3, "Code", "worse"), [""; 0], "the same trouble is told once");
    assert_eq!(line.faults(), [2, 0]);

    assert_eq!(line.sample(4, "Code", "9"), ["operation.started", "schedule.added"]);
    assert_eq!((line.fault(CODED), line.faults()), (Json::Null, [2, 0]));
}

#[test]
fn the_other_operations_go_on() {
    let mut line = Line::new();
    line.sample(1, "Run", false);
    line.sample(1, "Code", "oops");
    assert_eq!(line.sample(2, "Run", true), ["operation.started", "schedule.added"]);
    assert_ne!(line.fault(CODED), Json::Null, "the success of another is none of its own");
    assert_eq!((line.fault(PLAIN), line.faults()), (Json::Null, [1, 0]));
}

#[test]
fn trouble_that_comes_and_goes_is_told_once_a_minute() {
    let mut line = Line::new();
    let told: Vec<i64> = (1..=150)
        .filter(|&second| {
            let code = if second % 2 == 0 { "oops" } else { "1" };
            !line.sample(second, "Code", code).is_empty()
        })
        .collect();
    assert_eq!(told, [2, 62, 122]);
    assert_eq!(line.faults(), [75, 0]);
}
