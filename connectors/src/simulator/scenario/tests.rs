//! Scenarios that are right, and every mistake of one that is not.

use std::path::{Path, PathBuf};

use super::*;

fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Returns the mistakes of a text with one machine and what stands in it.
fn mistakes(machine: &str) -> String {
    let text = format!("[modbus]\nbind = \"127.0.0.1:0\"\n[[machines]]\nname = \"M\"\n{machine}");
    Scenario::parse("s.toml", &text).unwrap_err().to_string()
}

#[test]
fn the_example_is_a_scenario() {
    let scenario = Scenario::load(&file("../examples/bottling-line/scenario.toml")).unwrap();
    let names: Vec<String> = (0..scenario.signals.len()).map(|signal| scenario.signal_name(signal)).collect();
    assert_eq!(names[..3], ["Dispatcher/ActiveOrder", "Filler/Running", "Filler/Speed"]);
    assert!(scenario.publishes());
}

#[test]
fn every_mistake_is_told_at_once() {
    let text = std::fs::read_to_string(file("tests/scenarios/bad.toml")).unwrap();
    let found = format!("{}\n", Scenario::parse("bad.toml", &text).unwrap_err());
    let golden = file("tests/scenarios/bad.mistakes");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&golden, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&golden).unwrap();
    assert_eq!(found, expected, "BLESS=1 rewrites it");
}

#[test]
fn a_text_that_is_no_toml_is_told_too() {
    let found = Scenario::parse("s.toml", "seed = \n[modbus\n").unwrap_err();
    let lines: Vec<usize> = found.as_slice().iter().map(|mistake| mistake.line).collect();
    assert!(lines.contains(&1) && lines.contains(&2), "{found}");
}

#[test]
fn a_missing_file_is_told_by_its_name() {
    let error = Scenario::load(Path::new("no/such/scenario.toml")).unwrap_err().to_string();
    assert!(error.starts_with("cannot read `no/such/scenario.toml`: "), "{error}");
}

#[test]
fn two_signals_do_not_share_a_register_but_its_bits() {
    let at = |first: &str, second: &str| {
        let signal = |address: &str| format!("{{ name = \"s\", initial = true, modbus = {address} }}");
        format!("states = [{{ name = \"S\" }}]\nsignals = [{}, {}]\n", signal(first), signal(second))
    };
    let wide = r#"{ address = "HR1", data_type = "uint32" }"#;
    assert!(mistakes(&at(wide, "\"HR2\"")).ends_with("another signal is at this address already"));
    assert!(mistakes(&at("\"HR3.1\"", "\"HR3.1\"")).ends_with("another signal is at this address already"));
    assert!(mistakes(&at("\"HR3.1\"", "\"40003\"")).ends_with("another signal is at this address already"));
    let apart = at("\"HR3.1\"", "\"HR3.2\"");
    let text = format!("[modbus]\nbind = \"127.0.0.1:0\"\n[[machines]]\nname = \"M\"\n{apart}");
    assert!(Scenario::parse("s.toml", &text).is_ok());
}

#[test]
fn a_wire_that_is_not_there_takes_no_signal() {
    let found = mistakes("states = [{ name = \"S\" }]\nsignals = [{ name = \"s\", initial = 1, mqtt = \"t\" }]\n");
    assert_eq!(found, "s.toml:6:46 there is no `[mqtt]` that could take it");
}

#[test]
fn the_example_of_the_documentation_is_a_scenario() {
    let page = std::fs::read_to_string(file("../docs/simulator.md")).unwrap();
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    assert!(Scenario::parse("docs/simulator.md", example).is_ok_and(|scenario| scenario.signals.len() == 5));
}
