//! What each type of event takes, field by field.

use serde_json::Value as Json;

use super::error::JobError;
use super::limits::{LINE_CHARS_MAX, NAME_CHARS_MAX, QUANTITY_MAX, REWORKS_MAX, SERIALS_MAX};
use super::table::JobVerb;
use crate::fields::{self, Field, Shape, Unfit, may, must};

const NAME: Shape = Shape::Text(NAME_CHARS_MAX);
const LINE: Shape = Shape::Line(LINE_CHARS_MAX);
const JOB: Field = must("job_key", Shape::Id);
const LEG: Field = may("leg_key", Shape::Id);
const SERIALS: Field = may("batch_serials", Shape::Names(SERIALS_MAX, NAME_CHARS_MAX));
const REWORK: Shape =
    Shape::List(REWORKS_MAX, &[may("station", NAME), must("quantity", Shape::Count(1, QUANTITY_MAX))]);

/// What the body of `POST /api/jobs` takes.
pub(super) const NEW_JOB: &[Field] = &[
    must("quantity", Shape::Count(1, QUANTITY_MAX)),
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
    must("good", Shape::Count(0, QUANTITY_MAX)),
    must("scrap", Shape::Count(0, QUANTITY_MAX)),
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
    fields::check(given, fields).map_err(|Unfit { field, text }| JobError::bad_info(field, text))
}
