//! Commands: what people ask of operations and records (`spec/engine.md` section 11), of orders and the schedule.
//!
//! A command is a scan. Whatever it needs besides the engine's own state was fetched into it before, so that it replays
//! alone; what became of it is an effect.

mod answer;
mod edit;
mod fetched;
mod find;
mod form;
mod given;
mod open;
mod order;
mod plan;
mod planning;
mod run;
mod schema;
mod split;
mod table;

use latchwork_expr::{Text, Timestamp};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

pub use answer::{Accepted, Answer, Done, Rejection, RejectionKind};
pub use fetched::{Fetched, FetchedRecord};
pub use form::CommandError;
pub use given::Given;
pub use planning::{EntryInfo, OrderInfo, RemovalInfo};

use crate::effect::Effect;
use crate::retained::{optional_instant_text, ulid_text};
use crate::step::{Engine, Turn};

/// What somebody asks of an operation, a record, an order or the schedule.
#[derive(Clone, Debug)]
pub struct Command {
    /// What the answer is known by; means nothing to the engine, and is not written down.
    pub correlation: u64,
    /// Who asks.
    pub actor: Option<Text>,
    /// What is asked.
    pub ask: Ask,
    /// What the store knows of it; `None` until that was looked up.
    pub fetched: Option<Box<Fetched>>,
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Ask {
    /// Something of an operation.
    Operate(Verb, OperationInfo),
    /// Change a closed record.
    Edit(EditInfo),
    /// Cut an open record in two.
    Split(SplitInfo),
    /// Create or change a production order.
    PutOrder(Box<OrderInfo>),
    /// Add an entry to the schedule.
    Plan(Box<EntryInfo>),
    /// Remove an entry of it.
    Unplan(RemovalInfo),
    /// Cancel an open record, because what it drives was given up. No person gives it.
    Abandon(AbandonInfo),
}

/// What can be asked of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Open a record.
    Start,
    /// Open a record and close it.
    Execute,
    /// Close the open record.
    Stop,
    /// Have the open record stand.
    Pause,
    /// Have it go on.
    Resume,
    /// Close the open record, which is not to count.
    Cancel,
    /// Close the open record, which failed.
    Fault,
    /// Give the open record another order, or those to come.
    SetOrder,
}

/// An operation, and what is asked of it in particular. A verb takes only some of these.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationInfo {
    /// The operation: its name, `Location/Path:Name`, or its id.
    pub operation: String,
    /// Where it is, if its name is not unique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The production order, by name or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub production_order: Option<Text>,
    /// Since when; now if not given.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_instant_text")]
    pub at: Option<Timestamp>,
    /// Why: becomes the record's notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Text>,
}

/// A closed record, and what it is to become. What is not given stays.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditInfo {
    /// The record.
    #[serde(with = "ulid_text")]
    pub record: Ulid,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_instant_text")]
    pub start: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_instant_text")]
    pub end: Option<Timestamp>,
    /// Its production order, by name or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub production_order: Option<Text>,
    /// Its notes: why it is changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Text>,
}

/// An open record, and where it is cut.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitInfo {
    /// The record.
    #[serde(with = "ulid_text")]
    pub record: Ulid,
    /// The end of the one, the start of the other.
    #[serde(with = "crate::retained::instant_text")]
    pub at: Timestamp,
    /// Why: becomes the notes of the new record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<Text>,
}

/// An open record that is to be cancelled, also where it follows its parent's.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbandonInfo {
    /// The record.
    #[serde(with = "ulid_text")]
    pub record: Ulid,
}

/// Whose doing a scan is, as far as it is a command's.
#[derive(Debug, Default)]
pub(crate) struct Origin {
    /// Who asked.
    pub(crate) actor: Option<Text>,
    /// What the ids of the records are made from that it opens; their own starts if it is nothing.
    pub(crate) birth: Option<Ulid>,
}

impl Engine {
    /// Does what a command asks, or nothing at all; the answer is the scan's last effect.
    pub(crate) fn obey(&mut self, command: &Command, turn: &mut Turn<'_>) {
        turn.origin.actor.clone_from(&command.actor);
        self.learn_orders(command);
        let answer = match &command.ask {
            Ask::Operate(verb, info) => self.operate(*verb, info, turn),
            Ask::Edit(info) => self.edit(info, command.fetched.as_deref(), turn),
            Ask::Split(info) => self.split(info, command.fetched.as_deref(), turn),
            Ask::PutOrder(info) => self.put_order(info, turn),
            Ask::Plan(info) => self.plan(info, turn),
            Ask::Unplan(info) => self.unplan(info.entry, command.fetched.as_deref(), turn),
            Ask::Abandon(info) => self.abandon(info.record, turn),
        };
        if let Err(rejection) = &answer {
            self.note_rejection(rejection, turn);
        }
        turn.effects.push(Effect::Answered(Box::new(Answer { correlation: command.correlation, answer })));
    }

    /// Takes in the orders that the store knows and the engine does not: those that were final when it started.
    fn learn_orders(&mut self, command: &Command) {
        for order in command.fetched.iter().flat_map(|fetched| &fetched.orders) {
            if !self.orders.has(&order.name) {
                self.orders.add(order.to_order());
            }
        }
    }
}
