//! `hasChanged`: a call with memory of what it saw last.

use super::{ROW, example};
use crate::coerce::{boolean, equal};
use crate::evaluate::Evaluated;
use crate::functions::{Body, Cycle, Failure, Function};
use crate::site::Site;
use crate::value::{Type, Value};

pub(super) const ROWS: &[Function] = &[Function {
    name: "hasChanged",
    arguments: "value, includeQuality?, pollRate?",
    most: Some(3),
    result: Type::Boolean,
    summary: "Tells whether the value is another than at the last evaluation of this call; false at the first. From \
              null to a value is a change; a change of quality alone counts when `includeQuality` is true. The poll \
              rate is read and has no effect: samples drive the evaluation.",
    examples: &[
        example("hasChanged({Speed})", "false"),
        example("hasChanged({Speed}, true)", "false"),
        example("hasChanged({Count}, false, 500)", "false (Bad_Stale)"),
    ],
    body: Body::Stateful(has_changed),
    ..ROW
}];

fn has_changed(_: &Cycle, site: &mut Site, arguments: &[Evaluated]) -> Result<Evaluated, Failure> {
    let quality = arguments[1..].iter().fold(arguments[0].quality, |worst, argument| worst.worst(argument.quality));
    let include_quality = arguments.get(1).map_or(Ok(false), |flag| boolean(&flag.value))?;
    if arguments[0].is_poison() {
        // An error is no value that could differ: the one before it stays the last.
        return Ok(Evaluated { value: Value::Null, quality });
    }
    let changed = match &*site {
        Site::Fresh | Site::Block(_) | Site::Read { .. } => false,
        Site::Last(last) => differs(last, &arguments[0], include_quality),
    };
    *site = Site::Last(arguments[0].clone());
    Ok(Evaluated { value: Value::Boolean(changed), quality })
}

fn differs(last: &Evaluated, now: &Evaluated, include_quality: bool) -> bool {
    !same(&last.value, &now.value) || (include_quality && last.quality != now.quality)
}

/// The language's equality, but for NaN: it equals nothing, and yet staying NaN is no change.
pub(in crate::functions) fn same(last: &Value, now: &Value) -> bool {
    match (last, now) {
        (Value::Float(last), Value::Float(now)) if last.is_nan() => now.is_nan(),
        _ => equal(last, now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::FirstScan;
    use crate::monotonic::Monotonic;
    use crate::quality::Quality;
    use crate::value::Timestamp;

    fn run(include_quality: bool, inputs: &[(Value, Quality)]) -> Vec<Value> {
        let cycle = Cycle { now: Timestamp(0), monotonic: Monotonic(0), first_scan: FirstScan::Arm };
        let mut site = Site::Fresh;
        let flag = Evaluated::good(include_quality.into());
        let seen = inputs.iter().map(|(value, quality)| {
            let input = Evaluated { value: value.clone(), quality: *quality };
            has_changed(&cycle, &mut site, &[input, flag.clone()]).unwrap().value
        });
        seen.collect()
    }

    fn check(include_quality: bool, inputs: &[(Value, Quality)], wanted: &[bool]) {
        let got: Vec<_> =
            run(include_quality, inputs).iter().map(|value| matches!(value, Value::Boolean(true))).collect();
        assert_eq!(got, wanted, "{inputs:?}");
    }

    #[test]
    fn the_first_evaluation_is_no_change_and_null_to_a_value_is_one() {
        let good = |value| (value, Quality::Good);
        let inputs =
            [good(Value::Null), good(1.into()), good(1.0.into()), good("1".into()), good(2.into()), good(Value::Null)];
        check(false, &inputs, &[false, true, false, false, true, true]);
    }

    #[test]
    fn a_change_of_quality_counts_when_asked_for() {
        let inputs = [(1.into(), Quality::Good), (1.into(), Quality::BadStale), (1.into(), Quality::BadStale)];
        check(false, &inputs, &[false, false, false]);
        check(true, &inputs, &[false, true, false]);
    }

    #[test]
    fn an_error_is_not_seen() {
        let (value, error) = ((1.into(), Quality::Good), (Value::Null, Quality::ErrorExpressionEval));
        check(true, &[value.clone(), error, value], &[false, false, false]);
    }

    #[test]
    fn staying_nan_is_no_change() {
        let nan = || (f64::NAN.into(), Quality::Good);
        check(false, &[nan(), nan(), (1.into(), Quality::Good), nan()], &[false, false, true, true]);
    }
}
