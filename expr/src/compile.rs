//! The checked tree becomes a program: closures over slots.

use crate::evaluate::{Context, Evaluated};

/// A compiled part of an expression that gives any value with its quality.
pub(crate) type ValueFn = Box<dyn Fn(&mut Context<'_>) -> Evaluated + Send + Sync>;
