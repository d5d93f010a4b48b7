//! What a program is asked for its truth, made to be kept at hand and asked often.

use std::sync::Arc;

use crate::compile::{ImageClosure, ImageFn, TruthClosure, TruthFn, Within, position};
use crate::evaluate::Context;
use crate::image::{Cell, TagSlot};
use crate::quality::Quality;
use crate::truth::{Status, Truth};
use crate::value::Value;

/// A program's question for its truth: what [`Program::truth`](crate::Program::truth) asks, without the program
/// around it.
#[derive(Clone)]
pub struct Question {
    quick: Quick,
    /// What decides where the quick way has no answer.
    otherwise: Option<Arc<TruthClosure>>,
}

/// The ways that need nothing but the image. The questions that most triggers are made of lie here as they
/// are: whoever asks them follows no pointer.
#[derive(Clone)]
enum Quick {
    /// A tag, as an edge trigger reads it.
    Tag(TagSlot),
    /// A tag compared with a number.
    Comparison(Within),
    /// Anything of the image alone.
    Image(Arc<ImageClosure>),
    /// There is none.
    Never,
}

impl Question {
    /// Returns the question for a tag's own truth.
    pub(crate) const fn of_tag(slot: TagSlot) -> Self {
        Self { quick: Quick::Tag(slot), otherwise: None }
    }

    /// Returns the question how a tag compares with a number.
    pub(crate) fn of_comparison(comparison: Within, otherwise: TruthFn) -> Self {
        Self { quick: Quick::Comparison(comparison), otherwise: Some(Arc::from(otherwise)) }
    }

    /// Returns a question that the image alone answers as a rule.
    pub(crate) fn of_image(test: ImageFn, otherwise: TruthFn) -> Self {
        Self { quick: Quick::Image(Arc::from(test)), otherwise: Some(Arc::from(otherwise)) }
    }

    /// Returns any question.
    pub(crate) fn of_any(truth: TruthFn) -> Self {
        Self { quick: Quick::Never, otherwise: Some(Arc::from(truth)) }
    }

    /// Answers from the image alone, if that is all that it takes.
    ///
    /// # Panics
    /// Panics when the image has fewer cells than the scheme has tags.
    #[expect(clippy::inline_always, reason = "a call costs as much as the comparison that most questions are")]
    #[inline(always)]
    pub fn ask_image(&self, image: &[Cell]) -> Option<Truth> {
        let truth = match &self.quick {
            Quick::Tag(slot) => Truth::of_cell(&image[slot.index()]),
            Quick::Comparison(comparison) => comparison.ask(image),
            Quick::Image(test) => test(image),
            Quick::Never => return None,
        };
        (!truth.is_missed()).then_some(truth)
    }

    /// Evaluates to a truth; takes no notes.
    ///
    /// # Panics
    /// Panics as [`Program::evaluate`](crate::Program::evaluate) does.
    #[inline]
    pub fn ask(&self, context: &mut Context<'_>) -> Truth {
        self.ask_image(context.image).unwrap_or_else(|| self.ask_otherwise(context))
    }

    /// Returns the tag that the question compares with a number, and the two numbers at which its answer can change:
    /// going from one [`position`](Self::position) to another it does so only if one of them lies on the way, both ends
    /// included. `None` for any other question.
    pub fn bounds(&self) -> Option<(TagSlot, [f64; 2])> {
        match &self.quick {
            Quick::Comparison(comparison) => Some(comparison.bounds()),
            Quick::Tag(_) | Quick::Image(_) | Quick::Never => None,
        }
    }

    /// Returns where a tag stands for all questions that have [`bounds`](Self::bounds) on it. `None` if its value is no
    /// number or is not simply good: then each has to be asked.
    #[inline]
    pub fn position(value: &Value, quality: Quality) -> Option<f64> {
        position(value).filter(|number| Status::of(quality) == Status::GOOD && !number.is_nan())
    }

    fn ask_otherwise(&self, context: &mut Context<'_>) -> Truth {
        context.handled_bytes = 0;
        self.otherwise.as_ref().map_or(Truth::missed(), |otherwise| otherwise(context))
    }
}

impl std::fmt::Debug for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Question").finish_non_exhaustive()
    }
}
