//! What the readers of sections share: the files, the environment, what was found, what to explain.

use std::path::Path;

use latchwork_expr::{Code, Diagnostic, UnknownTag, closest};

use crate::explain::Explanation;
use crate::files::{self, File, FileKind, normal};
use crate::findings::Findings;
use crate::limits::COMPARISONS_MAX;
use crate::place::{FileIndex, Place};
use crate::source::Source;

/// What the readers of sections share.
pub(crate) struct Desk<'a> {
    /// The files that were read.
    pub(crate) files: &'a [File],
    /// Where values come from that stand elsewhere.
    pub(crate) source: &'a dyn Source,
    /// What was found so far.
    pub(crate) findings: Findings,
    /// The effective values, if somebody wants to see them.
    pub(crate) explanation: Option<Explanation>,
    /// How many names were compared for suggestions.
    comparisons: usize,
}

impl<'a> Desk<'a> {
    /// Returns a desk for files that were read.
    pub(crate) const fn new(
        files: &'a [File],
        source: &'a dyn Source,
        findings: Findings,
        explanation: Option<Explanation>,
    ) -> Self {
        Self { files, source, findings, explanation, comparisons: 0 }
    }

    /// Returns `file:line:column` of a place.
    pub(crate) fn location(&self, place: Place) -> String {
        files::location(self.files, place)
    }

    /// Returns the line that a place begins in.
    pub(crate) fn line(&self, place: Place) -> usize {
        self.files[place.file.index()].lines.line(place.start())
    }

    /// Returns the folder of the file that a place is in.
    pub(crate) fn folder(&self, place: Place) -> &'a Path {
        self.files[place.file.index()].folder()
    }

    /// Returns the file of a dataset that is named at a place, and its text.
    pub(crate) fn dataset_file(&self, name: &str, place: Place) -> Option<(FileIndex, &'a str)> {
        let path = normal(&self.folder(place).join(name));
        let files = (0_u32..).map(FileIndex).zip(self.files);
        let mut named = files.filter(|(_, file)| file.kind == FileKind::Dataset && normal(&file.path) == path);
        named.next().map(|(index, file)| (index, file.text.as_str()))
    }

    /// Returns the bytes of a file at a place.
    pub(crate) fn written(&self, place: Place) -> &'a str {
        &self.files[place.file.index()].text[place.span()]
    }

    /// Returns a hint with the candidate that is most like a word, if there is one.
    pub(crate) fn suggest<'c>(&mut self, word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
        if self.comparisons >= COMPARISONS_MAX {
            return None;
        }
        let candidates = candidates.into_iter().inspect(|_| self.comparisons += 1);
        closest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
    }

    /// Returns what to make of a tag that an expression names and that does not exist.
    pub(crate) const fn unknown_tag(&self) -> UnknownTag {
        if self.comparisons < COMPARISONS_MAX { UnknownTag::Problem } else { UnknownTag::ProblemWithoutSuggestion }
    }

    /// Adds what the compiler found in an expression; `names` is how many tags it had to choose from.
    pub(crate) fn add_diagnostics(&mut self, place: Place, diagnostics: Vec<Diagnostic>, names: usize) {
        let unknown = diagnostics.iter().filter(|diagnostic| diagnostic.code == Code::UNKNOWN_TAG).count();
        self.comparisons += unknown * names;
        self.findings.add_diagnostics(self.files, place, diagnostics);
    }
}
