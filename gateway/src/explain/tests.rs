//! How near misses are told.

use latchwork_engine::{Began, HoldEnd, Missed, Moment, ScanTime, TriggerType};
use latchwork_expr::{Tz, Value};

use super::phrases::missed_words;

fn at(millis: i64) -> ScanTime {
    ScanTime { at: Moment::default().plus_micros(millis * 1000), scan: 0 }
}

/// Tells of a hold of two seconds whose edge was at 1 s and that ended at `millis`.
fn told(kind: TriggerType, candidate: &str, why: HoldEnd, millis: i64) -> String {
    let edge = Began { when: at(1000), after_gap: false, continues: false };
    let deadline = at(3000).at.monotonic;
    let candidate = if candidate.is_empty() { Value::Null } else { Value::from(candidate) };
    let missed = Missed { edge, deadline, overdue: millis > 3000, candidate, when: at(millis), why };
    missed_words(&missed, kind, Tz::UTC)
}

#[test]
fn a_near_miss_tells_how_near_it_was() {
    use TriggerType::{Change, FallingEdge, RisingEdge};
    let to = |text: &str| HoldEnd::OtherValue(Value::from(text));
    for (kind, value, why, millis, wanted) in [
        (RisingEdge, "", HoldEnd::Lost, 2800, "rose for 1.8 s of the 2 s hold, then fell"),
        (RisingEdge, "", HoldEnd::Lost, 1000, "rose for 0 s of the 2 s hold, then fell"),
        (FallingEdge, "", HoldEnd::Lost, 2999, "fell for 1.999 s of the 2 s hold, then rose"),
        (Change, "B", HoldEnd::Returned, 1500, "changed to \"B\" for 0.5 s of the 2 s hold, then went back"),
        (Change, "B", to("C"), 1500, "changed to \"B\" for 0.5 s of the 2 s hold, then changed to \"C\""),
        (Change, "B", HoldEnd::Emptied, 1500, "changed to \"B\" for 0.5 s of the 2 s hold, then became the empty text"),
        (
            RisingEdge,
            "",
            HoldEnd::Lost,
            9000,
            "rose, and the 2 s hold ran out while its level was unknown: meanwhile it fell",
        ),
        (
            FallingEdge,
            "",
            HoldEnd::BeganAgain,
            9000,
            "fell, and the 2 s hold ran out while its level was unknown: it begins its hold again",
        ),
    ] {
        assert_eq!(told(kind, value, why, millis), wanted);
    }
}
