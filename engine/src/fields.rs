//! What somebody may send, field by field: what is checked, what is told when it is wrong, and the JSON Schema.

use latchwork_expr::instant_of;
use serde_json::{Map, Value as Json, json};
use ulid::Ulid;

/// How much of a wrong value is told, in characters.
const FOUND_CHARS_MAX: usize = 80;

/// One field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    name: &'static str,
    shape: Shape,
    is_required: bool,
}

/// What a field is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// A ULID as 26 characters.
    Id,
    /// A text of 1 to so many characters.
    Text(usize),
    /// A text of 0 to so many characters.
    Line(usize),
    /// One of some words.
    Word(&'static [&'static str]),
    /// A whole number from one to another.
    Count(u64, u64),
    /// A number that is not negative.
    Amount,
    /// A number greater than 0.
    Positive,
    /// A time as RFC 3339.
    Time,
    /// At most so many names of at most so many characters, each once.
    Names(usize, usize),
    /// A list of at most so many objects.
    List(usize, &'static [Field]),
}

/// What of an object is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unfit {
    /// The field, with those around it.
    pub(crate) field: String,
    /// The reason in words.
    pub(crate) text: String,
}

impl Unfit {
    fn new(field: impl Into<String>, text: impl Into<String>) -> Self {
        Self { field: field.into(), text: text.into() }
    }
}

/// Returns a field that must be there.
pub(crate) const fn must(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, is_required: true }
}

/// Returns a field that may be missing or null.
pub(crate) const fn may(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, is_required: false }
}

/// Tells what is wrong with an object, the first thing of it: by the field's name.
pub(crate) fn check(given: &Json, fields: &[Field]) -> Result<(), Unfit> {
    check_within(given, fields, "")
}

fn check_within(given: &Json, fields: &[Field], within: &str) -> Result<(), Unfit> {
    let Json::Object(given) = given else {
        let place = if within.is_empty() { "info" } else { within.trim_end_matches('.') };
        return Err(Unfit::new(place, format!("`{place}` is not an object")));
    };
    if let Some(unknown) = given.keys().find(|name| !fields.iter().any(|field| field.name == *name)) {
        let known: Vec<&str> = fields.iter().map(|field| field.name).collect();
        let text = format!("`{within}{unknown}` is not taken; there are {}", known.join(", "));
        return Err(Unfit::new(format!("{within}{unknown}"), text));
    }
    fields.iter().try_for_each(|field| check_field(given, field, within))
}

fn check_field(given: &Map<String, Json>, field: &Field, within: &str) -> Result<(), Unfit> {
    let name = format!("{within}{}", field.name);
    match given.get(field.name) {
        None | Some(Json::Null) if field.is_required => Err(Unfit::new(&*name, format!("`{name}` is missing"))),
        None | Some(Json::Null) => Ok(()),
        Some(value) => check_shape(value, field.shape, &name),
    }
}

fn check_shape(value: &Json, shape: Shape, name: &str) -> Result<(), Unfit> {
    let is_right = match shape {
        Shape::Id => value.as_str().is_some_and(|text| Ulid::from_string(text).is_ok()),
        Shape::Text(chars) => value.as_str().is_some_and(|text| !text.is_empty() && text.chars().count() <= chars),
        Shape::Line(chars) => value.as_str().is_some_and(|text| text.chars().count() <= chars),
        Shape::Word(words) => value.as_str().is_some_and(|text| words.contains(&text)),
        Shape::Count(least, most) => value.as_u64().is_some_and(|count| (least..=most).contains(&count)),
        Shape::Amount => value.as_f64().is_some_and(|number| number >= 0.0),
        Shape::Positive => value.as_f64().is_some_and(|number| number > 0.0),
        Shape::Time => value.as_str().is_some_and(|text| instant_of(text).is_some()),
        Shape::Names(most, chars) => value.as_array().is_some_and(|names| are_names(names, most, chars)),
        Shape::List(most, fields) => return check_list(value, most, fields, name),
    };
    if is_right {
        return Ok(());
    }
    let found: String = value.to_string().chars().take(FOUND_CHARS_MAX).collect();
    Err(Unfit::new(name, format!("`{name}` is {found}, expected {}", expected(shape))))
}

fn check_list(value: &Json, most: usize, fields: &[Field], name: &str) -> Result<(), Unfit> {
    let Some(items) = value.as_array().filter(|items| items.len() <= most) else {
        return Err(Unfit::new(name, format!("`{name}` is no list of up to {most} objects")));
    };
    items.iter().enumerate().try_for_each(|(index, item)| check_within(item, fields, &format!("{name}[{index}].")))
}

fn are_names(names: &[Json], most: usize, chars: usize) -> bool {
    let is_name = |name: &Json| check_shape(name, Shape::Text(chars), "").is_ok();
    let mut sorted: Vec<&str> = names.iter().filter_map(Json::as_str).collect();
    sorted.sort_unstable();
    names.len() <= most && names.iter().all(is_name) && sorted.windows(2).all(|pair| pair[0] != pair[1])
}

fn expected(shape: Shape) -> String {
    match shape {
        Shape::Id => "an id of 26 characters".to_owned(),
        Shape::Text(chars) => format!("a text of 1 to {chars} characters"),
        Shape::Line(chars) => format!("a text of up to {chars} characters"),
        Shape::Word(words) => format!("one of {}", words.join(", ")),
        Shape::Count(least, most) => format!("a whole number from {least} to {most}"),
        Shape::Amount => "a number that is not negative".to_owned(),
        Shape::Positive => "a number greater than 0".to_owned(),
        Shape::Time => "a time such as 2026-03-02T06:00:00Z".to_owned(),
        Shape::Names(most, _) => format!("a list of up to {most} names, each once"),
        Shape::List(most, _) => format!("a list of up to {most} objects"),
    }
}

/// Returns the JSON Schema of an object with such fields.
pub(crate) fn schema(fields: &[Field]) -> Json {
    let property = |field: &Field| match schema_of(field.shape) {
        shape if field.is_required => shape,
        shape => json!({"anyOf": [shape, {"type": "null"}]}),
    };
    let properties: Map<String, Json> = fields.iter().map(|field| (field.name.to_owned(), property(field))).collect();
    let required: Vec<&str> = fields.iter().filter(|field| field.is_required).map(|field| field.name).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn schema_of(shape: Shape) -> Json {
    match shape {
        Shape::Id => json!({"type": "string", "pattern": "^[0-7][0-9A-HJKMNP-TV-Z]{25}$"}),
        Shape::Text(chars) => json!({"type": "string", "minLength": 1, "maxLength": chars}),
        Shape::Line(chars) => json!({"type": "string", "maxLength": chars}),
        Shape::Word(words) => json!({"enum": words}),
        Shape::Count(least, most) => json!({"type": "integer", "minimum": least, "maximum": most}),
        Shape::Amount => json!({"type": "number", "minimum": 0}),
        Shape::Positive => json!({"type": "number", "exclusiveMinimum": 0}),
        Shape::Time => json!({"type": "string", "format": "date-time"}),
        Shape::Names(most, chars) => {
            json!({"type": "array", "items": schema_of(Shape::Text(chars)), "maxItems": most, "uniqueItems": true})
        }
        Shape::List(most, fields) => json!({"type": "array", "items": schema(fields), "maxItems": most}),
    }
}
