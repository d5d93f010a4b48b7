//! Sections 3 and 4: unknown levels, and the flag that an edge across them leaves.

use super::super::names::Uncertain;
use super::super::plant::ModelPlant;
use super::{check, held, operation, plant, rising, runs, runs_holding};

#[test]
fn an_unknown_level_fires_nothing_and_a_change_across_it_is_one_flagged_edge() {
    check(
        &plant([runs("A", "run")]),
        "0 run=0 | 1 run=1 | 5 run=? | 8 run=0 | 9 run=1 | 10 run=0",
        &["A 1..8 trigger/trigger gap", "A 9..10 trigger/trigger"],
    );
}

#[test]
fn a_start_across_a_gap_is_flagged() {
    check(&plant([runs("A", "run")]), "0 run=0 | 1 run=? | 4 run=1 | 6 run=0", &["A 4..6 trigger/trigger gap"]);
}

#[test]
fn the_same_level_after_a_gap_is_no_edge_and_only_the_first_known_one_is_across_it() {
    check(&plant([runs("A", "run")]), "0 run=0 | 1 run=1 | 5 run=? | 8 run=1 | 9 run=0", &["A 1..9 trigger/trigger"]);
}

#[test]
fn unknown_before_the_first_known_level_is_no_gap() {
    check(&plant([runs("A", "run")]), "0 run=? | 1 run=0 | 2 run=1 | 3 run=0", &["A 2..3 trigger/trigger"]);
    let fire = ModelPlant { first_scan: super::super::names::FirstScan::Fire, ..plant([runs("A", "run")]) };
    check(&fire, "0 run=? | 2 run=1 | 3 run=0", &["A 2..3 trigger/trigger"]);
}

#[test]
fn uncertain_counts_as_good_unless_it_is_configured_as_bad() {
    let rows = "0 run=0 | 1 run=~1 | 5 run=1 | 8 run=0";
    check(&plant([runs("A", "run")]), rows, &["A 1..8 trigger/trigger"]);
    let strict = ModelPlant { uncertain: Uncertain::Bad, ..plant([runs("A", "run")]) };
    check(&strict, rows, &["A 5..8 trigger/trigger gap"]);
}

#[test]
fn an_unknown_level_neither_cancels_nor_completes_a_hold() {
    let slow = operation("A", held(rising("run"), 5), rising("end"));
    // Known again before the deadline: the hold goes on, and its edge was before the gap.
    check(&plant([slow]), "0 run=0 | 1 run=1 | 2 run=? | 4 run=1 | 9 run=1", &["A 1..open trigger/open seen 6"]);
}

#[test]
fn a_start_whose_deadline_passed_unknown_begins_its_hold_again() {
    let slow = operation("A", held(rising("run"), 5), rising("end"));
    check(
        &plant([slow]),
        "0 run=0 | 1 run=1 | 2 run=? | 20 run=1 | 30 run=1",
        &["A 20..open trigger/open seen 25 gap"],
    );
}

#[test]
fn a_level_that_is_known_again_exactly_at_the_deadline_comes_too_late() {
    let slow = operation("A", held(rising("run"), 5), rising("end"));
    check(&plant([slow]), "0 run=0 | 1 run=1 | 2 run=? | 6 run=1 | 30 run=1", &["A 6..open trigger/open seen 11 gap"]);
}

#[test]
fn a_stop_whose_deadline_passed_unknown_fires_at_once_with_its_edge_time() {
    check(
        &plant([runs_holding("A", "run", 5)]),
        "0 run=0 | 1 run=1 | 10 run=0 | 11 run=? | 30 run=0 | 40 run=0",
        &["A 1..10 trigger/trigger gap"],
    );
}

#[test]
fn a_hold_whose_deadline_passed_unknown_is_cancelled_by_a_level_that_no_longer_asks() {
    check(
        &plant([runs_holding("A", "run", 5)]),
        "0 run=0 | 1 run=1 | 10 run=0 | 11 run=? | 30 run=1 | 40 run=1",
        &["A 1..open trigger/open"],
    );
}

#[test]
fn a_hold_that_began_across_a_gap_fires_flagged() {
    check(
        &plant([runs_holding("A", "run", 5)]),
        "0 run=0 | 1 run=1 | 9 run=? | 10 run=0 | 30 run=0",
        &["A 1..10 trigger/trigger gap"],
    );
}

#[test]
fn a_hold_that_began_before_a_gap_fires_unflagged_after_it() {
    check(
        &plant([runs_holding("A", "run", 5)]),
        "0 run=0 | 1 run=1 | 10 run=0 | 11 run=? | 12 run=0 | 30 run=0",
        &["A 1..10 trigger/trigger"],
    );
}
