//! `latchwork eval`: one expression, or one a line from standard input.

use std::io::{BufRead, BufWriter, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use latchwork_expr::{Explained, Timestamp, Tz};
use serde_json::{Value as Json, json};

use super::{Format, colour, tell};
use crate::evaluation::{Answer, Detail, Question};
use crate::exit::{Exit, Failure, write_failure};

/// What `eval` is called with.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The expression, such as `"{Line/Speed} > 5"`.
    #[arg(required_unless_present = "jsonl", conflicts_with = "jsonl")]
    expression: Option<String>,
    /// A tag's value: JSON (`5`, `true`, `"text"`, `{"value": 5, "quality": "Bad"}`), else text.
    #[arg(long = "tag", value_name = "PATH=VALUE", value_parser = tag, conflicts_with = "jsonl")]
    tags: Vec<(String, Json)>,
    /// The zone in which dates are read and shown.
    #[arg(long, default_value = "UTC", value_parser = zone)]
    timezone: Tz,
    /// Reads `{"expr", "tags"?, "at"?, "timezone"?, "steps"?}` lines from standard input.
    #[arg(long)]
    jsonl: bool,
    /// Tells what every part of the expression gave.
    #[arg(long)]
    explain: bool,
    /// How that is told: a part a line for people, or one JSON object with the result; lines of `--jsonl` are JSON.
    #[arg(long, value_enum, default_value_t = Format::Text, requires = "explain", conflicts_with = "jsonl")]
    format: Format,
}

impl Arguments {
    const fn detail(&self) -> Detail {
        if self.explain { Detail::Tree } else { Detail::Result }
    }
}

fn tag(argument: &str) -> Result<(String, Json), String> {
    let (path, value) =
        argument.rsplit_once("}=").map_or_else(|| argument.split_once('='), Some).ok_or("expected PATH=VALUE")?;
    let path = path.trim_start_matches('{').trim_end_matches('}');
    let value = serde_json::from_str(value).unwrap_or_else(|_| Json::from(value));
    Ok((path.to_owned(), value))
}

pub(super) fn zone(name: &str) -> Result<Tz, String> {
    name.parse().map_err(|_| format!("there is no time zone `{name}`; an example is Europe/Berlin"))
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let now = now();
    match &arguments.expression {
        Some(expression) => one(expression, arguments, now),
        None => lines(arguments, now),
    }
}

/// Evaluates the expression of the command line.
fn one(expression: &str, arguments: &Arguments, now: Timestamp) -> Result<Exit, Failure> {
    let tags = Json::Object(arguments.tags.iter().cloned().collect());
    let question = Question::of(json!({"expr": expression, "tags": tags}), arguments.timezone, now)
        .map_err(|reason| Failure::new(Exit::Usage, reason))?;
    let problems = question.problems();
    for problem in &problems {
        tell(&problem.render(colour(&std::io::stderr())));
    }
    let answer = match (arguments.explain, arguments.format) {
        (true, Format::Text) => explained(&question),
        (true, Format::Json) | (false, Format::Text | Format::Json) => answered(question.answer(arguments.detail())),
    };
    let answer = answer.ok_or_else(Failure::told)?;
    write!(std::io::stdout(), "{answer}").map_err(|error| write_failure("standard output", &error))?;
    Ok(Exit::Done)
}

/// Returns what every part of an expression gave, unless it cannot be used.
fn explained(question: &Question) -> Option<String> {
    Some(question.explain().ok()?.iter().map(Explained::to_string).collect())
}

/// Returns an answer as a line, unless the expression cannot be used.
fn answered(answer: Answer) -> Option<String> {
    match answer {
        Answer::Refused(_) => None,
        Answer::One(json) | Answer::Many(json) => Some(format!("{json}\n")),
    }
}

/// Answers the lines of standard input, one for one.
fn lines(arguments: &Arguments, now: Timestamp) -> Result<Exit, Failure> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut exit = Exit::Done;
    for line in std::io::stdin().lock().split(b'\n') {
        let line = line.map_err(|error| Failure::new(Exit::Fault, format_args!("standard input: {error}")))?;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let question = serde_json::from_slice(&line).map_err(|error| format!("the line is not JSON: {error}"));
        let answer = match question.and_then(|json| Question::of(json, arguments.timezone, now)) {
            Ok(question) => question.answer(arguments.detail()).into_json(),
            Err(reason) => {
                exit = Exit::Problems;
                json!({"error": {"code": "INPUT", "message": reason, "start": 0, "end": 0}})
            }
        };
        writeln!(out, "{answer}").map_err(|error| write_failure("standard output", &error))?;
    }
    out.flush().map_err(|error| write_failure("standard output", &error))?;
    Ok(exit)
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
