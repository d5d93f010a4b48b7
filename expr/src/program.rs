//! A compiled expression, ready to be evaluated in a scan.

use crate::ast::Expression;
use crate::check::check;
use crate::compile::{self, TruthFn, ValueFn};
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Context, Evaluated};
use crate::image::TagSlot;
use crate::lint::NullComparison;
use crate::parse::parse;
use crate::quality::Quality;
use crate::scheme::Scope;
use crate::value::{Type, Value};

/// What is known of a level besides the value: the levels of all operands that were evaluated,
/// OR-ed together, so that the worst is exact at no cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub u8);

impl Status {
    /// Nothing but Good.
    pub const GOOD: Self = Self(0);
    /// Some operand was Uncertain.
    pub const UNCERTAIN: Self = Self(1);
    /// Some operand was Bad.
    pub const BAD: Self = Self(2);
    /// An error: there is no value.
    pub const ERROR: Self = Self(4);
    /// The result is null: there is no value.
    pub const NULL: Self = Self(8);

    /// Tells whether any of `bits` is set.
    pub const fn any(self, bits: Self) -> bool {
        self.0 & bits.0 != 0
    }

    /// Returns the bit of a quality's level.
    pub const fn of(quality: Quality) -> Self {
        // Level 0 has no bit, the others one each.
        Self((1 << quality.level() as u8) >> 1)
    }

    /// Returns both together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A program's result as an edge trigger reads it: boolean as is, number 0 false and any other true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truth {
    /// The truth; without meaning when the status has ERROR or NULL.
    pub value: bool,
    /// How far it can be trusted. NaN, strings, dates, datasets and documents are ERROR.
    pub status: Status,
}

impl Truth {
    /// Returns the truth of a value, whatever it is: null and what is no truth give none.
    pub(crate) fn of(value: &Value, quality: Quality) -> Self {
        let status = Status::of(quality);
        match value {
            Value::Boolean(truth) => Self::known(*truth, status),
            Value::Integer(number) => Self::known(*number != 0, status),
            Value::Float(number) if !number.is_nan() => Self::known(*number != 0.0, status),
            Value::Null => Self { value: false, status: status.with(Status::NULL) },
            Value::Float(_)
            | Value::String(_)
            | Value::Date(_)
            | Value::Dataset(_)
            | Value::Document(_)
            | Value::Quality(_) => Self { value: false, status: status.with(Status::ERROR) },
        }
    }

    pub(crate) const fn known(value: bool, status: Status) -> Self {
        Self { value, status }
    }

    /// Returns the result of an evaluation error.
    pub(crate) const fn failed(status: Status) -> Self {
        Self { value: false, status: status.with(Status::ERROR).with(Status::NULL) }
    }

    /// Changes the truth, if there is one.
    pub(crate) fn map(self, change: impl FnOnce(bool) -> bool) -> Self {
        Self { value: !self.status.any(Status::NULL) && change(self.value), ..self }
    }

    /// Tells whether a chain ends here: it has an operand of this truth, or none at all.
    pub(crate) const fn decides(self, truth: bool) -> bool {
        self.value == truth || self.status.any(Status::NULL)
    }

    /// Returns this result of a chain whose operand before it contributes its status.
    pub(crate) const fn after(self, first: Self) -> Self {
        Self { value: self.value, status: self.status.with(first.status) }
    }
}

/// A compiled expression.
pub struct Program {
    text: String,
    expression: Expression,
    result: Type,
    reads: Vec<TagSlot>,
    captures: Vec<String>,
    reads_host: bool,
    sites: usize,
    null_comparisons: Vec<NullComparison>,
    value: ValueFn,
    truth: TruthFn,
}

impl Program {
    /// Compiles a text; gives the program and its lints, or all its problems (and lints).
    pub fn compile(text: &str, scope: &Scope<'_>) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let expression = parse(text)?;
        let verdict = check(text, &expression, scope)?;
        let program = Self {
            text: text.to_owned(),
            expression,
            result: verdict.tree.kind,
            value: compile::value(&verdict.tree),
            truth: compile::truth(&verdict.tree),
            reads: verdict.reads,
            captures: verdict.captures,
            reads_host: verdict.reads_host,
            sites: verdict.sites,
            null_comparisons: verdict.null_comparisons,
        };
        Ok((program, verdict.lints))
    }

    /// Evaluates to any value with its quality.
    ///
    /// # Panics
    /// Panics when the image has fewer cells than the scheme has tags, or the context fewer sites than
    /// [`Self::sites`] says.
    pub fn evaluate(&self, context: &mut Context<'_>) -> Evaluated {
        (self.value)(context)
    }

    /// Evaluates to a truth; a checked boolean program allocates nothing.
    ///
    /// # Panics
    /// Panics as [`Self::evaluate`] does.
    #[inline]
    pub fn truth(&self, context: &mut Context<'_>) -> Truth {
        if context.notes.is_some() {
            // Only this path takes notes.
            let Evaluated { value, quality } = self.evaluate(context);
            return Truth::of(&value, quality);
        }
        (self.truth)(context)
    }

    /// Returns the tags that it reads, each once, in ascending order.
    pub fn reads(&self) -> &[TagSlot] {
        &self.reads
    }

    /// Returns the names of the captures that it reads, each once, in ascending order.
    pub fn captures(&self) -> &[String] {
        &self.captures
    }

    /// Returns how many call sites keep state: the length of [`Context::sites`].
    pub fn sites(&self) -> usize {
        self.sites
    }

    /// Tells whether it reads `{operation.…}`, `{record.…}` or `{value}`.
    pub fn reads_host(&self) -> bool {
        self.reads_host
    }

    /// Returns what is known of the result's type.
    pub fn result(&self) -> Type {
        self.result
    }

    /// Returns the text that it was compiled from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the tree that it was compiled from.
    pub fn expression(&self) -> &Expression {
        &self.expression
    }

    /// Returns the lints that matter only if this is a trigger: comparisons with null that can never
    /// be known. `sends_null` tells whether a tag's source can send a null of Good quality.
    pub fn trigger_lints(&self, sends_null: impl Fn(TagSlot) -> bool) -> Vec<Diagnostic> {
        let never_known = |comparison: &&NullComparison| comparison.tag.is_none_or(|tag| !sends_null(tag));
        self.null_comparisons.iter().filter(never_known).map(|comparison| comparison.lint.clone()).collect()
    }
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Program").field("text", &self.text()).finish_non_exhaustive()
    }
}
