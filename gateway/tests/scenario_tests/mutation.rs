//! Every expectation can fail: each value of the file that passes is made another, one at a time, and its test fails.

use std::collections::BTreeSet;

use latchwork_config::Configuration;
use latchwork_config::scenario::{
    Expected, ExpectedStatus, ExpectedValue, ScenarioTest, TestFile, When, event_keys, load, record_keys,
};
use latchwork_gateway::scenario::run;
use serde_json::{Value as Json, json};

use super::files;

fn passing() -> TestFile {
    load(&files().join("passing.toml")).unwrap_or_else(|problems| panic!("{problems:?}"))
}

#[track_caller]
fn check_fails(test: &ScenarioTest, configuration: &Configuration, what: &str) {
    assert!(!run(test, configuration).is_passed(), "`{}` passes with {what}", test.name);
}

/// Returns another value than the expected one.
fn other(value: &ExpectedValue, tolerance_micros: i64) -> ExpectedValue {
    // What passes may be away by the tolerance to one side, so the other side is out of its reach.
    let beyond = 2 * tolerance_micros + 1;
    match value {
        ExpectedValue::Time(When::After(micros)) => ExpectedValue::Time(When::After(micros + beyond)),
        ExpectedValue::Time(When::At(instant)) => {
            ExpectedValue::Time(When::At(latchwork_expr::Timestamp(instant.0 + beyond)))
        }
        ExpectedValue::Seconds(seconds) => ExpectedValue::Seconds(seconds + 0.001),
        ExpectedValue::Value(Json::Bool(truth)) => ExpectedValue::Value(json!(!truth)),
        ExpectedValue::Value(Json::Number(number)) => {
            ExpectedValue::Value(json!(number.as_f64().map(|number| number + 0.001)))
        }
        ExpectedValue::Value(Json::String(text)) => ExpectedValue::Value(json!(format!("{text}?"))),
        ExpectedValue::Value(Json::Null | Json::Array(_) | Json::Object(_)) => ExpectedValue::Without,
        ExpectedValue::Without => ExpectedValue::Value(json!("something")),
    }
}

/// Makes each value of a list another, one at a time.
fn check_list(
    test: &ScenarioTest,
    configuration: &Configuration,
    list: fn(&mut ScenarioTest) -> &mut Vec<Expected>,
) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let expected = list(&mut test.clone()).clone();
    for (place, entry) in expected.iter().enumerate() {
        for (number, field) in entry.fields.iter().enumerate() {
            let mut changed = test.clone();
            let value = &mut list(&mut changed)[place].fields[number].value;
            *value = other(value, test.tolerance_micros);
            let what = format!("{} = {value} in line {}", field.key, field.line);
            check_fails(&changed, configuration, &what);
            seen.insert(field.key.split('.').next().unwrap_or_default().to_owned());
        }
    }
    seen
}

#[test]
fn every_key_of_records_and_events_can_fail() {
    let TestFile { configuration, tests } = passing();
    let (mut of_records, mut of_events) = (BTreeSet::new(), BTreeSet::new());
    for test in &tests {
        if test.records.is_some() {
            of_records.extend(check_list(test, &configuration, |test| test.records.as_mut().unwrap()));
        }
        of_events.extend(check_list(test, &configuration, |test| &mut test.events));
    }
    assert_eq!(of_records, record_keys().map(str::to_owned).collect());
    assert_eq!(of_events, event_keys().map(str::to_owned).collect());
}

#[test]
fn a_complete_list_fails_by_what_it_leaves_out_and_by_what_it_has_twice() {
    let TestFile { configuration, tests } = passing();
    let mut checked = 0;
    for test in tests.iter().filter(|test| !test.other_records) {
        for place in 0..test.records.as_ref().map_or(0, Vec::len) {
            let mut shorter = test.clone();
            shorter.records.as_mut().unwrap().remove(place);
            check_fails(&shorter, &configuration, "a record less");
            let mut longer = test.clone();
            let records = longer.records.as_mut().unwrap();
            records.insert(place, records[place].clone());
            check_fails(&longer, &configuration, "a record twice");
            checked += 1;
        }
    }
    assert!(checked > 5, "{checked}");
}

#[test]
fn every_status_can_fail() {
    let TestFile { configuration, tests } = passing();
    let mut checked = 0;
    for test in &tests {
        for (place, expected) in test.statuses.iter().enumerate() {
            let mut changed = test.clone();
            changed.statuses[place] = ExpectedStatus { status: "CANCELLED", ..expected.clone() };
            check_fails(&changed, &configuration, &format!("line {}", expected.line));
            checked += 1;
        }
    }
    assert_eq!(checked, 6);
}

#[test]
fn a_forbidden_event_and_an_answer_can_fail() {
    let TestFile { configuration, tests } = passing();
    let named = |name: &str| tests.iter().find(|test| test.name == name).cloned().unwrap();
    let mut forbidding = named("statuses in mid-course");
    forbidding.no_events[0].event_type = "operation.overrun".to_owned();
    check_fails(&forbidding, &configuration, "a forbidden event");
    for place in 0..3 {
        let mut commanding = named("commands");
        let steps = commanding.steps.iter_mut().filter_map(|step| step.command.as_mut());
        let command = steps.into_iter().nth(place).unwrap();
        command.rejected = match command.rejected {
            Some(_) => None,
            None => Some(latchwork_engine::RejectionKind::NotFound),
        };
        check_fails(&commanding, &configuration, &format!("command {place} answered otherwise"));
    }
}
