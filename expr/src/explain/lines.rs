//! An explanation for people: a part a line, in columns.

use std::fmt::{self, Write};

use super::source::{cut, line_of, shown_value};
use super::{Explained, Outcome, Part};
use crate::evaluate::Note;
use crate::limits::EXPLAINED_LONG_CHARS_MAX;

/// A line in its columns; what is not there is empty.
#[derive(Default)]
struct Line {
    part: String,
    value: String,
    quality: &'static str,
    remarks: String,
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Vec::new();
        self.add(&self.root, "", "", &mut lines);
        let width = |column: fn(&Line) -> &str| {
            // A line without a quality says something in words, which may reach over the columns.
            let known = lines.iter().filter(|line| !line.quality.is_empty());
            known.map(|line| column(line).chars().count()).max().unwrap_or(0)
        };
        let part_width = lines.iter().map(|line| line.part.chars().count()).max().unwrap_or(0);
        let (value_width, quality_width) = (width(|line| &line.value), width(|line| line.quality));
        for Line { part, value, quality, remarks } in &lines {
            let line = format!("{part:part_width$}  {value:value_width$}  {quality:quality_width$}  {remarks}");
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

impl Explained {
    /// Adds the lines of a part: the branch that leads to it, and what the lines below it begin with.
    fn add(&self, part: &Part, branch: &str, below: &str, lines: &mut Vec<Line>) {
        lines.push(self.line(part, branch));
        let last = (part.parts.len() + usize::from(part.left_out > 0)).saturating_sub(1);
        for (place, inner) in part.parts.iter().enumerate() {
            let (branch, stem) = if place == last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            self.add(inner, &format!("{below}{branch}"), &format!("{below}{stem}"), lines);
        }
        if part.left_out > 0 {
            lines.push(Line { part: format!("{below}└─ … {} more", part.left_out), ..Line::default() });
        }
    }

    fn line(&self, part: &Part, branch: &str) -> Line {
        let label = format!("{branch}{}", part.text);
        match &part.outcome {
            None => Line { part: label, value: "not evaluated".to_owned(), ..Line::default() },
            Some(outcome) => Line {
                part: label,
                value: shown_value(&outcome.result.value, self.zone),
                quality: outcome.result.quality.name(),
                remarks: self.remarks(part, outcome),
            },
        }
    }

    /// Returns the state and the notes of a part.
    fn remarks(&self, part: &Part, outcome: &Outcome) -> String {
        let mut remarks = outcome.state.clone().unwrap_or_default();
        for note in &outcome.notes {
            let separator = if remarks.is_empty() { "" } else { "; " };
            let _ = write!(
                remarks,
                "{separator}{}{}",
                self.place(note, part),
                cut(&note.message, EXPLAINED_LONG_CHARS_MAX)
            );
        }
        remarks
    }

    /// Returns which piece of a part a note is about, if it is not all of it: a chain fails at one of its operators.
    fn place(&self, note: &Note, part: &Part) -> String {
        match self.text.get(note.start..note.end) {
            Some(piece) if part.span != (note.start..note.end) => format!("`{}`: ", line_of(piece)),
            Some(_) | None => String::new(),
        }
    }
}
