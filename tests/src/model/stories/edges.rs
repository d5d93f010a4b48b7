//! Section 4: edges of truths, and what the first known level does.

use super::super::expression::{Comparison, Expression};
use super::super::names::FirstScan;
use super::super::plant::{ModelOperation, ModelPlant, ModelTrigger};
use super::super::value::ModelValue;
use super::{check, falling, held, operation, plant, rising, runs};

fn fire(operation: ModelOperation) -> ModelPlant {
    ModelPlant { first_scan: FirstScan::Fire, ..plant([operation]) }
}

#[test]
fn rising_starts_and_falling_stops() {
    check(&plant([runs("A", "run")]), "0 run=0 | 1 run=1 | 3 run=1 | 9 run=0", &["A 1..9 trigger/trigger"]);
}

#[test]
fn falling_starts_as_the_mirror_of_rising() {
    let starved = operation("A", falling("run"), rising("run"));
    check(&plant([starved]), "0 run=1 | 1 run=0 | 9 run=1", &["A 1..9 trigger/trigger"]);
}

#[test]
fn the_first_known_level_arms_and_never_fires() {
    check(&plant([runs("A", "run")]), "0 run=1 | 5 run=0 | 6 run=1 | 9 run=0", &["A 6..9 trigger/trigger"]);
}

#[test]
fn fire_makes_rising_fire_on_a_first_true() {
    check(&fire(runs("A", "run")), "2 run=1 | 5 run=0", &["A 2..5 trigger/trigger"]);
}

#[test]
fn fire_makes_falling_fire_on_a_first_false() {
    check(
        &fire(operation("A", falling("run"), rising("run"))),
        "2 run=0 | 5 run=1 | 6 run=1",
        &["A 2..5 trigger/trigger"],
    );
}

#[test]
fn fire_goes_through_the_hold_like_any_edge() {
    let held_start = operation("A", held(rising("run"), 2), falling("run"));
    check(&fire(held_start.clone()), "2 run=1 | 9 run=0", &["A 2..9 trigger/trigger seen 4"]);
    check(&fire(held_start), "2 run=1 | 3 run=0 | 9 run=0", &[]);
}

#[test]
fn an_operation_overrides_the_plants_first_scan() {
    let fires = ModelOperation { first_scan: Some(FirstScan::Fire), ..runs("A", "run") };
    check(&plant([fires, runs("B", "run")]), "2 run=1 | 5 run=0", &["A 2..5 trigger/trigger"]);
}

#[test]
fn a_number_is_true_unless_it_is_zero() {
    check(&plant([runs("A", "speed")]), "0 speed=0 | 1 speed=-3 | 2 speed=7 | 4 speed=0", &["A 1..4 trigger/trigger"]);
}

#[test]
fn not_a_number_is_unknown() {
    check(
        &plant([runs("A", "level")]),
        "0 level=0 | 1 level=0.5 | 2 level=NaN | 4 level=0 | 5 level=0",
        &["A 1..4 trigger/trigger gap"],
    );
}

#[test]
fn memory_is_kept_while_the_operation_runs() {
    let latched = operation("A", rising("run"), rising("end"));
    check(
        &plant([latched]),
        "0 run=0 end=1 | 1 run=1 | 4 end=0 | 5 end=1 | 6 end=0 | 7 run=0 | 8 run=1 end=1",
        &["A 1..5 trigger/trigger", "A 8..open trigger/open"],
    );
}

#[test]
fn a_disabled_operation_starts_nothing() {
    let disabled = ModelOperation { enabled: false, ..runs("A", "run") };
    check(&plant([disabled]), "0 run=0 | 1 run=1 | 2 run=0", &[]);
}

#[test]
fn a_fast_level_of_an_expression_counts_operand_by_operand() {
    let fast = Expression::Compare("speed".to_owned(), Comparison::Greater, ModelValue::Int(5));
    let start = Expression::And(Box::new(Expression::tag("run")), Box::new(fast));
    check(
        &plant([operation("A", ModelTrigger::rising(start), falling("run"))]),
        "0 run=0 | 1 run=1 | 2 speed=9 | 3 run=0 | 4 run=1 | 5 run=0",
        // The speed is null until 2: the level was last known at 0, before a gap of two seconds.
        &["A 2..3 trigger/trigger gap", "A 4..5 trigger/trigger"],
    );
}
