//! Scenarios that are right, and every mistake of one that is not.

use std::path::{Path, PathBuf};

use super::*;
use crate::simulator::fault::{Delay, KINDS, Recorded};

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
fn the_sick_plant_has_every_kind_of_fault_but_the_recorded() {
    let scenario = Scenario::load(&file("../examples/sick-plant/scenario.toml")).unwrap();
    let faults = &scenario.modbus.as_ref().unwrap().faults;
    let missing = KINDS.iter().filter(|(_, kind)| faults.iter().all(|fault| fault.kind != *kind));
    let missing: Vec<&str> = missing.map(|(word, _)| *word).collect();
    assert_eq!(missing, ["too_long", "closed", "recorded"]);
}

#[test]
fn a_fault_is_read_with_all_that_it_says() {
    let text = r#"
        [modbus]
        bind = "127.0.0.1:0"
        address_base = 0
        [[modbus.faults]]
        kind = "late"
        unit = [1, 4]
        function = 3
        addresses = ["HR10-HR20", "2!IR5-IR5"]
        probability = 0.25
        from_millis = 1000
        lasts_millis = 500
        every_millis = 2000
        millis = { p0 = 40, p90 = 900, p100 = 5000 }
        [[modbus.faults]]
        kind = "recorded"
        fates = "70 never closed"
    "#;
    let faults = Scenario::parse("s.toml", text).unwrap().modbus.unwrap().faults;
    let late = &faults[0];
    assert_eq!((&late.scope.units[..], &late.scope.functions[..], late.chance), (&[1, 4][..], &[3][..], 250_000));
    let ranges: Vec<_> = late.scope.ranges.iter().map(|range| (range.unit, range.first, range.last)).collect();
    assert_eq!(ranges, [(None, 10, 20), (Some(2), 5, 5)]);
    assert_eq!((late.span.from, late.span.lasts, late.span.every), (1_000, Some(500), Some(2_000)));
    assert_eq!(late.delay, Delay::of(vec![(0, 40), (90, 900), (100, 5_000)]));
    assert_eq!(faults[1].recorded, [Recorded::After(70), Recorded::Never, Recorded::Closed]);
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
