//! Problems as text for people: one line that says all, the source line, a caret under the span.

use std::fmt::Write;

use latchwork_expr::Severity;

use crate::problem::{Position, Problem, Problems};

/// Whether a text is for a terminal that shows colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    Off,
    /// ANSI escape sequences.
    On,
}

/// Escape sequences around the parts of a rendered problem.
struct Paint {
    code: &'static str,
    dim: &'static str,
    end: &'static str,
}

impl Paint {
    const fn of(severity: Severity, colour: Colour) -> Self {
        match (colour, severity) {
            (Colour::Off, _) => Self { code: "", dim: "", end: "" },
            (Colour::On, Severity::Problem) => Self { code: "\x1b[1;31m", dim: "\x1b[2m", end: "\x1b[0m" },
            (Colour::On, Severity::Lint) => Self { code: "\x1b[1;33m", dim: "\x1b[2m", end: "\x1b[0m" },
        }
    }
}

impl Problem {
    /// Returns the problem as text: `E204 plant.toml:41:17 unknown tag …; did you mean …?`, then the
    /// source line and a caret under the span.
    pub fn render(&self, colour: Colour) -> String {
        let Paint { code, dim, end } = Paint::of(self.severity, colour);
        let mut text = format!("{code}{}{end} {} {}", self.code.0, self.location(), self.message);
        if let Some(hint) = &self.hint {
            let _ = write!(text, "; {hint}");
        }
        text.push('\n');
        if let Some(position) = &self.position {
            let gutter = " ".repeat(position.line.to_string().len());
            let _ = writeln!(text, "  {dim}{} |{end} {}", position.line, position.excerpt);
            let _ = writeln!(text, "  {dim}{gutter} |{end} {code}{}{end}", carets(position));
        }
        text
    }

    /// Returns `file:line:column`, or the file alone when it is meant as a whole.
    fn location(&self) -> String {
        match &self.position {
            Some(Position { line, column, .. }) => format!("{}:{line}:{column}", self.file),
            None => self.file.clone(),
        }
    }
}

/// Returns the line under an excerpt, with a caret under each character that is meant and shown.
fn carets(position: &Position) -> String {
    let before = (position.column - 1).saturating_sub(position.excerpt_offset);
    let shown = position.excerpt.chars().count().saturating_sub(before).max(1);
    format!("{}{}", " ".repeat(before), "^".repeat(position.length.min(shown)))
}

impl Problems {
    /// Returns all problems and lints as text, each as [`Problem::render`] does.
    pub fn render(&self, colour: Colour) -> String {
        self.as_slice().iter().map(|problem| problem.render(colour)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problems;

    fn problem() -> Problem {
        let excerpt = "tag = \"Filer/Count\"".to_owned();
        Problem {
            code: problems::UNKNOWN_TAG,
            severity: Severity::Problem,
            file: "plant.toml".to_owned(),
            position: Some(Position { line: 41, column: 8, length: 11, excerpt, excerpt_offset: 0 }),
            message: "unknown tag `Filer/Count`".to_owned(),
            hint: Some("did you mean `Filler/Count`?".to_owned()),
        }
    }

    #[test]
    fn shows_the_line_and_a_caret_under_the_span() {
        let expected = "\
E204 plant.toml:41:8 unknown tag `Filer/Count`; did you mean `Filler/Count`?
  41 | tag = \"Filer/Count\"
     |        ^^^^^^^^^^^
";
        assert_eq!(problem().render(Colour::Off), expected);
    }

    #[test]
    fn colours_nothing_but_what_it_shows_plain() {
        let coloured = problem().render(Colour::On);
        let plain = coloured.replace("\x1b[1;31m", "").replace("\x1b[2m", "").replace("\x1b[0m", "");
        assert_ne!(coloured, plain);
        assert_eq!(plain, problem().render(Colour::Off));
    }

    #[test]
    fn is_an_object_in_json() {
        let json = serde_json::to_value(Problems::in_order(vec![problem()])).unwrap();
        let expected = serde_json::json!([{
            "code": "E204", "severity": "problem", "file": "plant.toml", "line": 41, "column": 8, "length": 11,
            "message": "unknown tag `Filer/Count`", "hint": "did you mean `Filler/Count`?",
        }]);
        assert_eq!(json, expected);
    }

    #[test]
    fn a_file_as_a_whole_has_no_excerpt() {
        let problem = Problem { position: None, hint: None, ..problem() };
        assert_eq!(problem.render(Colour::Off), "E204 plant.toml unknown tag `Filer/Count`\n");
    }
}
