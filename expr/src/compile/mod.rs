//! The checked tree becomes closures over slots: one kind gives any value with its quality, the other
//! a bare truth with status bits, for triggers.
//!
//! Both say the same of every expression; the second is faster and allocates nothing. It must never
//! decide anything itself: where its fast paths do not fit, it asks the operators on values.

mod boolean;
mod call;
mod comparison;
mod leaf;
mod number;
mod tag;
mod value;

use crate::evaluate::{Context, Evaluated};
use crate::truth::Truth;

pub(crate) use boolean::question;
pub(crate) use leaf::ComparesConstant;
pub(crate) use value::{node, value};

/// A compiled part of an expression that gives any value with its quality.
pub(crate) type ValueFn = Box<dyn Fn(&mut Context<'_>) -> Evaluated + Send + Sync>;

/// A compiled part of an expression that gives a truth. Where there is none the status has
/// [`crate::Status::NULL`] and the truth is false.
pub(crate) type TruthFn = Box<TruthClosure>;

/// What a [`TruthFn`] holds.
pub(crate) type TruthClosure = dyn Fn(&mut Context<'_>) -> Truth + Send + Sync;
