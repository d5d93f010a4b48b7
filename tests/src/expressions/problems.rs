//! `tests/expressions/problems/*.expr`: expressions with all their problems and lints beside them, as people see them.
//!
//! Each is a trigger of an operation whose tag folder is `Filler`. `BLESS=1` rewrites what is expected; review the
//! difference.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use latchwork_config::Colour;
use latchwork_expr::{CODES, Column, Dataset, Program, Scheme, Scope, Type};
use latchwork_gateway::evaluation::problem;

fn scheme() -> Scheme {
    let mut scheme = Scheme::new();
    for (path, kind) in [
        ("Filler/Count", Type::Integer),
        ("Filler/Speed", Type::Float),
        ("Filler/State", Type::String),
        ("Filler/Running", Type::Boolean),
        ("Filler/Started", Type::Date),
        ("Capper/Running", Type::Boolean),
    ] {
        scheme.add(path, kind);
    }
    let columns = ["Code", "Name"].map(|name| Column { name: name.to_owned(), kind: Type::Any });
    scheme.add_dataset("Recipes", Dataset::new(columns.into(), vec![vec![1.into(), "Lager".into()]]));
    scheme
}

/// Returns all that is told of an expression, as people see it.
fn told(name: &str, text: &str) -> String {
    let scheme = scheme();
    let scope = Scope { folder: "Filler", operation: true, ..Scope::of(&scheme) };
    let diagnostics = match Program::compile(text, &scope) {
        Ok((program, mut lints)) => {
            lints.extend(program.trigger_lints(|_| false));
            lints
        }
        Err(problems) => problems,
    };
    diagnostics.iter().map(|diagnostic| problem(name, text, diagnostic).render(Colour::Off)).collect()
}

fn expressions() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("expressions/problems");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|end| end == "expr")).collect();
    paths.sort();
    paths
}

#[test]
fn every_expression_is_told_its_problems() {
    let mut differing = Vec::new();
    for path in expressions() {
        let (name, text) = (path.file_name().unwrap().to_string_lossy(), fs::read_to_string(&path).unwrap());
        let told = told(&name, text.trim_end_matches('\n'));
        let golden = path.with_extension("problems");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&golden, told).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default() != told {
            differing.push(format!("{}:\n{told}", golden.display()));
        }
    }
    assert!(differing.is_empty(), "BLESS=1 rewrites what differs:\n{}", differing.join("\n"));
}

#[test]
fn every_code_of_an_expression_has_an_expression() {
    let told: String = expressions()
        .iter()
        .map(|path| fs::read_to_string(path.with_extension("problems")).expect("every expression has its problems"))
        .collect();
    let found: BTreeSet<&str> = told.lines().filter_map(|line| line.split_once(' ')).map(|(code, _)| code).collect();
    let missing = CODES.iter().map(|row| row.code.0).filter(|code| !found.contains(code)).collect::<Vec<_>>();
    assert!(missing.is_empty(), "no expression shows {missing:?}");
}
