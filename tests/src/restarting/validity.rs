//! What is remembered of whether a connection is believed.

use latchwork_engine::{Guard, Heartbeat, Plant};
use latchwork_expr::TagSlot;

use super::{Line, RUNS};

const BEATS: &str = "[[tags]]\npath = \"beat\"\ntype = \"int\"\n";

/// Returns the plant of one operation, whose tag is believed while `beat` moves within so many seconds.
fn plant(seconds: Option<u64>) -> Plant {
    plant_of(BEATS, seconds)
}

/// Returns such a plant with the tag that is to move.
fn plant_of(beats: &str, seconds: Option<u64>) -> Plant {
    let mut plant = super::plant(&(beats.to_owned() + RUNS));
    let heartbeat = |seconds| Heartbeat { tag: TagSlot(0), timeout_millis: seconds * 1000 };
    plant.guards.extend(seconds.map(|seconds| Guard {
        connection: "plc".to_owned(),
        valid_when: None,
        heartbeat: Some(heartbeat(seconds)),
        tags: vec![TagSlot(1)],
        derived_before: 0,
    }));
    plant
}

/// Returns the plant of one operation, whose tag is believed on a condition.
fn plant_when(condition: &str) -> Plant {
    let connection = format!(
        "[[connections]]\nname = \"plc\"\ntype = \"mqtt\"\nurl = \"mqtt://192.0.2.5:1883\"\nvalid_when = \"{condition}\"\n"
    );
    let of_it = |name: &str| {
        format!("[[tags]]\npath = \"{name}\"\ntype = \"bool\"\nconnection = \"plc\"\ntopic = \"{name}\"\n")
    };
    let operation = RUNS.replace("[[tags]]\npath = \"run\"\ntype = \"bool\"\n", "");
    super::plant(&(connection + &of_it("ready") + &of_it("run") + &operation))
}

fn line(seconds: Option<u64>) -> Line {
    Line::of(plant(seconds))
}

const STARTED: &str = "2 operation.started A@Line 2..";

#[test]
fn a_heartbeat_that_stood_still_before_a_restart_stands_still_after_it() {
    let mut line = line(Some(5));
    line.read(1, "beat=1 run=false").read(2, "run=true").read(7, "run=false");
    assert_eq!(line.told(), [STARTED]);
    line.restarts(10, 20, plant(Some(5))).read(21, "run=false beat=1");
    assert_eq!(line.told(), [""; 0], "nothing moved");
    line.read(22, "beat=2");
    assert_eq!(line.told(), ["22 operation.stopped A@Line 2..22 COMPLETED/TRIGGER!"]);
}

#[test]
fn a_heartbeat_that_moved_meanwhile_is_a_beat() {
    let mut line = line(Some(5));
    line.read(1, "beat=1 run=false").read(2, "run=true").told();
    line.restarts(4, 20, plant(Some(5))).read(21, "beat=2").read(22, "run=false");
    assert_eq!(line.told(), ["22 operation.stopped A@Line 2..22 COMPLETED/TRIGGER!"]);
}

#[test]
fn a_reload_that_takes_the_condition_away_shows_what_was_read() {
    let mut line = line(Some(5));
    line.read(1, "beat=1 run=false").read(2, "run=true").read(8, "run=false");
    assert_eq!(line.told(), [STARTED]);
    line.reloads(9, plant(None));
    assert_eq!(line.told(), ["9 operation.stopped A@Line 2..9 COMPLETED/TRIGGER!"]);
}

#[test]
fn a_reload_that_brings_a_condition_waits_for_it_from_then_on() {
    let mut line = line(None);
    line.read(1, "beat=1 run=false").read(2, "run=true").read(8, "beat=1");
    line.reloads(9, plant(Some(5))).read(13, "run=false").read(13, "run=true");
    let began = ["13 operation.stopped A@Line 2..13 COMPLETED/TRIGGER", "13 operation.started A@Line 13.."];
    assert_eq!(line.told(), [&[STARTED][..], &began].concat());
    line.read(15, "run=false");
    assert_eq!(line.told(), [""; 0], "five seconds after the reload it is not believed any more");
}

#[test]
fn another_time_keeps_what_is_known() {
    let mut line = line(Some(5));
    line.read(1, "beat=1 run=false").read(2, "run=true").told();
    line.reloads(3, plant(Some(2))).read(4, "run=false");
    assert_eq!(line.told(), [""; 0], "the last beat was three seconds ago");
}

#[test]
fn another_heartbeat_is_waited_for_from_the_reload_on() {
    let mut line = line(Some(5));
    line.read(1, "beat=1 run=false").read(2, "run=true").read(8, "run=false");
    assert_eq!(line.told(), [STARTED], "it is not believed");
    line.reloads(9, plant_of(&BEATS.replace("beat", "pulse"), Some(5)));
    assert_eq!(line.told(), ["9 operation.stopped A@Line 2..9 COMPLETED/TRIGGER!"]);
}

#[test]
fn another_condition_is_judged_at_the_reload() {
    let mut line = Line::of(plant_when("{ready}"));
    line.read(1, "ready=true run=false").read(2, "run=true");
    assert_eq!(line.told(), [STARTED]);
    line.reloads(3, plant_when("!{ready}")).read(4, "run=false");
    assert_eq!(line.told(), [""; 0], "it is not believed any more");
    line.read(5, "ready=false");
    assert_eq!(line.told(), ["5 operation.stopped A@Line 2..5 COMPLETED/TRIGGER!"]);
}

#[test]
fn what_a_scan_changes_of_a_guard_is_told_once() {
    let changed = |line: &mut Line| {
        let mut changed = Vec::new();
        line.engine.take_changed_guards(&mut changed);
        changed
    };
    let mut line = line(Some(5));
    changed(&mut line);
    line.read(1, "beat=1 run=false");
    assert_eq!(changed(&mut line), [0], "it beats");
    line.read(2, "run=true");
    assert_eq!(changed(&mut line), [0_u32; 0], "nothing of it moved");
    line.read(8, "run=true");
    assert_eq!(changed(&mut line), [0], "it stands still");
    line.reloads(9, plant(Some(2)));
    assert_eq!(changed(&mut line), [0], "all are told after a reload");
}
