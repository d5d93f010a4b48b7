//! The checked tree becomes closures over slots: one kind gives any value with its quality, another a bare
//! truth with status bits, for triggers, and a third the same from the image alone, where it can.
//!
//! All say the same of every expression; the truths are faster and allocate nothing. The third kind may
//! have no answer: where a cell holds what its quick tests are not made for, they miss, and the whole part
//! is evaluated to a value instead, by the operators on values.

mod boolean;
mod call;
mod comparison;
mod interval;
mod ladder;
mod leaf;
mod number;
mod tag;
mod value;

use crate::evaluate::{Context, Evaluated};
use crate::image::Cell;
use crate::truth::Truth;

pub(crate) use boolean::question;
pub(crate) use ladder::ladder;
pub(crate) use leaf::{Within, position};
pub(crate) use value::{node, value};

/// A compiled part of an expression that gives any value with its quality.
pub(crate) type ValueFn = Box<dyn Fn(&mut Context<'_>) -> Evaluated + Send + Sync>;

/// A compiled part of an expression that gives a truth. Where there is none the status has
/// [`crate::Status::NULL`] and the truth is false.
pub(crate) type TruthFn = Box<TruthClosure>;

/// What a [`TruthFn`] holds.
pub(crate) type TruthClosure = dyn Fn(&mut Context<'_>) -> Truth + Send + Sync;

/// A compiled part of an expression that gives a truth of the image alone, or misses
/// ([`Truth::is_missed`]).
pub(crate) type ImageFn = Box<ImageClosure>;

/// What an [`ImageFn`] holds.
pub(crate) type ImageClosure = dyn Fn(&[Cell]) -> Truth + Send + Sync;
