//! What every text must stand: it is compiled and evaluated in all ways, and everything is bounded.

use std::panic::{AssertUnwindSafe, catch_unwind};

use latchwork_expr::limits::{DATASET_CELLS_MAX, NESTING_MAX, TEXT_BYTES_MAX};
use latchwork_expr::{
    Cell, Context, Diagnostic, Evaluated, Host, Program, Scheme, Scope, Status, Timestamp, Truth, Type, Tz, UnknownTag,
    Value, parse, value_to_json,
};

use super::values::TAGS;

/// The scan's time: a night in which the clocks of the zone go back.
pub(super) const NOW: Timestamp = Timestamp(1_792_890_000_000_000);
const ZONE: Tz = Tz::Europe__Berlin;

/// Most bytes that compiling and evaluating one text may have allocated at once: what one evaluation may handle, and the
/// arguments of calls that are not counted yet.
const BYTES_AT_ONCE_MAX: u64 = 512 << 20;
/// Most bytes that it may allocate in all: the measure of its work.
const BYTES_MAX: u64 = 4 << 30;

/// What came of a text that was survived.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    pub(super) is_expression: bool,
    /// How much it allocated in all.
    pub(super) bytes: u64,
}

/// Compiles a text and evaluates it over an image; gives the reason why that was not survived.
pub(super) fn survive(text: &str, image: &[Cell]) -> Result<Outcome, String> {
    let mut outcome = Ok(Ok(false));
    let taken = allocation_counter::measure(|| {
        outcome = catch_unwind(AssertUnwindSafe(|| looked_at(text, image)));
    });
    let is_expression = outcome.map_err(|_| "it panics, as told above".to_owned())??;
    if taken.bytes_max > BYTES_AT_ONCE_MAX || taken.bytes_total > BYTES_MAX {
        return Err(format!("it allocates {} bytes, {} at once", taken.bytes_total, taken.bytes_max));
    }
    Ok(Outcome { is_expression, bytes: taken.bytes_total })
}

fn scheme() -> Scheme {
    let mut scheme = Scheme::new();
    for (path, kind) in TAGS {
        scheme.add(path, kind);
    }
    scheme
}

fn compiled(text: &str) -> Result<(Program, Vec<Diagnostic>), Vec<Diagnostic>> {
    let scheme = scheme();
    let scope = Scope { unknown_tag: UnknownTag::BadNotFound, operation: true, zone: ZONE, ..Scope::of(&scheme) };
    Program::compile(text, &scope)
}

/// Returns whether a text is an expression, if all that is said of it and all that it gives is as it must be.
fn looked_at(text: &str, image: &[Cell]) -> Result<bool, String> {
    let (program, told) = match compiled(text) {
        Ok((program, lints)) => (Some(program), lints),
        Err(problems) if problems.is_empty() => return Err("it is refused without a problem".to_owned()),
        Err(problems) => (None, problems),
    };
    if let Some(outside) = told.iter().find(|diagnostic| text.get(diagnostic.span.clone()).is_none()) {
        return Err(format!("{outside:?} is not a place in the text"));
    }
    let Some(program) = program else { return Ok(false) };
    evaluated(&program, image)?;
    reparsed(&program)?;
    Ok(true)
}

/// Evaluates twice over the same call sites, and asks for the truth from fresh ones.
fn evaluated(program: &Program, image: &[Cell]) -> Result<(), String> {
    let host = Host::default();
    let mut sites = program.fresh_sites();
    let mut notes = Vec::new();
    let mut context = Context { notes: Some(&mut notes), ..Context::of(image, NOW, ZONE, &host, &mut sites) };
    let first = program.evaluate(&mut context);
    bounded(&first.value)?;
    bounded(&program.evaluate(&mut context).value)?;
    if let Some(note) = notes.iter().find(|note| program.text().get(note.start..note.end).is_none()) {
        return Err(format!("{note:?} is not a place in the text"));
    }
    // With notes the truth is that of the value, without them it has a way of its own.
    let mut notes = Vec::new();
    let truth = |notes| {
        let mut sites = program.fresh_sites();
        program.truth(&mut Context { notes, ..Context::of(image, NOW, ZONE, &host, &mut sites) })
    };
    let (wanted, truth) = (truth(Some(&mut notes)), truth(None));
    let is_known = |truth: Truth| !truth.status.any(Status::ERROR.with(Status::NULL));
    let is_same = is_known(truth) == is_known(wanted) && (truth.value == wanted.value || !is_known(wanted));
    if is_same { Ok(()) } else { Err(format!("{first:?} is {wanted:?} for a trigger, not {truth:?}")) }
}

fn bounded(value: &Value) -> Result<(), String> {
    let (length, most) = match value {
        Value::String(text) => (text.as_str().len(), TEXT_BYTES_MAX),
        Value::Dataset(table) => (table.rows() * table.columns().len(), DATASET_CELLS_MAX),
        Value::Null
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Date(_)
        | Value::Document(_)
        | Value::Quality(_) => return Ok(()),
    };
    if length <= most { Ok(()) } else { Err(format!("it gives a {} of {length}", value.kind().name())) }
}

/// Checks that what is printed for people is the same expression.
fn reparsed(program: &Program) -> Result<(), String> {
    let printed = program.expression().to_string();
    match parse(&printed) {
        Ok(again) if again.to_string() == printed => Ok(()),
        Ok(again) => Err(format!("it is printed as {printed}, and that as {again}")),
        Err(problems) => Err(format!("it is printed as {printed}, which is none: {problems:?}")),
    }
}

/// Returns the value and quality of an expression over the tags `p0`, `p1`, …, as text.
pub(super) fn value_of(text: &str, image: &[Cell]) -> String {
    let mut scheme = Scheme::new();
    for index in 0..image.len() {
        scheme.add(&format!("p{index}"), Type::Any);
    }
    let scope = Scope { unknown_tag: UnknownTag::BadNotFound, zone: ZONE, ..Scope::of(&scheme) };
    let program = match Program::compile(text, &scope) {
        Ok((program, _)) => program,
        Err(problems) => return problems.iter().map(|problem| problem.code.0).collect(),
    };
    let (host, mut sites) = (Host::default(), program.fresh_sites());
    let Evaluated { value, quality } = program.evaluate(&mut Context::of(image, NOW, ZONE, &host, &mut sites));
    format!("{} {} {}", value_to_json(&value), value.kind().name(), quality.name())
}

#[test]
fn nesting_is_bounded_whatever_nests() {
    for (open, close) in [("(", ")"), ("abs(", ")"), ("[", "]"), ("{a}[", "]"), ("-", ""), ("if(true, 1, ", ")")] {
        for depth in [NESTING_MAX, NESTING_MAX * 100] {
            let text = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            survive(&text, &super::values::image(&mut crate::model::Dice::new(1))).unwrap();
        }
    }
}
