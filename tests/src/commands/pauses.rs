//! What stands by command.

use super::{FAMILY, MANUAL, RUNS, play};

#[test]
fn a_pause_keeps_what_was_expected_waiting() {
    let plant = format!("{MANUAL}expected_duration_seconds = 10\n");
    play(&plant, "5 start A\n 8 pause A\n 28 resume A\n 34 stop A")
        .runs(&["A 5..34 COMMAND/COMMAND COMPLETED paused=20.0"]);
    let told = play(&plant, "5 start A\n 8 pause A\n 28 resume A\n 50 stop A");
    told.runs(&["A 5..50 COMMAND/COMMAND COMPLETED paused=20.0 overrun"]).tells(&[
        "5 operation.started A",
        "8 operation.paused A",
        "28 operation.resumed A",
        "35 operation.overrun A",
        "50 operation.stopped A",
    ]);
    // An overrun is told once, however often the run stands afterwards.
    play(&plant, "5 start A\n 20 pause A\n 21 resume A\n 90 stop A").tells(&[
        "5 operation.started A",
        "15 operation.overrun A",
        "20 operation.paused A",
        "21 operation.resumed A",
        "90 operation.stopped A",
    ]);
}

#[test]
fn only_pauses_before_the_end_count() {
    play(MANUAL, "5 start A\n 10 pause A\n 20 resume A\n 30 pause A\n 40 stop A at=15")
        .runs(&["A 5..15 COMMAND/COMMAND COMPLETED paused=5.0"]);
    play(MANUAL, "5 start A\n 10 pause A\n 40 stop A at=8").runs(&["A 5..8 COMMAND/COMMAND COMPLETED"]);
}

#[test]
fn edges_end_and_replace_a_paused_run() {
    play(RUNS, "1 run=false\n 5 run=true\n 8 pause A\n 12 run=false")
        .runs(&["A 5..12 TRIGGER/TRIGGER COMPLETED paused=4.0"]);
    play(RUNS, "1 run=false\n 3 start A\n 4 pause A\n 12 run=true")
        .runs(&["A 3..12 COMMAND/CONFLICT COMPLETED paused=8.0", "A 12.. TRIGGER/ RUNNING"]);
}

#[test]
fn a_pause_changes_the_record_once_for_each_of_the_family() {
    let told = play(FAMILY, "5 start A\n 7 pause A as=anna notes=lunch");
    let events = told.events("operation.paused");
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["actor"], "anna");
    assert_eq!(events[0]["info"]["notes"], "lunch");
    assert_eq!((&events[0]["info"]["revision"], &events[1]["info"]["revision"]), (&2.into(), &2.into()));
    assert_eq!(events[0]["info"]["record"]["status"], "PAUSED");
}

/// Operation `A` by commands only, with everything that can be measured of `speed`.
fn measured() -> String {
    let mut plant = format!("{MANUAL}[[tags]]\npath = \"speed\"\ntype = \"int\"\n");
    let modes = ["AT_START", "AT_STOP", "DELTA", "MAX", "MEAN", "SUM_OF_INCREASES", "COUNT_OF_CHANGES"];
    let captures: Vec<String> = modes
        .iter()
        .map(|mode| format!("{{ name = \"{mode}\", expression = \"{{speed}}\", mode = \"{mode}\" }}"))
        .collect();
    plant = plant.replace("[[tags]]", &format!("captures = [{}]\n[[tags]]", captures.join(", ")));
    plant
}

#[test]
fn what_happens_in_a_pause_is_not_measured() {
    let told =
        play(&measured(), "0 speed=4\n 10 start A\n 20 pause A\n 22 speed=100\n 30 speed=8\n 32 resume A\n 42 stop A");
    assert_eq!(
        told.outcome.record_rows()[0]["captures"],
        serde_json::json!({"AT_START": 4, "AT_STOP": 8, "DELTA": 4, "MAX": 8, "MEAN": 6.0, "SUM_OF_INCREASES": 0,
            "COUNT_OF_CHANGES": 0})
    );
}

#[test]
fn a_split_parts_what_was_measured() {
    let told = play(&measured(), "0 speed=4\n 10 start A\n 20 speed=6\n 30 split @A at=30\n 40 speed=9\n 50 stop A");
    let rows = told.outcome.record_rows();
    let of = |row: usize, name: &str| rows[row]["captures"][name].clone();
    assert_eq!((of(0, "DELTA"), of(1, "DELTA")), (2.into(), 3.into()));
    assert_eq!((of(0, "MEAN"), of(1, "MEAN")), (5.0.into(), 7.5.into()));
    // Cut while it stood, it begins in the pause.
    let told = play(
        &measured(),
        "0 speed=4\n 10 start A\n 20 pause A\n 30 split @A at=25\n 32 speed=9\n 40 resume A\n 50 stop A",
    );
    let rows = told.outcome.record_rows();
    assert_eq!((&rows[0]["captures"]["MEAN"], &rows[1]["captures"]["MEAN"]), (&4.0.into(), &9.0.into()));
}
