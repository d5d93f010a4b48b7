//! A question as it is asked over the socket, as a request over HTTP, and its answer back. Pure.

use chrono::DateTime;
use latchwork_expr::{Timestamp, instant_text};
use serde_json::{Value as Json, json};

use crate::http::encoded;

/// A request.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) body: Option<Json>,
    /// Whether its answer is a text.
    pub(super) wants_text: bool,
    kind: Kind,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Tags,
    Connections,
    Explain,
    Command,
}

impl Question {
    /// Returns the request that a question is.
    pub(super) fn of(question: &Json) -> Self {
        let get = |kind, path| Self { method: "GET", path, body: None, wants_text: false, kind };
        let text = |json: &Json| encoded(json.as_str().unwrap_or_default());
        if let Some(tags) = question.get("tags") {
            let mut path = format!("/api/tags?limit=1000&filter={}", text(&tags["filter"]));
            if tags["from"].is_string() {
                path = format!("{path}&cursor={}", text(&tags["from"]));
            }
            get(Kind::Tags, path)
        } else if question.get("connections").is_some() {
            get(Kind::Connections, "/api/connections".to_owned())
        } else if let Some(wish) = question.get("explain") {
            let (operation, window, format) =
                (text(&wish["operation"]), &wish["window_seconds"], text(&wish["format"]));
            let path = format!("/api/explain?operation={operation}&window_seconds={window}&format={format}");
            Self { wants_text: format == "text", ..get(Kind::Explain, path) }
        } else {
            let body = json!({"event_type": question["event_type"], "info": question["info"]});
            Self { method: "POST", body: Some(body), ..get(Kind::Command, "/event".to_owned()) }
        }
    }

    /// Returns the answer as the socket gives it: `{"status", …}`.
    pub(super) fn answer(&self, status: u16, date: Option<&str>, mut body: Json) -> Json {
        if status != 200 {
            return json!({"status": status, "error": body["error"], "detail": body["detail"]});
        }
        match self.kind {
            Kind::Tags => json!({
                "status": 200, "now": date.and_then(now), "tags": body["items"].take(), "next": body["next"].take(),
            }),
            Kind::Connections => json!({"status": 200, "connections": body["items"].take()}),
            Kind::Explain if self.wants_text => json!({"status": 200, "text": body["text"].take()}),
            Kind::Explain => json!({"status": 200, "explanation": body}),
            Kind::Command => {
                json!({"status": 200, "event_id": body["event_id"].take(), "record": body["record"].take()})
            }
        }
    }
}

/// Returns the gateway's time, which the head of its answer tells.
fn now(date: &str) -> Option<String> {
    let date = DateTime::parse_from_rfc2822(date).ok()?;
    Some(instant_text(Timestamp(date.timestamp_micros())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_requests_and_answers_come_back() {
        let tags = Question::of(&json!({"tags": {"filter": "Line1/*", "from": "2048"}}));
        assert_eq!(tags.path, "/api/tags?limit=1000&filter=Line1%2F%2A&cursor=2048");
        let answer = tags.answer(200, Some("Sun, 22 Nov 2026 19:00:00 GMT"), json!({"items": [1], "next": "9"}));
        assert_eq!(answer, json!({"status": 200, "now": "2026-11-22T19:00:00.000000Z", "tags": [1], "next": "9"}));
        let refused = tags.answer(401, None, json!({"error": "TokenWrong", "detail": "the token is nobody's"}));
        assert_eq!(refused["error"], "TokenWrong");
        let explain = Question::of(&json!({"explain": {"operation": "A B", "window_seconds": 60, "format": "text"}}));
        assert!(explain.wants_text && explain.path.starts_with("/api/explain?operation=A%20B&window_seconds=60&"));
        let command = Question::of(&json!({"event_type": "OPERATION_STOP", "info": {"operation": "A"}, "actor": "x"}));
        assert_eq!((command.method, &command.body.unwrap()["actor"]), ("POST", &Json::Null));
    }
}
