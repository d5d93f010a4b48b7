//! The table of statuses, conflicts, and whom commands may be given to.

use super::{FAMILY, MANUAL, RUNS, play};

#[test]
fn every_pair_of_the_table_does_what_it_says() {
    let none = "StateConflict: there is no open record to";
    for verb in ["stop", "pause", "resume", "cancel", "fault"] {
        play(MANUAL, &format!("5 {verb} A")).runs(&[]).rejects(&[&format!("{none} {verb}")]);
    }
    play(MANUAL, "5 start A").runs(&["A 5.. COMMAND/ RUNNING"]).rejects(&[]);
    for (verb, status) in [("stop", "COMPLETED"), ("cancel", "CANCELLED"), ("fault", "FAULTED")] {
        let run = format!("A 5..9 COMMAND/COMMAND {status}");
        play(MANUAL, &format!("5 start A\n 9 {verb} A")).runs(&[&run]).rejects(&[]);
        let paused = format!("{run} paused=2.0");
        play(MANUAL, &format!("5 start A\n 7 pause A\n 9 {verb} A")).runs(&[&paused]).rejects(&[]);
    }
    play(MANUAL, "5 start A\n 7 pause A").runs(&["A 5.. COMMAND/ PAUSED"]).rejects(&[]);
    play(MANUAL, "5 start A\n 7 resume A")
        .runs(&["A 5.. COMMAND/ RUNNING"])
        .rejects(&["StateConflict: the open record is not paused"]);
    play(MANUAL, "5 start A\n 7 pause A\n 8 pause A")
        .runs(&["A 5.. COMMAND/ PAUSED"])
        .rejects(&["StateConflict: the open record is paused already"]);
    play(MANUAL, "5 start A\n 7 pause A\n 9 resume A").runs(&["A 5.. COMMAND/ RUNNING paused=2.0"]).rejects(&[]);
    play(MANUAL, "5 execute A").runs(&["A 5..5 COMMAND/COMMAND COMPLETED"]).rejects(&[]);
}

#[test]
fn a_closed_record_is_never_reopened() {
    for end in ["stop", "cancel", "fault"] {
        for verb in ["stop", "pause", "resume", "cancel", "fault"] {
            let told = play(MANUAL, &format!("5 start A\n 9 {end} A\n 10 {verb} A"));
            told.rejects(&[&format!("StateConflict: there is no open record to {verb}")]);
        }
    }
}

#[test]
fn each_end_has_its_event_with_who_asked() {
    for (verb, kind) in [("stop", "stopped"), ("cancel", "cancelled"), ("fault", "faulted")] {
        let told = play(MANUAL, &format!("5 start A as=anna\n 9 {verb} A as=ben notes=jam"));
        let event = told.events(&format!("operation.{kind}")).pop().unwrap();
        assert_eq!(event["actor"], "ben");
        assert_eq!(event["info"]["notes"], "jam");
        assert_eq!(event["info"]["created_by"], "anna");
        assert_eq!(event["info"]["revision"], 2);
    }
}

#[test]
fn a_start_while_one_runs_follows_the_conflict_strategy() {
    let with = |strategy: &str| format!("{MANUAL}running_conflict_strategy = \"{strategy}\"");
    let story = "5 start A\n 9 start A";
    play(&with("STOP_PREVIOUS"), story)
        .runs(&["A 5..9 COMMAND/CONFLICT COMPLETED", "A 9.. COMMAND/ RUNNING"])
        .rejects(&[]);
    for strategy in ["IGNORE", "THROW_EXCEPTION"] {
        let told = play(&with(strategy), story).runs(&["A 5.. COMMAND/ RUNNING"]);
        // The caller is told; no event says it again.
        told.rejects(&["StateConflict: a record of `A` is open: 01"]).tells(&["5 operation.started A"]);
        play(&with(strategy), "5 start A\n 7 pause A\n 9 start A").rejects(&["StateConflict: a record of `A` is open"]);
    }
}

#[test]
fn a_conflict_may_be_that_of_the_location() {
    let plant = format!(
        "{MANUAL}[[operations]]\nname = \"C\"\nlocation = \"Line\"\ntrigger_source = \"MANUAL\"\n\
         running_conflict_scope = \"LOCATION\"\n"
    );
    play(&plant, "5 start A\n 9 start C")
        .runs(&["A 5..9 COMMAND/CONFLICT COMPLETED", "C 9.. COMMAND/ RUNNING"])
        .rejects(&[]);
    play(&plant, "5 start A\n 9 stop A\n 10 start C at=7")
        .runs(&["A 5..9 COMMAND/COMMAND COMPLETED"])
        .rejects(&["TimeBeforePrevious: "]);
}

#[test]
fn commands_and_triggers_share_the_run() {
    let told =
        play(RUNS, "1 run=false\n 5 start A\n 9 run=true\n 12 run=false\n 15 run=true\n 18 stop A\n 20 run=false");
    told.runs(&[
        "A 5..9 COMMAND/CONFLICT COMPLETED",
        "A 9..12 TRIGGER/TRIGGER COMPLETED",
        "A 15..18 TRIGGER/COMMAND COMPLETED",
    ]);
}

#[test]
fn the_hold_off_is_for_triggers_but_counts_from_commands_too() {
    let plant = format!("{RUNS}restart_holdoff_millis = 60000\n");
    play(&plant, "1 run=false\n 5 start A\n 6 stop A\n 7 start A\n 8 stop A\n 20 run=true")
        .runs(&["A 5..6 COMMAND/COMMAND COMPLETED", "A 7..8 COMMAND/COMMAND COMPLETED"])
        .rejects(&[]);
}

#[test]
fn a_start_shows_that_a_pending_stop_was_real() {
    let plant = format!("{RUNS}stop_hold_millis = 10000\nrunning_conflict_strategy = \"IGNORE\"\n");
    play(&plant, "1 run=false\n 5 run=true\n 9 run=false\n 12 start A\n 30 run=false")
        .runs(&["A 5..9 TRIGGER/TRIGGER COMPLETED", "A 12.. COMMAND/ RUNNING"])
        .rejects(&[]);
    play(&plant, "1 run=false\n 5 run=true\n 9 run=false\n 12 start A at=8\n 30 run=false")
        .runs(&["A 5..9 TRIGGER/TRIGGER COMPLETED"])
        .rejects(&["TimeBeforePrevious: "]);
}

#[test]
fn a_start_hold_that_began_before_the_command_starts_nothing_behind_it() {
    let plant = format!("{RUNS}start_hold_millis = 10000\n");
    play(&plant, "1 run=false\n 5 run=true\n 9 start A\n 30 run=true").runs(&["A 9.. COMMAND/ RUNNING"]);
}

#[test]
fn a_maximum_ends_a_commanded_run_too() {
    let plant = format!("{MANUAL}max_duration_seconds = 10\n");
    play(&plant, "5 start A\n 8 pause A\n 60 stop A")
        .runs(&["A 5..15 COMMAND/MAX_DURATION COMPLETED paused=7.0"])
        .rejects(&["StateConflict: there is no open record to stop"]);
    // One that is over when it is entered ends at once.
    play(&plant, "60 start A at=5").runs(&["A 5..15 COMMAND/MAX_DURATION COMPLETED"]);
}

#[test]
fn a_disabled_operation_starts_by_no_command() {
    play(&format!("{MANUAL}enabled = false\n"), "5 start A").runs(&[]).rejects(&["StateConflict: `A` is disabled"]);
}

#[test]
fn a_child_follows_its_parent_and_takes_no_commands() {
    let told = play(FAMILY, "5 start A\n 7 pause A\n 9 resume A\n 12 cancel A");
    told.runs(&["A 5..12 COMMAND/COMMAND CANCELLED paused=2.0", "B 5..12 PARENT/PARENT CANCELLED paused=2.0"]).tells(
        &[
            "5 operation.started A",
            "5 operation.started B",
            "7 operation.paused A",
            "7 operation.paused B",
            "9 operation.resumed A",
            "9 operation.resumed B",
            "12 operation.cancelled A",
            "12 operation.cancelled B",
        ],
    );
    for verb in ["start", "stop", "pause", "resume", "cancel", "fault", "execute"] {
        play(FAMILY, &format!("5 start A\n 7 {verb} B"))
            .runs(&["A 5.. COMMAND/ RUNNING", "B 5.. PARENT/ RUNNING"])
            .rejects(&["StateConflict: `B` follows `A`"]);
    }
    play(FAMILY, "5 start A\n 7 set-order B order=PO-1\n 8 split @B at=6\n 9 stop A\n 10 edit @B end=8").rejects(&[
        "StateConflict: `B` follows",
        "StateConflict: `B` follows",
        "StateConflict: `B` follows",
    ]);
}

#[test]
fn an_operation_is_meant_by_its_name_its_place_or_its_id() {
    let plant = format!("{MANUAL}[[operations]]\nname = \"A\"\nlocation = \"Hall\"\ntrigger_source = \"MANUAL\"\n");
    play(&plant, "5 start A").rejects(&["StateConflict: `A` is at several locations: Line, Hall"]);
    play(&plant, "5 start A location=Hall").runs(&["A 5.. COMMAND/ RUNNING"]);
    play(&plant, "5 start Hall:A\n 6 stop A location=Hall").runs(&["A 5..6 COMMAND/COMMAND COMPLETED"]);
    play(&plant, "5 start A location=Roof").rejects(&["NotFound: there is no operation `A` at `Roof`"]);
    play(MANUAL, "5 start a").rejects(&["NotFound: there is no operation `a`"]);
    let id = latchwork_engine::ids::operation_id("Line", "A");
    play(MANUAL, &format!("5 start {id}")).runs(&["A 5.. COMMAND/ RUNNING"]);
}

#[test]
fn a_rejected_command_is_a_fault_of_its_operation_once_a_minute() {
    let told = play(MANUAL, "5 stop A\n 10 stop A\n 70 stop A\n 71 start B");
    told.tells(&["5 trigger.fault A", "70 trigger.fault A"]);
}

#[test]
fn a_run_by_command_is_added_to_the_schedule_and_leaves_it_with_its_end() {
    let plant = MANUAL.replace("auto_add_to_schedule = false\n", "");
    play(&plant, "30 start A at=5\n 35 pause A\n 38 resume A\n 40 stop A").tells(&[
        "5 operation.started A",
        "30 schedule.added A",
        "35 operation.paused A",
        "38 operation.resumed A",
        "40 operation.stopped A",
        "40 schedule.completed A",
    ]);
}
