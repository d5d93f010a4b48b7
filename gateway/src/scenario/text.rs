//! A verdict for people: a line for each test, and below one that failed what differs, as a patch shows it.

use std::fmt::Write;

use latchwork_config::Colour;
use latchwork_config::scenario::ScenarioTest;

use super::course::Verdict;
use super::difference::{Change, Difference, Kind};

/// What is told of that which is as expected, so that people see what is meant.
const IDENTITY: [&str; 8] = ["operation", "type", "event_type", "start", "at", "order", "parent", "id"];

/// Escape sequences.
struct Paint {
    good: &'static str,
    bad: &'static str,
    dim: &'static str,
    end: &'static str,
}

const PLAIN: Paint = Paint { good: "", bad: "", dim: "", end: "" };
const COLOURS: Paint = Paint { good: "\x1b[32m", bad: "\x1b[31m", dim: "\x1b[2m", end: "\x1b[0m" };

/// Returns what is told of a test of a file.
pub fn text(file: &str, test: &ScenarioTest, verdict: &Verdict, colour: Colour) -> String {
    let paint = match colour {
        Colour::Off => PLAIN,
        Colour::On => COLOURS,
    };
    let Paint { good, bad, dim, end } = paint;
    if verdict.is_passed() {
        return format!("{good}ok{end}      {}\n", test.name);
    }
    let mut told = format!("{bad}FAILED{end}  {}  {dim}{file}:{}{end}\n", test.name, test.line);
    for difference in &verdict.differences {
        write_difference(&mut told, file, difference, &paint);
    }
    told
}

fn write_difference(text: &mut String, file: &str, difference: &Difference, paint: &Paint) {
    let Difference { kind, what, line, same, changes } = difference;
    let place = line.map(|line| format!("{file}:{line}  ")).unwrap_or_default();
    let heading = match kind {
        Kind::Differs => format!("{what} differs"),
        Kind::Missing => format!("{what} did not happen"),
        Kind::Unexpected if line.is_some() => format!("{what} may not happen"),
        Kind::Unexpected => format!("{what} that nobody expected"),
        Kind::Broken => "the test cannot be run".to_owned(),
    };
    let _ = writeln!(text, "  {}{place}{heading}{}", paint.dim, paint.end);
    match kind {
        Kind::Differs => {
            let identity = same.iter().filter(|(key, _)| IDENTITY.contains(&key.as_str()));
            identity.for_each(|(key, value)| _ = writeln!(text, "      {key} = {value}"));
            for change in changes {
                write_change(text, change, paint);
            }
        }
        Kind::Missing => {
            let _ = writeln!(text, "    {}- {}{}", paint.bad, table(changes, |row| &row.expected), paint.end);
        }
        Kind::Unexpected => {
            let _ = writeln!(text, "    {}+ {}{}", paint.good, table(changes, |row| &row.actual), paint.end);
        }
        Kind::Broken => {
            let reasons = changes.iter().filter_map(|row| row.actual.as_ref());
            reasons.for_each(|reason| _ = writeln!(text, "    {reason}"));
        }
    }
}

fn write_change(
    text: &mut String,
    Change { key, expected, actual, .. }: &Change,
    Paint { good, bad, end, .. }: &Paint,
) {
    if let Some(expected) = expected {
        let _ = writeln!(text, "    {bad}- {key} = {expected}{end}");
    }
    if let Some(actual) = actual {
        let _ = writeln!(text, "    {good}+ {key} = {actual}{end}");
    }
}

/// Returns one side of the changes as the table that it would be in a file. Captures stand together.
fn table(changes: &[Change], side: impl Fn(&Change) -> &Option<String>) -> String {
    let given = || changes.iter().filter_map(|change| Some((change.key.as_str(), side(change).as_deref()?)));
    let mut pairs: Vec<String> = Vec::new();
    let (mut captures, mut absent) = (Vec::new(), Vec::new());
    for (key, value) in given() {
        match key.strip_prefix("captures.") {
            _ if value == "none" => absent.push(format!("\"{key}\"")),
            Some(name) => captures.push(format!("{name} = {value}")),
            None => pairs.push(format!("{key} = {value}")),
        }
    }
    if !captures.is_empty() {
        pairs.push(format!("captures = {{ {} }}", captures.join(", ")));
    }
    if !absent.is_empty() {
        pairs.push(format!("without = [{}]", absent.join(", ")));
    }
    format!("{{ {} }}", pairs.join(", "))
}
