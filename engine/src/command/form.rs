//! Commands as JSON: the body of `POST /event`, with who asks and what was fetched.

use latchwork_expr::Text;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use thiserror::Error;

use super::planning::{ENTRY, ORDER, REMOVAL};
use super::{AbandonInfo, Ask, Command, EditInfo, Fetched, OperationInfo, SplitInfo, Verb, schema};
use crate::fields::{self, Field};

/// The verbs with their event types, and the keys that each takes besides `operation`, `location` and `notes`.
pub(super) const VERBS: [(Verb, &str, &[&str]); 8] = [
    (Verb::Start, "OPERATION_START", &["production_order", "at"]),
    (Verb::Stop, "OPERATION_STOP", &["at"]),
    (Verb::Pause, "OPERATION_PAUSE", &[]),
    (Verb::Resume, "OPERATION_RESUME", &[]),
    (Verb::Cancel, "OPERATION_CANCEL", &[]),
    (Verb::Fault, "OPERATION_FAULT", &[]),
    (Verb::Execute, "OPERATION_EXECUTE", &["production_order", "at"]),
    (Verb::SetOrder, "PRODUCTION_ORDER_SET", &["production_order"]),
];
pub(super) const EDIT: &str = "OPERATION_EDIT";
pub(super) const SPLIT: &str = "OPERATION_SPLIT";
const PUT_ORDER: &str = Command::PUT_ORDER;
const PLAN: &str = Command::PLAN;
const UNPLAN: &str = Command::UNPLAN;
/// What the gateway asks for itself.
const ABANDON: &str = "OPERATION_ABANDON";

/// Why JSON is no command.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CommandError {
    /// It has no type of event, or not the form of a command.
    #[error("not a command: {0}")]
    Form(String),
    /// There is no such type.
    #[error("there is no command `{0}`; there are {list}", list = types())]
    Type(String),
    /// The info does not fit the type.
    #[error("`info` of {0}: {1}")]
    Info(&'static str, String),
}

/// A command as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    event_type: String,
    #[serde(default)]
    info: Json,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    actor: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fetched: Option<Box<Fetched>>,
}

impl Command {
    /// The type by which a production order is created or changed.
    pub const PUT_ORDER: &'static str = "PRODUCTION_ORDER_PUT";
    /// The type by which an entry is added to the schedule.
    pub const PLAN: &'static str = "SCHEDULE_ADD";
    /// The type by which one is removed.
    pub const UNPLAN: &'static str = "SCHEDULE_DELETE";

    /// Returns the command of JSON. Keys that are not known are refused: one that is misspelt would do something else
    /// than was meant.
    pub fn from_json(json: Json) -> Result<Self, CommandError> {
        let form = serde_json::from_value(json).map_err(|error| CommandError::Form(error.to_string()))?;
        let Form { event_type, info, actor, fetched } = form;
        let ask = match event_type.as_str() {
            EDIT => Ask::Edit(edit(info)?),
            SPLIT => Ask::Split(read::<SplitInfo>(SPLIT, info)?),
            PUT_ORDER => Ask::PutOrder(checked(PUT_ORDER, ORDER, info)?),
            PLAN => Ask::Plan(checked(PLAN, ENTRY, info)?),
            UNPLAN => Ask::Unplan(checked(UNPLAN, REMOVAL, info)?),
            ABANDON => Ask::Abandon(read::<AbandonInfo>(ABANDON, info)?),
            other => match VERBS.into_iter().find(|(_, name, _)| *name == other) {
                Some((verb, name, keys)) => Ask::Operate(verb, operation(name, keys, info)?),
                None => return Err(CommandError::Type(event_type)),
            },
        };
        Ok(Self { correlation: 0, actor, ask, fetched })
    }

    /// Returns the command as JSON.
    pub fn to_json(&self) -> Json {
        let Self { actor, ask, fetched, .. } = self;
        let info = match ask {
            Ask::Operate(_, info) => json!(info),
            Ask::Edit(info) => json!(info),
            Ask::Split(info) => json!(info),
            Ask::PutOrder(info) => json!(info),
            Ask::Plan(info) => json!(info),
            Ask::Unplan(info) => json!(info),
            Ask::Abandon(info) => json!(info),
        };
        let event_type = self.event_type().to_owned();
        json!(Form { event_type, info, actor: actor.clone(), fetched: fetched.clone() })
    }

    /// Returns every type of event that is a command of `POST /event`.
    pub fn types() -> impl Iterator<Item = &'static str> {
        VERBS.into_iter().map(|(_, name, _)| name).chain([EDIT, SPLIT])
    }

    /// Returns every type of event that is a command of `POST /event`, with the JSON Schema of its `info`. What is asked of
    /// orders and the schedule has routes of its own.
    pub fn schemas() -> impl Iterator<Item = (&'static str, Json)> {
        schema::all()
    }

    /// Returns the JSON Schema of what is taken for an order, its name aside.
    pub fn order_schema() -> Json {
        fields::schema(&ORDER[1..])
    }

    /// Returns the JSON Schema of what is taken for a new entry of the schedule.
    pub fn entry_schema() -> Json {
        fields::schema(ENTRY)
    }

    /// Returns the type of the event that it is.
    pub fn event_type(&self) -> &'static str {
        match &self.ask {
            Ask::Operate(verb, _) => verb.event_type(),
            Ask::Edit(_) => EDIT,
            Ask::Split(_) => SPLIT,
            Ask::PutOrder(_) => PUT_ORDER,
            Ask::Plan(_) => PLAN,
            Ask::Unplan(_) => UNPLAN,
            Ask::Abandon(_) => ABANDON,
        }
    }
}

impl Verb {
    fn event_type(self) -> &'static str {
        VERBS.iter().find(|(verb, _, _)| *verb == self).map_or("", |(_, name, _)| name)
    }
}

fn read<T: DeserializeOwned>(name: &'static str, info: Json) -> Result<T, CommandError> {
    serde_json::from_value(info).map_err(|error| CommandError::Info(name, error.to_string()))
}

/// Reads what is asked field by field.
fn checked<T: DeserializeOwned>(name: &'static str, taken: &[Field], info: Json) -> Result<T, CommandError> {
    fields::check(&info, taken).map_err(|unfit| CommandError::Info(name, unfit.text))?;
    read(name, info)
}

/// Reads what is asked of an operation: only what the verb takes.
fn operation(name: &'static str, keys: &[&str], info: Json) -> Result<OperationInfo, CommandError> {
    let not_taken = |key: &&str| info.get(key).is_some_and(|value| !value.is_null()) && !keys.contains(key);
    if let Some(key) = ["production_order", "at"].into_iter().find(not_taken) {
        return Err(CommandError::Info(name, format!("`{key}` is not taken")));
    }
    read(name, info)
}

fn edit(info: Json) -> Result<EditInfo, CommandError> {
    let edit: EditInfo = read(EDIT, info)?;
    let EditInfo { start, end, production_order, notes, .. } = &edit;
    if start.is_none() && end.is_none() && production_order.is_none() && notes.is_none() {
        let reason = "one of `start`, `end`, `production_order`, `notes` is missing";
        return Err(CommandError::Info(EDIT, reason.to_owned()));
    }
    Ok(edit)
}

fn types() -> String {
    let names = VERBS.iter().map(|(_, name, _)| *name).chain([EDIT, SPLIT, PUT_ORDER, PLAN, UNPLAN]);
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_back(json: &Json) -> Json {
        Command::from_json(json.clone()).unwrap().to_json()
    }

    fn refused(json: Json) -> String {
        Command::from_json(json).unwrap_err().to_string()
    }

    #[test]
    fn every_command_comes_back() {
        let operation = json!({"operation": "Fill", "location": "Line", "notes": "late"});
        for (_, event_type, keys) in VERBS {
            let mut info = operation.clone();
            for key in keys {
                info[key] = if *key == "at" { "2026-03-02T06:00:00.000000Z".into() } else { "PO-1".into() };
            }
            let command = json!({"event_type": event_type, "info": info, "actor": "anna"});
            assert_eq!(read_back(&command), command);
        }
        let record = "017BT4K86YJQAHS8X7VWEFPAHH";
        for (event_type, info) in [
            (EDIT, json!({"record": record, "end": "2026-03-02T06:00:00.000000Z", "notes": "forgotten"})),
            (SPLIT, json!({"record": record, "at": "2026-03-02T06:00:00.000000Z"})),
        ] {
            let command = json!({"event_type": event_type, "info": info});
            assert_eq!(read_back(&command), command);
        }
    }

    #[test]
    fn what_is_planned_comes_back_and_what_is_not_said_stays_unsaid() {
        let date = "2026-03-02T06:00:00.000000Z";
        let order = json!({"production_order": "PO-1", "quantity": 5.0, "rate_per_hour": null, "due_date": date});
        let entry =
            json!({"operation": "A", "start_date": date, "end_date": date, "priority": "HIGH", "quantity": 0.5});
        let record = "017BT4K86YJQAHS8X7VWEFPAHH";
        for (event_type, info) in [
            (PUT_ORDER, order),
            (PLAN, entry),
            (UNPLAN, json!({"entry": record})),
            (ABANDON, json!({"record": record})),
        ] {
            let command = json!({"event_type": event_type, "info": info, "actor": "anna"});
            assert_eq!(read_back(&command), command);
        }
        let told = |info: Json| refused(json!({"event_type": PUT_ORDER, "info": info}));
        let negative = told(json!({"production_order": "PO-1", "quantity": -1}));
        let wanted = "`info` of PRODUCTION_ORDER_PUT: `quantity` is -1, expected a number that is not negative";
        assert_eq!(negative, wanted);
        let still = told(json!({"production_order": "PO-1", "rate_per_hour": 0}));
        assert!(still.ends_with("`rate_per_hour` is 0, expected a number greater than 0"), "{still}");
        assert!(told(json!({"status": "CLOSED"})).ends_with("`production_order` is missing"));
        let running = json!({"event_type": PLAN, "info": {"operation": "A", "start_date": date, "status": "RUNNING"}});
        assert!(refused(running).ends_with("`status` is \"RUNNING\", expected one of IDLE, SCHEDULED"));
    }

    #[test]
    fn what_is_no_command_says_why() {
        let told = refused(json!({"event_type": "OPERATION_FLY", "info": {}}));
        assert!(told.starts_with("there is no command `OPERATION_FLY`; there are OPERATION_START, "), "{told}");
        let told = refused(json!({"event_type": "OPERATION_PAUSE", "info": {"operation": "A", "at": "now"}}));
        assert_eq!(told, "`info` of OPERATION_PAUSE: `at` is not taken");
        let told = refused(json!({"event_type": "OPERATION_START", "info": {"operation": "A", "at": "yesterday"}}));
        assert!(told.contains("`yesterday` is not a time"), "{told}");
        let told = refused(json!({"event_type": "OPERATION_START", "info": {"order": "PO-1"}}));
        assert!(told.contains("`order`"), "{told}");
        let told = refused(json!({"event_type": "OPERATION_SPLIT", "info": {"record": "017BT4K86YJQAHS8X7VWEFPAHH"}}));
        assert!(told.contains("missing field `at`"), "{told}");
        let told = refused(json!({"event_type": EDIT, "info": {"record": "017BT4K86YJQAHS8X7VWEFPAHH"}}));
        assert!(told.ends_with("one of `start`, `end`, `production_order`, `notes` is missing"), "{told}");
        assert!(refused(json!({"info": {}})).contains("missing field `event_type`"));
    }
}
