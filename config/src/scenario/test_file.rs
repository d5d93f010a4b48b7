//! The file as a whole: which configuration, what holds for all tests, the tests.

use std::path::Path;

use super::names::Names;
use super::test::{self, Defaults, ScenarioTest};
use crate::configuration::{self, Configuration};
use crate::desk::Desk;
use crate::document::{Content, Table};
use crate::files::{self, File};
use crate::findings::Findings;
use crate::problem::Problems;
use crate::problems;
use crate::reader::Reader;
use crate::source::{Disk, Source};

/// Tests, and the configuration that they are about.
#[derive(Debug)]
pub struct TestFile {
    /// The configuration.
    pub configuration: Configuration,
    /// The tests, in the order of the file.
    pub tests: Vec<ScenarioTest>,
}

/// The file as it is called in messages.
const SECTION: &str = "scenario tests";

/// Reads a file of scenario tests from this machine's files, or gives all its problems and those of its configuration.
pub fn load(path: &Path) -> Result<TestFile, Problems> {
    read(path, &Disk)
}

/// Reads a file of scenario tests from anywhere, or gives all its problems and those of its configuration.
pub fn read(path: &Path, source: &dyn Source) -> Result<TestFile, Problems> {
    let mut findings = Findings::default();
    let files = files::read_alone(path, source, &mut findings);
    let root = match files.first() {
        Some(file) if !findings.has_problems() => &file.root,
        Some(_) | None => return Err(findings.into_problems(&files)),
    };
    let configuration = configuration_of(root, &files, source);
    let mut desk = Desk::new(&files, source, findings, None);
    let tests = read_root(&mut desk, root, Names::new(configuration.as_ref().and_then(|found| found.as_ref().ok())));
    let findings = desk.findings;
    match configuration {
        Some(Ok(configuration)) if !findings.has_problems() => Ok(TestFile { configuration, tests }),
        Some(Err(problems)) => Err(findings.into_problems(&files).followed_by(problems)),
        Some(Ok(_)) | None => Err(findings.into_problems(&files)),
    }
}

/// Reads the configuration that the file names, if it names one.
fn configuration_of(root: &Table, files: &[File], source: &dyn Source) -> Option<Result<Configuration, Problems>> {
    match &root.entry("configuration")?.item.content {
        Content::Text(path) => Some(configuration::read(&files[0].folder().join(path), source)),
        Content::Boolean(_)
        | Content::Integer(_)
        | Content::Float(_)
        | Content::Date(_)
        | Content::List(_)
        | Content::Table(_) => None,
    }
}

fn read_root(desk: &mut Desk<'_>, root: &Table, names: Names<'_>) -> Vec<ScenarioTest> {
    let mut reader = Reader::new(desk, SECTION, root);
    let _ = reader.required_name("configuration");
    let defaults = reader.table("defaults");
    let tables = reader.top_tables("tests");
    if tables.is_empty() {
        let hint = "a test begins with `[[tests]]`".to_owned();
        reader.problem(problems::NOTHING_EXPECTED, root.place, "there is no test in the file", Some(hint));
    }
    let desk = reader.finish(SECTION);
    let defaults = defaults.map(|table| Defaults::read(desk, table, names)).unwrap_or_default();
    let mut tests: Vec<ScenarioTest> = Vec::new();
    for table in tables {
        let Some((test, name)) = test::read(desk, table, names, &defaults) else { continue };
        if let Some(first) = tests.iter().find(|other| other.name == test.name) {
            let message = format!("two tests are called `{}`", name.shown());
            let hint = format!("the first is in line {}", first.line);
            desk.findings.add(problems::DUPLICATE_NAME, name.place, message).hint(hint);
        }
        tests.push(test);
    }
    tests
}
