//! Answers: JSON, lists in the form that is asked for, texts, streams.

use hyper::body::Bytes;
use hyper::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue, LINK};
use hyper::{HeaderMap, Response, StatusCode};
use serde_json::{Map, Value as Json, json};

use super::asked::Asked;
use super::body::{Answer, Body};
use super::problem::Problem;

/// How a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Json,
    JsonLines,
    Csv,
}

/// The types of content.
const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";
pub(super) const JSON_LINES: &str = "application/x-ndjson";
pub(super) const CSV: &str = "text/csv; charset=utf-8";
pub(super) const TEXT: &str = "text/plain; charset=utf-8";
pub(super) const EVENT_STREAM: &str = "text/event-stream";

/// What lies on every answer: it is no page, nobody frames it, nobody guesses what it is, and nobody keeps it.
const SECURITY: [(&str, &str); 5] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
];

/// Returns an answer of a type.
pub(super) fn of(status: StatusCode, kind: &'static str, body: Body) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    for (name, value) in SECURITY {
        answer.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    answer
}

/// Returns JSON with success.
pub(super) fn json(json: &Json) -> Answer {
    with_status(StatusCode::OK, json)
}

/// Returns JSON.
pub(super) fn with_status(status: StatusCode, json: &Json) -> Answer {
    of(status, JSON, Body::Whole(Bytes::from(format!("{json}\n"))))
}

/// Returns a text with success.
pub(super) fn text(kind: &'static str, text: String) -> Answer {
    of(StatusCode::OK, kind, Body::Whole(Bytes::from(text)))
}

/// Returns why nothing was done.
pub(super) fn problem(problem: &Problem) -> Answer {
    let body = Body::Whole(Bytes::from(format!("{}\n", problem.to_json())));
    let mut answer = of(problem.status, PROBLEM, body);
    answer.headers_mut().extend(problem.headers.iter().cloned());
    answer
}

/// Returns a list in the form that is asked for. `next` is the cursor of the next page, which the head has as well: lines
/// have no other place for it.
pub(super) fn list(asked: &Asked, names: &[&str], items: Vec<Map<String, Json>>, next: Option<String>) -> Answer {
    let link = next.as_ref().map(|next| format!("<{}?{}>; rel=\"next\"", asked.path, asked.query.with("cursor", next)));
    let mut answer = match form(&asked.headers) {
        Form::Json => json(&match next {
            Some(next) => json!({"items": items, "next": next}),
            None => json!({"items": items}),
        }),
        Form::JsonLines => {
            let lines: Vec<String> = items.into_iter().map(|item| Json::Object(item).to_string()).collect();
            text(JSON_LINES, ended(&lines))
        }
        Form::Csv => text(CSV, csv(names, &items)),
    };
    if let Some(link) = link.and_then(|link| HeaderValue::from_str(&link).ok()) {
        answer.headers_mut().insert(LINK, link);
    }
    answer
}

/// Returns in which form a list is asked for: that of the greatest weight, JSON where nothing else is.
fn form(headers: &HeaderMap) -> Form {
    let mut best = (Form::Json, 0.0);
    let ranges =
        headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(','));
    for range in ranges {
        let mut parts = range.split(';').map(str::trim);
        let form = match parts.next() {
            Some(JSON | "application/*" | "*/*") => Form::Json,
            Some("application/x-ndjson" | "application/jsonl" | "application/ndjson") => Form::JsonLines,
            Some("text/csv") => Form::Csv,
            Some(_) | None => continue,
        };
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
        if weight > best.1 {
            best = (form, weight);
        }
    }
    best.0
}

/// Writes rows with a line of their names (RFC 4180): a text as it is, nothing for null, all else as its JSON.
fn csv(names: &[&str], items: &[Map<String, Json>]) -> String {
    let cells = |item: &Map<String, Json>| {
        names.iter().map(|&name| item.get(name).map_or_else(String::new, value)).collect::<Vec<_>>()
    };
    let head = names.iter().map(|&name| cell(name)).collect();
    let lines: Vec<String> =
        std::iter::once(head).chain(items.iter().map(cells)).map(|cells| cells.join(",")).collect();
    ended(&lines)
}

/// Returns lines as one text, each with its end.
fn ended(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

fn value(json: &Json) -> String {
    match json {
        Json::Null => String::new(),
        Json::String(text) if text.is_empty() => "\"\"".to_owned(),
        Json::String(text) => cell(text),
        Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => cell(&json.to_string()),
    }
}

fn cell(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form_of(accept: &'static str) -> Form {
        form(&HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]))
    }

    #[test]
    fn the_form_of_the_greatest_weight_is_given() {
        assert_eq!(form(&HeaderMap::new()), Form::Json);
        assert_eq!(form_of("text/csv"), Form::Csv);
        assert_eq!(form_of("application/x-ndjson, */*;q=0.1"), Form::JsonLines);
        assert_eq!(form_of("text/csv;q=0.5, application/json"), Form::Json);
        assert_eq!(form_of("text/html, image/png"), Form::Json);
    }

    #[test]
    fn rows_are_lines_whatever_they_hold() {
        let row = json!({"id": 1, "notes": "a, \"b\"", "none": null, "empty": "", "captures": {"good": 5}});
        let Json::Object(row) = row else { panic!("no object") };
        let names = ["id", "notes", "none", "empty", "captures"];
        assert_eq!(
            csv(&names, &[row]),
            "id,notes,none,empty,captures\n1,\"a, \"\"b\"\"\",,\"\",\"{\"\"good\"\":5}\"\n"
        );
        assert_eq!(csv(&names, &[]), "id,notes,none,empty,captures\n");
    }
}
