//! What is wrong with a scenario's text: where, and what to write instead.

use std::fmt;
use std::ops::Range;

/// One mistake in a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong, and a hint.
    pub message: String,
}

/// Every mistake of a scenario, in the order of its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes {
    file: String,
    mistakes: Vec<Mistake>,
}

impl Mistakes {
    /// Returns the mistakes, in the order of the text; there is at least one.
    pub fn as_slice(&self) -> &[Mistake] {
        &self.mistakes
    }
}

impl std::error::Error for Mistakes {}

impl fmt::Display for Mistakes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Mistake { line, column, message }) in self.mistakes.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(formatter, "{separator}{}:{line}:{column} {message}", self.file)?;
        }
        Ok(())
    }
}

/// The mistakes found so far, while a text is read.
#[derive(Debug, Default)]
pub(super) struct Desk {
    found: Vec<(Range<usize>, String)>,
}

impl Desk {
    /// Adds a mistake at a span of the text.
    pub(super) fn add(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.found.push((span, message.into()));
    }

    /// Returns the mistakes with their lines and columns, if there are any.
    pub(super) fn into_mistakes(mut self, file: &str, text: &str) -> Option<Mistakes> {
        if self.found.is_empty() {
            return None;
        }
        self.found.sort_by_key(|(span, _)| span.start);
        let mistakes = self.found.into_iter().map(|(span, message)| mistake(text, span.start, message)).collect();
        Some(Mistakes { file: file.to_owned(), mistakes })
    }
}

fn mistake(text: &str, offset: usize, message: String) -> Mistake {
    let before = &text[..text.floor_char_boundary(offset)];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.matches('\n').count() + 1;
    Mistake { line, column: before[line_start..].chars().count() + 1, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_lines_and_columns_in_the_order_of_the_text() {
        let text = "seed = 1\n# Füller\nbad = 2\n";
        let mut desk = Desk::default();
        desk.add(19..22, "second");
        desk.add(13..14, "first");
        let mistakes = desk.into_mistakes("line.toml", text).unwrap();
        assert_eq!(mistakes.to_string(), "line.toml:2:4 first\nline.toml:3:1 second");
        assert_eq!(mistakes.as_slice().len(), 2);
    }

    #[test]
    fn nothing_found_is_no_mistake() {
        assert_eq!(Desk::default().into_mistakes("line.toml", ""), None);
    }
}
