//! `docs/problems.md` has one entry per code, and every entry's examples do what it says;
//! `docs/configuration.md` has every key of the sections that it is about.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use latchwork_expr::{CODES, CodeRow, Program, Scheme, Scope, Type};

use crate::golden::folder;
use crate::{ExplainedSection, Memory, PROBLEMS, Problems, explain, read, scenario};

/// The configuration of the book's scenario tests.
const TESTED_PLANT: &str = r#"
[[tags]]
path = "Line1/Running"
type = "bool"
[[tags]]
path = "Line1/Speed"
type = "float"
[[tags]]
path = "Line1/Producing"
expression = "{[.]Running} && {[.]Speed} > 5"
[[operations]]
name = "Filling"
location = "Brewery/Line1"
start_trigger_expression = "{Line1/Producing}"
stop_trigger_expression = "{Line1/Producing}"
[[operations.captures]]
name = "mean_speed"
expression = "{Line1/Speed}"
mode = "MEAN"
"#;

/// One entry of the book.
struct BookEntry<'a> {
    code: &'a str,
    title: &'a str,
    /// The language and the text of each fenced example: a failing and a repaired one.
    examples: Vec<(&'a str, String)>,
}

fn book() -> String {
    page("problems.md")
}

fn page(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name)).unwrap()
}

fn entries(book: &str) -> Vec<BookEntry<'_>> {
    let mut entries: Vec<BookEntry<'_>> = Vec::new();
    let mut lines = book.lines();
    while let Some(line) = lines.next() {
        if let Some((code, title)) = line.strip_prefix("### ").and_then(|heading| heading.split_once(": ")) {
            entries.push(BookEntry { code, title, examples: Vec::new() });
        } else if let (Some(language), Some(entry)) = (line.strip_prefix("```"), entries.last_mut()) {
            let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            entry.examples.push((language, text.join("\n")));
        }
    }
    entries
}

fn rows() -> impl Iterator<Item = &'static CodeRow> {
    CODES.iter().chain(PROBLEMS)
}

/// Returns the codes that an example gives.
fn codes(language: &str, text: &str) -> BTreeSet<&'static str> {
    match language {
        "toml" => codes_of(
            &read(Path::new("plant.toml"), &surroundings(text)).map_or_else(|problems| problems, |plant| plant.lints),
        ),
        "toml test" => {
            let files = Memory::of("tests.toml", format!("configuration = \"plant.toml\"\n\n{text}"));
            let read = scenario::read(Path::new("tests.toml"), &files.with("plant.toml", TESTED_PLANT));
            codes_of(&read.map_or_else(|problems| problems, |file| file.configuration.lints))
        }
        "text" => expression_codes(text),
        other => panic!("an example in `{other}`"),
    }
}

fn codes_of(problems: &Problems) -> BTreeSet<&'static str> {
    problems.as_slice().iter().map(|problem| problem.code.0).collect()
}

/// The files and variables that the book says are there.
fn surroundings(text: &str) -> Memory {
    let mut memory = Memory::of("plant.toml", text)
        .with("lines/filler.toml", "[[tags]]\npath = \"Line1/Filler/Speed\"\ntype = \"float\"\n")
        .with("lines/gateway.toml", "[gateway]\nid = \"filler\"\n")
        .with("lines/latin1.toml", b"# Abf\xfcllung\n")
        .with("secrets/order", "PO-4711\n")
        .with("secrets/token-hash", format!("{}\n", "0123456789abcdef".repeat(4)))
        .with("secrets/other-hash", format!("{}\n", "0123456789abcdee".repeat(4)));
    memory.variables.insert("PLANT".to_owned(), "Brewery".to_owned());
    memory.variables.insert("BROKER_PASSWORD".to_owned(), "s3cret".to_owned());
    memory
}

/// The tags that the book's expressions read.
fn expression_codes(text: &str) -> BTreeSet<&'static str> {
    let mut scheme = Scheme::new();
    scheme.add("Line1/Running", Type::Boolean);
    scheme.add("Line1/Speed", Type::Float);
    scheme.add("Line1/Mode", Type::Integer);
    scheme.add("Line1/Order", Type::String);
    let diagnostics = match Program::compile(text, &Scope::of(&scheme)) {
        Ok((program, lints)) => lints.into_iter().chain(program.trigger_lints(|_| false)).collect(),
        Err(problems) => problems,
    };
    diagnostics.iter().map(|diagnostic| diagnostic.code.0).collect()
}

#[test]
fn has_one_entry_per_code_in_order() {
    let book = book();
    let found: Vec<(&str, &str)> = entries(&book).iter().map(|entry| (entry.code, entry.title)).collect();
    let expected: Vec<(&str, &str)> = rows().map(|row| (row.code.0, row.title)).collect();
    assert_eq!(found, expected);
}

#[test]
fn failing_examples_fail_with_their_code_only_and_repaired_ones_do_not() {
    let mut wrong = Vec::new();
    for BookEntry { code, examples, .. } in entries(&book()) {
        let found: Vec<BTreeSet<&str>> = examples.iter().map(|(language, text)| codes(language, text)).collect();
        if found != [BTreeSet::from([code]), BTreeSet::new()] {
            wrong.push(format!("{code}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_page_about_connections_has_every_key_of_them() {
    let page = page("configuration.md");
    let folder = folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/good"));
    let explained = |name: &str| explain(Path::new(name), &folder).unwrap().1.sections;
    let sections: Vec<ExplainedSection> = [
        "bottling_line.toml",
        "connections.toml",
        "modbus.toml",
        "transports.toml",
        "shaping.toml",
        "mqtt.toml",
        "datasets.toml",
        "http.toml",
        "http_upstream.toml",
    ]
    .into_iter()
    .flat_map(explained)
    .collect();
    for header in [
        "[store]",
        "[[scan_classes]]",
        "[[connections]]",
        "[[connections.units]]",
        "[[connections.topics]]",
        "[[tags]]",
        "[[datasets]]",
        "[http]",
        "[[http.tokens]]",
    ] {
        assert!(page.contains(&format!("`{header}`")), "{header}");
        for row in sections.iter().filter(|section| section.header == header).flat_map(|section| &section.rows) {
            assert!(page.contains(&format!("| `{}` |", row.key)), "{}", row.key);
        }
    }
}

#[test]
fn the_page_about_connections_begins_with_a_configuration() {
    let page = page("configuration.md");
    let text = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let configuration = read(Path::new("plant.toml"), &Memory::of("plant.toml", text)).unwrap();
    assert_eq!((configuration.connections.len(), configuration.lints.as_slice().len()), (2, 0));
}
