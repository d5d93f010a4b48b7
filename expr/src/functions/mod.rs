//! The functions of the language: one table, a row a function, its examples run as tests.
//!
//! Each category is a file that exports a slice of rows. A row says how the function is called, what
//! it gives, and which of the [`Body`] kinds computes it; everything else (arity, diagnostics,
//! quality, documentation) is made from the row.

use std::borrow::Cow;

use chrono_tz::Tz;

use crate::compile::ValueFn;
use crate::evaluate::{Context, Evaluated, Site};
use crate::value::{Timestamp, Type, Value};

mod casts;
mod logic;
mod math;
mod missing;
mod strings;

pub use missing::{Missing, missing_functions};

/// The chapters of the function reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// Over values or a dataset's column.
    Aggregates,
    /// Datasets, tags, qualities.
    Advanced,
    /// Alarm states.
    Alarming,
    /// Colours of a screen.
    Colors,
    /// Dates and times.
    DateAndTime,
    /// Identity providers.
    Identity,
    /// JSON text and documents.
    Json,
    /// Choices and tests.
    Logic,
    /// Numbers.
    Math,
    /// `MongoDB` values.
    MongoDb,
    /// Texts.
    Strings,
    /// Translations.
    Translation,
    /// Casts from one type to another.
    Casts,
    /// Users and roles.
    Users,
    /// Ours, for PLC people.
    Plc,
}

/// How well a row's behaviour is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Measured on live gateways.
    Measured,
    /// Documented by the vendor.
    Documented,
    /// Nobody has published the answer.
    Assumed,
}

/// An expression and what it gives, as text that people read and tests run.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The expression.
    pub expression: &'static str,
    /// The result as [`crate::text`] shows it with strings in double quotes, or `error`.
    pub gives: &'static str,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// The name as documented; calls may write it in any case.
    pub name: &'static str,
    /// Its chapter.
    pub category: Category,
    /// The arguments as documentation shows them, such as `value, places?` or `value, …`.
    pub arguments: &'static str,
    /// The fewest arguments.
    pub least: usize,
    /// The most arguments; `None` is any number.
    pub most: Option<usize>,
    /// What is known of the result's type.
    pub result: Type,
    /// What it does, in one line.
    pub summary: &'static str,
    /// Examples that run as tests and are shown in `docs/language.md`.
    pub examples: &'static [Example],
    /// How well the behaviour is known.
    pub basis: Basis,
    /// What computes it.
    pub body: Body,
}

/// What a function's computation may look at besides its arguments.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// The scan's wall time.
    pub now: Timestamp,
    /// The zone in which dates are read and shown.
    pub zone: Tz,
}

/// Why a function could not give a value: one clause in lower case without full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub Cow<'static, str>);

impl From<&'static str> for Failure {
    fn from(reason: &'static str) -> Self {
        Self(Cow::Borrowed(reason))
    }
}

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        Self(Cow::Owned(reason))
    }
}

/// The ways in which a function is computed.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// From its arguments' values alone; the result takes the worst quality of the arguments. A
    /// failure gives null with `Error_ExpressionEval`. Foldable when the arguments are constant.
    Plain(fn(&Call, &[Value]) -> Result<Value, Failure>),
    /// From its arguments with their qualities; it decides the result's quality itself. Foldable.
    Qualified(fn(&Call, &[Evaluated]) -> Result<Evaluated, Failure>),
    /// Decides itself which arguments are evaluated, by calling them. Their notes are kept unless
    /// the body truncates them.
    Lazy(fn(&mut Context<'_>, &[ValueFn]) -> Result<Evaluated, Failure>),
    /// Keeps state at its call site; evaluated in every scan that brings one of its tags.
    Stateful(fn(&Call, &mut Site, &[Evaluated]) -> Result<Evaluated, Failure>),
    /// Parses and is refused with this reason: it needs a screen, a user, Jython or a database.
    Refused(&'static str),
}

/// Returns every function that exists, in the order of the documentation's chapters.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    [logic::FUNCTIONS, math::FUNCTIONS, strings::FUNCTIONS, casts::FUNCTIONS, missing::REFUSED].into_iter().flatten()
}

/// Returns the function of this name, written in any case.
pub(crate) fn find(name: &str) -> Option<&'static Function> {
    functions().find(|function| function.name.eq_ignore_ascii_case(name))
}
