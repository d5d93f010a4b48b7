//! Cutting a run in two.

use super::{FAMILY, MANUAL, RUNS, play};

#[test]
fn a_split_ends_one_record_and_begins_another() {
    let told = play(MANUAL, "5 start A\n 20 split @A at=12 notes=shift as=anna\n 30 stop A");
    let told = told.runs(&["A 5..12 COMMAND/SPLIT COMPLETED", "A 12..30 SPLIT/COMMAND COMPLETED"]).rejects(&[]);
    let started = told.events("operation.started").pop().unwrap();
    assert_eq!(started["info"]["notes"], "shift");
    assert_eq!(super::second(&started["info"]["record"]["detected_at"]), "20");
}

#[test]
fn children_are_split_with_their_parent() {
    play(FAMILY, "5 start A\n 20 split @A at=12\n 30 stop A").runs(&[
        "A 5..12 COMMAND/SPLIT COMPLETED",
        "B 5..12 PARENT/PARENT COMPLETED",
        "A 12..30 SPLIT/COMMAND COMPLETED",
        "B 12..30 PARENT/PARENT COMPLETED",
    ]);
}

#[test]
fn what_stands_goes_on_standing_behind_the_cut() {
    play(FAMILY, "5 start A\n 10 pause A\n 20 split @A at=15\n 30 resume A\n 40 stop A").runs(&[
        "A 5..15 COMMAND/SPLIT COMPLETED paused=5.0",
        "B 5..15 PARENT/PARENT COMPLETED paused=5.0",
        "A 15..40 SPLIT/COMMAND COMPLETED paused=15.0",
        "B 15..40 PARENT/PARENT COMPLETED paused=15.0",
    ]);
    play(MANUAL, "5 start A\n 10 pause A\n 20 split @A at=8")
        .runs(&["A 5..8 COMMAND/SPLIT COMPLETED", "A 8.. SPLIT/ PAUSED"]);
}

#[test]
fn a_cut_lies_in_the_run() {
    play(MANUAL, "5 start A\n 9 split @A at=4").rejects(&["TimeBeforePrevious: "]);
    play(MANUAL, "5 start A\n 9 split @A at=10").rejects(&["TimeInFuture: "]);
    play(MANUAL, "5 start A\n 9 stop A\n 10 split @A at=7").rejects(&["StateConflict: the record is closed"]);
    play(MANUAL, "5 split 017BT4K86YJQAHS8X7VWEFPAHH at=4").rejects(&["NotFound: there is no record 017BT4K86"]);
}

#[test]
fn a_cut_does_not_take_the_stop_from_a_run() {
    let plant = format!("{RUNS}stop_hold_millis = 10000\n");
    let story = |at: i64| format!("1 run=false\n 5 run=true\n 9 run=false\n 12 split @A at={at}\n 30 run=false");
    play(&plant, &story(11)).runs(&["A 5..9 TRIGGER/TRIGGER COMPLETED"]).rejects(&["StateConflict: a stop is pending"]);
    play(&plant, &story(7)).runs(&["A 5..7 TRIGGER/SPLIT COMPLETED", "A 7..9 SPLIT/TRIGGER COMPLETED"]).rejects(&[]);
}

#[test]
fn a_split_passes_the_memory_of_a_loss_on() {
    let plant = RUNS.replace("stop_trigger_expression = \"{run}\"", "stop_trigger_expression = \"{door}\"");
    let plant = format!("{plant}stop_hold_millis = 5000\n[[tags]]\npath = \"door\"\ntype = \"bool\"\n");
    // The start level is lost while the door is open for a moment, and asks again behind the cut: one run.
    let story = "0 door=true\n 1 run=false\n 5 run=true\n 9 door=false\n 10 run=false\n 11 door=true\n 12 split @A at=12\n 13 run=true\n 20 run=true";
    play(&plant, story).runs(&["A 5..12 TRIGGER/SPLIT COMPLETED", "A 12.. SPLIT/ RUNNING"]);
}
