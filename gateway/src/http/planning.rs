//! Production orders and the schedule, changed by people and programs that plan: commands as others are, under routes of
//! their own.

use latchwork_engine::{Command, CommandError, Priority};
use latchwork_store::jobs::Asker;
use serde_json::{Map, Value as Json, json};
use ulid::Ulid;

use super::answer;
use super::asked::Asked;
use super::body::Answer;
use super::problem::{Outcome, Problem};
use super::schema::{object, or_null, refer};
use super::site::{exchange, succeeded};
use crate::live::Request;

/// Creates or changes the order of a name.
pub(super) async fn put_order(asked: Asked) -> Outcome<Answer> {
    const NAME: &str = "production_order";
    let mut info = members(&asked)?;
    if info.contains_key(NAME) {
        return Err(Problem::unfit("UnknownField", NAME, "`production_order` is not taken: the path has its name"));
    }
    info.insert(NAME.to_owned(), asked.value().into());
    give(&asked, Command::PUT_ORDER, info, "production_order").await
}

/// Adds an entry to the schedule.
pub(super) async fn add_entry(asked: Asked) -> Outcome<Answer> {
    let info = members(&asked)?;
    give(&asked, Command::PLAN, info, "schedule_entry").await
}

/// Removes an entry.
pub(super) async fn remove_entry(asked: Asked) -> Outcome<Answer> {
    let id = asked.value();
    if Ulid::from_string(id).is_err() {
        return Err(Problem::not_found(format!("the schedule has no entry `{id}`")));
    }
    let info = Map::from_iter([("entry".to_owned(), id.into())]);
    give(&asked, Command::UNPLAN, info, "schedule_entry").await
}

/// Gives a command; returns what it is about, as it is afterwards, once that is durable.
async fn give(asked: &Asked, event_type: &str, info: Map<String, Json>, about: &str) -> Outcome<Answer> {
    let Asker { actor, door, key } = asked.asker()?;
    let command = Command::from_json(json!({"event_type": event_type, "info": info}));
    let command = Command { actor, ..command.map_err(|error| unfit(&error))? };
    let request = |answer| Request { command, door, key, answer };
    let mut done = succeeded(exchange(&asked.site.means.doors.commands, request).await?)?;
    let mut row = done[about].take();
    row["event_id"] = done["event_id"].take();
    Ok(answer::json(&row))
}

/// Returns the members of a body.
fn members(asked: &Asked) -> Outcome<Map<String, Json>> {
    match asked.json()? {
        Json::Object(members) => Ok(members),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
            Err(Problem::unfit("BadField", "body", "the body is not an object"))
        }
    }
}

/// Returns what is wrong with a body. What is told begins with the field.
fn unfit(error: &CommandError) -> Problem {
    match error {
        CommandError::Info(_, reason) => {
            let field = reason.split('`').nth(1).unwrap_or("body");
            let is_unknown = reason.contains("` is not taken");
            Problem::unfit(if is_unknown { "UnknownField" } else { "BadField" }, field, reason.as_str())
        }
        CommandError::Form(reason) | CommandError::Type(reason) => Problem::unfit("BadField", "body", reason.as_str()),
    }
}

/// Returns what is given of an order.
pub(super) fn order_done() -> Json {
    object([
        ("id", refer("ulid")),
        ("name", json!({"type": "string"})),
        ("status", order_status()),
        ("quantity", number()),
        ("rate_per_hour", number()),
        ("product_material_id", refer("ulid_or_null")),
        ("start_date", refer("instant_or_null")),
        ("due_date", refer("instant_or_null")),
        ("end_date", refer("instant_or_null")),
        ("schedule_priority", or_null(&priority())),
        ("location_id", refer("ulid_or_null")),
        ("notes", json!({"type": ["string", "null"]})),
        ("event_id", refer("ulid")),
    ])
}

/// Returns what is given of an entry.
pub(super) fn entry_done() -> Json {
    object([
        ("id", refer("ulid")),
        ("operation_id", refer("ulid")),
        ("location_id", refer("ulid")),
        ("production_order", json!({"type": ["string", "null"]})),
        ("production_order_id", refer("ulid_or_null")),
        ("start_date", refer("instant")),
        ("end_date", refer("instant_or_null")),
        ("priority", priority()),
        ("quantity", number()),
        ("status", json!({"enum": ["IDLE", "SCHEDULED", "RUNNING", "PAUSED", "COMPLETED", "CANCELLED"]})),
        ("operation_record_id", refer("ulid_or_null")),
        ("event_id", refer("ulid")),
    ])
}

fn number() -> Json {
    json!({"type": ["number", "null"]})
}

fn order_status() -> Json {
    json!({"enum": latchwork_engine::OrderStatus::NAMES})
}

fn priority() -> Json {
    let words = [Priority::Urgent, Priority::High, Priority::Normal, Priority::Low].map(Priority::name);
    json!({"enum": words})
}
