//! A problem as people and programs get it: code, place, message, hint; and the list of all of them.

use latchwork_expr::{Code, Severity};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// Where something stands in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters of that line are meant; at least 1.
    pub length: usize,
    /// The line, cut around the span if it is very long.
    pub excerpt: String,
    /// How many characters of the line were cut off before the excerpt.
    pub excerpt_offset: usize,
}

/// One problem or lint of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind: one of [`crate::PROBLEMS`] or [`latchwork_expr::CODES`].
    pub code: Code,
    /// Whether the configuration cannot be used, or may not mean what its author thinks.
    pub severity: Severity,
    /// The file, as it was named or included.
    pub file: String,
    /// Where in the file; `None` when the file as a whole is meant.
    pub position: Option<Position>,
    /// What was found and what was expected, in lower case, without full stop.
    pub message: String,
    /// One suggestion.
    pub hint: Option<String>,
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("code", self.code.0)?;
        map.serialize_entry("severity", severity_name(self.severity))?;
        map.serialize_entry("file", &self.file)?;
        map.serialize_entry("line", &self.position.as_ref().map(|position| position.line))?;
        map.serialize_entry("column", &self.position.as_ref().map(|position| position.column))?;
        map.serialize_entry("length", &self.position.as_ref().map(|position| position.length))?;
        map.serialize_entry("message", &self.message)?;
        map.serialize_entry("hint", &self.hint)?;
        map.end()
    }
}

/// Returns the word for a severity in JSON.
const fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Problem => "problem",
        Severity::Lint => "lint",
    }
}

/// Every problem and lint of a configuration, in the order of its files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Returns a list of problems that already are in order.
    pub(crate) const fn in_order(problems: Vec<Problem>) -> Self {
        Self(problems)
    }

    /// Returns these problems, and behind them others.
    pub(crate) fn followed_by(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Tells whether anything keeps the configuration from being used: lints do not.
    pub fn has_problems(&self) -> bool {
        self.0.iter().any(|problem| problem.severity == Severity::Problem)
    }

    /// Returns the problems and lints, in the order of the files.
    pub fn as_slice(&self) -> &[Problem] {
        &self.0
    }
}

impl Serialize for Problems {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}
