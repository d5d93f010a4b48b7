//! `POST /event`: something that a person or a program says to have happened, or wants to happen.

use latchwork_config::Role;
use latchwork_engine::jobs::JobVerb;
use latchwork_engine::{Ask, Command, CommandError, Verb};
use latchwork_store::jobs::Asker;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::answer;
use super::asked::Asked;
use super::body::{self, Answer};
use super::jobs;
use super::problem::{Outcome, Problem};
use super::site::{exchange, succeeded};
use crate::live::Request;

/// An event as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    event_type: String,
    #[serde(default)]
    info: Json,
    #[serde(default)]
    occurred_at: Option<String>,
}

/// Takes an event; answered once what it did is durable.
pub(super) async fn post(asked: Asked) -> Outcome<Answer> {
    let sent: Sent = body::fields(asked.json()?)?;
    let Asker { actor, door, key } = asked.asker()?;
    if let Some(verb) = JobVerb::of(&sent.event_type) {
        return jobs::command(&asked, verb, &sent.info, sent.occurred_at.as_deref()).await;
    }
    let mut command = command(sent)?;
    asked.who.check(role(&command.ask))?;
    command.actor = actor;
    let request = |answer| Request { command, door, key, answer };
    let mut done = succeeded(exchange(&asked.site.means.doors.commands, request).await?)?;
    Ok(answer::json(&json!({"event_id": done["event_id"].take(), "record": done["record"].take()})))
}

/// Returns the command that an event is.
fn command(sent: Sent) -> Outcome<Command> {
    let Sent { event_type, mut info, occurred_at } = sent;
    // Orders and the schedule have routes of their own.
    if !Command::types().any(|known| known == event_type) {
        return Err(unknown(&event_type));
    }
    if let Some(at) = occurred_at {
        // When it happened is what the command calls `at`; one that takes none refuses it under its own name.
        if !info["at"].is_null() {
            return Err(Problem::unfit(
                "BadInfo",
                "occurred_at",
                "`occurred_at` and `at` of `info` are the same thing",
            ));
        }
        if let Json::Object(members) = &mut info {
            members.insert("at".to_owned(), at.into());
        }
    }
    Command::from_json(json!({"event_type": event_type, "info": info})).map_err(|error| refused(&error))
}

fn unknown(event_type: &str) -> Problem {
    let known: Vec<&str> = Command::types().chain(JobVerb::ALL.iter().map(|verb| verb.name())).collect();
    let detail = format!("there is no type of event `{event_type}`; there are {}", known.join(", "));
    Problem { status: hyper::StatusCode::NOT_FOUND, ..Problem::unfit("UnknownEventType", "event_type", detail) }
        .with("event_types", known)
}

fn refused(error: &CommandError) -> Problem {
    let detail = error.to_string();
    match error {
        CommandError::Type(event_type) => unknown(event_type),
        CommandError::Form(_) => Problem::unfit("BadInfo", "info", detail),
        CommandError::Info(_, reason) => {
            let field = reason.split('`').nth(1).unwrap_or("info").to_owned();
            Problem::unfit("BadInfo", &field, detail)
        }
    }
}

/// Returns who may give a command: what corrects records of the past, or plans, is an administrator's.
const fn role(ask: &Ask) -> Role {
    match ask {
        Ask::Edit(_) | Ask::Split(_) | Ask::PutOrder(_) | Ask::Plan(_) | Ask::Unplan(_) | Ask::Abandon(_) => {
            Role::Admin
        }
        Ask::Operate(
            Verb::Start
            | Verb::Execute
            | Verb::Stop
            | Verb::Pause
            | Verb::Resume
            | Verb::Cancel
            | Verb::Fault
            | Verb::SetOrder,
            _,
        ) => Role::Operator,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(event: Json) -> Problem {
        command(body::fields(event).unwrap()).unwrap_err()
    }

    #[test]
    fn when_it_occurred_is_when_the_command_is_for() {
        let event = json!({
            "event_type": "OPERATION_START", "info": {"operation": "Fill"}, "occurred_at": "2026-03-02T06:00:00Z",
        });
        let command = command(body::fields(event).unwrap()).unwrap();
        assert_eq!(command.to_json()["info"]["at"], "2026-03-02T06:00:00.000000Z");
    }

    #[test]
    fn what_is_wrong_is_told_by_its_name() {
        let problem = refused(json!({"event_type": "OPERATION_FLY", "info": {}}));
        assert_eq!((problem.status.as_u16(), problem.name.as_str()), (404, "UnknownEventType"));
        assert!(problem.more["event_types"].as_array().unwrap().contains(&json!("OPERATION_START")));
        let problem = refused(json!({"event_type": "OPERATION_START", "info": {"order": "PO-1"}}));
        assert_eq!((problem.status.as_u16(), &problem.more["field"]), (422, &json!("order")));
        let problem = refused(json!({"event_type": "OPERATION_START", "info": 5}));
        assert_eq!(problem.status.as_u16(), 422);
        let event =
            json!({"event_type": "OPERATION_PAUSE", "info": {"operation": "A"}, "occurred_at": "2026-03-02T06:00:00Z"});
        assert_eq!(refused(event).more["field"], "at");
    }

    #[test]
    fn nobody_says_in_a_body_who_asks_or_what_the_store_knows() {
        for key in ["actor", "fetched"] {
            let mut event = json!({"event_type": "OPERATION_START", "info": {"operation": "A"}});
            event[key] = "anna".into();
            let problem = body::fields::<Sent>(event).err().unwrap();
            assert_eq!((problem.name.as_str(), &problem.more["field"]), ("UnknownField", &json!(key)));
        }
    }
}
