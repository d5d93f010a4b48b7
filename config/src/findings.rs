//! What is wrong, as it is found: places in bytes, in any order. In the end it becomes [`Problems`].

use std::cmp::Reverse;

use latchwork_expr::{Code, Diagnostic, Severity};

use crate::decoded::Origins;
use crate::files::File;
use crate::place::Place;
use crate::problem::{Problem, Problems};
use crate::problems::severity;

/// Where a finding is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Where {
    /// A file that could not be read has no places.
    File(String),
    /// A span of a file that was read.
    At(Place),
}

/// One problem or lint, before its place is made readable.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    code: Code,
    at: Where,
    message: String,
    hint: Option<String>,
}

impl Finding {
    /// Adds a suggestion.
    pub(crate) fn hint(&mut self, hint: impl Into<String>) {
        self.hint = Some(hint.into());
    }

    /// Adds a suggestion if there is one.
    pub(crate) fn hint_if(&mut self, hint: Option<String>) {
        self.hint = hint;
    }
}

/// Everything that was found so far.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    /// Adds a finding at a place; a hint may be added to what is returned.
    pub(crate) fn add(&mut self, code: Code, place: Place, message: impl Into<String>) -> &mut Finding {
        self.push(code, Where::At(place), message.into())
    }

    /// Adds a finding about a file as a whole.
    pub(crate) fn add_for_file(&mut self, code: Code, file: String, message: impl Into<String>) -> &mut Finding {
        self.push(code, Where::File(file), message.into())
    }

    /// Adds what the compiler of expressions found in a text that stands as a string in a file.
    pub(crate) fn add_diagnostics(&mut self, files: &[File], place: Place, diagnostics: Vec<Diagnostic>) {
        if diagnostics.is_empty() {
            return;
        }
        let raw = &files[place.file.index()].text[place.span()];
        let origins = Origins::of(raw);
        for diagnostic in diagnostics {
            let span = origins.span(&diagnostic.span);
            let exact = Place::new(place.file, &(place.start() + span.start..place.start() + span.end));
            self.add(diagnostic.code, exact, diagnostic.message).hint_if(diagnostic.hint);
        }
    }

    /// Returns how many there are.
    pub(crate) const fn count(&self) -> usize {
        self.0.len()
    }

    /// Tells whether anything keeps the configuration from being used.
    pub(crate) fn has_problems(&self) -> bool {
        self.0.iter().any(|finding| severity(finding.code) == Severity::Problem)
    }

    /// Sorts the findings as people read the files, and makes their places readable.
    pub(crate) fn into_problems(mut self, files: &[File]) -> Problems {
        // Of two findings at one start the wider is the more general, and comes first.
        self.0.sort_by_key(|finding| match &finding.at {
            Where::File(name) => (None, Reverse(0), finding.code, name.clone()),
            Where::At(place) => (Some((place.file, place.start())), Reverse(place.end()), finding.code, String::new()),
        });
        Problems::in_order(self.0.into_iter().map(|finding| finding.into_problem(files)).collect())
    }

    fn push(&mut self, code: Code, at: Where, message: String) -> &mut Finding {
        let index = self.0.len();
        self.0.push(Finding { code, at, message, hint: None });
        &mut self.0[index]
    }
}

impl Finding {
    fn into_problem(self, files: &[File]) -> Problem {
        let (file, position) = match self.at {
            Where::File(name) => (name, None),
            Where::At(place) => {
                let file = &files[place.file.index()];
                (file.name.clone(), Some(file.lines.position(&file.text, &place.span())))
            }
        };
        let Self { code, message, hint, .. } = self;
        Problem { code, severity: severity(code), file, position, message, hint }
    }
}
