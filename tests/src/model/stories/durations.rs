//! Section 6: expected durations and overruns.

use super::super::expression::Expression;
use super::super::names::EventKind;
use super::super::plant::{ExpectedDuration, ModelOperation};
use super::{check, falling, held, operation, plant, rising, runs, runs_holding, told};

fn expected(seconds: i64, operation: ModelOperation) -> ModelOperation {
    ModelOperation { expected: ExpectedDuration::Static(seconds), ..operation }
}

#[test]
fn a_run_that_ends_in_time_does_not_overrun() {
    let outcome = check(
        &plant([expected(5, runs("A", "run"))]),
        "0 run=0 | 1 run=1 | 5.9 run=0",
        &["A 1..5.9 trigger/trigger expected 5"],
    );
    assert_eq!(told(&outcome, EventKind::Overrun), Vec::<String>::new());
}

#[test]
fn a_run_overruns_once_at_the_deadline() {
    let outcome = check(
        &plant([expected(5, runs("A", "run"))]),
        "0 run=0 | 1 run=1 | 20 run=0",
        &["A 1..20 trigger/trigger expected 5 overrun"],
    );
    assert_eq!(told(&outcome, EventKind::Overrun), ["6"]);
}

#[test]
fn a_held_start_whose_expected_end_is_over_overruns_at_once() {
    let slow = operation("A", held(rising("run"), 5), falling("run"));
    let outcome = check(
        &plant([expected(3, slow)]),
        "0 run=0 | 1 run=1 | 20 run=0",
        &["A 1..20 trigger/trigger seen 6 expected 3 overrun"],
    );
    assert_eq!(told(&outcome, EventKind::Overrun), ["6"]);
}

#[test]
fn an_overrun_during_a_stop_hold_stays_although_the_stop_came_before_it() {
    check(
        &plant([expected(5, runs_holding("A", "run", 4))]),
        "0 run=0 | 1 run=1 | 4 run=0 | 20 run=0",
        &["A 1..4 trigger/trigger expected 5 overrun"],
    );
}

#[test]
fn a_maximum_at_the_expected_end_is_no_overrun() {
    let limited = ModelOperation { max_duration_seconds: 5, ..runs("A", "run") };
    check(&plant([expected(5, limited)]), "0 run=0 | 1 run=1 | 20 run=0", &["A 1..6 trigger/maximum expected 5"]);
}

#[test]
fn a_maximum_that_is_over_at_once_still_overruns() {
    let slow = operation("A", held(rising("run"), 5), falling("run"));
    let limited = ModelOperation { max_duration_seconds: 4, ..slow };
    let outcome = check(
        &plant([expected(3, limited)]),
        "0 run=0 | 1 run=1 | 20 run=0",
        &["A 1..5 trigger/maximum seen 6 expected 3 overrun"],
    );
    assert_eq!(told(&outcome, EventKind::Overrun), ["6"]);
}

#[test]
fn a_maximum_that_is_over_at_once_before_the_expected_end_does_not_overrun() {
    let slow = operation("A", held(rising("run"), 5), falling("run"));
    let limited = ModelOperation { max_duration_seconds: 2, ..slow };
    check(
        &plant([expected(3, limited)]),
        "0 run=0 | 1 run=1 | 20 run=0",
        &["A 1..3 trigger/maximum seen 6 expected 3"],
    );
}

#[test]
fn an_expression_is_evaluated_when_the_record_opens() {
    let by_speed = ExpectedDuration::Expression(Expression::tag("speed"));
    let computed = ModelOperation { expected: by_speed, ..runs("A", "run") };
    check(
        &plant([computed]),
        "0 run=0 speed=4 | 1 run=1 | 2 speed=9 | 8 run=0 | 10 speed=0 | 11 run=1 | 12 run=0 | 13 speed=? | 14 run=1",
        &["A 1..8 trigger/trigger expected 4 overrun", "A 11..12 trigger/trigger", "A 14..open trigger/open"],
    );
}
