//! `latchwork test` as people run it: what it tells of tests that pass, that fail, and of files with problems.
//!
//! What is printed stands beside the files; `BLESS=1` rewrites it, review the difference.
#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it set it up")]

mod mutation;
mod xml;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

fn files() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenario_tests/files")
}

/// A run of the program.
struct Ended {
    code: Option<i32>,
    out: String,
    told: String,
}

fn run(arguments: &[&str]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_latchwork"));
    let output = command.arg("test").args(arguments).current_dir(files()).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code(), out: text(output.stdout), told: text(output.stderr) }
}

/// Compares a text with the file of that name.
fn check_golden(name: &str, text: &str) {
    let path = files().join(name);
    if env::var_os("BLESS").is_some() {
        fs::write(&path, text).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, golden, "BLESS=1 rewrites {}", path.display());
}

#[test]
fn tests_that_pass_are_a_line_each() {
    let ended = run(&["passing.toml"]);
    check_golden("passing.out", &(ended.out.clone() + &ended.told));
    assert_eq!(ended.code, Some(0));
    assert!(ended.out.lines().all(|line| line.starts_with("ok      ")), "{}", ended.out);
}

#[test]
fn tests_that_fail_show_what_differs_as_a_patch_does() {
    let ended = run(&["failing.toml"]);
    check_golden("failing.out", &(ended.out + &ended.told));
    assert_eq!(ended.code, Some(1));
}

#[test]
fn for_programs_there_is_an_object_a_test() {
    let ended = run(&["--format", "json", "failing.toml"]);
    check_golden("failing.jsonl", &ended.out);
    let rows: Vec<serde_json::Value> = ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let passed: Vec<bool> = rows.iter().map(|row| row["passed"].as_bool().unwrap()).collect();
    assert!(passed[0] && !passed[1..].contains(&true), "{passed:?}");
}

#[test]
fn all_problems_of_a_file_are_told_at_once_with_their_places() {
    let ended = run(&["broken.toml"]);
    check_golden("broken.out", &ended.told);
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
}

#[test]
fn problems_of_the_configuration_are_told_with_those_of_the_tests() {
    let ended = run(&["of_a_broken_plant.toml"]);
    check_golden("of_a_broken_plant.out", &ended.told);
    assert_eq!(ended.code, Some(1));
}

#[test]
fn a_file_with_problems_does_not_keep_others_from_being_run() {
    let ended = run(&["broken.toml", "missing.toml", "passing.toml"]);
    assert!(ended.out.starts_with("ok      every key of a record\n"), "{}", ended.out);
    assert!(ended.told.ends_with("9 tests, 9 ok, 0 failed, 2 files with problems\n"), "{}", ended.told);
    assert!(ended.told.contains("E201 missing.toml there is no file `missing.toml`\n"), "{}", ended.told);
    assert_eq!(ended.code, Some(1));
}

#[test]
fn a_filter_chooses_tests_by_their_names() {
    let ended = run(&["--filter", "key of a r", "passing.toml"]);
    assert_eq!((ended.out.as_str(), ended.code), ("ok      every key of a record\n", Some(0)));
    let ended = run(&["--filter", "nothing like it", "passing.toml"]);
    assert_eq!((ended.told.as_str(), ended.code), ("no test has `nothing like it` in its name\n", Some(1)));
    assert_eq!(run(&[]).code, Some(2));
}

#[test]
fn junit_is_xml_that_counts_as_the_summary_does() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("junit-{}.xml", std::process::id()));
    let ended = run(&["--junit", path.to_str().unwrap(), "passing.toml", "failing.toml", "broken.toml"]);
    let text = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    assert_eq!(ended.code, Some(1));
    let elements = xml::elements(&text).unwrap();
    let of = |name: &str| elements.iter().filter(|element| element.name == name).collect::<Vec<_>>();
    let counts = |element: &xml::Element| ["tests", "failures", "errors"].map(|key| element.attributes[key].clone());
    assert_eq!(counts(&elements[0]), ["18", "7", "1"]);
    let suites: Vec<[String; 3]> = of("testsuite").into_iter().map(counts).collect();
    assert_eq!(suites, [["9", "0", "0"], ["8", "7", "0"], ["1", "0", "1"]]);
    assert_eq!((of("testcase").len(), of("failure").len(), of("error").len()), (18, 7, 1));
    let quoted = of("testcase").into_iter().find(|case| case.attributes["name"].contains('<')).unwrap();
    assert_eq!(quoted.attributes["name"], "a trace is not <there> & \"quoted\"");
    assert_eq!(quoted.attributes["file"], "failing.toml");
    assert!(of("failure")[0].text.contains("- order = \"PO-2\"\n"), "{}", of("failure")[0].text);
}
