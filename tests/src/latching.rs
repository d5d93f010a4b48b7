//! What a sample does to the image.

use std::sync::Arc;

use latchwork_engine::{Engine, Input, Moment, Monotonic, OperationIndex, Reading, Sample, Scan};
use latchwork_expr::{Quality, TagSlot, Timestamp, Value};

use crate::rerun;

const PLANT: &str = "[[tags]]\npath = \"Speed\"\ntype = \"float\"\n";

/// Gives samples of the one tag, a second apart; returns the image's value and quality after each.
fn image_after(samples: &[(Reading, Quality)]) -> Vec<(String, &'static str)> {
    let mut engine = Engine::new(Arc::new(rerun::configuration(PLANT).unwrap().plant));
    let mut after = Vec::new();
    for (sequence, (reading, quality)) in (1..).zip(samples.iter().cloned()) {
        let at = Moment { monotonic: Monotonic(sequence * 1_000_000), wall: Timestamp(sequence * 1_000_000) };
        let mut batch = [Sample { tag: TagSlot(0), reading, quality, source_time: at.wall }];
        let scan = Scan { sequence: sequence.unsigned_abs(), at, input: Input::Samples(&mut batch) };
        engine.step(scan, &mut Vec::new());
        let cell = &engine.image()[0];
        after.push((format!("{:?}", cell.value), cell.quality.name()));
    }
    after
}

#[test]
fn a_failed_read_keeps_the_last_value_whatever_comes_with_it() {
    let value = |number: f64| Reading::Value(Value::Float(number));
    let after = image_after(&[
        (value(0.0), Quality::BadNotConnected),
        (value(7.0), Quality::Good),
        (Reading::Kept, Quality::BadStale),
        (value(0.0), Quality::Bad),
        (Reading::Value(Value::Null), Quality::ErrorIo),
        (value(8.0), Quality::Uncertain),
        (Reading::Value(Value::Null), Quality::Good),
    ]);
    let expected = [
        ("Null", "Bad_NotConnected"),
        ("Float(7.0)", "Good"),
        ("Float(7.0)", "Bad_Stale"),
        ("Float(7.0)", "Bad"),
        ("Float(7.0)", "Error_IO"),
        ("Float(8.0)", "Uncertain"),
        ("Null", "Good"),
    ];
    assert_eq!(after, expected.map(|(value, quality)| (value.to_owned(), quality)));
}

/// A level that hangs on a comparison with a number and on something that can fail.
const FAILING: &str = r#"
[[tags]]
path = "Speed"
type = "float"
[[tags]]
path = "Limit"
type = "string"
[[operations]]
name = "Run"
location = "Line"
start_trigger_expression = "{Speed} > 5 && toFloat({Limit}) > 3"
stop_trigger_expression = "{Speed} > 5 && toFloat({Limit}) > 3"
"#;

#[test]
fn a_level_that_fails_is_looked_at_however_little_its_tags_move() {
    let mut engine = Engine::new(Arc::new(rerun::configuration(FAILING).unwrap().plant));
    let (speed, limit) = (|number: f64| (TagSlot(0), Value::Float(number)), |text| (TagSlot(1), Value::from(text)));
    let samples = [limit("4"), speed(2.0), speed(3.0), limit("x"), speed(6.0), speed(7.0), speed(8.0), limit("4")];
    let mut faults = Vec::new();
    for (sequence, (tag, value)) in (1..).zip(samples.into_iter().chain([speed(9.0)])) {
        let at = Moment { monotonic: Monotonic(sequence * 1_000_000), wall: Timestamp(sequence * 1_000_000) };
        let mut batch = [Sample { tag, reading: Reading::Value(value), quality: Quality::Good, source_time: at.wall }];
        let scan = Scan { sequence: sequence.unsigned_abs(), at, input: Input::Samples(&mut batch) };
        engine.step(scan, &mut Vec::new());
        faults.push(engine.counters(OperationIndex(0)).faults);
    }
    // One program for both triggers, but each of them fails.
    assert_eq!(faults, [0, 0, 0, 0, 2, 4, 6, 6, 6]);
}
