//! The closures that read tags: by their slot, or by a path that is computed at each evaluation.

use super::ValueFn;
use super::value::failed;
use crate::ast::Property;
use crate::check::{Asks, ComputedTag, Names, Target};
use crate::diagnostic::quoted;
use crate::evaluate::{Context, Evaluated};
use crate::functions::Failure;
use crate::functions::arguments::string;
use crate::image::TagSlot;
use crate::quality::Quality;
use crate::site::Site;
use crate::value::{Text, Value};

/// Compiles the reading of a tag.
pub(super) fn tag(slot: TagSlot, property: Property, span: (usize, usize)) -> ValueFn {
    match property {
        Property::Value | Property::Name => Box::new(move |context| read_value(context, slot, span)),
        Property::Quality => Box::new(move |context| read_quality(context, slot)),
        Property::Timestamp => Box::new(move |context| read_time(context, slot)),
    }
}

/// Compiles the reading of a tag that does not exist.
pub(super) fn not_found(property: Property, span: (usize, usize)) -> ValueFn {
    Box::new(move |context| missing(context, property, span, || "there is no such tag".to_owned()))
}

/// Compiles the reading of a tag whose path is computed by `path`. The call site keeps what was read, so that its
/// changes can ask for the next evaluation.
pub(super) fn computed_tag(tag: &ComputedTag, path: ValueFn, span: (usize, usize)) -> ValueFn {
    let ComputedTag { site, asks, .. } = *tag;
    let names = tag.names.clone();
    Box::new(move |context| {
        let path = path(context);
        if path.is_poison() {
            return path;
        }
        let text = match path_text(&path.value, context) {
            Ok(text) => text,
            Err(failure) => return failed(context, &failure, path.quality, span),
        };
        let target = names.find(&text);
        let tag = if let Target::Tag(slot, _) = target { Some(slot) } else { None };
        context.sites[site] = Site::Read { path: text.clone(), tag };
        let read = match asks {
            Asks::Value => read_target(context, &target, &names, &text, span),
            Asks::Timestamp => read_target_time(context, &target),
        };
        Evaluated { value: read.value, quality: path.quality.worst(read.quality) }
    })
}

/// Returns a path as text, as it is if it is one.
fn path_text(path: &Value, context: &Context<'_>) -> Result<Text, Failure> {
    if let Value::String(text) = path { Ok(text.clone()) } else { string(path, context.zone).map(Text::from) }
}

fn read_target(
    context: &mut Context<'_>,
    target: &Target,
    names: &Names,
    path: &str,
    span: (usize, usize),
) -> Evaluated {
    match target {
        Target::Tag(slot, Property::Value | Property::Name) => read_value(context, *slot, span),
        Target::Tag(slot, Property::Quality) => read_quality(context, *slot),
        Target::Tag(slot, Property::Timestamp) => read_time(context, *slot),
        Target::Constant(value) => Evaluated::good(value.clone()),
        Target::NotFound(property) => missing(context, *property, span, || match names.suggestion(path) {
            Some(meant) => format!("there is no tag {}; did you mean `{meant}`?", quoted(path)),
            None => format!("there is no tag {}", quoted(path)),
        }),
        Target::Later => {
            let quality = Quality::ErrorCycleDetected;
            context.note(quality, span, || format!("{} is evaluated after the tag that reads it", quoted(path)));
            Evaluated { value: Value::Null, quality }
        }
    }
}

/// Returns when a tag was read; what is no tag is of this very scan (measured).
fn read_target_time(context: &Context<'_>, target: &Target) -> Evaluated {
    match target {
        Target::Tag(slot, Property::Value) => read_time(context, *slot),
        Target::Tag(..) | Target::Constant(_) | Target::Later | Target::NotFound(_) => {
            Evaluated::good(Value::Date(context.now))
        }
    }
}

fn read_value(context: &mut Context<'_>, slot: TagSlot, span: (usize, usize)) -> Evaluated {
    let cell = &context.image[slot.index()];
    let (value, quality) = (cell.value.clone(), cell.quality);
    if !quality.is_good() {
        context.note(quality, span, || format!("the tag has the quality `{}`", quality.name()));
    }
    Evaluated { value, quality }
}

fn read_quality(context: &Context<'_>, slot: TagSlot) -> Evaluated {
    Evaluated::good(Value::Quality(context.image[slot.index()].quality))
}

fn read_time(context: &Context<'_>, slot: TagSlot) -> Evaluated {
    Evaluated::good(Value::Date(context.image[slot.index()].time))
}

fn missing(
    context: &mut Context<'_>,
    property: Property,
    span: (usize, usize),
    message: impl FnOnce() -> String,
) -> Evaluated {
    match property {
        Property::Quality => Evaluated::good(Value::Quality(Quality::BadNotFound)),
        Property::Value | Property::Timestamp | Property::Name => {
            context.note(Quality::BadNotFound, span, message);
            Evaluated { value: Value::Null, quality: Quality::BadNotFound }
        }
    }
}
