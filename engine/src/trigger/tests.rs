//! Triggers as tables: levels in, edges out.

use std::sync::Arc;

use latchwork_expr::{Scheme, Scope, Timestamp};

use super::*;
use crate::plant::TriggerType;

/// Gives levels a second apart, `x` for an unknown one, and tells after each what fired: the second of the edge,
/// with `!` when it is flagged. Deadlines run before the level of their second.
fn fires(kind: TriggerType, hold_seconds: u64, role: Role, first: FirstScan, levels: &str) -> String {
    let scheme = Scheme::new();
    let (program, _) = Program::compile("true", &Scope::of(&scheme)).unwrap();
    let mut state = TriggerState::new(&program);
    let trigger = Trigger { program: Arc::new(program), kind, hold_millis: hold_seconds * 1000, deadband: 0.0 };
    let mut told = Vec::new();
    for (second, level) in (0..).zip(levels.split(' ')) {
        let now = Moment { monotonic: Monotonic(second * 1_000_000), wall: Timestamp(0) };
        if state.deadline().is_some_and(|deadline| deadline <= now.monotonic) {
            state.come_due(ScanTime { at: now, scan: 0 });
        }
        let due = state.take_fired();
        state.observe(&trigger, role, first, level_of(kind, level), ScanTime { at: now, scan: 0 });
        let fired = due.into_iter().chain(state.take_fired());
        let shown =
            |edge: Edge| format!("{}{}", edge.at.monotonic.0 / 1_000_000, if edge.after_gap { "!" } else { "" });
        let fired: Vec<String> = fired.map(shown).collect();
        told.push(if fired.is_empty() { ".".to_owned() } else { fired.concat() });
    }
    told.join(" ")
}

fn level_of(kind: TriggerType, level: &str) -> Level {
    match (kind, level) {
        (_, "x") => Level::Unknown,
        (TriggerType::RisingEdge, level) => Level::Asks(level == "1"),
        (TriggerType::FallingEdge, level) => Level::Asks(level == "0"),
        (TriggerType::Change, "-") => Level::Value(Value::from("")),
        (TriggerType::Change, level) => Level::Value(Value::from(level)),
    }
}

#[track_caller]
fn check(what: &str, kind: TriggerType, hold: u64, levels: &str, start: &str, stop: &str) {
    assert_eq!(fires(kind, hold, Role::Start, FirstScan::Arm, levels), start, "{what}: start");
    assert_eq!(fires(kind, hold, Role::Stop, FirstScan::Arm, levels), stop, "{what}: stop");
}

#[test]
fn edges_without_hold() {
    let rising = TriggerType::RisingEdge;
    check("each rise", rising, 0, "0 1 1 0 1", ". 1 . . 4", ". 1 . . 4");
    check("the first level arms", rising, 0, "1 1 0 1", ". . . 3", ". . . 3");
    check("a rise across a gap is flagged", rising, 0, "0 x x 1 0 1", ". . . 3! . 5", ". . . 3! . 5");
    check("no edge, no flag left over", rising, 0, "1 x 1 0 1", ". . . . 4", ". . . . 4");
    check("unknown before the first level is no gap", rising, 0, "x 0 1", ". . 2", ". . 2");
    check("falling is the mirror", TriggerType::FallingEdge, 0, "1 0 0 1 0", ". 1 . . 4", ". 1 . . 4");
}

#[test]
fn fire_lets_the_first_level_fire_through_the_hold() {
    let fire = |kind, hold, levels| fires(kind, hold, Role::Start, FirstScan::Fire, levels);
    assert_eq!(fire(TriggerType::RisingEdge, 0, "1 1 0 1"), "0 . . 3");
    assert_eq!(fire(TriggerType::RisingEdge, 2, "1 1 1 1"), ". . 0 .");
    assert_eq!(fire(TriggerType::FallingEdge, 0, "0 0"), "0 .");
    assert_eq!(fire(TriggerType::Change, 0, "a b"), ". 1");
}

#[test]
fn holds_of_edges() {
    let rising = TriggerType::RisingEdge;
    check("must stand for two seconds", rising, 2, "0 1 0 0 1 1 1", ". . . . . . 4", ". . . . . . 4");
    check("a deadline runs before its second's level", rising, 2, "0 1 1 0", ". . . 1", ". . . 1");
    check("a gap neither cancels nor completes", rising, 3, "0 1 x 1 1 1", ". . . . 1 .", ". . . . 1 .");
    check(
        "overdue: a stop fires, a start begins again",
        rising,
        2,
        "0 1 x x x 1 1 1",
        ". . . . . . . 5!",
        ". . . . . 1! . .",
    );
    check("overdue and gone", rising, 2, "0 1 x x x 0 0 0", ". . . . . . . .", ". . . . . . . .");
    check("begun across a gap", rising, 2, "0 x 1 1 1", ". . . . 2!", ". . . . 2!");
}

#[test]
fn changes() {
    let change = TriggerType::Change;
    check("each new value", change, 0, "a b b c", ". 1 . 3", ". 1 . 3");
    check("a start needs a name", change, 0, "a - a", ". . 2", ". 1 2");
    check("another new value begins anew", change, 2, "a b c c c", ". . . . 2", ". . . . 2");
    check("a return cancels", change, 2, "a b a a a", ". . . . .", ". . . . .");
    check("empty moves a start's memory at once", change, 2, "a - a a a", ". . . . 2", ". . . . .");
    check("a change across a gap", change, 0, "a x b", ". . 2!", ". . 2!");
}

#[test]
fn counters_are_compared_to_the_last_digit() {
    // As floats the two are one number.
    let [before, after] = [9_007_199_254_740_992, 9_007_199_254_740_993].map(Value::Integer);
    assert!(differs(&before, &after, 0.0));
    assert!(!differs(&before, &before, 0.0));
}
