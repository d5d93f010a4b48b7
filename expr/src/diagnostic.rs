//! Problems of an expression, for people: code, place, what was found, what was expected, one hint.

use std::ops::Range;

use crate::limits::{PROBLEMS_MAX, SUGGESTED_CHARS_MAX};

/// Most characters of a text that a message quotes.
const QUOTED_CHARS_MAX: usize = 40;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The expression cannot be used.
    Problem,
    /// The expression can be used but may not mean what its author thinks.
    Lint,
}

/// A problem's code, such as `E103`. Codes never change meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub &'static str);

/// One entry of the list of codes.
#[derive(Clone, Copy, Debug)]
pub struct CodeRow {
    /// The code.
    pub code: Code,
    /// Problem or lint.
    pub severity: Severity,
    /// What it is about, in a few words.
    pub title: &'static str,
}

macro_rules! codes {
    ($($name:ident $code:literal $severity:ident $title:literal;)*) => {
        impl Code {
            $(#[doc = $title] pub const $name: Self = Self($code);)*
        }

        /// Every code of this crate: `E1..` problems and `L1..` lints.
        pub const CODES: &[CodeRow] = &[
            $(CodeRow { code: Code::$name, severity: Severity::$severity, title: $title }),*
        ];
    };
}

codes! {
    SYNTAX "E101" Problem "the text is not an expression";
    NESTING "E102" Problem "the expression is nested too deeply or too long";
    UNKNOWN_FUNCTION "E103" Problem "there is no function of this name";
    REFUSED_FUNCTION "E104" Problem "the function needs something that a gateway does not have";
    ARGUMENTS "E106" Problem "the function takes another number of arguments";
    UNKNOWN_TAG "E107" Problem "there is no tag of this path";
    REFUSED_REFERENCE "E108" Problem "the reference means nothing here";
    INTEGER_RANGE "E109" Problem "the integer does not fit 64 bits";
    EQUALITY_SPELLING "L101" Lint "`==` and `<>` are extensions";
    CHAINED_POWER "L102" Lint "`^` is right-associative in a chain";
    NEGATED_POWER "L103" Lint "unary minus binds tighter than `^`";
    CHAINED_COMPARISON "L104" Lint "a comparison is compared with a third value";
    MIXED_BITS "L105" Lint "bit and comparison operators are mixed without parentheses";
    NULL_NEVER_KNOWN "L106" Lint "a comparison with null in a trigger that can never be known";
    NUMBER_WITH_TEXT "L107" Lint "a number is compared with a text";
    SKIPPED_STATE "L108" Lint "a call that keeps state stands where it may be skipped";
    QUICK_POLL "L109" Lint "`now` polls faster than every 100 ms";
    UNKNOWN_UNIT "L110" Lint "there is no unit of time of this name";
}

impl Code {
    /// Returns whether this code is a problem or a lint.
    ///
    /// # Panics
    /// Panics for a code that is not in [`CODES`]; the constants all are.
    pub fn severity(self) -> Severity {
        CODES.iter().find(|row| row.code == self).map(|row| row.severity).expect("every code has its row")
    }
}

/// One problem or lint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of problem.
    pub code: Code,
    /// Where, in bytes of the expression's text.
    pub span: Range<usize>,
    /// What was found and what was expected, in lower case, without full stop.
    pub message: String,
    /// One suggestion.
    pub hint: Option<String>,
}

impl Diagnostic {
    pub(crate) fn new(code: Code, span: (usize, usize), message: impl Into<String>) -> Self {
        Self { code, span: span.0..span.1, message: message.into(), hint: None }
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Returns whether this is a problem or a lint.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}

/// Returns diagnostics in the order of the text. Of more than anybody reads the problems are kept first, and the last
/// says how many there are besides.
pub(crate) fn in_order(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let is_problem = |diagnostic: &Diagnostic| diagnostic.severity() == Severity::Problem;
    if diagnostics.len() > PROBLEMS_MAX && diagnostics.iter().any(is_problem) {
        diagnostics.retain(is_problem);
    }
    diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
    let more = diagnostics.len().saturating_sub(PROBLEMS_MAX);
    if more > 0 {
        diagnostics.truncate(PROBLEMS_MAX + 1);
        diagnostics[PROBLEMS_MAX].message = format!("and more from here on: {more} that are not told");
        diagnostics[PROBLEMS_MAX].hint = None;
    }
    diagnostics
}

/// Returns a piece of text as a message shows it: in backticks, and cut short.
pub(crate) fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED_CHARS_MAX) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

/// Returns the candidate that is most like `word`, if one is close enough to be meant: the
/// Damerau–Levenshtein distance (optimal string alignment, without regard to case) is at most a
/// third of the word's length, and at least 1. For a very long word none is looked for.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().take(SUGGESTED_CHARS_MAX + 1).count();
    let bound = (length / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| length <= SUGGESTED_CHARS_MAX && candidate.len() <= 8 * SUGGESTED_CHARS_MAX)
        .filter_map(|candidate| Some((distance(word, candidate, bound)?, candidate)))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// Returns the distance of two words if it is at most `bound`.
fn distance(one: &str, other: &str, bound: usize) -> Option<usize> {
    let one: Vec<char> = one.chars().flat_map(char::to_lowercase).collect();
    let other: Vec<char> = other.chars().flat_map(char::to_lowercase).collect();
    if one.len().abs_diff(other.len()) > bound {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for i in 1..=one.len() {
        let mut row = vec![i];
        for j in 1..=other.len() {
            let change = last[j - 1] + usize::from(one[i - 1] != other[j - 1]);
            let mut best = change.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|&distance| distance <= bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_what_is_close_and_nothing_else() {
        let tags = ["Filler/Count", "Filler/Speed", "Capper/Speed"];
        assert_eq!(closest("Filer/Count", tags), Some("Filler/Count"));
        assert_eq!(closest("filler/seped", tags), Some("Filler/Speed"));
        assert_eq!(closest("Palletizer/State", tags), None);
    }

    #[test]
    fn what_is_very_long_is_like_nothing() {
        let (word, near) = ("x".repeat(SUGGESTED_CHARS_MAX), format!("{}y", "x".repeat(SUGGESTED_CHARS_MAX)));
        assert_eq!(closest(&word, [near.as_str()]), Some(near.as_str()));
        assert_eq!(closest(&near, [word.as_str()]), None);
    }

    #[test]
    fn of_very_many_the_problems_are_told_and_the_rest_is_counted() {
        let diagnostic = |code: Code, start: usize| Diagnostic::new(code, (start, start + 1), "x");
        let problems = (0..PROBLEMS_MAX + 5).map(|start| diagnostic(Code::UNKNOWN_TAG, start));
        let lints = (0..PROBLEMS_MAX).map(|start| diagnostic(Code::EQUALITY_SPELLING, start));
        let told = in_order(lints.chain(problems).collect());
        assert_eq!(told.len(), PROBLEMS_MAX + 1);
        assert!(told.iter().all(|diagnostic| diagnostic.code == Code::UNKNOWN_TAG));
        assert_eq!(told[PROBLEMS_MAX].message, "and more from here on: 5 that are not told");
    }

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(CODES.windows(2).all(|pair| pair[0].code.0 < pair[1].code.0));
    }
}
