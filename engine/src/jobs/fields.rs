//! What each type of event takes, field by field: what is checked, what is told when it is wrong, and the JSON Schema.

use latchwork_expr::instant_of;
use serde_json::{Map, Value as Json, json};
use ulid::Ulid;

use super::error::JobError;
use super::limits::{LINE_CHARS_MAX, NAME_CHARS_MAX, QUANTITY_MAX, REWORKS_MAX, SERIALS_MAX};
use super::table::JobVerb;

/// How much of a wrong value is told, in characters.
const FOUND_CHARS_MAX: usize = 80;

/// One field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    name: &'static str,
    shape: Shape,
    is_required: bool,
}

/// What a field is.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// A ULID as 26 characters.
    Id,
    /// A text of 1 to so many characters.
    Text(usize),
    /// A text of 0 to so many characters.
    Line(usize),
    /// A whole number from this one to [`QUANTITY_MAX`].
    Count(u64),
    /// A time as RFC 3339.
    Time,
    /// Serial numbers, each once.
    Serials,
    /// A list of at most so many objects.
    List(usize, &'static [Field]),
}

const fn must(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, is_required: true }
}

const fn may(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, is_required: false }
}

const NAME: Shape = Shape::Text(NAME_CHARS_MAX);
const LINE: Shape = Shape::Line(LINE_CHARS_MAX);
const JOB: Field = must("job_key", Shape::Id);
const LEG: Field = may("leg_key", Shape::Id);
const SERIALS: Field = may("batch_serials", Shape::Serials);
const REWORK: Shape = Shape::List(REWORKS_MAX, &[may("station", NAME), must("quantity", Shape::Count(1))]);

/// What the body of `POST /api/jobs` takes.
pub(super) const NEW_JOB: &[Field] = &[
    must("quantity", Shape::Count(1)),
    must("station", NAME),
    may("production_order", NAME),
    may("assigned_to", NAME),
    SERIALS,
    may("retry_of", Shape::Id),
];

const START: &[Field] = &[JOB, SERIALS, may("work_order_key", NAME), may("phase_key", NAME), LEG];
const A_LEG: &[Field] = &[JOB, LEG];
const LAST_SEEN: &[Field] = &[JOB, LEG, must("last_seen", Shape::Time)];
const COMPLETE: &[Field] = &[
    JOB,
    LEG,
    must("good", Shape::Count(0)),
    must("scrap", Shape::Count(0)),
    may("rework", REWORK),
    may("destination", NAME),
];
const DESTINATION: &[Field] = &[JOB, LEG, must("destination", NAME)];
const ASSIGNEE: &[Field] = &[JOB, may("assigned_to", NAME)];
const FAULT: &[Field] = &[JOB, must("code", NAME), must("message", LINE)];
const LOGGED: &[Field] = &[JOB, must("line", LINE)];
const DONE_BATCH: &[Field] = &[JOB, may("batch_key", Shape::Id), SERIALS];

/// Returns what the info of an event takes.
pub(super) const fn of(verb: JobVerb) -> &'static [Field] {
    match verb {
        JobVerb::Start => START,
        JobVerb::Pause | JobVerb::Resume | JobVerb::BackOnline => A_LEG,
        JobVerb::PauseOffline => LAST_SEEN,
        JobVerb::Complete => COMPLETE,
        JobVerb::SelectDestination => DESTINATION,
        JobVerb::Reassign => ASSIGNEE,
        JobVerb::Fail => FAULT,
        JobVerb::Cancel => &[JOB],
        JobVerb::CompleteBatch => DONE_BATCH,
        JobVerb::AppendLog => LOGGED,
    }
}

/// Tells what is wrong with an object, the first thing of it: by the field's name.
pub(super) fn check(given: &Json, fields: &[Field]) -> Result<(), JobError> {
    check_within(given, fields, "")
}

fn check_within(given: &Json, fields: &[Field], within: &str) -> Result<(), JobError> {
    let Json::Object(given) = given else {
        let place = if within.is_empty() { "info" } else { within.trim_end_matches('.') };
        return Err(JobError::bad_info(place, format!("`{place}` is not an object")));
    };
    if let Some(unknown) = given.keys().find(|name| !fields.iter().any(|field| field.name == *name)) {
        let known: Vec<&str> = fields.iter().map(|field| field.name).collect();
        let text = format!("`{within}{unknown}` is not taken; there are {}", known.join(", "));
        return Err(JobError::bad_info(format!("{within}{unknown}"), text));
    }
    fields.iter().try_for_each(|field| check_field(given, field, within))
}

fn check_field(given: &Map<String, Json>, field: &Field, within: &str) -> Result<(), JobError> {
    let name = format!("{within}{}", field.name);
    match given.get(field.name) {
        None | Some(Json::Null) if field.is_required => Err(JobError::bad_info(&*name, format!("`{name}` is missing"))),
        None | Some(Json::Null) => Ok(()),
        Some(value) => check_shape(value, field.shape, &name),
    }
}

fn check_shape(value: &Json, shape: Shape, name: &str) -> Result<(), JobError> {
    let is_right = match shape {
        Shape::Id => value.as_str().is_some_and(|text| Ulid::from_string(text).is_ok()),
        Shape::Text(chars) => value.as_str().is_some_and(|text| !text.is_empty() && text.chars().count() <= chars),
        Shape::Line(chars) => value.as_str().is_some_and(|text| text.chars().count() <= chars),
        Shape::Count(least) => value.as_u64().is_some_and(|count| (least..=QUANTITY_MAX).contains(&count)),
        Shape::Time => value.as_str().is_some_and(|text| instant_of(text).is_some()),
        Shape::Serials => value.as_array().is_some_and(|serials| are_serials(serials)),
        Shape::List(most, fields) => return check_list(value, most, fields, name),
    };
    if is_right {
        return Ok(());
    }
    let found: String = value.to_string().chars().take(FOUND_CHARS_MAX).collect();
    Err(JobError::bad_info(name, format!("`{name}` is {found}, expected {}", expected(shape))))
}

fn check_list(value: &Json, most: usize, fields: &[Field], name: &str) -> Result<(), JobError> {
    let Some(items) = value.as_array().filter(|items| items.len() <= most) else {
        return Err(JobError::bad_info(name, format!("`{name}` is no list of up to {most} objects")));
    };
    items.iter().enumerate().try_for_each(|(index, item)| check_within(item, fields, &format!("{name}[{index}].")))
}

fn are_serials(serials: &[Json]) -> bool {
    let is_name = |serial: &Json| check_shape(serial, NAME, "").is_ok();
    let mut sorted: Vec<&str> = serials.iter().filter_map(Json::as_str).collect();
    sorted.sort_unstable();
    serials.len() <= SERIALS_MAX && serials.iter().all(is_name) && sorted.windows(2).all(|pair| pair[0] != pair[1])
}

fn expected(shape: Shape) -> String {
    match shape {
        Shape::Id => "an id of 26 characters".to_owned(),
        Shape::Text(chars) => format!("a text of 1 to {chars} characters"),
        Shape::Line(chars) => format!("a text of up to {chars} characters"),
        Shape::Count(least) => format!("a whole number from {least} to {QUANTITY_MAX}"),
        Shape::Time => "a time such as 2026-03-02T06:00:00Z".to_owned(),
        Shape::Serials => format!("a list of up to {SERIALS_MAX} serial numbers, each once"),
        Shape::List(most, _) => format!("a list of up to {most} objects"),
    }
}

/// Returns the JSON Schema of an object with such fields.
pub(super) fn schema(fields: &[Field]) -> Json {
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
        Shape::Count(least) => json!({"type": "integer", "minimum": least, "maximum": QUANTITY_MAX}),
        Shape::Time => json!({"type": "string", "format": "date-time"}),
        Shape::Serials => {
            json!({"type": "array", "items": schema_of(NAME), "maxItems": SERIALS_MAX, "uniqueItems": true})
        }
        Shape::List(most, fields) => json!({"type": "array", "items": schema(fields), "maxItems": most}),
    }
}
