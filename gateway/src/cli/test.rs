//! `latchwork test`: what people expect of their configuration.

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};

use latchwork_config::scenario::{self, TestFile};

use super::{Format, colour, tell};
use crate::exit::{Exit, Failure, write_failure};
use crate::scenario::{Suite, json_line, junit, run as run_test, text};

/// What `test` is called with.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The files of scenario tests; each names the configuration that it is about.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Runs only the tests whose name has this text in it.
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,
    /// Writes the verdicts here as JUnit XML, too.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// How verdicts are told: text for people, or one JSON object a test.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let suites =
        arguments.files.iter().map(|path| run_file(arguments, path)).collect::<Result<Vec<Suite>, Failure>>()?;
    if let Some(path) = &arguments.junit {
        write_junit(path, &suites)?;
    }
    let tests = suites.iter().map(|suite| suite.outcome.as_ref().map_or(0, Vec::len)).sum();
    let failed = suites.iter().map(Suite::failures).sum();
    let unusable = suites.iter().map(Suite::errors).sum();
    if let Some(filter) = arguments.filter.as_ref().filter(|_| tests == 0 && unusable == 0) {
        return Err(Failure::new(Exit::Problems, format_args!("no test has `{filter}` in its name")));
    }
    tell(&summary(tests, failed, unusable));
    Ok(if failed + unusable == 0 { Exit::Done } else { Exit::Problems })
}

/// Runs the tests of a file, and tells each verdict as soon as it is there.
fn run_file(arguments: &Arguments, path: &Path) -> Result<Suite, Failure> {
    let file = path.display().to_string();
    let TestFile { configuration, tests } = match scenario::load(path) {
        Ok(loaded) => loaded,
        Err(problems) => {
            tell(&problems.render(colour(&std::io::stderr())));
            return Ok(Suite { file, outcome: Err(problems) });
        }
    };
    let mut verdicts = Vec::new();
    for test in tests.into_iter().filter(|test| is_wanted(arguments, &test.name)) {
        let verdict = run_test(&test, &configuration);
        let mut out = std::io::stdout().lock();
        let told = match arguments.format {
            Format::Text => text(&file, &test, &verdict, colour(&out)),
            Format::Json => json_line(&file, &test, &verdict) + "\n",
        };
        out.write_all(told.as_bytes()).map_err(|error| write_failure("standard output", &error))?;
        verdicts.push((test, verdict));
    }
    Ok(Suite { file, outcome: Ok(verdicts) })
}

fn is_wanted(arguments: &Arguments, name: &str) -> bool {
    arguments.filter.as_ref().is_none_or(|part| name.contains(part.as_str()))
}

fn write_junit(path: &Path, suites: &[Suite]) -> Result<(), Failure> {
    std::fs::write(path, junit(suites))
        .map_err(|error| Failure::new(Exit::NotStarted, format_args!("cannot write `{}`: {error}", path.display())))
}

fn summary(tests: usize, failed: usize, unusable: usize) -> String {
    let s = |count: usize| if count == 1 { "" } else { "s" };
    let mut text = format!("{tests} test{}, {} ok, {failed} failed", s(tests), tests - failed);
    if unusable > 0 {
        let _ = write!(text, ", {unusable} file{} with problems", s(unusable));
    }
    text
}
