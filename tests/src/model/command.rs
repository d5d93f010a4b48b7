//! Commands of the model: what they ask, and their JSON lines.

use std::fmt::Write;

use serde_json::{Value as Json, json};

use super::names::CommandKind;
use super::plant::Micros;
use super::time::time_text;

/// Something that somebody asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelCommand {
    /// When.
    pub at: Micros,
    /// What.
    pub kind: CommandKind,
    /// Of which operation; an edit and a split of its record that opened last.
    pub operation: String,
    /// The order that it names.
    pub order: Option<String>,
    /// The time that it names: of a start, a stop and a split, and the start that an edit gives.
    pub since: Option<Micros>,
    /// The end that an edit gives.
    pub until: Option<Micros>,
}

impl ModelCommand {
    /// Returns it as a JSON line. In place of a record's id stands `@` and its operation: the model knows no ids.
    fn line(&self) -> String {
        let text = |time: Option<Micros>| time.map(time_text);
        let mut info = match self.kind {
            CommandKind::Edit => json!({"record": format!("@{}", self.operation), "start": text(self.since),
                "end": text(self.until), "production_order": self.order, "notes": "corrected"}),
            CommandKind::Split => json!({"record": format!("@{}", self.operation), "at": text(self.since)}),
            CommandKind::Start
            | CommandKind::Stop
            | CommandKind::Pause
            | CommandKind::Resume
            | CommandKind::Cancel
            | CommandKind::Fault
            | CommandKind::Execute
            | CommandKind::SetOrder => {
                json!({"operation": self.operation, "at": text(self.since), "production_order": self.order})
            }
        };
        if let Json::Object(members) = &mut info {
            members.retain(|_, value| !value.is_null());
        }
        json!({"ts": time_text(self.at), "command": {"event_type": self.kind.name(), "info": info}}).to_string()
    }
}

/// Returns commands as JSON lines.
pub fn command_lines(commands: &[ModelCommand]) -> String {
    let mut text = String::new();
    for command in commands {
        writeln!(text, "{}", command.line()).expect("a string takes what is written to it");
    }
    text
}
