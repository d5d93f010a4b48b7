//! What is measured over restarts and reloads, and what is written down of it.

use latchwork_engine::{OperationIndex, Retained};

use super::{Line, at, plant};

/// An operation that measures while `run` is true.
const MEASURES: &str = r#"
[[tags]]
path = "run"
type = "bool"
[[tags]]
path = "count"
type = "int"
[[operations]]
name = "A"
location = "Line"
start_trigger_expression = "{run}"
stop_trigger_expression = "{run}"
[[operations.captures]]
name = "made"
expression = "{count}"
mode = "DELTA"
[[operations.captures]]
name = "mean"
expression = "{count}"
mode = "MEAN"
"#;

const MORE: &str = r#"
[[operations.captures]]
name = "first"
expression = "{count}"
mode = "AT_START"
[[operations.captures]]
name = "grown"
expression = "{count}"
mode = "SUM_OF_INCREASES"
"#;

#[test]
fn time_in_which_the_gateway_was_down_is_not_known() {
    let mut line = Line::new(MEASURES);
    line.read(0, "run=false count=0").read(2, "run=true count=10").pass(8).told();
    line.restarts(8, 20, plant(MEASURES)).read(22, "run=true count=30").read(24, "run=false");
    // 10 from second 2 to 8, when the gateway died; 30 for the last two seconds.
    assert_eq!(line.told(), ["24 operation.stopped A@Line 2..24 COMPLETED/TRIGGER made=20 mean=15.0"]);
}

#[test]
fn a_reload_measures_on_and_begins_what_is_new() {
    let mut line = Line::new(MEASURES);
    line.read(0, "run=false count=0").read(2, "run=true count=10").told();
    let more = MEASURES.to_owned() + MORE;
    line.reloads(4, plant(&more)).read(6, "count=15").read(8, "run=false count=16");
    let run = "A@Line 2..8 COMPLETED/TRIGGER made=6";
    let mean = (4.0 * 10.0 + 2.0 * 15.0) / 6.0;
    assert_eq!(line.told(), [format!("8 operation.stopped {run} mean={mean} first=null grown=6")]);
    let other = MEASURES.replace("\"MEAN\"", "\"MAX\"");
    line.read(10, "run=true").told();
    line.reloads(12, plant(&other)).read(14, "count=7").read(16, "run=false");
    assert_eq!(line.told(), ["16 operation.stopped A@Line 10..16 COMPLETED/TRIGGER made=-9 mean=16"]);
    // One of the same name that measures something else knows nothing of what was measured.
    let twice = other.replace("\"{count}\"\nmode = \"DELTA\"", "\"{count} * 2\"\nmode = \"DELTA\"");
    line.read(20, "run=true").told();
    line.reloads(22, plant(&twice)).read(24, "run=false count=9");
    assert_eq!(line.told(), ["24 operation.stopped A@Line 20..24 COMPLETED/TRIGGER made=null mean=9"]);
}

#[test]
fn an_old_row_without_captures_is_read() {
    let mut line = Line::new(MEASURES);
    line.read(0, "run=false count=0").read(2, "run=true count=10").told();
    let mut json = line.engine.retained(at(2)).to_json();
    json["operations"][0].as_object_mut().unwrap().remove("captures").unwrap();
    line.engine = latchwork_engine::Engine::resume(plant(MEASURES).into(), &Retained::from_json(json).unwrap());
    line.step(3, latchwork_engine::Input::Boot);
    line.read(4, "run=true count=20").read(6, "run=false count=30");
    assert_eq!(line.told(), ["6 operation.stopped A@Line 2..6 COMPLETED/TRIGGER made=null mean=20.0"]);
}

#[test]
fn what_is_measured_may_be_written_down_later() {
    let mut line = Line::new(MEASURES);
    line.read(0, "run=false count=0").read(2, "run=true");
    let mut taken = Vec::new();
    line.engine.take_changed(&mut taken);
    line.engine.take_aged(&mut taken);
    taken.clear();
    line.read(4, "count=1");
    line.engine.take_changed(&mut taken);
    assert!(taken.is_empty(), "no level moved");
    line.engine.take_aged(&mut taken);
    assert_eq!(taken, [OperationIndex(0)]);
    line.engine.take_aged(&mut taken);
    assert_eq!(taken.len(), 1, "once");
}

#[test]
fn a_long_hold_stays_exact_however_often_the_value_changes() {
    const READINGS: i64 = 2_000;
    let held = MEASURES.replace("location", "stop_hold_millis = 3600000\nlocation");
    let mut line = Line::new(&held);
    line.read(0, "run=false count=0").read(1, "run=true count=5").read(3, "run=false").told();
    for second in 4..READINGS {
        line.read(second, &format!("count={second}"));
    }
    let row = line.engine.retained(at(READINGS)).to_json().to_string();
    assert!(row.len() < 100_000, "{} bytes are written down", row.len());
    line.pass(4_000);
    let stopped = "3603 operation.stopped A@Line 1..3 COMPLETED/TRIGGER made=0 mean=5.0";
    assert_eq!(line.told(), [stopped]);
}

#[test]
fn a_cancelled_long_hold_has_measured_everything() {
    let held = MEASURES.replace("location", "stop_hold_millis = 3600000\nlocation");
    let mut line = Line::new(&held);
    line.read(0, "run=false count=0").read(1, "run=true").read(2, "run=false").told();
    for second in 3..1_000 {
        line.read(second, &format!("count={}", second % 2));
    }
    line.read(1_001, "run=true count=0").read(2_001, "run=false");
    line.pass(8_000);
    // Of 2000 seconds 499 odd ones, the last of them two seconds long.
    assert_eq!(line.told(), ["5601 operation.stopped A@Line 1..2001 COMPLETED/TRIGGER made=0 mean=0.25"]);
}
