//! What survives of captures: what is being measured, and what their expressions remember.

use latchwork_expr::{Text, Value, exact};
use serde::{Deserialize, Serialize};

use super::sites::{RetainedSite, resume_sites, retain_sites};
use crate::captures::{Capture, CaptureMode, Course, Tape};

/// A capture, which is what it is by its name, expression and mode.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetainedCapture {
    /// The name.
    name: Text,
    /// The expression's text.
    expression: String,
    /// The mode.
    mode: CaptureMode,
    /// The level at the open run's start.
    #[serde(default, skip_serializing_if = "Value::is_null", with = "exact")]
    start: Value,
    /// The level since.
    #[serde(default, skip_serializing_if = "Tape::is_empty")]
    tape: Tape,
    /// The state of its call sites.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sites: Vec<RetainedSite>,
}

impl RetainedCapture {
    fn is_of(&self, capture: &Capture) -> bool {
        self.name == capture.name && self.expression == capture.program.text() && self.mode == capture.mode
    }
}

/// Returns what survives of an operation's captures; nothing of those that remember nothing.
pub(crate) fn retain_captures(captures: &[Capture], courses: &[Course]) -> Vec<RetainedCapture> {
    let rows = captures.iter().zip(courses).map(|(capture, course)| RetainedCapture {
        name: capture.name.clone(),
        expression: capture.program.text().to_owned(),
        mode: capture.mode,
        start: course.start.clone(),
        tape: course.tape.clone(),
        sites: retain_sites(&course.sites),
    });
    rows.filter(|row| !row.tape.is_empty() || !row.sites.is_empty()).collect()
}

/// Returns a capture as it was; `None` if nothing was retained of it, for another expression measures something else.
pub(crate) fn resume_capture(capture: &Capture, retained: &[RetainedCapture]) -> Option<Course> {
    let row = retained.iter().find(|row| row.is_of(capture))?;
    Some(Course { tape: row.tape.clone(), start: row.start.clone(), sites: resume_sites(&capture.program, &row.sites) })
}
