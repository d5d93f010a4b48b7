//! Checks of the table as a whole: what its rows promise to the compiler and to people.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;
use crate::dataset::{Column, Dataset};
use crate::evaluate::Host;
use crate::limits::TEXT_BYTES_MAX;
use crate::quality::Quality;

fn is_refused(function: &Function) -> bool {
    matches!(function.body, Body::Refused(_))
}

#[test]
fn every_name_is_there_once() {
    let names: Vec<String> = functions().map(|function| function.name.to_lowercase()).collect();
    let unique: BTreeSet<&String> = names.iter().collect();
    assert_eq!(unique.len(), names.len());
}

#[test]
fn no_function_of_the_language_is_forgotten() {
    // The counts of the specification's chapters.
    let wanted = [19, 17, 23, 13, 9, 11, 46, 3, 14, 2, 4, 2, 3, 1, 2];
    let count = |&category: &Category| functions().filter(|function| function.category == category).count();
    assert_eq!(Category::ALL.iter().map(count).collect::<Vec<_>>(), wanted);
}

#[test]
fn functions_are_found_in_any_case() {
    assert_eq!(find("LASTINDEXOF").map(|function| function.name), Some("lastIndexOf"));
    assert!(find("lastIndex").is_none());
}

#[test]
fn every_row_has_a_summary_and_two_examples() {
    for function in functions().filter(|function| !is_refused(function)) {
        assert!(function.summary.ends_with('.'), "{} has no summary", function.name);
        assert!(function.examples.len() >= 2, "{} has too few examples", function.name);
    }
}

#[test]
fn every_refusal_says_why() {
    for function in functions() {
        if let Body::Refused(reason) = function.body {
            assert!(reason.len() > 20 && !reason.ends_with('.'), "{}: {reason:?}", function.name);
        }
    }
}

#[test]
fn argument_names_agree_with_the_counts() {
    for function in functions().filter(|function| !is_refused(function)) {
        let names: Vec<&str> = function.arguments.split(", ").filter(|name| !["", "…"].contains(name)).collect();
        let required = names.iter().filter(|name| !name.ends_with('?')).count();
        let any_number = function.arguments.contains('…');
        assert_eq!(function.least, required, "{}", function.name);
        assert_eq!(function.most == Some(names.len()), !any_number, "{}", function.name);
        let fewer = function.least.checked_sub(1);
        assert!(
            function.takes(function.least) && !fewer.is_some_and(|fewer| function.takes(fewer)),
            "{}",
            function.name
        );
    }
}

#[test]
fn pairs_come_in_pairs() {
    let case = find("case").unwrap();
    assert_eq!([3, 4, 5, 6, 8].map(|count| case.takes(count)), [false, true, false, true, true]);
}

/// Any value, with those that functions find hardest more often than chance would have them.
fn any_value() -> impl Strategy<Value = Value> {
    let texts = ["", "0", "-1.5", "%s%d%5.2f", "%1$,d", "#,##0.00;(0)", "0.#E0", "[a-z]*", "x\u{0}🏭", "ß"];
    let dates = ["2026-03-02", "6:00 am", "day", "month", "dayofyear", "G yy YYYY w W F u zzzz XXX SSS"];
    let texts: Vec<Value> = texts.into_iter().chain(dates).map(Value::from).collect();
    let column = Column { name: "parts".to_owned(), kind: Type::Any };
    let table = Dataset::new(vec![column], vec![vec![Value::Integer(1)], vec![Value::Null]]);
    let fixed = [
        Value::Null,
        Value::Integer(i64::MIN),
        Value::Integer(i64::MAX),
        Value::Float(f64::NAN),
        Value::Float(f64::NEG_INFINITY),
        Value::Float(f64::from_bits(1)),
        Value::Float(f64::MAX),
        Value::Date(Timestamp(i64::MAX)),
        Value::Date(Timestamp(i64::MIN)),
        Value::Date(Timestamp(DateTime::<Utc>::MAX_UTC.timestamp_micros())),
        Value::Date(Timestamp(DateTime::<Utc>::MIN_UTC.timestamp_micros())),
        Value::Date(Timestamp(1_774_744_200_000_000)),
        Value::Dataset(table.into()),
        Value::Document(serde_json::json!([1, null]).into()),
        Value::Quality(Quality::BadStale),
    ];
    prop_oneof![
        prop::sample::select(fixed.to_vec()),
        prop::sample::select(texts),
        any::<bool>().prop_map(Value::from),
        (-3_i64..70).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[-+#0,.;%'E$<a-z (\\[{é🏭]{0,12}".prop_map(Value::from),
    ]
}

fn any_evaluated() -> impl Strategy<Value = Evaluated> {
    (any_value(), prop::sample::select(Quality::ALL.to_vec())).prop_map(|(value, quality)| Evaluated { value, quality })
}

fn value_of(result: Result<Evaluated, Failure>) -> Value {
    result.map_or(Value::Null, |evaluated| evaluated.value)
}

/// Evaluates a row on constant arguments, twice where it keeps state.
fn call(function: &Function, arguments: &[Evaluated]) -> Value {
    let call = Call { now: Timestamp(0), zone: Tz::Europe__Berlin };
    match function.body {
        Body::Plain(body) => {
            let values: Vec<Value> = arguments.iter().map(|argument| argument.value.clone()).collect();
            body(&call, &values).unwrap_or_default()
        }
        Body::Qualified(body) => value_of(body(&call, arguments)),
        Body::Lazy(body) => {
            let constant = |argument: &Evaluated| -> ValueFn {
                let argument = argument.clone();
                Box::new(move |_| argument.clone())
            };
            let parts: Vec<ValueFn> = arguments.iter().map(constant).collect();
            let (host, zone) = (Host::default(), call.zone);
            let mut context = Context::of(&[], call.now, zone, &host, &mut []);
            value_of(body(&mut context, &parts, (0, 0)))
        }
        Body::Stateful(body) => {
            let mut site = Site::Fresh;
            let cycle = Cycle { now: call.now, monotonic: Monotonic(0), first_scan: FirstScan::Fire };
            let first = value_of(body(&cycle, &mut site, arguments));
            if first.is_null() { first } else { value_of(body(&cycle, &mut site, arguments)) }
        }
        // What they read is decided by the compiler, with the tags at hand.
        Body::Tag | Body::TimestampOf | Body::Refused(_) => Value::Null,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_body_is_total_and_bounded(arguments in prop::collection::vec(any_evaluated(), 6)) {
        for function in functions() {
            for count in (0..=arguments.len()).filter(|&count| function.takes(count)) {
                if let Value::String(text) = call(function, &arguments[..count]) {
                    prop_assert!(text.len() <= TEXT_BYTES_MAX, "{} of {:?}", function.name, &arguments[..count]);
                }
            }
        }
    }

    #[test]
    fn results_are_of_the_promised_type(arguments in prop::collection::vec(any_evaluated(), 6)) {
        for function in functions().filter(|function| function.result != Type::Any) {
            for count in (0..=arguments.len()).filter(|&count| function.takes(count)) {
                let kind = call(function, &arguments[..count]).kind();
                prop_assert!(kind == function.result || kind == Type::Null, "{} gives {kind:?}", function.name);
            }
        }
    }
}
