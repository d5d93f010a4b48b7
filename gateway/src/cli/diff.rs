//! `latchwork diff`: what differs between two record files.

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;

use super::{duration, tell};
use crate::diff::{self, Difference, Kind, Row, RowProblem};
use crate::exit::{Exit, Failure, write_failure};

/// What `diff` is called with.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The records before the change, as JSON lines or `.csv`; `-` is JSON lines on standard input.
    #[arg(value_name = "BEFORE")]
    before: PathBuf,
    /// The records after the change.
    #[arg(value_name = "AFTER")]
    after: PathBuf,
    /// Times that differ by no more are the same: `500ms`, `2s`.
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration::read, hide_default_value = true)]
    tolerance: Duration,
    /// How differences are written.
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

/// How differences are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A line for people.
    Text,
    /// A JSON object a line.
    Json,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let (before, after) = (read(&arguments.before)?, read(&arguments.after)?);
    let tolerance = i64::try_from(arguments.tolerance.as_micros()).unwrap_or(i64::MAX);
    let differences = diff::differences(&before, &after, tolerance);
    write(&differences, arguments.format).map_err(|error| write_failure("standard output", &error))?;
    tell(&summary(arguments, (before.len(), after.len()), &differences));
    Ok(if differences.is_empty() { Exit::Done } else { Exit::Problems })
}

fn read(path: &Path) -> Result<Vec<Row>, Failure> {
    let name = path.display();
    let input: Box<dyn Read> = if path == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        let file = File::open(path);
        Box::new(file.map_err(|error| Failure::new(Exit::Problems, format_args!("cannot read `{name}`: {error}")))?)
    };
    let is_csv = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let rows = if is_csv { diff::read_csv(input) } else { diff::read_json_lines(BufReader::new(input)) };
    rows.map_err(|(line, RowProblem(problem))| Failure::new(Exit::Problems, format_args!("{name}:{line}: {problem}")))
}

fn write(differences: &[Difference<'_>], form: Form) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for difference in differences {
        let line = match form {
            Form::Text => diff::text_line(difference),
            Form::Json => diff::json_line(difference),
        };
        writeln!(out, "{line}")?;
    }
    out.flush()
}

fn summary(arguments: &Arguments, (before, after): (usize, usize), differences: &[Difference<'_>]) -> String {
    let count = |kind: Kind| differences.iter().filter(|difference| difference.kind == kind).count();
    let missing_or_differing = differences.iter().filter(|difference| difference.before.is_some()).count();
    let mut parts = vec![format!("{} the same", before - missing_or_differing)];
    let counts = Kind::ALL.into_iter().map(|kind| (kind, count(kind))).filter(|(_, count)| *count > 0);
    parts.extend(counts.map(|(kind, count)| format!("{count} {}", kind.name())));
    let (first, second) = (arguments.before.display(), arguments.after.display());
    format!("{before} records in {first}, {after} in {second}: {}", parts.join(", "))
}
