//! Section 2: how samples and timers become scans.

use super::{check, held, operation, plant, rising, runs};

#[test]
fn a_pulse_within_one_timestamp_makes_both_edges() {
    check(&plant([runs("A", "run")]), "0 run=0 | 5 run=1 run=0", &["A 5..5 trigger/trigger"]);
}

#[test]
fn rows_of_one_timestamp_are_one_scan() {
    let both = operation("A", rising("run"), rising("end"));
    check(&plant([both.clone()]), "0 run=0 end=0 | 1 run=1 end=1", &["A 1..open trigger/open"]);
    // A tag that would appear twice begins another scan: then the stop comes after the start.
    check(&plant([both]), "0 run=0 end=0 | 1 run=1 run=1 end=1", &["A 1..1 trigger/trigger"]);
}

#[test]
fn a_bad_reading_keeps_its_last_value_and_comes_back_in_a_scan_of_its_own() {
    check(&plant([runs("A", "run")]), "0 run=0 | 1 run=1 | 5 run=? run=0", &["A 1..5 trigger/trigger gap"]);
}

#[test]
fn rows_that_nothing_reads_split_no_scan() {
    let both = operation("A", rising("run"), rising("end"));
    check(&plant([both]), "0 run=0 end=0 | 1 run=1 unread=0 unread=1 end=1", &["A 1..open trigger/open"]);
}

#[test]
fn rows_that_nothing_reads_count_for_the_end_of_time() {
    let slow = operation("A", held(rising("run"), 5), rising("end"));
    check(&plant([slow.clone()]), "0 run=0 | 1 run=1 | 5.9 unread=1", &[]);
    check(&plant([slow]), "0 run=0 | 1 run=1 | 6 unread=1", &["A 1..open trigger/open seen 6"]);
}

#[test]
fn deadlines_of_one_time_are_one_scan() {
    // The stop of `A` and the start of `B` are due together: `A` is over before `B` starts.
    let first = operation("A", rising("run"), held(rising("end"), 3));
    let second = super::super::plant::ModelOperation {
        conflict_strategy: super::super::names::ConflictStrategy::ThrowException,
        conflict_scope: super::super::names::ConflictScope::Location,
        ..operation("B", held(rising("other"), 2), rising("fault"))
    };
    check(
        &plant([second, first]),
        "0 run=0 end=0 other=0 | 1 run=1 | 5 end=1 | 6 other=1 | 20 run=0",
        &["A 1..5 trigger/trigger", "B 6..open trigger/open seen 8"],
    );
}
