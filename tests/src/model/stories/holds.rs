//! Section 4: holds.

use super::super::plant::ModelOperation;
use super::{check, falling, held, operation, plant, rising, runs, runs_holding};

fn starts_holding(hold_seconds: i64) -> ModelOperation {
    operation("A", held(rising("run"), hold_seconds), falling("run"))
}

#[test]
fn a_held_start_is_dated_at_its_edge_and_detected_when_it_fires() {
    check(&plant([starts_holding(2)]), "0 run=0 | 1 run=1 | 9 run=0", &["A 1..9 trigger/trigger seen 3"]);
}

#[test]
fn going_false_takes_effect_at_once() {
    check(
        &plant([starts_holding(2)]),
        "0 run=0 | 1 run=1 | 2.9 run=0 | 3 run=1 | 9 run=0",
        &["A 3..9 trigger/trigger seen 5"],
    );
}

#[test]
fn a_deadline_at_a_samples_time_runs_before_it() {
    check(&plant([starts_holding(2)]), "0 run=0 | 1 run=1 | 3 run=0", &["A 1..3 trigger/trigger seen 3"]);
}

#[test]
fn a_repeated_level_neither_restarts_nor_cancels_a_hold() {
    check(&plant([starts_holding(2)]), "0 run=0 | 1 run=1 | 2 run=1 | 9 run=0", &["A 1..9 trigger/trigger seen 3"]);
}

#[test]
fn a_held_stop_ends_at_its_edge() {
    check(&plant([runs_holding("A", "run", 5)]), "0 run=0 | 1 run=1 | 9 run=0 | 20 run=0", &["A 1..9 trigger/trigger"]);
}

#[test]
fn a_hold_that_is_pending_at_the_end_of_time_leaves_the_run_open() {
    check(&plant([runs_holding("A", "run", 5)]), "0 run=0 | 1 run=1 | 9 run=0 | 13 run=0", &["A 1..open trigger/open"]);
}

#[test]
fn a_hold_due_exactly_at_the_end_of_time_fires() {
    check(
        &plant([runs_holding("A", "run", 5)]),
        "0 run=0 | 1 run=1 | 9 run=0 | 14 unread=0",
        &["A 1..9 trigger/trigger"],
    );
}

#[test]
fn a_stop_edge_older_than_the_record_does_not_concern_it() {
    let button = operation("A", rising("run"), held(falling("end"), 5));
    check(
        &plant([button]),
        "0 run=0 end=1 | 2 end=0 | 4 run=1 | 5 run=0 | 20 end=1 | 21 end=0 | 30 end=0",
        &["A 4..21 trigger/trigger"],
    );
}

#[test]
fn a_stop_edge_at_the_start_of_the_record_concerns_it() {
    let button = operation("A", rising("run"), held(falling("end"), 5));
    check(&plant([button]), "0 run=0 end=1 | 4 run=1 end=0 | 20 end=0", &["A 4..4 trigger/trigger"]);
}

#[test]
fn a_stop_hold_that_began_during_the_start_hold_ends_the_run_at_its_edge() {
    let slow = operation("A", held(rising("run"), 4), held(falling("end"), 4));
    check(&plant([slow]), "0 run=0 end=1 | 1 run=1 | 3 end=0 | 20 end=0", &["A 1..3 trigger/trigger seen 5"]);
}

#[test]
fn both_holds_on_one_tag_keep_their_own_time() {
    let both = operation("A", held(rising("run"), 2), held(falling("run"), 3));
    check(
        &plant([both, runs("B", "run")]),
        "0 run=0 | 1 run=1 | 4 run=0 | 9 run=0",
        &["A 1..4 trigger/trigger seen 3", "B 1..4 trigger/trigger"],
    );
}
