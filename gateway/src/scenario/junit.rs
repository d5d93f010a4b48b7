//! Verdicts as JUnit XML, for the servers that run builds.

use std::fmt::Write;
use std::time::Duration;

use latchwork_config::scenario::ScenarioTest;
use latchwork_config::{Colour, Problems};

use super::course::Verdict;
use super::text;

/// What became of a file.
#[derive(Debug)]
pub struct Suite {
    /// The file, as it was named.
    pub file: String,
    /// Its tests with their verdicts; or why it cannot be used.
    pub outcome: Result<Vec<(ScenarioTest, Verdict)>, Problems>,
}

impl Suite {
    /// Returns how many tests there are; a file that cannot be used is one.
    pub const fn tests(&self) -> usize {
        match &self.outcome {
            Ok(tests) => tests.len(),
            Err(_) => 1,
        }
    }

    /// Returns how many tests failed.
    pub fn failures(&self) -> usize {
        let tests = self.outcome.iter().flatten();
        tests.filter(|(_, verdict)| !verdict.is_passed()).count()
    }

    /// Returns how many files cannot be used: 0 or 1.
    pub fn errors(&self) -> usize {
        usize::from(self.outcome.is_err())
    }

    fn elapsed(&self) -> Duration {
        self.outcome.iter().flatten().map(|(_, verdict)| verdict.elapsed).sum()
    }
}

/// Returns the verdicts on files as one XML document.
pub fn junit(suites: &[Suite]) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let count = |of: fn(&Suite) -> usize| suites.iter().map(of).sum();
    let elapsed = suites.iter().map(Suite::elapsed).sum();
    let counts = counts((count(Suite::tests), count(Suite::failures), count(Suite::errors)), elapsed);
    let _ = writeln!(xml, "<testsuites name=\"latchwork\"{counts}>");
    for suite in suites {
        write_suite(&mut xml, suite);
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn write_suite(xml: &mut String, suite: &Suite) {
    let file = escaped(&suite.file);
    let counts = counts((suite.tests(), suite.failures(), suite.errors()), suite.elapsed());
    let _ = writeln!(xml, "  <testsuite name=\"{file}\"{counts}>");
    match &suite.outcome {
        Ok(tests) => tests.iter().for_each(|(test, verdict)| write_case(xml, &suite.file, test, verdict)),
        Err(problems) => {
            let told = escaped(&problems.render(Colour::Off));
            let _ = writeln!(xml, "    <testcase name=\"the file\" classname=\"{file}\" file=\"{file}\">");
            let _ = writeln!(xml, "      <error message=\"the file cannot be used\">{told}</error>");
            xml.push_str("    </testcase>\n");
        }
    }
    xml.push_str("  </testsuite>\n");
}

fn write_case(xml: &mut String, file: &str, test: &ScenarioTest, verdict: &Verdict) {
    let (name, place) = (escaped(&test.name), escaped(file));
    let seconds = verdict.elapsed.as_secs_f64();
    let head = format!(
        "    <testcase name=\"{name}\" classname=\"{place}\" file=\"{place}\" line=\"{}\" time=\"{seconds:.3}\"",
        test.line
    );
    if verdict.is_passed() {
        let _ = writeln!(xml, "{head}/>");
        return;
    }
    let (count, told) = (verdict.differences.len(), escaped(&text(file, test, verdict, Colour::Off)));
    let plural = if count == 1 { "" } else { "s" };
    let _ = writeln!(xml, "{head}>\n      <failure message=\"{count} difference{plural}\">{told}</failure>");
    xml.push_str("    </testcase>\n");
}

fn counts((tests, failures, errors): (usize, usize, usize), elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64();
    format!(" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" time=\"{seconds:.3}\"")
}

/// Returns a text that can stand in XML 1.0, between tags and within quotes. What cannot be there at all is replaced.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(letter),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            _ => escaped.push(letter),
        }
    }
    escaped
}
