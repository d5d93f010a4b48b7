//! Questions how things stand: looked at by the loop between two scans, for it has the engine. They are no scans.
//!
//! What was found is written down elsewhere: the loop takes some microseconds for an ordinary trigger, and less than a
//! millisecond for one of a thousand parts.

use latchwork_engine::ScanTime;
use serde_json::{Value as Json, json};
use tokio::sync::{mpsc, oneshot};

use super::gateway::Gateway;
use super::link_state::LinkRow;
use super::publisher::{Care, Order, not_published};
use super::socket::refusal;
use super::tag_pages::{TagPage, TagWish};
use super::vitals::Vitals;
use crate::explain::Findings;

/// How far back what happened is told, unless it is asked for, in seconds.
const WINDOW_SECONDS: i64 = 600;

/// A question, and who waits for its answer.
#[derive(Debug)]
pub(crate) enum Inquiry {
    /// Why an operation does what it does.
    Explain(Wish, oneshot::Sender<Result<Box<Findings>, String>>),
    /// What is to become of refused events: done elsewhere, by who publishes.
    Outbox(Order),
    /// What tags show.
    Tags(TagWish, oneshot::Sender<TagPage>),
    /// How the connections stand.
    Connections(oneshot::Sender<Vec<LinkRow>>),
    /// How everything stands at a glance.
    Vitals(oneshot::Sender<Box<Vitals>>),
}

/// What is to be explained, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wish {
    operation: String,
    window_micros: i64,
    form: WishedForm,
}

/// In which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WishedForm {
    Text,
    Json,
}

impl Wish {
    /// Returns what a question asks for; in words what is wrong with it.
    pub(crate) fn of(json: &Json) -> Result<Self, String> {
        let object = json.as_object().ok_or("`explain` must be an object")?;
        let known = ["operation", "window_seconds", "format"];
        if let Some(key) = object.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(format!("unknown key `{key}` in `explain`"));
        }
        let operation = object.get("operation").and_then(Json::as_str).ok_or("`operation` must be a name")?;
        let window = match object.get("window_seconds") {
            None => WINDOW_SECONDS,
            Some(window) => {
                window.as_i64().filter(|&window| window >= 0).ok_or("`window_seconds` must be whole seconds")?
            }
        };
        let form = match object.get("format").map_or(Some("json"), Json::as_str) {
            Some("text") => WishedForm::Text,
            Some("json") => WishedForm::Json,
            Some(_) | None => return Err("`format` must be `text` or `json`".to_owned()),
        };
        Ok(Self { operation: operation.to_owned(), window_micros: window.saturating_mul(1_000_000), form })
    }

    /// Has a question looked at, and writes down what was found; `None` if the gateway ends before.
    pub(crate) async fn ask(self, inquiries: &mpsc::Sender<Inquiry>) -> Option<Json> {
        let form = self.form;
        let (answer, answered) = oneshot::channel();
        inquiries.send(Inquiry::Explain(self, answer)).await.ok()?;
        Some(match (answered.await.ok()?, form) {
            (Ok(found), WishedForm::Text) => json!({"status": 200, "text": found.to_string()}),
            (Ok(found), WishedForm::Json) => json!({"status": 200, "explanation": found.to_json()}),
            (Err(reason), _) => refusal(404, "NotFound", &reason),
        })
    }
}

/// Has something done about refused events; `None` if the gateway ends before.
pub(super) async fn care_for(care: Care, inquiries: &mpsc::Sender<Inquiry>) -> Option<Json> {
    let (answer, answered) = oneshot::channel();
    inquiries.send(Inquiry::Outbox(Order { care, answer })).await.ok()?;
    answered.await.ok()
}

/// Asks how the connections stand; `None` if the gateway ends before.
pub(super) async fn ask_for_connections(inquiries: &mpsc::Sender<Inquiry>) -> Option<Json> {
    let (answer, answered) = oneshot::channel();
    inquiries.send(Inquiry::Connections(answer)).await.ok()?;
    answered.await.ok().map(|rows| LinkRow::answer(&rows))
}

impl Gateway {
    /// Looks how things stand now.
    pub(super) fn answer(&self, inquiry: Inquiry) {
        // Who asked may be gone.
        match inquiry {
            Inquiry::Explain(wish, answer) => _ = answer.send(self.explained(&wish)),
            Inquiry::Outbox(order) => match &self.publisher {
                Some(publisher) => publisher.ask(order),
                None => _ = order.answer.send(not_published()),
            },
            Inquiry::Tags(wish, answer) => {
                _ = answer.send(wish.look(self.drive.engine(), &self.links, self.now().wall));
            }
            Inquiry::Connections(answer) => _ = answer.send(self.links.rows()),
            Inquiry::Vitals(answer) => _ = answer.send(Box::new(self.vitals())),
        }
    }

    fn explained(&self, wish: &Wish) -> Result<Box<Findings>, String> {
        let engine = self.drive.engine();
        let last = self.drive.last().map(|at| ScanTime { at, scan: self.drive.scans() });
        let find = |operation| Findings::now(engine, operation, self.now(), last, wish.window_micros);
        engine.operation_named(&wish.operation).map(|operation| Box::new(find(operation)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_question_says_why() {
        let wish = |text: &str| Wish::of(&serde_json::from_str(text).unwrap());
        assert!(wish(r#"{"operation": "Filling", "window_seconds": 60, "format": "text"}"#).is_ok());
        for (text, reason) in [
            ("[]", "`explain` must be an object"),
            ("{}", "`operation` must be a name"),
            (r#"{"operation": "A", "when": 1}"#, "unknown key `when` in `explain`"),
            (r#"{"operation": "A", "window_seconds": -1}"#, "`window_seconds` must be whole seconds"),
            (r#"{"operation": "A", "format": "html"}"#, "`format` must be `text` or `json`"),
        ] {
            assert_eq!(wish(text).unwrap_err(), reason, "{text}");
        }
    }
}
