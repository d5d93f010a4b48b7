//! What a program is asked for its truth, made to be kept at hand and asked often.

use std::sync::Arc;

use crate::compile::{ComparesConstant, TruthClosure, TruthFn};
use crate::evaluate::Context;
use crate::image::{Cell, TagSlot};
use crate::truth::Truth;

/// A program's question for its truth: what [`Program::truth`](crate::Program::truth) asks, without the program
/// around it.
#[derive(Clone)]
pub struct Question(Asked);

/// The questions that most triggers are made of lie here as they are: whoever asks them follows no pointer.
#[derive(Clone)]
enum Asked {
    /// A tag, as an edge trigger reads it.
    Tag(TagSlot),
    /// A tag compared with a number.
    Comparison(ComparesConstant),
    /// Anything.
    Any(Arc<TruthClosure>),
}

impl Question {
    /// Returns the question for a tag's own truth.
    pub(crate) const fn of_tag(slot: TagSlot) -> Self {
        Self(Asked::Tag(slot))
    }

    /// Returns the question how a tag compares with a number.
    pub(crate) const fn of_comparison(comparison: ComparesConstant) -> Self {
        Self(Asked::Comparison(comparison))
    }

    /// Returns any question.
    pub(crate) fn of_any(truth: TruthFn) -> Self {
        Self(Asked::Any(Arc::from(truth)))
    }

    /// Answers from the image alone, if that is all that it takes.
    ///
    /// # Panics
    /// Panics when the image has fewer cells than the scheme has tags.
    #[inline]
    pub fn ask_image(&self, image: &[Cell]) -> Option<Truth> {
        match &self.0 {
            Asked::Tag(slot) => Some(Truth::of_cell(&image[slot.index()])),
            Asked::Comparison(comparison) => Some(comparison.test_image(image)),
            Asked::Any(_) => None,
        }
    }

    /// Evaluates to a truth; takes no notes.
    ///
    /// # Panics
    /// Panics as [`Program::evaluate`](crate::Program::evaluate) does.
    #[inline]
    pub fn ask(&self, context: &mut Context<'_>) -> Truth {
        match &self.0 {
            Asked::Tag(slot) => Truth::of_cell(&context.image[slot.index()]),
            Asked::Comparison(comparison) => comparison.test_image(context.image),
            Asked::Any(truth) => {
                context.handled_bytes = 0;
                truth(context)
            }
        }
    }
}

impl std::fmt::Debug for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Question").finish_non_exhaustive()
    }
}
