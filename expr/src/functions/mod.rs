//! The functions of the language: one table, a row a function, its examples run as tests.
//!
//! Each category is a file that exports a slice of rows. A row says how the function is called, what
//! it gives, and which of the [`Body`] kinds computes it; everything else (arity, diagnostics,
//! quality, documentation) is made from the row.

use std::borrow::Cow;
use std::fmt;

use chrono_tz::Tz;

use crate::coerce::described;
use crate::compile::ValueFn;
use crate::evaluate::{Context, Evaluated, FirstScan};
use crate::monotonic::Monotonic;
use crate::site::Site;
use crate::value::{Timestamp, Type, Value};

mod advanced;
mod aggregates;
pub(crate) mod arguments;
mod casts;
mod dates;
mod decimal;
mod document;
mod examples;
mod json;
mod logic;
mod math;
mod plc;
mod refused;
mod strings;
#[cfg(test)]
mod tests;

pub(crate) use dates::{poll_millis, unknown_unit};
pub use document::language_markdown;

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

impl Category {
    /// Every chapter, in the order of the documentation.
    pub const ALL: &'static [Self] = &[
        Self::Logic,
        Self::Math,
        Self::Strings,
        Self::Casts,
        Self::Aggregates,
        Self::Advanced,
        Self::DateAndTime,
        Self::Json,
        Self::Plc,
        Self::Alarming,
        Self::Colors,
        Self::Identity,
        Self::MongoDb,
        Self::Translation,
        Self::Users,
    ];

    /// Returns the title that people see.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Aggregates => "Aggregates",
            Self::Advanced => "Advanced",
            Self::Alarming => "Alarming",
            Self::Colors => "Colors",
            Self::DateAndTime => "Date and time",
            Self::Identity => "Identity",
            Self::Json => "JSON",
            Self::Logic => "Logic",
            Self::Math => "Math",
            Self::MongoDb => "MongoDB",
            Self::Strings => "Strings",
            Self::Translation => "Translation",
            Self::Casts => "Casts",
            Self::Users => "Users",
            Self::Plc => "For PLC people",
        }
    }
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

impl Basis {
    /// Returns the word that people see.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Documented => "documented",
            Self::Assumed => "assumed",
        }
    }
}

/// An expression and what it gives, as text that people read and tests run.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The expression.
    pub expression: &'static str,
    /// The result as [`crate::text`] shows it, strings in double quotes with `\"`, `\\`, `\n` and
    /// `\t` escaped, or `error` when the level is Error. A quality other than Good follows in
    /// parentheses: `7 (Bad_Stale)`.
    pub gives: &'static str,
}

/// Returns an example.
const fn example(expression: &'static str, gives: &'static str) -> Example {
    Example { expression, gives }
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
    /// How many arguments come together beyond the least: 2 where they come in pairs, else 1.
    pub step: usize,
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

impl Function {
    /// Tells whether a call may have this many arguments.
    pub fn takes(&self, count: usize) -> bool {
        count >= self.least
            && self.most.is_none_or(|most| count <= most)
            && (count - self.least).is_multiple_of(self.step)
    }
}

/// What a function's computation may look at besides its arguments.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// The scan's wall time.
    pub now: Timestamp,
    /// The zone in which dates are read and shown.
    pub zone: Tz,
}

/// What a call with memory may look at besides its arguments and its site.
#[derive(Clone, Copy, Debug)]
pub struct Cycle {
    /// The scan's wall time.
    pub now: Timestamp,
    /// The scan's time on the axis on which blocks run.
    pub monotonic: Monotonic,
    /// What the first input of a block that waits for an edge does.
    pub first_scan: FirstScan,
}

/// Where a call stands in the expression's text, in bytes.
pub(crate) type Span = (usize, usize);

/// Why a function could not give a value: one clause in lower case without full stop.
///
/// A scan makes failures that nobody reads: those that a tag's mere value brings about are kept in parts,
/// and become text only where they are shown.
#[derive(Clone, Debug)]
pub struct Failure(Reason);

#[derive(Clone, Debug)]
enum Reason {
    Clause(Cow<'static, str>),
    /// A value, with the words before and after it.
    OfValue(&'static str, Value, &'static str),
}

impl Failure {
    /// Returns a failure that one clause explains.
    pub(crate) const fn because(clause: &'static str) -> Self {
        Self(Reason::Clause(Cow::Borrowed(clause)))
    }

    /// Returns a failure that names a value between two parts of its clause; costs no memory.
    pub(crate) fn of_value(before: &'static str, value: &Value, after: &'static str) -> Self {
        Self(Reason::OfValue(before, value.clone(), after))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reason::Clause(clause) => f.write_str(clause),
            Reason::OfValue(before, value, after) => write!(f, "{before}{}{after}", described(value)),
        }
    }
}

/// Failures are equal that say the same.
impl PartialEq for Failure {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl From<&'static str> for Failure {
    fn from(clause: &'static str) -> Self {
        Self::because(clause)
    }
}

impl From<String> for Failure {
    fn from(clause: String) -> Self {
        Self(Reason::Clause(Cow::Owned(clause)))
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
    Lazy(fn(&mut Context<'_>, &[ValueFn], Span) -> Result<Evaluated, Failure>),
    /// Keeps state at its call site; evaluated in every scan that brings one of its tags.
    Stateful(fn(&Cycle, &mut Site, &[Evaluated]) -> Result<Evaluated, Failure>),
    /// Reads the tag of a path: a reference when the path is constant, else looked up at each evaluation.
    Tag,
    /// Tells when the tag that is its argument was last read; anything else is of this very scan.
    TimestampOf,
    /// Parses and is refused with this reason: it needs a screen, a user, Jython or a database.
    Refused(&'static str),
}

/// The chapters that have rows, each as the slices that its files export.
const CHAPTERS: &[&[&[Function]]] = &[
    logic::ROWS,
    math::ROWS,
    strings::ROWS,
    casts::ROWS,
    aggregates::ROWS,
    dates::ROWS,
    advanced::ROWS,
    json::ROWS,
    plc::ROWS,
    &[refused::ROWS],
];

/// Returns every function that exists, chapter by chapter.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    CHAPTERS.iter().copied().flatten().copied().flatten()
}

/// Returns the function of this name, written in any case.
pub(crate) fn find(name: &str) -> Option<&'static Function> {
    functions().find(|function| function.name.eq_ignore_ascii_case(name))
}
