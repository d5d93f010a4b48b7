//! `tests/expressions/cases/*.jsonl`: questions as `latchwork eval --jsonl` reads them, each with what it expects.
//!
//! `of` names the function that a case is about, `edge` the class of its arguments. A number is expected with its type:
//! `3` is no `3.0`. The answers were worked out from the language's rules and from what Java does, not from ours.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use latchwork_expr::{Category, Timestamp, Tz, functions};
use latchwork_gateway::evaluation::{Detail, Question};
use serde_json::Value as Json;

/// The chapters whose functions are refused.
const REFUSED: [Category; 6] = [
    Category::Alarming,
    Category::Colors,
    Category::Identity,
    Category::MongoDb,
    Category::Translation,
    Category::Users,
];

/// One line of a file.
struct Case {
    place: String,
    json: Json,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("expressions/cases")
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for (line, text) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let place = format!("{name}:{}", line + 1);
            let json = serde_json::from_str(text).unwrap_or_else(|error| panic!("{place}: {error}"));
            cases.push(Case { place, json });
        }
    }
    assert!(cases.len() > 1_000, "the cases are not here");
    cases
}

impl Case {
    /// Returns the difference between what is expected and what is answered.
    fn difference(&self) -> Option<String> {
        let question = Question::of(self.json.clone(), Tz::UTC, Timestamp(0)).expect("a question");
        let answer = question.answer(Detail::Result).into_json();
        let agrees = match self.json["steps"].as_array() {
            Some(steps) => follows(steps, &answer),
            None => gives(&self.json["expect"], &answer),
        };
        (!agrees).then(|| format!("{}: {} gives {answer}", self.place, self.json["expr"]))
    }
}

fn follows(steps: &[Json], answers: &Json) -> bool {
    let Json::Array(answers) = answers else { return false };
    steps.len() == answers.len()
        && steps.iter().zip(answers).all(|(step, answer)| {
            let quality = step.get("quality").cloned().unwrap_or_else(|| Json::from("Good"));
            answer["value"] == step["value"] && answer["quality"] == quality
        })
}

fn gives(expected: &Json, answer: &Json) -> bool {
    if expected["error"] == true {
        let code = &answer["error"]["code"];
        return !code.is_null() && (expected["code"].is_null() || expected["code"] == *code);
    }
    answer["error"].is_null() && answer["value"] == expected["value"] && answer["quality"] == expected["quality"]
}

#[test]
fn every_case_gives_what_it_expects() {
    let differences: Vec<String> = cases().iter().filter_map(Case::difference).collect();
    assert!(differences.is_empty(), "{} cases differ\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn every_function_has_its_usual_case_and_its_edges() {
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for case in cases() {
        if let Some(function) = case.json["of"].as_str() {
            edges.entry(function.to_owned()).or_default().insert(case.json["edge"].as_str().unwrap().to_owned());
        }
    }
    let mut missing = Vec::new();
    for function in functions().filter(|function| !REFUSED.contains(&function.category)) {
        if matches!(function.name, "property" | "runScript" | "toBorder" | "toColor" | "toFont") {
            continue;
        }
        let found = edges.remove(function.name).unwrap_or_default();
        let wanted: &[&str] = if function.most == Some(0) { &["usual"] } else { &["usual", "null", "quality"] };
        missing.extend(wanted.iter().filter(|edge| !found.contains(**edge)).map(|edge| (function.name, *edge)));
    }
    assert!(missing.is_empty(), "no cases for {missing:?}");
    assert!(edges.is_empty(), "cases of functions that do not exist: {:?}", edges.keys());
}
