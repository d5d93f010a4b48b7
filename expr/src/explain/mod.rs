//! What an evaluation gave, part by part: the closures of any evaluation, each with one around it that looks on.
//!
//! It must never compute anything itself: what it shows is what was evaluated.

#[cfg(test)]
mod golden;
mod json;
mod lines;
mod plan;
mod remembered;
mod source;
mod watch;

use std::ops::Range;

use chrono_tz::Tz;

use crate::check::Checked;
use crate::evaluate::{Context, Evaluated, Note};
use plan::{Planned, plan};
use source::line_of;
use watch::Seen;

/// An evaluation with what every part of the expression gave. [`std::fmt::Display`] writes it for people, a part a
/// line; [`Self::to_json`] for programs.
#[derive(Clone, Debug)]
pub struct Explained {
    /// What the expression gave: what [`crate::Program::evaluate`] gives.
    pub result: Evaluated,
    /// Why something was not Good, in the order of the evaluation and without what was dealt with (`try`).
    pub notes: Vec<Note>,
    /// The whole expression as a part.
    pub root: Part,
    text: String,
    zone: Tz,
}

/// A piece of an expression that has a value of its own.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its text on one line, without comments, cut short.
    pub text: String,
    /// Where it stands in the expression's text, in bytes.
    pub span: Range<usize>,
    /// What it gave; nothing if it was not evaluated: a branch not taken, an operand after the one that decided.
    pub outcome: Option<Outcome>,
    /// What it is made of, in the order of the text; none if it was not evaluated.
    pub parts: Vec<Part>,
    /// How many more of them there are, beyond what an explanation shows.
    pub left_out: usize,
}

/// What a part gave.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The value and its quality.
    pub result: Evaluated,
    /// Why it is not Good, if that came up here and not in a part of it.
    pub notes: Vec<Note>,
    /// For a call that keeps state, what it remembers, such as `runs for 2 s, 3 s left`.
    pub state: Option<String>,
}

/// Evaluates a tree and tells what every part gave.
pub(crate) fn explain(text: &str, tree: &Checked, context: &mut Context<'_>) -> Explained {
    let plan = plan(tree);
    let mut notes = Vec::new();
    let sites = &mut *context.sites;
    let (result, seen) = watch::evaluate(&plan, &mut Context { sites, notes: Some(&mut notes), ..*context });
    if let Some(asked) = &mut context.notes {
        asked.extend(notes.iter().cloned());
    }
    let root = Told { text, plan: &plan, seen }.part(0);
    Explained { result, notes, root, text: text.to_owned(), zone: context.zone }
}

/// What the parts of a plan become in an explanation.
struct Told<'a> {
    text: &'a str,
    plan: &'a [Planned<'a>],
    seen: Vec<Seen>,
}

impl Told<'_> {
    /// Returns a part; what is below one that was not evaluated was not evaluated either, and is not told.
    fn part(&mut self, index: usize) -> Part {
        let planned = &self.plan[index];
        let (start, end) = planned.checked.span;
        let Seen { result, notes, state } = std::mem::take(&mut self.seen[index]);
        let outcome = result.map(|result| Outcome { result, notes, state });
        let (parts, left_out) = match outcome {
            Some(_) => (planned.parts.clone().map(|part| self.part(part)).collect(), planned.left_out),
            None => (Vec::new(), 0),
        };
        Part { text: line_of(&self.text[start..end]), span: start..end, outcome, parts, left_out }
    }
}
