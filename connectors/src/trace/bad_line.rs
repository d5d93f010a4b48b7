//! Places in a trace that a person must look at: a line that cannot be understood, two that are out of order.

use std::fmt;
use std::sync::Arc;

use latchwork_expr::Timestamp;

use super::time::rfc3339;
use crate::limits::FOUND_CHARACTERS_MAX;

/// A line that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// The file.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u64,
    /// The column in characters, from 1.
    pub column: u64,
    /// What was expected there.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

/// Two rows out of order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutOfOrder {
    /// The file.
    pub file: Arc<str>,
    /// The line that was read first.
    pub line_before: u64,
    /// Its time.
    pub time_before: Timestamp,
    /// The line that should have come before it.
    pub line: u64,
    /// Its time.
    pub time: Timestamp,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, expected, found } = self;
        write!(f, "{file}:{line}:{column}: expected {expected}, found {found}")
    }
}

impl OutOfOrder {
    /// Returns what would help.
    pub(crate) fn hint(&self) -> String {
        let micros = self.time_before.0.saturating_sub(self.time.0);
        let seconds = micros.div_euclid(1_000_000) + i64::from(micros % 1_000_000 > 0);
        format!("a reorder window of {seconds} s would sort them")
    }
}

impl fmt::Display for OutOfOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line_before, time_before, line, time } = self;
        write!(f, "{file}:{line}: rows are out of order: {} here, after ", rfc3339(*time))?;
        write!(f, "{} in {file}:{line_before}", rfc3339(*time_before))
    }
}

/// Returns what stands in a file as an error quotes it: readable, short, in backticks.
pub(crate) fn quoted(found: &[u8]) -> String {
    let text = String::from_utf8_lossy(found);
    let readable = |letter: char| if letter.is_control() { letter.escape_debug().to_string() } else { letter.into() };
    let mut shown: String = text.chars().take(FOUND_CHARACTERS_MAX).map(readable).collect();
    if text.chars().nth(FOUND_CHARACTERS_MAX).is_some() {
        shown.push('…');
    }
    if shown.is_empty() { "nothing".to_owned() } else { format!("`{shown}`") }
}
