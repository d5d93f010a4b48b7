//! The commands of a replay and what became of them, for who expects something of that.

use latchwork_engine::{Answer, Command, Rejection};
use latchwork_expr::Timestamp;
use serde_json::Value as Json;

/// A command of a replay.
#[derive(Clone, Debug)]
pub struct Commanded {
    at: Timestamp,
    form: Json,
    /// Why it was rejected, if it was.
    pub rejection: Option<Rejection>,
}

impl Commanded {
    /// Returns a command that is given at an instant and not answered yet.
    pub(super) fn new(at: Timestamp, command: &Command) -> Self {
        Self { at, form: form(command), rejection: None }
    }

    /// Notes the answer.
    pub(super) fn answered(&mut self, answer: &Answer) {
        self.rejection = answer.answer.as_ref().err().cloned();
    }

    /// Tells whether it is the command of this JSON, given at that instant.
    pub fn is(&self, at: Timestamp, json: &Json) -> bool {
        self.at == at && Command::from_json(json.clone()).is_ok_and(|command| form(&command) == self.form)
    }
}

/// Returns a command as it was asked, without what was fetched for it.
fn form(command: &Command) -> Json {
    Command { fetched: None, ..command.clone() }.to_json()
}
